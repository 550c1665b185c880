"""Sources in S3: which objects an address matches, what is fetched and cached, and what goes wrong."""

import socket
import time
from contextlib import closing
from pathlib import Path

import pytest
from reached import FILES, PROJECT

from flamescore.errors import InputError, ProjectFileError, UsageError
from flamescore.exports import survey

pytestmark = pytest.mark.full

PEOPLE = "contact_id\n1\n"
VISITS = "events: [{path: visits.csv}]\n"


def files(reached, path, more=""):
    """Return what a source of contacts reads: the addresses, and the files with their content."""
    opened = survey(reached.project(f'contacts: [{{path: "{path}"{more}}}]\n'))
    opened.close()
    tables = opened.sources[0].tables
    return {table.found.shown.rpartition("exports/")[2]: table.found for table in tables}


KEYS = (
    "exports/a.csv",
    "exports/contacts-1.csv",
    "exports/contacts-22.csv",
    "exports/.hidden.csv",
    "exports/deep/contacts-3.csv",
    "exports/deep/deeper/b[1].csv",
    "exports/note.docx",
    "exportsother.csv",
)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("exports/a.csv", {"a.csv"}),
        ("exports/contacts-*.csv", {"contacts-1.csv", "contacts-22.csv"}),
        ("exports/contacts-?.csv", {"contacts-1.csv"}),
        ("exports/*.csv", {"a.csv", "contacts-1.csv", "contacts-22.csv"}),
        ("exports/**/contacts-*.csv", {"contacts-1.csv", "contacts-22.csv", "deep/contacts-3.csv"}),
        ("exports/*/*.csv", {"deep/contacts-3.csv"}),
        ("exports/deep/deeper/b[1].csv", {"deep/deeper/b[1].csv"}),
        ("exports/deep/", {"deep/contacts-3.csv", "deep/deeper/b[1].csv"}),
        ("exports/deep/**", {"deep/contacts-3.csv", "deep/deeper/b[1].csv"}),
    ],
)
def test_which_objects_an_address_means(reached, store, path, found):
    for key in KEYS:
        store.put(key, PEOPLE)
    assert set(files(reached, f"s3://{store.bucket}/{path}", ", files: all")) == found


def test_the_newest_is_that_which_the_store_got_last(reached, store):
    store.put("exports/contacts-2.csv", PEOPLE)
    time.sleep(1.1)
    store.put("exports/contacts-1.csv", PEOPLE)
    path = f"s3://{store.bucket}/exports/contacts-*.csv"
    assert set(files(reached, path)) == {"contacts-1.csv"}
    names = ', from_file_name: {batch: "-([0-9])"}'
    assert files(reached, path, names)["contacts-1.csv"].parts == (("batch", "1"),)


def test_nothing_is_fetched_twice_and_what_is_gone_goes(reached, store):
    for key in ("exports/a.csv", "exports/b.csv"):
        store.put(key, PEOPLE)
    path = f"s3://{store.bucket}/exports/*.csv"
    first = files(reached, path, ", files: all")
    kept = {name: (each.path.stat().st_ino, each.path.read_bytes()) for name, each in first.items()}
    again = files(reached, path, ", files: all")
    assert {name: (each.path.stat().st_ino, each.path.read_bytes()) for name, each in again.items()} == kept
    store.put("exports/a.csv", PEOPLE + "2\n")
    store.delete("exports/b.csv")
    [changed] = files(reached, path, ", files: all").values()
    assert changed.path.read_text() == PEOPLE + "2\n"
    cache = reached.folder / "out/state/cache"
    assert [each.name for each in cache.rglob("*.csv")] == ["a.csv"]
    assert {each.stat().st_mode & 0o077 for each in cache.rglob("*")} == {0}


def test_a_file_of_the_cache_that_was_cut_short_is_fetched_again(reached, store):
    store.put("a.csv", PEOPLE)
    path = f"s3://{store.bucket}/a.csv"
    [found] = files(reached, path).values()
    found.path.write_bytes(b"")
    [found] = files(reached, path, ", max_age: 1d").values()
    assert found.path.read_text() == PEOPLE


def test_partitions_and_packed_files_are_read_as_from_a_folder(reached, store):
    import gzip  # noqa: PLC0415 - used here alone

    store.put("exports/region=north/a.csv.gz", gzip.compress(b"contact_id,email\n1,ann@x.org\n"))
    store.put("exports/region=south/b.csv", "contact_id,email\n2,bob@x.org\n\n3,x,y\n")
    loaded = reached.load(f"max_rejects: 1\ncontacts: [{{path: 's3://{store.bucket}/exports/'}}]\n")
    assert sorted(loaded.contacts.select("contact_id", "region").rows()) == [("1", "north"), ("2", "south")]
    assert loaded.rejects.select("source", "record", "line", "reason").rows() == [
        (f"s3://{store.bucket}/exports/region=south/b.csv", 2, 4, "long_row")
    ]


def test_a_run_is_the_same_as_from_files(reached, store):
    reached.write(FILES)
    names = ("scores.parquet", "points.parquet")

    def tables(text):
        run = reached.score(text).published.run.path
        return [(run / name).read_bytes() for name in names]

    first = tables(PROJECT)
    for name, text in FILES.items():
        store.put(f"in/{name}", text)
    text = PROJECT.replace("people.csv", f"s3://{store.bucket}/in/people.csv")
    text = text.replace("visits.csv", f"s3://{store.bucket}/in/vis*.csv")
    assert tables(text + "cache: kept\n") == first
    assert len(list(Path(reached.folder, "kept").iterdir())) == 2


def test_nothing_that_fits_is_a_missing_file(reached, store):
    store.put("exports/a.docx", "x")
    for path, said in {
        "exports/b.csv": "no object has this name.",
        "exports/*.csv": "no object has this name.",
        "exports/": "the folder has no object of a known format; it has .docx.",
    }.items():
        with pytest.raises(InputError) as stopped:
            files(reached, f"s3://{store.bucket}/{path}")
        told = f"I001 contacts: `s3://{store.bucket}/{path}`: {said}"
        assert str(stopped.value).splitlines()[0] == told


def test_what_goes_wrong_ends_in_a_plain_error_within_ten_seconds(reached, store, monkeypatch, capfd):
    assert store.keys() == []

    def refused(path):
        began = time.monotonic()
        with pytest.raises(InputError) as stopped:
            files(reached, path)
        assert time.monotonic() - began < 11
        assert "s3cr3t" not in str(stopped.value)
        assert "key-of-the-tests" not in str(stopped.value)
        return str(stopped.value).splitlines()[0]

    start = "A030 contacts: `s3://no-such-bucket/"
    assert refused("s3://no-such-bucket/a.csv") == f"{start}a.csv`: there is no bucket `no-such-bucket`."
    assert refused("s3://no-such-bucket/*.csv") == f"{start}*.csv`: there is no bucket `no-such-bucket`."
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    unreached = (
        "the store at http://127.0.0.1:1, where the bucket `no-such-bucket` is looked for, can't be reached."
    )
    assert refused("s3://no-such-bucket/*.csv") == f"{start}*.csv`: {unreached}"
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert refused("s3://no-such-bucket/a.csv").endswith(" has not answered within 10 s.")
    assert "s3cr3t" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("status", [403, 500])
def test_a_store_that_refuses_is_named(reached, refusing, status, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", refusing(status, "<Error><Code>InvalidAccessKeyId</Code></Error>"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cr3t-XYZ")
    with pytest.raises(InputError, match=r"A030 contacts: `s3://leads/.*refuses.*: InvalidAccessKeyId\."):
        files(reached, "s3://leads/*.csv")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("gs://leads/a.csv", "P031 "),
        ("S3://leads/a.csv", "P031 "),
        ("s3://key:s3cr3t@leads/a.csv", 'P031 "s3://leads/a.csv" is not an address'),
        ("s3://", "P031 "),
    ],
)
def test_other_addresses_are_none(reached, path, said):
    with pytest.raises(ProjectFileError, match=said) as stopped:
        reached.project(f'contacts: [{{path: "{path}"}}]\n')
    assert "s3cr3t" not in str(stopped.value)


def test_without_the_extra_the_line_to_install_it_is_named(reached, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "obstore.store", None)
    with pytest.raises(UsageError, match=r"U013(.|\n)*pip install 'flamescore\[s3\]'"):
        files(reached, "s3://leads/a.csv")
