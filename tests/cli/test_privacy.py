"""No message, log or record of a run identifies a contact."""

from __future__ import annotations

import json
import re

import pytest

from cli.small import PROJECT, RULES

SECRET = "Xyzzy"
HEAD = "Id,Name,Email,Phone,Company,Owner,Tags,Country\n"
ROW = f"7{SECRET}7,{SECRET} Lee,{SECRET}@example.com,+1 602 555 {SECRET},{SECRET} Inc,{SECRET} Fox,VIP,US\n"
PERSON = HEAD + ROW
EVENT = f"7{SECRET}7,call,2026-11-18T10:00:00Z,{SECRET}@example.com\n"
EVENTS = f"contact_id,event,at,email\n{EVENT}"
MERGED = PROJECT.replace("    dates: {Renewal", "    merged: {into: Company}\n    dates: {Country")
UNMAPPED = re.sub(r"    columns:\n.*\n    dates.*\n", "", PROJECT)
BY_EMAIL = PROJECT + "    columns: {contact: email}\n    contact_key: email\n"


def contacts(text: str) -> tuple[str, str, str]:
    return PERSON + text, EVENTS, PROJECT


def source(setting: str) -> str:
    """Return the project file with an additional setting of its contacts."""
    return PROJECT.replace("    dates", f"    {setting}\n    dates")


CASES = {
    "nothing wrong": (PERSON, EVENTS, PROJECT),
    "no header": (ROW * 2, EVENTS, PROJECT),
    "no header, nothing mapped": (ROW, EVENTS, UNMAPPED),
    "no header of events": (PERSON, EVENT, PROJECT),
    "a repeated id": contacts(ROW * 30),
    "a row that is too long": contacts(f"{SECRET},{SECRET},{SECRET},{SECRET},,,,,,,{SECRET}\n" * 30),
    "a row that is too short": contacts(f"{SECRET},{SECRET}\n" * 30),
    "an open quote": contacts(f'{SECRET},"{SECRET}\n'),
    "stray quotes": contacts(f'1,{SECRET} "{SECRET}" x,,,,,,\n' * 30),
    "a NUL": contacts(f"1,{SECRET}\0,,,,,,\n" * 30),
    "no id": contacts(f",{SECRET},{SECRET},,,,,\n" * 30),
    "another delimiter": (PERSON.replace(",", ";"), EVENTS, source("delimiter: ','")),
    "not UTF-8": (PERSON.replace("Lee", "L\udce9e"), EVENTS, PROJECT),
    "merged into each other": (PERSON + f"{SECRET} Inc,,,,7{SECRET}7,,,\n" * 2, EVENTS, MERGED),
    "a time that does not read": (PERSON, EVENTS + f"7{SECRET}7,call,{SECRET},\n" * 30, PROJECT),
    "the wrong column as time": (PERSON, EVENTS, PROJECT + "    columns: {at: email, time: at}\n"),
    "an id as time": (PERSON, EVENTS, PROJECT + "    columns: {at: contact_id, contact_id: email}\n"),
    "orphans": (PERSON, EVENTS.replace(f"7{SECRET}7", f"8{SECRET}8"), PROJECT),
    "two with one address": (PERSON + f"8,,{SECRET}@example.com,,,,,\n", EVENTS, BY_EMAIL),
    "no such contact key": (PERSON, EVENTS, BY_EMAIL.replace("key: email", "key: mail")),
    "an unknown preset": (ROW, EVENTS, source("preset: auto")),
    "names as dates": (PERSON, EVENTS, PROJECT.replace("Renewal", "Name")),
    "names as numbers": (PERSON, EVENTS, PROJECT),
}
NUMBERS = RULES + "".join(
    f"      - {{name: {name}, field: {asked}, points: 1}}\n"
    for name, asked in (("N", "{name: {at_least: 5}}"), ("E", "{email: {within_last: 5d}}"))
)


@pytest.mark.parametrize("log", ["text", "json"])
@pytest.mark.parametrize("case", CASES)
def test_no_message_tells_who_somebody_is(project, flamescore, case, log):
    people, events, settings = CASES[case]
    (project / "contacts.csv").write_text(people, encoding="utf-8", errors="surrogateescape")
    (project / "events.csv").write_text(events)
    (project / "flamescore.yaml").write_text(settings)
    if "numbers" in case:
        (project / "rules.yaml").write_text(NUMBERS)
    for words in (("score",), ("score", "--strict"), ("score", "--accept", "--max-rejects", "100%", "-v")):
        done = flamescore(*words, "--log-format", log)
        assert done.code in (0, 2, 3), done.err
        assert SECRET not in done.err
        assert SECRET not in done.out
    for told in project.glob("out/runs/*/run.json"):
        assert SECRET not in told.read_text(encoding="utf-8")


def test_of_a_row_in_place_of_the_header_shapes_are_shown(project, flamescore):
    (project / "contacts.csv").write_text(ROW)
    (project / "flamescore.yaml").write_text(UNMAPPED)
    done = flamescore("score")
    assert done.code == 2
    assert (
        "contacts.csv has: `9aaaaa9`, `aaaaa aaa`, `aaaaa@aaaaaaa.aaa`, `+9 999 999 aaaaa`, `aaaaa aaa`, "
        "`aaaaa aaa`, `aaa`, `aa`. That seems to be a row: a file without a header needs `header: false` "
        "and `names`."
    ) in done.err


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("31/31/2026", False),
        ("2026-13-01 10:00", True),
        ("Sept 31, 2026", False),
        ("31 June 2026 at 9:00 pm", False),
        ("20261301", False),
        ("602-555-0101", False),
        ("+1 602 555 0101", False),
        ("123-45-6789", False),
        ("April Day", False),
        ("1234567", False),
        ("ann@example.com", False),
    ],
)
def test_a_sample_of_times_is_a_time_that_some_format_reads(project, flamescore, cell, shown):
    (project / "events.csv").write_text(f'contact_id,event,at\n101,call,"{cell}"\n')
    done = flamescore("score", "--log-format", "json")
    assert done.code == 3
    said = json.loads(done.err.splitlines()[0])["message"]
    assert "1 is written like `" in said
    assert (cell in said) == shown


URL = "https://ann:hunter2@host/x?token=hunter2"


@pytest.mark.parametrize(
    "words",
    [
        ("score", "--config", URL),
        ("score", "--rules", URL),
        ("score", "--contacts", URL),
        ("score", "--events", URL),
        ("score", "--output", "contacts.csv/" + URL),
        ("score", "--as-of", URL),
        ("score", URL),
        ("score", "--" + URL),
        ("search", "-o", URL),
        ("search", "--columns", URL),
        ("search", "--where", f"{{{URL!r}: 1}}"),
        ("search", "--run", URL),
        ("explain", URL),
        ("report", "-o", URL),
        ("presets", URL),
    ],
)
def test_no_message_has_the_credentials_of_a_url(scored, flamescore, words):  # noqa: ARG001 - a folder with a run
    for log in ("text", "json"):
        done = flamescore(*words, "--log-format", log)
        assert done.code in (2, 3, 4, 6), done.err
        assert "hunter2" not in done.err + done.out


@pytest.mark.parametrize("key", ["rules: ", "output: contacts.csv/", "as_of: ", "contacts: ", "nothing: "])
def test_no_message_about_a_file_has_the_credentials_of_a_url(project, flamescore, key):
    text = PROJECT.replace("rules: rules.yaml\nas_of: 2026-11-21\n", "")
    (project / "flamescore.yaml").write_text(f"{key}{URL}\n{text}")
    done = flamescore("score")
    assert done.code in (2, 3, 6), done.err
    assert "hunter2" not in done.err
