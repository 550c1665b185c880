"""The attack looks for personal data in messages, but ignores what damage has moved to a displayed column."""

from __future__ import annotations

import pytest

from attack.projects import PERSON, contacts, encoded, strayed


@pytest.mark.parametrize("kind", ["csv", "ndjson", "parquet", "csv.gz"])
def test_a_sound_export_has_persons_in_their_columns_alone(tmp_path, kind):
    (tmp_path / f"contacts.{kind}").write_bytes(encoded(contacts(), kind))
    assert not strayed(tmp_path)


def test_a_comma_lost_in_the_header_moves_owners_to_tags(tmp_path):
    sound = encoded(contacts(), "csv")
    (tmp_path / "contacts.csv").write_bytes(sound.replace(b"phone,company", b"phonecompany", 1))
    assert strayed(tmp_path)


def test_a_key_changed_in_one_line_moves_an_owner_to_tags(tmp_path):
    sound = encoded(contacts(), "ndjson").replace(b'"tags"', b'"x"', 1).replace(b'"owner"', b'"tags"', 1)
    (tmp_path / "contacts.ndjson").write_bytes(sound)
    assert strayed(tmp_path)


@pytest.mark.parametrize("data", [b"", b"\0\n\xff", b"[" * 3000, b"[1]\n7\n", PERSON.encode()])
@pytest.mark.parametrize("kind", ["csv", "ndjson"])
def test_what_is_no_export_has_moved_nothing(tmp_path, data, kind):
    (tmp_path / f"contacts.{kind}").write_bytes(data)
    assert not strayed(tmp_path)
