"""Columns missing from some files of the exports: an error or a warning, never a silent zero."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import polars as pl
import pytest

from cli.columns import (
    CONTACTS,
    EVENTS,
    MAPPED,
    OLD,
    RULES,
    SHORT_B,
    A,
    B,
    score,
    scores,
    told,
    write,
)

if TYPE_CHECKING:
    from pathlib import Path


# --- mapped by the project file --------------------------------------------------------------------------


def test_a_mapped_header_that_one_file_lacks_stops_the_run(flamescore, here):
    done = score(flamescore, here, MAPPED, ev__a=A.replace("url", "Link"), ev__b=B.format("Link URL"))
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "flamescore.yaml:7:20: error P028: "
        'ev/b.csv has no column "Link", mapped to "url". It has "Link URL".\n'
        "    7 |     columns: {url: Link}\n"
        "      |                    ^^^^\n"
        "        Write: columns: {url: [Link, Link URL]}\n"
    )
    assert not (here / "out").exists() or not list((here / "out" / "runs").iterdir())


def test_what_is_to_be_written_reads_every_file(flamescore, here):
    files = {"ev__a": A.replace("url", "Link") + OLD, "ev__b": B.format("Link URL")}
    done = score(flamescore, here, MAPPED.replace(": Link", ": [Link, Link URL]"), **files)
    assert (done.code, done.err, scores(here)) == (0, "", {"1": "1", "2": "1"})


def test_many_files_that_lack_a_header_are_told_once(flamescore, here):
    files = {f"ev__b{number:02}": B.format("Link URL") for number in range(30)}
    done = score(flamescore, here, MAPPED, ev__a=A.replace("url", "Link"), **files)
    assert done.code == 2
    assert done.err.count("P028") == 1
    assert (
        'error P028: 30 of 31 files have no column "Link", mapped to "url": ev/b00.csv and 29 more. '
        'ev/b00.csv has "Link URL".\n'
    ) in done.err


def test_a_list_of_headers_of_which_a_file_has_none(flamescore, here):
    project = MAPPED.replace(": Link", ": [Link, Address]")
    done = score(flamescore, here, project, ev__a=A.replace("url", "Link"), ev__b=B.format("link_url"))
    assert done.code == 2
    assert (
        'error P028: ev/b.csv has no column "Link" or "Address", mapped to "url". It has "link_url".\n'
        in done.err
    )
    assert "        Write: columns: {url: [Link, link_url]}\n" in done.err


def test_optional_columns_may_be_missing_in_some_files(flamescore, here):
    project = MAPPED + "    optional: [url]\n"
    done = score(flamescore, here, project, ev__a=A.replace("url", "Link") + OLD, ev__b=SHORT_B)
    assert (done.code, done.err, scores(here)) == (0, "", {"1": "1", "2": "0"})


def test_an_optional_column_must_be_in_one_file(flamescore, here):
    project = MAPPED + "    optional: [url]\n"
    done = score(flamescore, here, project, ev__a=SHORT_B, ev__b=SHORT_B)
    assert done.code == 2
    assert (
        'error P028: 2 of 2 files have no column "Link", mapped to "url": ev/a.csv and 1 more.\n' in done.err
    )


def test_nothing_near_names_the_other_ways_out(flamescore, here):
    done = score(flamescore, here, MAPPED, ev__a=A.replace("url", "Link"), ev__b=SHORT_B)
    assert done.code == 2
    assert 'error P028: ev/b.csv has no column "Link", mapped to "url".\n' in done.err
    cure = "Do: export it again with the column, or write `optional: [url]` if older files lack it.\n"
    assert f"        {cure}" in done.err


def test_a_needed_column_that_a_file_spells_otherwise(flamescore, here):
    done = score(flamescore, here, CONTACTS + EVENTS, ev__b=A.replace("event,at", "Event,at"))
    assert done.code == 2
    assert 'error P028: ev/b.csv has no column for "event". It has "Event".\n' in done.err
    assert "        Write: columns: {event: [event, Event]}\n" in done.err


def test_a_needed_column_that_is_mapped_and_missing_is_told_once(flamescore, here):
    project = CONTACTS + "events: [{path: ev, columns: {event: Type}}]\n"
    done = score(flamescore, here, project, ev__a=A.replace(",event", ",Type"), ev__b=A)
    assert done.code == 2
    assert done.err.count("P028") == 1
    assert 'error P028: ev/b.csv has no column "Type", mapped to "event". It has "event".\n' in done.err
    project = project.replace("Type", "[Type, event]")
    done = score(flamescore, here, project, ev__a=A.replace(",event", ",Type"), ev__b=A + OLD)
    assert (done.code, done.err, scores(here)) == (0, "", {"1": "2", "2": "0"})


def test_a_header_that_needs_quotes(flamescore, here):
    done = score(flamescore, here, MAPPED, ev__a=A.replace("url", "Link"), ev__b=B.format('"Link: #1"'))
    assert '        Write: columns: {url: [Link, "Link: #1"]}\n' in done.err
    done = score(flamescore, here, MAPPED, ev__a=A.replace("url", "Link"), ev__b=B.format("Link\x1b[1m"))
    assert 'It has "Link\\x1b[1m".\n' in done.err
    assert "\x1b" not in done.err


# --- the call list ---------------------------------------------------------------------------------------

EXCLUDE = "contacts: [{path: 'c/*.csv', files: all}]\nevents: [{path: ev}]\ncall_list: {exclude: {%s}}\n"


def excluded(folder: Path) -> list[str]:
    return pl.read_parquet(folder / "out" / "latest" / "excluded.parquet")["contact_id"].to_list()


def test_a_field_of_the_call_list_that_one_file_lacks(flamescore, here):
    project = EXCLUDE % "field: {dnc: yes}"
    files = {"c__1": "contact_id,dnc\n1,no\n", "c__2": "contact_id,DNC\n2,yes\n"}
    done = score(flamescore, here, project, **files)
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        'flamescore.yaml:4:12: error P035: contacts: c/2.csv has no "dnc", which call_list.exclude names. '
        'It has "DNC".\n'
        "    4 | contacts: [{path: 'c/*.csv', files: all}]\n"
        "      |            ^\n"
        "        Write: columns: {dnc: [dnc, DNC]}\n"
    )
    done = score(flamescore, here, project.replace("all}", "all, columns: {dnc: [dnc, DNC]}}"))
    assert (done.code, told(done), excluded(here)) == (0, [], ["2"])


def test_explain_stops_at_it_too(flamescore, here):
    files = {"c__1": "contact_id,dnc\n1,no\n", "c__2": "contact_id\n2\n"}
    assert score(flamescore, here, EXCLUDE % "field: {dnc: yes}", **files).code == 2
    done = flamescore("explain", "2", "--as-of", "2026-11-21")
    assert done.code == 2
    assert 'error P035: contacts: c/2.csv has no "dnc", which call_list.exclude names.\n' in done.err
    only = "Do: export it with the column, or write `optional: [dnc]` if nobody in it is to be left out.\n"
    assert f"        {only}" in done.err


def test_optional_says_that_a_file_has_none_on_purpose(flamescore, here):
    files = {"c__1": "contact_id,dnc\n1,yes\n", "c__2": "contact_id\n2\n"}
    project = (EXCLUDE % "field: {dnc: yes}").replace("all}", "all, optional: [dnc]}")
    done = score(flamescore, here, project, **files)
    assert (done.code, told(done), excluded(here)) == (0, [], ["1"])


def test_a_tag_of_the_call_list_that_a_source_lacks(flamescore, here):
    project = "contacts: [{path: c1.csv}, {path: c2.csv}]\nevents: [{path: ev}]\n"
    project += "call_list: {exclude: {any: [{tag: Do Not Call}, {field: {email: x}}]}}\n"
    done = score(
        flamescore, here, project, c1="contact_id,tags,email\n1,Do Not Call,\n", c2="contact_id,email\n2,\n"
    )
    assert done.code == 2
    assert 'error P035: contacts: c2.csv has no "tags", which call_list.exclude names.\n' in done.err


def test_only_files_that_are_read_count(flamescore, here):
    files = {"c/1.csv": "contact_id\n1\n", "c/2.csv": "contact_id,dnc\n2,yes\n"}
    write(here, files)
    os.utime(here / "c/1.csv", (1_000_000, 1_000_000))
    project = (EXCLUDE % "field: {dnc: yes}").replace("files: all", "files: newest")
    done = score(flamescore, here, project, ev__a=B.format("url"))
    assert (done.code, told(done), excluded(here)) == (0, [], ["2"])


def test_an_event_of_the_call_list(flamescore, here):
    project = CONTACTS + EVENTS + "call_list: {exclude: {event: optout, where: {how: phone}}}\n"
    both = "contact_id,event,at,how,url\n1,optout,2026-11-20,phone,\n2,click,2026-01-01,,x\n"
    other = "contact_id,event,at,url\n2,{},2026-11-20,\n"
    done = score(flamescore, here, project, ev__a=both, ev__b=other.format("click"))
    assert (done.code, told(done), excluded(here)) == (0, [], ["1"])
    done = score(flamescore, here, project, ev__b=other.format("OptOut"))
    assert done.code == 2
    assert 'error P035: events: ev/b.csv has no "how", which call_list.exclude names.\n' in done.err


def test_an_event_of_the_call_list_in_a_file_with_damaged_records(flamescore, here):
    project = CONTACTS + EVENTS + "call_list: {exclude: {event: optout, where: {how: phone}}}\n"
    both = "contact_id,event,at,how,url\n1,optout,2026-11-20,phone,\n2,click,2026-01-01,,x\n"
    torn = 'contact_id,event,at,url\n2,click,2026-11-20,"\n2,optout,2026-11-20,\n'
    done = score(flamescore, here, project, ev__a=both, ev__b=torn)
    assert done.code == 2
    assert 'error P035: events: ev/b.csv has no "how", which call_list.exclude names.\n' in done.err


# --- every kind of file ----------------------------------------------------------------------------------

ROWS = [
    {"contact_id": "1", "event": "click", "at": "2026-11-20", "url": "/prices"},
    {"contact_id": "9", "event": "click", "at": "2026-01-01", "url": "x"},
]


def write_rows(path: Path, rows: list[dict[str, str]], columns: list[str]) -> None:
    frame = pl.DataFrame(rows).select(columns)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".ndjson":
        frame.write_ndjson(path)
    else:
        (frame.write_parquet if path.suffix == ".parquet" else frame.write_csv)(path)


@pytest.mark.parametrize("suffix", ["csv", "ndjson", "parquet"])
def test_every_kind_of_file(flamescore, here, suffix):
    (here / "ev" / "a.csv").unlink()
    write_rows(here / "ev" / f"a.{suffix}", ROWS, ["contact_id", "event", "at", "url"])
    write_rows(here / "ev" / f"b.{suffix}", ROWS, ["at", "contact_id", "event"])
    write_rows(here / "ev" / f"c.{suffix}", ROWS, ["url", "at", "event", "contact_id"])
    done = score(flamescore, here, CONTACTS + EVENTS)
    assert (done.code, done.err, scores(here)) == (
        0,
        (
            f'events ev url: warning I110: 1 of 3 files has no "url", which rule '
            f'"Prices" (rules.yaml:7) names: '
            f"ev/b.{suffix}.\n"
        ),
        {"1": "2", "2": "0"},
    )


def test_a_key_that_some_lines_of_an_ndjson_file_lack_is_there(flamescore, here):
    line = '{"contact_id": "2", "event": "click", "at": "2026-11-20"}\n'
    (here / "ev" / "b.ndjson").write_text(line + line.replace("}", ', "url": "/prices"}'))
    done = score(flamescore, here, CONTACTS + EVENTS)
    assert (done.code, done.err, scores(here)) == (0, "", {"1": "1", "2": "1"})


def test_a_column_of_partitions(flamescore, here):
    rules = RULES.replace("url: {contains: price}", "site: main")
    write(here, {"ev/site=main/a.csv": SHORT_B, "ev/site=shop/b.csv": SHORT_B, "ev/a.csv": SHORT_B})
    done = score(flamescore, here, CONTACTS + EVENTS, rules=rules)
    assert (done.code, told(done)) == (
        0,
        [
            (
                'events ev site: warning I110: 1 of 3 files has no "site", which rule '
                '"Prices" (rules.yaml:7) names: ev/a.csv.'
            )
        ],
    )


def test_a_file_with_a_header_alone(flamescore, here):
    done = score(flamescore, here, CONTACTS + EVENTS, ev__b="contact_id,event,at\n")
    assert told(done) == [
        (
            'events ev url: warning I110: 1 of 2 files has no "url", which rule '
            '"Prices" (rules.yaml:7) names: ev/b.csv.'
        )
    ]
    done = score(flamescore, here, MAPPED, ev__a=A.replace("url", "Link"), ev__b="contact_id,event,at,link\n")
    assert done.code == 2
    assert 'error P028: ev/b.csv has no column "Link", mapped to "url". It has "link".\n' in done.err


def test_a_header_that_stands_twice_in_one_file(flamescore, here):
    twice = "contact_id,event,at,url,url\n2,click,2026-11-20,/prices,/prices\n"
    done = score(flamescore, here, CONTACTS + EVENTS, ev__b=twice)
    assert told(done) == [
        (
            'events ev url: warning I110: 1 of 2 files has no "url", which rule '
            '"Prices" (rules.yaml:7) names: ev/b.csv. '
            "It has it more than once."
        )
    ]


def test_explain_and_search_read_a_renamed_column_as_score_does(flamescore, here):
    project = (
        "contacts: [{path: c, columns: {country: [country, Land]}}]\n"
        "events: [{path: ev, columns: {url: [url, Link]}}]\n"
    )
    files = {"c__1": "contact_id,country\n1,US\n", "c__2": "Land,contact_id\nUS,2\n"}
    done = score(flamescore, here, project, ev__b=B.format("Link"), **files)
    assert (done.code, done.err, scores(here)) == (0, "", {"1": "1", "2": "1"})
    done = flamescore("search", "--where", "country=US", "--columns", "contact_id,country")
    assert (done.code, done.out) == (0, "contact_id,country\n1,US\n2,US\n")
    done = flamescore("explain", "2", "--format", "json")
    assert (done.code, json.loads(done.out)["scores"][0]["score"]) == (0, 1)
