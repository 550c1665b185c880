"""Which findings and lines `-v`, `-q` and `-qq` show, as text and as JSON; errors are always shown."""

import pytest

OPEN, KNOWN, NOTE = "I131", "I149", "I132"


@pytest.fixture
def told(case):
    """Return a project with a warning, an accepted warning and a note."""
    case.contacts("1 / 2")
    rows = ["1,2026-11-20,paid", "2,2026-11-20,voided", "1,,paid", "2,2026-11-19,paid,,"]
    case.events(" / ".join(rows), "contact_id,at,Payment Status")
    case.rule(event="purchase")
    case.source(constants={"event": "purchase"})
    case.project["accept"] = [{"code": KNOWN, "reason": "known"}]
    return case


SHOWN = {
    (): {OPEN},
    ("-v",): {OPEN, KNOWN, NOTE},
    ("-q",): {OPEN},
    ("-qq",): set(),
    ("-q", "-v"): {OPEN},
    ("-qq", "-v"): set(),
}


@pytest.mark.parametrize("flags", SHOWN)
def test_text(told, flags):
    done = told.score(*flags, log=False)
    assert done.code == 0
    assert {code for code in (OPEN, KNOWN, NOTE) if f" {code}: " in done.err} == SHOWN[flags]
    assert ("(accepted: known)" in done.err) == (KNOWN in SHOWN[flags])
    last = "1 note, 1 accepted warning: -v shows them\n"
    assert done.err.endswith(last) == (flags == ())
    assert (last in done.err) == (flags == ())
    quiet = any(each.startswith("-q") for each in flags)
    assert (done.out == "") == quiet
    assert (" rows  load" in done.err) == (flags == ("-v",))
    assert done.err.isascii() or not quiet


@pytest.mark.parametrize("flags", SHOWN)
def test_json(told, flags):
    told.write()
    done = told.run("score", "--as-of", "2026-11-21", "--log-format", "json", *flags)
    assert (done.code, done.out) == (0, "")
    assert {each["code"] for each in done.lines if each["level"] in ("warning", "note")} == SHOWN[flags]
    quiet = any(each.startswith("-q") for each in flags)
    infos = [each["code"] for each in done.lines if each["level"] == "info"]
    assert infos[-1:] == ([] if quiet else ["O000"])
    assert (len(infos) > 1) == (flags == ("-v",))
    if not quiet:
        last = done.lines[-1]
        assert (last["warnings"], last["notes"], last["accepted"]) == (1, 1, 1)


@pytest.mark.parametrize("flags", SHOWN)
def test_errors_are_always_shown_and_other_findings_as_ever(told, flags):
    told.project["accept"] += [{"code": "I999", "reason": "x"}]
    assert "error P033" in told.score(*flags, log=False).err
    told.project["accept"].pop()
    done = told.score("--strict", *flags, log=False)
    assert done.code == 3
    assert "--strict: 1 warning stops this run." in done.err.splitlines()[-2]
    assert {code for code in (OPEN, KNOWN, NOTE) if f" {code}: " in done.err} == SHOWN[flags]
