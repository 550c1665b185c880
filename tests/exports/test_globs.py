"""Which files a path matches: patterns, folders and links, in folders whose names look like patterns."""

from pathlib import Path

import pytest
from exports_bench import Bench

from flamescore.errors import InputError, UsageError
from flamescore.exports import match
from flamescore.exports.find import walk

HEAD = "contact_id,event,at\n"


@pytest.fixture
def odd(tmp_path):
    """Return a project in `leads[1]/`; siblings such as `leads1/` have files with other rows."""
    for name, row in (("leads[1]", "mine"), ("leads1", "theirs"), ("leads*", "theirs"), ("leads?", "theirs")):
        bench = Bench(tmp_path / name)
        bench.write("contacts.csv", f"contact_id,name\n1,{row}\n")
        bench.write("ev1/a.csv", HEAD + f"1,{row} 1,2026-01-01\n")
    bench = Bench(tmp_path / "leads[1]")
    bench.write("ev[1]/b.csv", HEAD + "1,mine b,2026-01-01\n")
    bench.write("ev[1]/b[2].csv", HEAD + "1,mine b[2],2026-01-01\n")
    bench.write("ev[1]/b2.csv", HEAD + "1,mine b2,2026-01-01\n")
    bench.write("ev[1]/.hidden.csv", HEAD + "1,hidden,2026-01-01\n")
    bench.write("days/day=2026-01-01/a.csv", HEAD + "1,mine day,2026-01-01\n")
    return bench


def types(bench, path):
    """Return the sorted types of a source's events."""
    loaded = bench.load(f"contacts: [{{path: contacts.csv}}]\nevents: [{{path: '{path}'}}]\n")
    return sorted(loaded.events[0].frame.collect()["event"].to_list())


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("ev1/*.csv", ["mine 1"]),
        ("e*1/*.csv", ["mine 1"]),
        ("ev[1]/b.csv", ["mine b"]),
        ("ev[1]/b[2].csv", ["mine b[2]"]),
        ("ev[1]/b?.csv", ["mine b2"]),
        ("ev[1]/b[3-9]*.csv", None),
        ("ev[1]", ["mine b", "mine b2", "mine b[2]"]),
        ("./ev[1]/../ev1/?.csv", ["mine 1"]),
        ("../leads1/ev*/a.csv", ["theirs 1"]),
        ("**/a.csv", ["mine 1", "mine day"]),
        ("ev?1?/.h*.csv", ["hidden"]),
        ("EV*/*.csv", None),
        ("days", ["mine day"]),
        ("days/*/*.csv", ["mine day"]),
    ],
)
def test_the_pattern_alone_is_one(odd, path, read):
    if read is None:
        with pytest.raises(InputError, match=r"I001 No file matches .*\(events\)"):
            types(odd, path)
        return
    assert types(odd, path) == read


def test_an_absolute_pattern_goes_by_the_names_that_are_there(odd):
    assert types(odd, f"{odd.folder}/ev1/*.csv") == ["mine 1"]
    assert types(odd, f"{odd.folder.parent}/leads[1]/ev[1]/b?.csv") == ["mine b2"]


def test_a_home_is_not_part_of_the_pattern(odd, monkeypatch):
    monkeypatch.setenv("HOME", str(odd.folder))
    assert types(odd, "~/ev1/*.csv") == ["mine 1"]
    monkeypatch.setenv("HOME", str(odd.folder.parent / "leads[12]"))
    with pytest.raises(InputError, match="I001"):
        types(odd, "~/ev1/*.csv")


def test_the_home_of_an_unknown_user(odd):
    with pytest.raises(UsageError, match=r"U002 `~nobody-here/\*.csv` begins with the home of a user"):
        types(odd, "~nobody-here/*.csv")


def test_partitions_below_a_folder_whose_name_is_a_pattern(odd):
    loaded = odd.load("contacts: [{path: contacts.csv}]\nevents: [{path: days}]\n")
    assert loaded.events[0].frame.collect()["day"].to_list() == ["2026-01-01"]


# --- links ---------------------------------------------------------------------------------------------


@pytest.fixture
def linked(tmp_path):
    """Return a project with files in a folder `ev`, and a file outside of the project."""
    bench = Bench(tmp_path / "project")
    bench.write("contacts.csv", "contact_id\n1\n")
    bench.write("ev/own.csv", HEAD + "1,own,2026-01-01\n")
    bench.write("ev/sub/below.csv", HEAD + "1,below,2026-01-01\n")
    (tmp_path / "away").mkdir()
    (tmp_path / "away" / "secret.csv").write_text(HEAD + "1,secret,2026-01-01\n")
    return bench


def link(bench, name, target):
    (bench.folder / name).symlink_to(target)


def warned(bench, path):
    return bench.load(f"contacts: [{{path: contacts.csv}}]\nevents: [{{path: '{path}'}}]\n").findings


OWN = ["below", "own"]
ADVICE = "add what is meant as a source of its own"


@pytest.mark.parametrize(
    ("path", "target", "name"),
    [
        ("ev", "secret.csv", "x.csv"),
        ("ev", "", "x"),
        ("ev", "gone.csv", "x.csv"),
        ("ev/**/*.csv", "secret.csv", "x.csv"),
        ("ev/**/*.csv", "", "x"),
        ("ev/**", "secret.csv", "sub/x.csv"),
    ],
)
def test_a_link_that_leads_out_is_not_followed(linked, path, target, name):
    link(linked, f"ev/{name}", linked.folder.parent / "away" / target)
    assert types(linked, path) == OWN
    (found,) = warned(linked, path)
    assert (found.code, found.subject, found.count) == ("I128", f"events {path}", 1)
    assert found.message == (f"1 link leads out of the folder and was not followed: `ev/{name}`; {ADVICE}.")


def test_many_links_that_lead_out_are_one_warning(linked):
    for number in range(1_005):
        link(linked, f"ev/{number:04}.csv", linked.folder.parent / "away" / "secret.csv")
    (said,) = warned(linked, "ev")
    assert (said.code, said.count) == ("I128", 1_005)
    assert said.message == (
        "1,005 links lead out of the folder and were not followed: "
        f"`ev/0000.csv`, `ev/0001.csv`, `ev/0002.csv` and 1,002 more; {ADVICE}."
    )


def test_links_by_the_way_are_not_told(linked):
    for name in ("ev/.x.csv", "ev/_x.csv", "ev/readme"):
        link(linked, name, linked.folder.parent / "away" / "secret.csv")
    assert (types(linked, "ev"), warned(linked, "ev")) == (OWN, ())


def test_a_chain_of_links_goes_by_its_end(linked):
    link(linked, "ev/a.csv", "b.csv")
    link(linked, "ev/b.csv", "../../away/secret.csv")
    assert types(linked, "ev") == OWN


def test_a_folder_of_nothing_but_links_that_lead_out(linked):
    (linked.folder / "links").mkdir()
    link(linked, "links/x.csv", linked.folder.parent / "away" / "secret.csv")
    with pytest.raises(InputError) as told:
        types(linked, "links")
    assert str(told.value) == (
        "I001 `links` (events) has no file of a known format.\n"
        "        1 link leads out of the folder and was not followed: `links/x.csv`; "
        "add what is meant as a source of its own."
    )


@pytest.mark.parametrize("path", ["ev", "ev/**/*.csv", "ev/**", "**/*v.csv"])
def test_a_file_is_read_once_however_many_links_lead_to_it(linked, path):
    link(linked, "ev/latest.csv", "own.csv")
    link(linked, "ev/again.csv", "latest.csv")
    link(linked, "ev/copy", "sub")
    expected = [] if path == "**/*v.csv" else OWN
    if not expected:
        with pytest.raises(InputError, match="I001"):
            types(linked, path)
        return
    assert (types(linked, path), warned(linked, path)) == (expected, ())


def test_a_pattern_that_fits_a_file_and_its_link_reads_it_once_by_its_own_name(linked):
    link(linked, "ev/a-latest.csv", "own.csv")
    found = match("ev/*.csv", linked.folder)
    assert found.files == (linked.folder / "ev" / "own.csv",)


@pytest.mark.parametrize("path", ["ev/x.csv", "ev/x*.csv", "ev/folder", "ev/fold*/*.csv"])
def test_a_link_that_is_named_is_followed(linked, path):
    link(linked, "ev/x.csv", linked.folder.parent / "away" / "secret.csv")
    link(linked, "ev/folder", linked.folder.parent / "away")
    assert (types(linked, path), warned(linked, path)) == (["secret"], ())


def test_a_file_that_only_a_link_shows_is_read(linked):
    linked.write("ev/..2026_11_21/hidden.csv", HEAD + "1,mounted,2026-01-01\n")
    link(linked, "ev/..data", "..2026_11_21")
    link(linked, "ev/mounted.csv", "..data/hidden.csv")
    assert (types(linked, "ev"), warned(linked, "ev")) == (["below", "mounted", "own"], ())


@pytest.mark.parametrize("path", ["ev", "ev/**/*.csv", "ev/**"])
def test_loops_end(linked, path):
    link(linked, "ev/loop", ".")
    link(linked, "ev/sub/up", "..")
    link(linked, "ev/sub/ring.csv", "ring.csv")
    link(linked, "ev/there", "back")
    link(linked, "ev/back", "there")
    assert (types(linked, path), warned(linked, path)) == (OWN, ())


def test_a_folder_above_is_out(linked):
    link(linked, "ev/up", "..")
    assert types(linked, "ev") == OWN
    assert "`ev/up`" in warned(linked, "ev")[0].message


def test_a_source_folder_that_is_a_link_itself(linked):
    link(linked, "exports", "ev")
    assert (types(linked, "exports"), warned(linked, "exports")) == (OWN, ())


def test_a_deep_folder_is_walked(tmp_path):
    folder = tmp_path
    for _ in range(1_200):  # deeper than the interpreter's recursion limit
        folder /= "d"
        folder.mkdir()
    (tmp_path / "a.csv").write_text("x\n")
    found = walk(tmp_path)
    for folder in reversed(found.folders[1:]):
        folder.rmdir()  # pytest's cleanup could not
    assert (found.files, len(found.folders)) == ([tmp_path / "a.csv"], 1_201)


def test_names_in_order(tmp_path):
    for name in ("b", "a", "c"):
        (tmp_path / f"{name}.csv").write_text("x\n")
    assert match("*.csv", tmp_path).files == tuple(tmp_path / f"{name}.csv" for name in "abc")
    assert match(f"{tmp_path}/*.csv", Path("/nowhere")).files[0] == tmp_path / "a.csv"
