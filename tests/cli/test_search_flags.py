"""Each flag of `search` on a small run; a test fails if the flag is ignored."""

# ruff: noqa: E501 - one table row per line

from __future__ import annotations

import csv
import io
import json
import os

import polars as pl
import pytest

from cli.log_lines import first_line
from cli.small import PROJECT, RANKED

HEADER = "rank,contact_id,email,name,phone,company,owner,score,flames,percentile,last_activity_at"
LIST = (
    "rank,contact_id,email,name,phone,company,owner,flames,score,percentile,"
    "reason_1,reason_2,reason_3,last_activity,change,newly_hot,hot_since"
)
FIVE = [contact for contact in RANKED if contact != "105"]
"""All contacts except the one that `call_list` excludes."""


NOBODY = "info N002: "


@pytest.fixture
def search(scored, flamescore):
    assert scored.is_dir()

    def run(*words, **environ):
        done = flamescore("search", *words, **environ)
        assert done.code == 0
        assert all(line.startswith(NOBODY) for line in done.err.splitlines())
        return done.out

    return run


def ids(text):
    return [row["contact_id"] for row in csv.DictReader(io.StringIO(text))]


def test_ranked_order_and_every_cell(search):
    assert search("--raw").splitlines() == [
        HEADER,
        "1,101,ann@example.com,Ann Lee,+1 602 555 0101,Acme,Dana Fox,25,5,100,2026-11-20T09:30:00Z",
        "2,103,script@example.com,<script>alert(1)</script>,,,Bob,20,5,71.42857142857143,2026-11-17T09:00:00Z",
        '4,102,evil@example.com,[/evil],,"=HYPERLINK(""http://x"",""y"")",Dana Fox,15,3,57.142857142857146,2026-11-19T10:00:00Z',
        "5,104,cara@example.com,Cara Smith,-1-602,Smith & Sons,,5,1,42.857142857142854,2026-11-20T22:00:00Z",
        "6,106,shared@example.com,Eve,,,Bob,0,0,14.285714285714286,",
        "6,107,,Faye,,,,0,0,14.285714285714286,",
        "8,108,gus@example.com,Gus,,Rival,Bob,-5,0,0,2026-11-11T10:00:00Z",
    ]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--flames", "5"], ["101", "103"]),
        (["--flames", "1-3"], ["102", "104"]),
        (["--flames", "3-5"], ["101", "103", "102"]),
        (["--all"], RANKED),
        (["--flames", "5", "--all"], ["101", "103", "105"]),
        (["--min-score", "15"], ["101", "103", "102"]),
        (["--min-score", "15.5"], ["101", "103"]),
        (["--min-percentile", "71"], ["101", "103"]),
        (["--min-percentile", "72"], ["101"]),
        (["--owner", "dana fox"], ["101", "102"]),
        (["--owner", "Dana Fox", "--owner", "BOB"], ["101", "103", "102", "106", "108"]),
        (["--owner", "Unassigned"], ["104", "107"]),
        (["--tag", "new lead"], ["101", "103", "106"]),
        (["--tag", "New Lead", "--tag", "VIP"], ["101"]),
        (["--where", "Country=US"], ["101", "103", "106", "107", "108"]),
        (["--where", "Country=NO"], ["102"]),
        (["--where", "{Country: US, Employees: {at_least: 100}}"], ["101", "108"]),
        (["--where", "Country=US", "--where", "Employees: {at_most: 50}"], ["103"]),
        (["--where", "Employees: {between: [50, 250]}"], ["101", "103"]),
        (["--where", "Renewal: {between: [2026-11-25, 2026-12-01]}"], ["101", "104"]),
        (["--where", "Renewal: {at_least: 2026-12-01}"], ["101", "103"]),
        (["--where", "Renewal: {within_next: 4d}"], ["104"]),
        (["--where", "Renewal: {within_next: 10d}"], ["101", "104"]),
        (["--text", "SMITH"], ["104"]),
        (["--text", "smith", "--all"], ["105", "104"]),
        (["--text", "evil@example"], ["102"]),
        (["--text", "acme"], ["101"]),
        (["--text", "smith cara"], ["104"]),
        (["smith", "CARA"], ["104"]),
        (["cara", "--text", "sons"], ["104"]),
        (["cara", "--text", "acme"], []),
        (["101"], ["101"]),
        (["10"], ["101"]),
        (["5550101"], ["101"]),
        (["--max-score", "0"], ["106", "107", "108"]),
        (["--max-score", "-0.5"], ["108"]),
        (["--min-score", "5", "--max-score", "15"], ["102", "104"]),
        (["--flames", "3+"], ["101", "103", "102"]),
        (["--score", "fit:5+"], ["104"]),
        (["--where", "Country!=US"], ["102", "104"]),
        (["--where", "Employees>=250"], ["101", "104", "108"]),
        (["--where", "Employees>250"], ["104", "108"]),
        (["--where", "Employees<=50"], ["103", "102"]),
        (["--where", "Employees < 50"], ["102"]),
        (["--where", "Renewal>2026-12-01"], ["103"]),
        (["--where", "name~smith"], ["104"]),
        (["--where", "email~EXAMPLE", "--where", "Employees>=500"], ["104", "108"]),
        (["--sort", "name"], ["103", "102", "101", "104", "106", "107", "108"]),
        (["--sort", "-rank"], ["108", "106", "107", "104", "102", "103", "101"]),
        (["--sort", "company,-score"], ["102", "101", "108", "104", "106", "107", "103"]),
        (["--sort", "-owner"], ["101", "102", "103", "106", "108", "104", "107"]),
        (["--sort", "last_activity"], ["104", "101", "102", "103", "108", "106", "107"]),
        (["--sort", "Employees"], ["104", "108", "101", "103", "102", "106", "107"]),
        (["--sort", "-Renewal"], ["104", "101", "103", "102", "106", "107", "108"]),
        (["--limit", "2"], ["101", "103"]),
        (["--limit", "0"], []),
        (["--limit", "9" * 30], FIVE),
        (["--score", "fit"], ["104", "101", "108", "102", "103", "106", "107"]),
        (["--score", "fit:3-5"], ["104", "101", "108"]),
        (["--score", "fit:3"], ["101", "108"]),
        (["--score", "fit", "--flames", "1"], ["102", "103"]),
        (["--score", "fit:3-5", "--flames", "5"], ["104"]),
        (["--score", "fit:1-3", "--score", "interest:5"], ["101", "103"]),
        (["--score", "interest:5", "--score", "fit:3"], ["101"]),
        (["--text", "nobody at all"], []),
    ],
)
def test_who_is_found(search, words, found):
    assert ids(search(*words)) == found


def test_nobody_found_is_a_header_and_no_fault(search):
    assert search("--min-score", "1000") == LIST + "\n"
    assert search("--min-score", "1000", "--raw") == HEADER + "\n"
    assert search("--flames", "5", "--score", "interest:0-4", "--format", "json") == "[]\n"


@pytest.mark.usefixtures("scored")
def test_nobody_found_is_said_unless_it_is_to_be_quiet(flamescore):
    words = ("search", "--min-score", "1000")
    assert flamescore(*words).err == "info N002: No contacts match. Without --min-score 1000: 7.\n"
    said = first_line(flamescore(*words, "--log-format", "json").err)
    assert (said["level"], said["code"]) == ("info", "N002")
    assert flamescore(*words, "-q").err == ""
    assert flamescore("search").err == ""


def test_no_flames_say_why(search):
    rows = list(csv.DictReader(io.StringIO(search("--flames", "0"))))
    assert [(row["contact_id"], row["why"]) for row in rows] == [
        ("106", "nothing in the window"),
        ("107", "nothing in the window"),
        ("108", "Works for a competitor"),
    ]
    assert "why" not in search("--flames", "0-1").splitlines()[0]


def test_several_scores_show_each(search):
    words = ("--score", "interest:5", "--score", "fit:1-3")
    for out, header in (
        (search(*words), LIST + ",fit_flames,fit_score"),
        (search(*words, "--raw"), HEADER + ",fit_score,fit_flames"),
    ):
        assert out.splitlines()[0] == header
        assert [line.rsplit(",", 2)[1:] for line in out.splitlines()[1:]] == [["3", "3"], ["1", "1"]]


def test_columns_of_the_list_and_of_the_export(search):
    assert search("--columns", "name, Country,score,tags", "--limit", "2") == (
        'name,Country,score,tags\nAnn Lee,US,25,"VIP, New Lead"\n<script>alert(1)</script>,US,20,New Lead\n'
    )


def test_another_run(scored, flamescore):
    flamescore("score", "--as-of", "2026-11-15T12:00:00Z")
    assert ids(flamescore("search", "--flames", "5").out) == ["101", "103"]
    assert ids(flamescore("search", "--flames", "3-5", "--run", "2026-11-15").out) == ["103"]
    run = next(
        path.name for path in (scored / "out" / "runs").iterdir() if path.name.startswith("2026-11-15")
    )
    assert ids(flamescore("search", "--flames", "3-5", "--run", run).out) == ["103"]


@pytest.mark.usefixtures("scored")
def test_config_and_environment(flamescore, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert ids(flamescore("search", "--config", "project/flamescore.yaml").out) == FIVE
    assert ids(flamescore("search", FLAMESCORE_OUTPUT="project/out").out) == FIVE


def test_csv_is_guarded_unless_raw(search):
    guarded = search()
    assert guarded.startswith("rank,")
    assert '"\'=HYPERLINK(""http://x"",""y"")"' in guarded
    assert ",+1 602 555 0101," in guarded
    assert ",'-1-602," in guarded
    assert "'" not in search("--raw")


def test_people_get_the_shape_of_the_call_list(scored, search):
    listed = (scored / "out" / "latest" / "hot_leads.csv").read_bytes().decode()
    assert search("--flames", "5") == listed.removeprefix("\ufeff")
    search("--flames", "5", "-o", "calls.csv")
    assert (scored / "calls.csv").read_bytes().decode() == listed
    assert (
        search("--flames", "3-4")
        .splitlines()[1]
        .endswith(',Dana Fox,3,15,57,"Call, 2026-11-12 (+10)","Form, 2026-11-19 (+5)",,2026-11-19 10:00,,,')
    )


def test_columns_by_name(search):
    out = search("--columns", "place,rank,reason_2,newly_hot,change,last_activity", "--limit", "3", "--all")
    assert out.splitlines() == [
        "place,rank,reason_2,newly_hot,change,last_activity",
        '1,1,"Form ×2, 2026-11-18 (+10)",,,2026-11-20 09:30',
        '2,2,"Form ×2, 2026-11-16 (+10)",,,2026-11-17 09:00',
        ',2,"Call, 2026-11-15 (+10)",,,2026-11-16 10:00',
    ]
    assert search("--columns", "reason_1,score", "--limit", "1", "--raw") == (
        'reason_1,score\n"Call, 2026-11-20 (+10)",25\n'
    )


def test_raw_changes_no_other_format_and_a_spreadsheet_is_guarded_all_the_same(search):
    for form in ("json", "ndjson", "md"):
        assert search("--format", form, "--raw") == search("--format", form)
        assert "=HYPERLINK" in search("--format", form)
        assert "'=HYPERLINK" not in search("--format", form)
    exact = search("--raw", "--spreadsheet")
    assert exact.startswith("\ufeff" + HEADER)
    assert exact.replace("'", "") == "\ufeff" + search("--raw")


def test_a_file_is_guarded_unless_raw(scored, search):
    search("-o", "calls.csv")
    search("--raw", "-o", "exact.csv")
    assert "'=HYPERLINK" in (scored / "calls.csv").read_text()
    assert "'=HYPERLINK" not in (scored / "exact.csv").read_text()


def test_spreadsheet(search):
    guarded = search("--spreadsheet")
    assert guarded.startswith("\ufeffrank,")
    assert '"\'=HYPERLINK(""http://x"",""y"")"' in guarded
    assert ",+1 602 555 0101," in guarded
    assert ",'-1-602," in guarded


ANN = {
    "rank": 1, "contact_id": "101", "email": "ann@example.com", "name": "Ann Lee", "phone": "+1 602 555 0101",
    "company": "Acme", "owner": "Dana Fox", "score": 25, "flames": 5, "percentile": 100,
    "last_activity_at": "2026-11-20T09:30:00Z",
    "reason_1": "Call, 2026-11-20 (+10)", "reason_2": "Form ×2, 2026-11-18 (+10)", "reason_3": "VIP (+5)",
    "change": None, "newly_hot": None,
}  # fmt: skip


@pytest.mark.parametrize("by_suffix", [True, False])
@pytest.mark.parametrize("form", ["csv", "json", "ndjson", "parquet", "md"])
def test_each_format_by_suffix_and_by_flag(scored, search, form, by_suffix):
    name = f"calls.{form}" if by_suffix else "calls"
    assert search("-o", name, *([] if by_suffix else ["--format", form])) == ""
    raw = (scored / name).read_bytes()
    match form:
        case "csv":
            assert ids(raw.decode()) == FIVE
        case "json":
            rows = json.loads(raw)
            assert ([row["contact_id"] for row in rows], rows[0]) == (FIVE, ANN)
        case "ndjson":
            rows = [json.loads(line) for line in raw.splitlines()]
            assert ([row["contact_id"] for row in rows], rows[0]) == (FIVE, ANN)
        case "parquet":
            frame = pl.read_parquet(raw)
            assert frame["contact_id"].to_list() == FIVE
            assert frame.schema["last_activity_at"] == pl.Datetime("us", "UTC")
            assert frame["name"][2] == "[/evil]"
            assert frame.columns[-2:] == ["change", "newly_hot"]
            assert [frame.schema[name] for name in frame.columns[-2:]] == [pl.Float64(), pl.Boolean()]
        case "md":
            lines = raw.decode().splitlines()
            assert lines[0].startswith("| rank | contact\\_id |")
            assert "\\<script\\>" in lines[3] or "&lt;script" in lines[3]
            assert len(lines) == 9


@pytest.mark.parametrize("form", ["csv", "json", "ndjson", "parquet", "md"])
def test_each_format_on_stdout(scored, flamescore, search, form):
    search("-o", f"calls.{form}")
    bom = b"\xef\xbb\xbf" if form == "csv" else b""
    assert bom + flamescore("search", "--format", form).raw == (scored / f"calls.{form}").read_bytes()


def test_a_table_on_request(search, scored):
    out = search("--format", "table", "--columns", "contact_id,name,company,last_activity_at")
    lines = [line.split() for line in out.splitlines()]
    assert ["101", "Ann", "Lee", "Acme", "2026-11-20", "09:30"] in lines
    assert ["102", "[/evil]", '=HYPERLINK("http://x","y")', "2026-11-19", "10:00"] in lines
    assert ["103", "<script>alert(1)</script>", "2026-11-17", "09:00"] in lines
    assert search("-o", "calls.txt", "--columns", "contact_id,name,company,last_activity_at") == ""
    assert (scored / "calls.txt").read_text() == out


def test_names_come_out_as_themselves(search):
    assert [row["name"] for row in json.loads(search("--format", "json"))][:3] == [
        "Ann Lee",
        "<script>alert(1)</script>",
        "[/evil]",
    ]


def test_a_dash_is_stdout(search):
    assert search("-o", "-") == search()


@pytest.mark.parametrize(
    ("words", "known"),
    [
        (["search"], ".csv, .json, .ndjson, .parquet, .xlsx, .md, .txt"),
        (["explain", "101"], ".json, .txt"),
        (["report"], ".html, .md, .xlsx, .txt"),
    ],
)
def test_a_file_that_does_not_say_its_format(scored, flamescore, words, known):
    done = flamescore(*words, "-o", "calls.xyz")
    assert (done.code, (scored / "calls.xyz").exists()) == (2, False)
    assert done.err == (
        "error U010: Can't tell the format from `calls.xyz`.\n"
        f"        Do: Use one of the suffixes {known}, or add --format.\n"
    )


@pytest.mark.once
def test_a_device_is_written_to_and_not_replaced(search, tmp_path):
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)  # opened first, so that the writer does not block
    search("-o", str(pipe), "--limit", "1", "--columns", "contact_id")
    assert os.read(reader, 1_000) == b"contact_id\n101\n"
    os.close(reader)
    assert pipe.is_fifo()


def test_a_link_is_followed(search, scored):
    (scored / "real.csv").write_text("old")
    (scored / "link.csv").symlink_to("real.csv")
    search("-o", "link.csv", "--limit", "0", "--columns", "name")
    assert (scored / "link.csv").is_symlink()
    assert (scored / "real.csv").read_text(encoding="utf-8-sig") == "name\n"


@pytest.mark.usefixtures("scored")
def test_a_folder_that_is_not_there(flamescore):
    done = flamescore("search", "-o", "none/calls.csv")
    assert (done.code, done.err) == (
        6,
        "error O007: none/calls.csv can't be written: No such file or directory.\n",
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--flames", "6"], "error U006: --flames `6` is not a number of flames."),
        (["--flames", "5-4"], "error U006: --flames `5-4` is not a number of flames."),
        (
            ["--score", "intrest"],
            "error U005: This run has no score `intrest`.\n        Nearest: `interest`.",
        ),
        (["--score", "fit:9"], "error U006: --score `9` is not a number of flames."),
        (
            ["--columns", "name,Contry"],
            "error U008: There is no column `Contry`.\n        Nearest: `Country`.",
        ),
        (["--where", "Contry=US"], "--where:1:1: error R090: No contacts export has a column `Contry`."),
        (["--min-score", "nan"], "error U002: --min-score must be a number, not `nan`."),
        (["--max-score", "nan"], "error U002: --max-score must be a number, not `nan`."),
        (["--flames", "45"], "Nearest: `4-5`.\n        Do: Use 0 to 5, a range such as 4-5, or 4+."),
        (
            ["--sort", "flame"],
            "error U017: --sort: there is no `flame` to sort by.\n        Nearest: `flames`.",
        ),
        (["--sort", "rank,,name"], "error U017: --sort: there is no `` to sort by."),
        (
            ["--where", "contry"],
            "--where: error R110: `contry` names no column.\n        Nearest: `Country`.",
        ),
        (["--where", "Employees>many"], "error R110: `>` needs a number or a date, not `many`."),
    ],
)
@pytest.mark.usefixtures("scored")
def test_what_is_asked_wrong_exits_with_2(flamescore, words, said):
    done = flamescore("search", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_without_owners_or_tags_it_says_how_to_map_them(project, flamescore):
    (project / "flamescore.yaml").write_text(PROJECT.replace("owner: Owner, ", ""))
    assert flamescore("score").code == 0
    done = flamescore("search", "--owner", "Bob")
    assert done.code == 2
    assert done.err.startswith(
        "error U007: --owner needs the column `owner`, which the contacts do not have."
    )


def test_no_run_yet(project, flamescore):
    done = flamescore("search")
    assert done.code == 4
    assert (
        done.err
        == f"error O004: there is no run in {project}/out yet\n        Do: flamescore score makes one\n"
    )


def test_no_run_and_no_project_file(tmp_path, flamescore, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = flamescore("search")
    assert done.code == 4
    assert done.err == (
        f"error O004: there is no run in {tmp_path}/out yet\n"
        "        Do: No flamescore.yaml in this folder or a parent either. Go to its folder, or give --config.\n"
    )


@pytest.mark.usefixtures("scored")
def test_verbose_and_quiet(flamescore):
    assert "search of run 2026-11-21T000000Z-" in flamescore("search", "-v").err
    assert flamescore("search", "-v").err.endswith(": 7 found\n")
    assert flamescore("search", "-v", "-q").err == ""
    said = first_line(flamescore("search", "-v", "--log-format", "json").err)
    assert said["level"] == "info"
