"""The file that lists who is away when."""

from datetime import date

import pytest

from flamescore.errors import InputError
from flamescore.project import Days
from flamescore.routing import read_away

TEAM = ("Dana Whitfield", "Luis Ortega")


def test_days_are_read_by_name(tmp_path):
    path = tmp_path / "away.csv"
    rows = "2026-11-24,luis ortega ,2026-11-28,Lisbon\n\n,,,\n2026-12-24,Luis Ortega,2026-12-24\n"
    text = f"from,name,to,note\n{rows}"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_away(path, "away.csv", TEAM) == {
        "Luis Ortega": (
            Days(date(2026, 11, 24), date(2026, 11, 28)),
            Days(date(2026, 12, 24), date(2026, 12, 24)),
        )
    }


def test_every_row_that_does_not_read_is_told(tmp_path):
    path = tmp_path / "away.csv"
    path.write_text(
        "name,from,to\n"
        '"Dana\nWhitfeld",2026-11-24,2026-11-24\n'
        "Luis Ortega,24.11.2026,2026-11-28\n"
        "Luis Ortega,2026-11-24\n"
        "Dana Whitfield,2026-11-28,2026-11-24\n"
        "Dana Whitfield,2026-11-28T09:00:00,2026-11-29\n"
    )
    with pytest.raises(InputError) as caught:
        read_away(path, "away.csv", TEAM)
    assert [f"{each.where}: {each.code} {each.message}" for each in caught.value.problems] == [
        "away.csv:2:1: A025 Nobody in the team is called `Dana\nWhitfeld`.",
        "away.csv:4:1: A025 `from` must be a day such as `2026-11-24`, not `24.11.2026`.",
        "away.csv:5:1: A025 `to` must be a day such as `2026-11-24`, not ``.",
        "away.csv:6:1: A025 `to` (2026-11-24) is before `from` (2026-11-28).",
        "away.csv:7:1: A025 `from` must be a day such as `2026-11-24`, not `2026-11-28T09:00:00`.",
    ]
    assert caught.value.problems[0].hint == "Did you mean `Dana Whitfield`?"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "`away.csv` can't be read: No such file or directory."),
        (b"", "`away.csv` has no column `name`."),
        (b"name;from;to\n", "`away.csv` has no column `name`."),
        (b"name,from\n", "`away.csv` has no column `to`."),
        (b"\xff\xfe", "`away.csv` is not UTF-8."),
    ],
)
def test_a_file_that_does_not_read_is_told(tmp_path, content, told):
    path = tmp_path / "away.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_away(path, "away.csv", TEAM)
    assert [each.message for each in caught.value.problems] == [told]
