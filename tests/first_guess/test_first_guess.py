"""The two files that `flamescore init` guesses, from small exports with one peculiarity each."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flamescore.errors import InputError
from flamescore.first_guess import TargetPaths, first_guess
from flamescore.inputs import read_inputs
from flamescore.project import project_of
from flamescore.rules import load_rules_text
from flamescore.scoring import score_exports

NOWHERE = Path("/nowhere/flamescore.yaml")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PEOPLE = "User ID,Email\n" + "".join(f"{number},p{number}@example.com\n" for number in range(1, 41))
VISITS = "user_id,at\n1,2026-11-02\n" + "".join(
    f"{number},2026-11-{1 + number % 20:02d}\n" for number in range(1, 41)
)
"""Each contact visits on one day; the first contact visits twice on its day."""


@pytest.fixture
def guess(tmp_path):
    """Write exports, and return the guess. Both of its files are read, and all contacts are scored."""

    def guessed(exports, *, paths=(), contacts=None, zone=None):
        for name, text in exports.items():
            place = tmp_path / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text if isinstance(text, bytes) else text.encode())
        places = TargetPaths(tmp_path)
        found = first_guess(
            [str(tmp_path / each) for each in paths], places,
            contacts=None if contacts is None else str(tmp_path / contacts), zone=zone, now=NOW,
        )  # fmt: skip
        project = project_of(found.project.encode(), places.project)
        with read_inputs(project, rules=load_rules_text(found.rules), now=NOW) as inputs:
            score_exports(inputs.bound.book, inputs.exports, as_of=inputs.as_of)
        return found

    return guessed


def sources(found, kind):
    """Return the keys of the sources of a kind, as given in the project file."""
    settings = project_of(found.project.encode(), NOWHERE).settings
    return [{name: getattr(each, name) for name in each.given_keys} for each in getattr(settings, kind)]


def rules(found):
    """Return names and points of the rules that aren't commented out."""
    return {each["name"]: each["points"] for each in written(found.rules)}


def written(text):
    """Return the rules of a rule file as written."""
    return load_rules_text(text).document.root.at(("scores", "interest", "rules")).json()


def points(found):
    return int(re.search(r"five_flames: (\d+)", found.rules)[1])


def test_two_exports(guess):
    clicks = "ContactId,Type,Date,Link\n" + "".join(
        f"{1 + number % 40},{'Clicked' if number % 4 else 'Opened'},11/{1 + number % 20:02d}/2026 09:00 AM,"
        f"{'https://example.com/pricing' if number % 4 == 1 else ''}\n"
        for number in range(80)
    )  # fmt: skip
    found = guess({"exports/contacts.csv": PEOPLE, "exports/clicks-2026.csv": clicks})
    assert sources(found, "contacts") == [
        {"path": "exports/contacts.csv", "columns": {"contact_id": ("User ID",), "email": ("Email",)}}
    ]
    (clicked,) = sources(found, "events")
    assert clicked["columns"] == {"contact_id": ("ContactId",), "event": ("Type",), "at": ("Date",)}
    assert clicked["at"].format == ("%m/%d/%Y %I:%M %p",)
    assert rules(found) == {"Clicked": 3, "Opened": 1, "Clicked, /pricing": 5}
    assert "# 60 rows" in found.rules
    assert "as_of: now\n" in found.project
    assert "expires: never}   # at most the ten latest days; the events span under eight weeks" in found.rules
    assert "timezone: UTC   # GUESS" in found.rules


def test_day_and_month_that_may_be_exchanged(guess):
    text = "user_id,at\n" + "".join(f"{number},0{number}/11/2026\n" for number in range(1, 10))
    found = guess({"people.csv": PEOPLE, "visits.csv": text})
    assert 'at: {format: "%m/%d/%Y"}   # GUESS: %d/%m/%Y fits as well, no day is past 12' in found.project
    found = guess({"visits.csv": text.replace("09/11", "29/11")})
    assert 'at: {format: "%d/%m/%Y"}\n' in found.project


@pytest.mark.parametrize("times", ["19970101", "1764720000", "soon"])
def test_what_is_no_time(guess, times):
    found = guess(
        {"people.csv": PEOPLE, "visits.csv": f"user_id,at,pet\n1,{times},cat\n2,{times},dog\n", **DOGS}
    )
    assert "# visits.csv is left out: no column reads as a time." in found.project


DOGS = {"dogs.csv": "user_id,at\n1,2026-11-20\n"}


def test_times_that_no_format_reads_all_of(guess):
    cells = ["20.11.2026"] * 19 + ["11.20.26 or so"]
    text = "user_id,at\n" + "".join(f"{number},{each}\n" for number, each in enumerate(cells, 1))
    found = guess({"people.csv": PEOPLE, "visits.csv": text, **DOGS})
    assert "# visits.csv is left out: no format reads every time of at." in found.project


def test_the_preferred_time_and_key(guess):
    text = "id,created,user_id,email,occurred_at\n" + "".join(
        f"x{number},2026-01-01,{number // 2},p{number}@example.com,2026-11-20\n" for number in range(2, 8)
    )
    (found,) = sources(guess({"people.csv": PEOPLE, "visits.csv": text}), "events")
    assert found["columns"] == {"contact_id": ("user_id",), "at": ("occurred_at",)}
    assert found["constants"] == {"event": "visit"}


def test_events_by_e_mail(guess):
    rows = ("P1@EXAMPLE.com,2026-11-20T10:00:00Z,open", "p2@example.com,2026-11-19,click")
    text = "\n".join(("Recipient,Timestamp,Action", *rows)) + "\n"
    found = guess({"people.csv": PEOPLE, "mails.csv": text})
    (mails,) = sources(found, "events")
    assert mails["columns"] == {"contact": ("Recipient",), "event": ("Action",), "at": ("Timestamp",)}
    assert mails["contact_key"] == "email"
    assert "2 of 2 rows are of contacts in the list" in found.report[1]


def test_a_file_without_a_header_and_events_called_like_the_file(guess):
    users = "".join(f"{number},2026-01-{number:02d},de\n" for number in range(1, 29))
    found = guess({"users.csv": users, "Press Releases_2026.csv": VISITS})
    (people,) = sources(found, "contacts")
    assert people["header"] is False
    assert people["names"] == ("column_1", "column_2", "column_3")
    assert people["columns"] == {"contact_id": ("column_1",)}
    assert rules(found) == {"Press release": 1}


def test_a_header_below_other_lines_and_a_delimiter(guess):
    text = "Export of contacts\nmade today\n\n" + PEOPLE.replace(",", ";")
    found = guess({"people.csv": text, "visits.csv": VISITS})
    (people,) = sources(found, "contacts")
    assert people["header"] == "find"
    assert people["columns"]["contact_id"] == ("User ID",)


def test_a_row_that_looks_like_a_header_is_none(guess):
    text = "name,channel,user_id,at\nAnn,email,1,2026-11-20\nBo,mail,2,2026-11-19\n"
    (found,) = sources(guess({"people.csv": PEOPLE, "visits.csv": text}), "events")
    assert "header" not in found


def test_another_encoding(guess):
    text = "Id,Name,Stadt\n" + "".join(f"{n},Jörg {n},{'Köln' if n % 2 else 'Ulm'}\n" for n in range(1, 9))
    found = guess({"leute.csv": text.encode("windows-1252")})
    assert "encoding: windows-1252   # GUESS: it is not UTF-8" in found.project
    assert rules(found) == {"Stadt: Köln": 1}
    assert "No events to give points for. Points of 1 mean nothing yet." in found.rules


def test_files_that_are_one_source(guess):
    parts = {f"e/visits-2026-{month}.csv": VISITS for month in ("09", "10")}
    found = guess({"people.csv": PEOPLE, **parts, "e/visits-2026-11.csv": VISITS.replace("at", "day")})
    paths = [each["path"] for each in sources(found, "events")]
    assert paths == ["e/visits-2026-09.csv", "e/visits-2026-10.csv", "e/visits-2026-11.csv"]
    (place,) = (
        each
        for each in sources(guess({"f/a-1.csv": VISITS, "f/a-2_3.csv": VISITS}), "events")
        if "f/" in each["path"]
    )
    assert place["path"] == "f/a-*.csv"


@pytest.mark.parametrize(("second", "files"), [(range(31, 71), "newest"), (range(41, 61), "all")])
def test_several_files_of_contacts(guess, second, files):
    more = "User ID,Email\n" + "".join(f"{number},q{number}@example.com\n" for number in second)
    found = guess({"people-1.csv": PEOPLE, "people-2.csv": more, "visits.csv": VISITS})
    (people,) = sources(found, "contacts")
    assert (people["path"], people["files"]) == ("people-*.csv", files)


def test_what_is_passed_over(guess):
    more = {f"{folder}/visits.csv": VISITS for folder in ("out", ".hidden", "a/b/c/d", "_old")}
    found = guess(
        {"people.csv": PEOPLE, "a/b/c/visits.csv": VISITS, "_visits.csv": VISITS, "notes.md": "", **more}
    )
    assert [each["path"] for each in sources(found, "events")] == ["a/b/c/visits.csv"]
    assert "left out" not in found.project
    found = guess({}, paths=["people.csv", "_old"])
    assert [each["path"] for each in sources(found, "events")] == ["_old/visits.csv"]


def test_a_table_in_two_formats_is_taken_once(guess):
    ndjson = '{"user_id": "1", "at": "2026-11-20"}\n'
    found = guess({"people.csv": PEOPLE, "visits.csv": VISITS, "visits.ndjson": ndjson})
    assert [each["path"] for each in sources(found, "events")] == ["visits.csv"]
    assert (
        "# visits.ndjson is left out: it has the columns of visits.csv, in another format." in found.project
    )


def test_a_source_of_nobody_stands_there_as_comments(guess):
    strangers = "user_id,at\nx1,2026-11-20\nx2,2026-11-20\n"
    found = guess({"people.csv": PEOPLE, "visits.csv": VISITS, "strangers.csv": strangers})
    assert "  # strangers.csv is left out: none of its 2 rows is of a contact in the list.\n" in found.project
    assert "  # - path: strangers.csv\n  #   columns: {contact_id: user_id, at: at}\n" in found.project
    assert any("strangers.csv: left out, as comments" in each for each in found.report)
    uncommented = re.sub(
        r"^  # (- path: strangers|  columns: .contact_id: user_id|  constants)",
        r"  \1",
        found.project,
        flags=re.MULTILINE,
    )
    assert len(sources(found, "events")) == 1
    assert len(project_of(uncommented.encode(), NOWHERE).settings.events) == 2


def test_a_source_whose_rows_of_contacts_are_all_too_old_is_left_out_too(guess):
    mixed = "user_id,at\n1,2025-01-01\n2,2025-01-01\nx,2026-11-19\ny,2026-11-20\n"
    found = guess({"people.csv": PEOPLE, "visits.csv": VISITS, "mixed.csv": mixed})
    assert "  # mixed.csv is left out: none of its 2 rows is of a contact in the list.\n" in found.project


def test_a_source_with_too_many_rejects_is_left_out(guess):
    broken = VISITS + "".join(f"{number}\n" for number in range(1, 31))
    found = guess({"people.csv": PEOPLE, "visits.csv": VISITS, "broken.csv": broken})
    assert [each["path"] for each in sources(found, "events")] == ["visits.csv"]
    assert re.search(r"# broken\.csv is left out: .*30", found.project)


def test_which_types_are_worth_what(guess):
    kinds = {
        "Unsubscribed": 9, "spam_report": 8, "email_sent": 7, "Order paid": 6, "form_submit": 5,
        "link_click": 4, "page_view": 3, "login": 2,
    }  # fmt: skip
    text = "user_id,event,at\n" + "".join(
        f"{1 + number},{kind},2026-11-20\n" for kind, many in kinds.items() for number in range(many)
    )
    found = guess({"people.csv": PEOPLE, "all.csv": text})
    assert rules(found) == {
        "Unsubscribed": -10, "Spam report": -20, "Form submit": 5, "Link click": 3, "Page view": 2,
        "Login": 1,
    }  # fmt: skip
    assert (
        "      # happens to a contact, is not done by one\n      # - name: Email sent   # 7 rows\n"
        in found.rules
    )
    assert (
        "      # a sign of interest, or the end of being a lead?\n      # - name: Order paid   # 6 rows\n"
        in found.rules
    )
    for line in ("points: 10", "points: -100", "expires: never"):
        assert f"      #   {line}\n" in found.rules
    counts = [(each.get("count"), each.get("expires"), each.get("per")) for each in written(found.rules)[:3]]
    assert counts == [("once", "never", None), ("once", "never", None), (None, None, "day")]


def test_twelve_types_at_most(guess):
    text = "user_id,event,at\n" + "".join(
        f"{1 + number},kind {kind:02d},2026-11-20\n" for kind in range(14) for number in range(14 - kind // 2)
    )
    found = guess({"people.csv": PEOPLE, "all.csv": text})
    assert list(rules(found)) == [f"Kind {kind:02d}" for kind in range(12)]


def test_tags_and_columns(guess):
    people = "user_id,Tags,Pet,Constant,Free\n" + "".join(
        f'{n},"{"VIP, New" if n < 5 else "New"}",{"dog" if n % 3 else "cat"},{n < 99},text {n}\n'
        for n in range(1, 31)
    )
    found = guess({"people.csv": people, "visits.csv": VISITS})
    assert rules(found) == {"Visit": 2}
    assert "# - name: Has the tag New   # 30 of 30 contacts" in found.rules
    assert "# - name: Has the tag VIP   # 4 of 30 contacts" in found.rules
    assert '# - name: "Pet: dog"   # 20 of 30 contacts' in found.rules
    assert "Constant" not in found.rules
    assert "Free" not in found.rules
    alone = guess({"people.csv": people}, paths=["people.csv"])
    assert rules(alone) == {"Pet: dog": 1}
    tags = guess({"people.csv": re.sub(",(dog|cat)", ",fish", people)}, paths=["people.csv"])
    assert rules(tags) == {"Has the tag New": 1, "Has the tag VIP": 1}


def test_five_flames_and_who_reaches_them(guess):
    # Of 40 people, two visit on more than one day, at 2 points each: at most two may have five flames.
    more = "".join(f"{who},2026-11-0{day}\n" for who, days in ((1, "345"), (2, "34")) for day in days)
    found = guess({"people.csv": PEOPLE, "visits.csv": VISITS + more})
    assert "five_flames: 3   # 2 of 40 reach this" in found.rules
    assert "which 2 of 40 contacts reach" in found.report[-1]


def test_nobody_may_reach_five_flames(guess):
    assert (
        "five_flames: 2   # 40 of 40 reach this" in guess({"people.csv": PEOPLE, "visits.csv": VISITS}).rules
    )
    bad = guess(
        {
            "visits.csv": VISITS.replace("user_id,at", "user_id,at,event"),
            "people.csv": PEOPLE,
            "out.csv": "user_id,event,at\n1,unsubscribe,2026-11-20\n2,opt-out,2026-11-20\n",
        },
        paths=["people.csv", "out.csv"],
    )
    assert points(bad) == 5


def test_exports_that_end_long_ago(guess):
    old = VISITS.replace("2026-11", "2020-02")
    found = guess({"people.csv": PEOPLE, "visits.csv": old})
    assert (
        "as_of: 2020-02-20T00:00:00Z   # the exports end here; write now once they are fresh\n"
        in found.project
    )
    assert "as_of: now\n" in guess({"visits.csv": VISITS.replace("2026-11-2", "2027-11-2")}).project


def test_the_zone(guess):
    exports = {"people.csv": PEOPLE, "visits.csv": VISITS}
    assert "timezone: Europe/Berlin   # as given" in guess(exports, zone="Europe/Berlin").rules


def test_the_contacts_are_said(guess):
    exports = {"people.csv": PEOPLE, "customers.csv": PEOPLE + "99,x@example.com\n", "visits.csv": VISITS}
    (found,) = sources(guess(exports), "contacts")
    assert found["path"] == "customers.csv"
    (found,) = sources(guess(exports, contacts="people.csv"), "contacts")
    assert found["path"] == "people.csv"
    with pytest.raises(
        InputError, match=r"(?s)G002.*visits.csv, whose column `user_id` has only 40 .* in 82 rows"
    ):
        guess({"visits.csv": VISITS + VISITS.partition("\n")[2]}, contacts="visits.csv")


def test_which_export_is_the_contacts(guess):
    orders = "id,customer_id,at\n" + "".join(f"{n},{1 + n % 30},2026-11-20\n" for n in range(1, 61))
    people = PEOPLE.replace("User", "Customer")
    found = guess({"baskets.csv": orders, "people.csv": people})
    assert sources(found, "contacts")[0]["columns"]["contact_id"] == ("Customer ID",)
    assert "is in every row and never twice, and another export has that column" in " ".join(
        found.project.replace("\n  #", "").split()
    )
    assert rules(found) == {"Basket": 1}


def test_since_when_contacts_are_there(guess):
    people = "user_id,Create Date\n" + "".join(f"{n},{n}.1.2026\n" for n in range(1, 29))
    (found,) = sources(guess({"people.csv": people, "visits.csv": VISITS}), "contacts")
    assert found["columns"]["created_at"] == ("Create Date",)
    assert found["dates"] == {"created_at": ("%d.%m.%Y",)}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("name,at\nAnn,2026-11-20\n", "None has a column that says who a row is about"),
        ("Id\n1\n1\n", "The nearest is people.csv, whose column `Id` has only 1 different values in 2 rows"),
        ("Id,x\n1,1\n,2\n", "The nearest is people.csv, whose column `Id` is empty in 1 of 2 rows"),
    ],
)
def test_nothing_can_be_the_contacts(guess, text, what):
    with pytest.raises(InputError, match="G002") as raised:
        guess({"people.csv": text})
    assert what in str(raised.value)


def test_nothing_says_anything(guess):
    with pytest.raises(InputError, match="G003 Nothing can be scored"):
        guess({"people.csv": PEOPLE})


def test_there_are_no_exports(guess):
    with pytest.raises(InputError, match="I001 There is no export in"):
        guess({})
    with pytest.raises(InputError, match="I001 There is no export"):
        guess({}, paths=["nobody.csv"])


def test_odd_names_and_texts_read_back_as_they_are(guess):
    people = '"user_id","a: b # c","say ""x""",\'y\',[z]\n' + "".join(
        f'{n},"{"- no: [#" if n % 2 else "yes"}","1\n2 {n % 2}",{{{n % 2}}},"*&!%@`{n % 2}"\n'
        for n in range(1, 41)
    )
    kinds = ("a: b # c", "'quoted\"", "- x", "null", "{y}", "1e3", "Ünïcode  ☃", "line\nend")
    rows = "".join(
        '{},"{}",2026-11-20\n'.format(n + 1, kind.replace('"', '""')) for n, kind in enumerate(kinds)
    )
    found = guess({"pe#ople [1].csv": people, "ev: en'ts.csv": "user_id,event,at\n" + rows})
    assert sources(found, "contacts")[0]["path"] == "pe#ople [1].csv"
    assert len(rules(found)) == len(kinds)
    uncommented = re.sub(r"^( +)# (- name|  (?:field|points))", r"\1\2", found.rules, flags=re.MULTILINE)
    assert len(written(uncommented)) == len(kinds) + 4
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", found.rules + found.project)
