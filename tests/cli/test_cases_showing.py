"""How findings are shown and accepted."""

import json
from datetime import datetime

import pytest
import yaml

CONTACTS = " / ".join(str(number) for number in range(1, 27))
GOOD = " / ".join(f"{number},click,2026-11-20" for number in range(1, 26))
BAD = "9,click,"


@pytest.fixture
def rejects(case):
    case.contacts(CONTACTS)
    case.events(f"{GOOD} / {BAD}")
    return case


def test_a_reject_is_a_warning(rejects):
    done = rejects.score()
    done.warning("I131", "events e.csv", count=1, of=26)
    assert done.code == 0
    plain = rejects.score(log=False)
    assert "events e.csv: warning I131: " in plain.err
    quiet = rejects.score("-q", log=False)
    assert (quiet.err, quiet.out, quiet.code) == (plain.err, "", 0)
    assert rejects.score("-qq", log=False).err == ""


def test_fail_on_warning_publishes_and_says_so_by_its_exit_code(rejects):
    done = rejects.score("--fail-on", "warning")
    assert done.code == 1
    assert done.source("events")["rejected"] == 1


@pytest.mark.parametrize("both", [False, True])
def test_strict_publishes_nothing(rejects, both):
    done = rejects.score("--strict", *(["--fail-on", "warning"] if both else []))
    assert done.code == 3
    assert done.codes[-1] == "U016"
    done.warning("I131")
    assert not (rejects.folder / "out" / "latest").exists()
    failed = rejects.folder / "out" / "failed"
    said = json.loads((failed / "run.json").read_text())
    assert (said["published"], said["exit_code"]) == (False, 3)
    assert len((failed / "rejects.csv").read_text().splitlines()) == 2
    text = rejects.score("--strict", log=False)
    assert (
        text.err.splitlines()[-1].startswith("--strict: ") or "--strict: 1 warning stops this run" in text.err
    )


def test_the_environment_and_the_project_file_say_fail_on_too(rejects, monkeypatch):
    rejects.project["fail_on"] = "warning"
    assert rejects.score().code == 1
    del rejects.project["fail_on"]
    monkeypatch.setenv("FLAMESCORE_FAIL_ON", "warning")
    assert rejects.score().code == 1


def test_an_accepted_warning_is_counted_alone(rejects):
    entry = {"code": "I131", "subject": "events *", "at_most": 1, "reason": "known"}
    rejects.project["accept"] = [entry]
    done = rejects.score(log=False)
    assert done.err == "1 accepted warning: -v shows it\n"
    assert done.out != ""
    assert rejects.score("-q", log=False).err == ""
    assert "(accepted: known)" in rejects.score("-v", log=False).err
    assert rejects.score("--strict").code == 0
    assert rejects.score("--fail-on", "warning").code == 0
    rejects.events(f"{GOOD} / {BAD} / {BAD}")
    again = rejects.score()
    assert again.warning("I131")["message"].endswith("(accepted up to 1)")
    assert again.told == ["I131"]


@pytest.mark.parametrize(("until", "told"), [("2026-11-25", True), ("2026-11-26", False)])
def test_an_accepted_warning_may_have_an_end(rejects, until, told):
    day = datetime.fromisoformat(until).date()
    rejects.project["accept"] = [{"code": "I131", "until": day, "reason": "known"}]
    found = rejects.score().warning("I131")
    assert (found["accepted"] is None) == told
    assert found["message"].endswith(f"(accepted until {until})") == told


def test_the_report_says_why_and_until_when(rejects):
    entry = {"code": "I131", "until": datetime.fromisoformat("2027-03-31").date(), "reason": "known"}
    rejects.project["accept"] = [entry]
    done = rejects.score()
    latest = rejects.folder / "out" / "latest"
    for page in ("report.html", "report.md"):
        assert "(accepted until 2027-03-31: known)" in (latest / page).read_text().replace("\\", "")
    (found,) = done.record["findings"]
    assert (found["accepted"], found["accepted_until"]) == ("known", "2027-03-31")
    before = (latest / "report.html").read_bytes()
    rejects.run("report", "-o", "again.html", log=False)
    assert (rejects.folder / "again.html").read_bytes() == before
    del entry["until"]
    (found,) = rejects.score().record["findings"]
    assert found["accepted_until"] is None
    assert "(accepted: known)" in (latest / "report.html").read_text()


@pytest.mark.parametrize("share", ["3%", "4%"])
def test_an_accepted_share(rejects, share):
    rejects.project["accept"] = [{"code": "I131", "at_most": share, "reason": "known"}]
    assert rejects.score().told == (["I131"] if share == "3%" else [])


@pytest.mark.parametrize(
    ("entry", "code", "said"),
    [
        ({"code": "I13", "reason": "x"}, "P033", "I131"),
        ({"code": "I131"}, "P021", "reason"),
        ({"code": "I126", "reason": "x"}, "P033", ""),
        ({"code": "I007", "reason": "x"}, "P033", ""),
    ],
)
def test_wrong_entries(rejects, entry, code, said):
    rejects.project["accept"] = [entry]
    done = rejects.score()
    assert done.code == 2
    found = done.error(code)
    assert found["line"]
    assert found["column"]
    assert said in json.dumps(found)


def test_an_entry_that_fits_nothing_is_a_note(rejects):
    rejects.project["accept"] = [
        {"code": "I131", "reason": "known"},
        {"code": "I139", "reason": "quiet nights"},
    ]
    assert rejects.score().note("P110")["message"]


def test_the_text_of_a_warning_ends_with_the_entry_that_accepts_it(rejects):
    done = rejects.score("-v", log=False)
    (line,) = [each for each in done.err.splitlines() if "accept: [" in each]
    entry = yaml.safe_load(line.strip())["accept"][0]
    entry["reason"] = "known"
    rejects.project["accept"] = [entry]
    assert rejects.score().told == []


def test_json_lines_have_every_key(rejects):
    done = rejects.score()
    first, last = done.lines[0], done.lines[-1]
    assert (first["level"], first["code"], first["run_id"], first["count"], first["of"]) == (
        "warning", "I131", None, 1, 26,
    )  # fmt: skip
    wanted = {"level": "info", "code": "O000", "contacts": 26, "hot": {"s": 0}, "warnings": 1}
    assert {key: last[key] for key in wanted} == wanted
    assert {"as_of", "to_call", "latest", "notes", "accepted", "seconds", "path"} <= set(last)
    assert last["latest"] is True
    assert done.out == ""
    dry = rejects.score("--dry-run")
    assert dry.lines[-1]["code"] == "O010"
    assert rejects.score("-q").lines[-1]["level"] == "warning"


def failed(case):
    said = json.loads((case.folder / "out" / "failed" / "run.json").read_text())
    return [each["code"] for each in said["findings"]]


def test_too_many_rejects_are_told_with_what_else_is_known(rejects):
    rejects.contacts(f"{CONTACTS} / 1.00216E+11")
    rejects.events(" / ".join(f"{number},click,soon" for number in range(1, 26)))
    done = rejects.score()
    assert done.code == 3
    assert [(each["code"], each["subject"]) for each in done.lines] == [
        ("I007", "events e.csv"),
        ("I131", "contacts c.csv"),
    ]
    assert failed(rejects) == ["I007", "I131"]
    rejects.project["accept"] = [{"code": "I131", "reason": "known"}]
    assert "(accepted: known)" in rejects.score("-v", log=False).err
    assert "I131" not in rejects.score(log=False).err


def test_orphans_alone_are_told_with_why(case):
    case.contacts("00123 / 00124")
    case.events("123,click,2026-11-20 / 124,click,2026-11-20")
    done = case.score()
    assert done.code == 3
    assert done.told == ["I051", "I136"]
    assert done.found("I136")["count"] == 2
    assert failed(case)[:2] == ["I051", "I136"]
    assert case.score("-qq", log=False).err.count("I136") == 0


def test_standard_input_twice(case):
    case.contacts("1")
    case.project["contacts"] = [{"path": "-"}]
    case.project["events"] = [{"path": "-"}]
    done = case.score()
    assert (done.code, done.error("P030")["code"]) == (2, "P030")


def test_errors_say_so(case):
    case.contacts("1")
    case.events("1,click,2026-11-20")
    case.rule(points="many")
    done = case.score(log=False)
    assert done.code == 2
    assert ": error R0" in done.err
    assert "rules.yaml:" in done.err.splitlines()[0]


def test_findings_stand_in_the_record_and_in_the_report(rejects):
    done = rejects.score()
    (found,) = [each for each in done.record["findings"] if each["code"] == "I131"]
    assert {key: found[key] for key in ("severity", "subject", "count", "of", "accepted")} == {
        "severity": "warning", "subject": "events e.csv", "count": 1, "of": 26, "accepted": None,
    }  # fmt: skip
    assert any(each.startswith("events e.csv: warning I131: ") for each in done.record["warnings"])
    page = (rejects.folder / "out" / "latest" / "report.html").read_text()
    assert "1 warning, " in page
    assert '<span class="lv w">I131</span>' in page


def test_nothing_to_report(case):
    case.contacts("1")
    case.events("1,click,2026-11-20")
    assert case.score().record["findings"] == []
    assert "Nothing to report." in (case.folder / "out" / "latest" / "report.html").read_text()
