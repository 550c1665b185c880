"""Findings about cells: invisible characters, numbers, times, ids."""

from datetime import UTC, date, datetime

import polars as pl
import pytest
import yaml

MONTHS = [(2025 + (8 + k) // 12, (8 + k) % 12 + 1) for k in range(14)]


def written(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def test_invisible_characters(case):
    case.contacts("1,Jo\u200dAnn / 2,x / 3,y", "contact_id,name")
    case.events("1,click\u200b,2026-11-20 / 2,\ufeffclick,2026-11-20 / 3,click\u00ad,2026-11-20")
    done = case.score()
    assert done.scores == {"1": 1, "2": 1, "3": 1}
    assert done.note("I126")["count"] == 3
    assert done.contacts.sort("contact_id")["name"][0] == "Jo\u200dAnn"


def sizes(case, *more):
    case.contacts(" / ".join(("1;1.250", "2;980", "3;12", *more)), "contact_id;size")
    case.events("1,click,2026-11-20")
    case.rule(field={"size": {"at_least": 1000}})


def test_three_decimals_everywhere_may_be_thousands(case):
    sizes(case)
    done = case.score()
    done.warning("I121", count=1)
    assert (done.code, done.scores["1"]) == (0, 0)
    case.source("contacts", numbers={"decimal": ",", "thousands": "."})
    again = case.score()
    assert (again.scores["1"], again.told) == (1, [])
    case.source("contacts", numbers={"decimal": "."})
    last = case.score()
    assert (last.scores["1"], last.told) == (0, [])


def test_another_number_of_decimals_makes_it_clear(case):
    sizes(case, "4;7.5")
    assert "I121" not in case.score().codes


def test_no_number_for_the_points(case):
    case.contacts("1 / 2 / 3")
    case.events(
        '1,click,2026-11-20,"$1,260.00" / 2,click,2026-11-20,(20) / 3,click,2026-11-20,15 %',
        "contact_id,event,at,amount",
    )
    case.rule(points={"from": "amount"})
    done = case.score()
    found = done.warning("I118", count=3)
    assert "I120" not in done.codes
    assert yaml.safe_load(found["cure"]) == {
        "numbers": {"amount": {"thousands": ",", "currency": True, "percent": True, "parentheses": True}}
    }
    assert case.pasted(found).scores == {"1": 1260, "2": -20, "3": 15}


def days(form: str, dates: list[date]) -> str:
    return " / ".join(f"1,click,{each.strftime(form)}" for each in dates)


def test_day_and_month(case):
    case.contacts("1")
    month = [date(2026, 11, number) for number in range(1, 13)]
    case.events(days("%m/%d/%Y", month))
    case.source(at={"format": "%m/%d/%Y"})
    assert case.score().codes == []
    case.source(at={"format": "%d/%m/%Y"})
    done = case.score()
    done.warning("I122")
    done.warning("I124")


def test_three_dates_can_not_tell(case):
    case.contacts("1")
    case.events(days("%d/%m/%Y", [date(2026, 4, number) for number in (3, 4, 5)]))
    case.source(at={"format": "%d/%m/%Y"})
    assert "I122" not in case.score().codes


def test_dates_over_many_months_none_past_the_twelfth(case):
    case.contacts("1")
    dates = [date(year, month, day) for year, month in MONTHS for day in (2, 7, 11)][:40]
    case.events(days("%d/%m/%Y", dates))
    case.source(at={"format": "%d/%m/%Y"})
    message = case.score().warning("I122")["message"]
    assert message.count("20") >= 4


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M:%S UTC", None])
def test_a_literal_utc_means_utc(case, form):
    case.zone = "America/Phoenix"
    case.contacts("1")
    case.events("1,click,2026-11-20 20:00:00 UTC")
    if form:
        case.source(at={"format": form})
    assert case.score().scores == {"1": 1}


def test_other_words_for_zones_do_not_read(case):
    case.contacts("1")
    good = " / ".join("1,click,2026-11-20 10:00:00 GMT" for _ in range(30))
    case.events(f"{good} / 1,click,2026-11-20 10:00:00 PST")
    case.source(at={"format": "%Y-%m-%d %H:%M:%S %Z"})
    done = case.score("--max-rejects", "10%")
    assert done.scores == {"1": 30}
    assert "unreadable_time" in done.warning("I131")["message"]


@pytest.mark.parametrize(
    ("form", "said"), [("%Y-%m-%d %H:%M %p", '"%p" needs "%I"'), ("YYYY-MM-DD", "%Y-%m-%d")]
)
def test_formats_that_are_none(case, form, said):
    case.contacts("1")
    case.events("1,click,2026-11-20")
    case.source(at={"format": form})
    done = case.score()
    assert done.code == 2
    assert said in str(done.error("P023")).replace("`", '"')


def test_an_hour_without_a_minute(case):
    case.contacts("1")
    case.events("1,click,2026112009")
    case.source(at={"format": "%Y%m%d%H"})
    assert case.score().scores == {"1": 1}


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("3.4.2026 9.05", "`%d.%m.%Y %H.%M`, or `%m.%d.%Y %H.%M`"),
        ("Wed, 18 Nov 2026 09:05:14 +0100", "`%a, %d %b %Y %H:%M:%S %z`"),
        ("18.11.26", "`%d.%m.%y`, or `%y.%m.%d`"),
    ],
)
def test_formats_are_suggested(case, cell, said):
    case.contacts("1")
    case.events(" / ".join(f'1,click,"{cell}"' for _ in range(30)))
    done = case.score(log=False)
    assert done.code == 3
    assert "I007" in done.err
    assert said in done.err


def test_a_suggested_format_reads(case):
    case.contacts("1")
    case.events(" / ".join("1,click,13-11-2026 09:30" for _ in range(30)))
    found = case.score().error("I007")
    assert yaml.safe_load(found["cure"]) == {"at": {"format": "%d-%m-%Y %H:%M"}}
    assert case.pasted(found).scores == {"1": 30}


def test_times_before_1990(case):
    case.contacts("1")
    case.events("1,click,0001-01-01 / 1,click,1970-01-01T00:00:00Z / 1,click,2026-11-20")
    case.rule(expires="never")
    done = case.score()
    assert done.scores == {"1": 3}
    found = done.warning("I123", count=2, of=3)
    assert found["message"] == "2 events are before 1990, the first of 0001-01-01."
    case.pasted(found)
    case.rule(expires="4w")
    del case.project["events"][0]["null_values"]
    again = case.score()
    assert "I123" not in again.codes
    assert again.rows("old") == (2,)


def test_times_after_the_file_was_written(case):
    case.contacts("1")
    case.events("1,click,2027-02-01 / 1,click,2026-11-15")
    case.written["e.csv"] = written("2026-11-20")
    done = case.score()
    done.warning("I124", count=1)
    assert done.rows("later") == (1,)
    case.events("1,click,2026-11-15 / 1,click,2026-11-05")
    again = case.score(as_of="2026-11-10T00:00:00Z")
    assert (again.codes, again.rows("later")) == (["O104"], (1,))
    case.score(as_of="2026-11-01T00:00:00Z").warning("I125")


def test_rounded_ids(case):
    case.contacts(" / ".join(["1.00216E+11"] * 30))
    case.events("1,click,2026-11-20")
    done = case.score()
    assert done.code == 3
    assert "30 of 30 ids are written like 9.99999a+99" in done.error("I007")["message"]
    case.contacts(" / ".join(["1.00216E+11", "1e5", *(str(number) for number in range(298))]))
    again = case.score()
    found = again.warning("I131", "contacts c.csv", count=1, of=300)
    assert "rounded_id" in found["message"]
    assert "1e5" in again.scores
    assert "1.00216E+11" not in again.scores


def test_orphans_with_a_reason(case):
    case.contacts("00123 / 00124 / 5")
    case.events("123,click,2026-11-20 / 124,click,2026-11-20 / 999,click,2026-11-20 / 5,click,2026-11-20")
    done = case.score()
    message = done.warning("I136")["message"]
    assert message.startswith("of 3 rows")
    left = done.note("I135", "events e.csv", count=1, of=4)["message"]
    assert left == (
        "1 of 4 rows is of contacts that are not in the list, beside the 2 that would match otherwise."
    )
    assert "I147" not in done.codes
    assert "I147" not in case.score(as_of="2026-11-21T00:00:01Z").codes
    many = "123,click,2026-11-20 / 124,click,2026-11-20 / 999,click,2026-11-20 / 5,click,2026-11-20"
    case.events(f"{many} / 998,click,2026-11-20")
    again = case.score(as_of="2026-11-21T00:00:02Z")
    assert again.warning("I147", count=2, of=5)["message"].endswith("and 1 was in the last run.")
    assert "2 would match without zeros at the front" in message
    case.contacts("1,a@x.example / 2,b@x.example", "contact_id,email")
    case.source(contact_key="email")
    case.events("<a@x.example>,click,2026-11-20 / b@x.example,click,2026-11-20", "contact,event,at")
    case.score().warning("I136")


def test_orphans_of_another_column(case):
    case.contacts("1,a@x.example / 2,b@x.example", "contact_id,email")
    case.events("a@x.example,click,2026-11-20 / b@x.example,click,2026-11-20 / 1,click,2026-11-20")
    done = case.score(log=False)
    assert "I136" in done.err
    assert "Do: contact_key: email" in done.err


def test_apostrophes(case):
    case.contacts("1,'01234 / 2,'99", "contact_id,zip")
    case.events("1,click,2026-11-20")
    case.rule(field={"zip": {"starts_with": "01"}})
    found = case.score().warning("I127")
    assert yaml.safe_load(found["cure"]) == {"cut": {"zip": "'"}}
    assert case.pasted(found).scores == {"1": 1, "2": 0}


def test_numbers_of_json_are_what_they_are(case):
    case.contacts("1 / 2 / 3 / 4")
    rows = {1: "1.125", 2: '"1.125"', 3: "1250", 4: '"1.250,5"'}
    case.file(
        "e.ndjson",
        "".join(
            f'{{"contact_id": {contact}, "event": "click", "at": "2026-11-20", "amount": {amount}}}\n'
            for contact, amount in rows.items()
        ),
    )
    case.source(path="e.ndjson", numbers={"amount": {"decimal": ",", "thousands": "."}})
    case.rule(points={"from": "amount"})
    done = case.score()
    assert done.scores == {"1": 1.125, "2": 1125, "3": 1250, "4": 1250.5}
    assert done.told == []


def test_a_json_number_with_three_decimals_is_no_doubt(case):
    case.contacts("1 / 2")
    line = '{"contact_id": 1, "event": "click", "at": "2026-11-20", "amount": 1.250}\n'
    case.file("e.ndjson", line)
    case.source(path="e.ndjson")
    case.rule(points={"from": "amount"})
    assert case.score().told == []
    case.file("e.ndjson", line + line.replace("1.250", '"1.500"'))
    done = case.score()
    found = done.warning("I121", count=1)
    assert found["samples"] == ["1.500"]
    assert done.scores["1"] == 2.75


def test_json_numbers_beside_texts_that_do_not_read(case):
    case.contacts("1 / 2")
    amounts = ("1.5", '"1,250"', '"2,500.5"')
    case.file(
        "e.ndjson",
        "".join(
            f'{{"contact_id": 1, "event": "click", "at": "2026-11-20", "amount": {amount}}}\n'
            for amount in amounts
        ),
    )
    case.source(path="e.ndjson")
    case.rule(points={"from": "amount"})
    done = case.score()
    found = done.warning("I118", count=2)
    assert case.pasted(found).scores["1"] == 3752


def test_invisible_characters_in_parquet(case):
    contacts = {
        "contact_id": ["1\u200b", "2", "3"],
        "tags": [["\ufeffVIP"], ["Blog", "VIP\u00ad"], None],
        "size": pl.Series(["big\u200b", "big", "small"], dtype=pl.Categorical),
    }
    events = {
        "contact_id": ["\x021", "2\x7f", "3", " 3"],
        "event": pl.Series(["click\u200b", "\ufeffclick", "click", "open"], dtype=pl.Enum(KINDS)),
        "at": ["2026-11-20\u200b", "2026-11-20", "2026-11-20", "2026-11-20"],
        "url": ["/a\u200b", "/a", "/b", "/a"],
    }
    pl.DataFrame(contacts).write_parquet(case.folder / "c.parquet")
    pl.DataFrame(events).write_parquet(case.folder / "e.parquet")
    case.source("contacts", path="c.parquet")
    case.source(path="e.parquet")
    case.rule(where={"url": {"equals": "/a"}})
    case.rules.append({"name": "Tag", "tag": "VIP", "points": 10})
    case.rules.append({"name": "Size", "field": {"size": "big"}, "points": 100})
    done = case.score()
    assert (done.scores, done.told) == ({"1": 111, "2": 111, "3": 0}, [])
    counts = {each["subject"]: each["count"] for each in done.lines if each["code"] == "I126"}
    assert counts == {
        "contacts c.parquet contact_id": 1,
        "contacts c.parquet tags": 2,
        "contacts c.parquet size": 1,
        "events e.parquet contact_id": 2,
        "events e.parquet event": 2,
        "events e.parquet at": 1,
        "events e.parquet url": 1,
    }
    assert done.contacts["size"].to_list()[0] == "big"


KINDS = ["click", "click\u200b", "\ufeffclick", "open"]


def test_invisible_characters_of_types_that_last(case):
    case.contacts("1 / 2")
    events = {
        "contact_id": ["1", "2"],
        "event": ["click\u200b", "click"],
        "at": [datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)],
    }
    pl.DataFrame(events).write_parquet(case.folder / "e.parquet")
    case.source(path="e.parquet")
    case.rules.append({"name": "Open", "event": "open", "count": "once", "points": 1, "expires": "4w"})
    done = case.score()
    assert done.scores == {"1": 1, "2": 1}


@pytest.mark.parametrize(
    ("operator", "operand", "scores"),
    [
        ("equals", "\u200b/pricing\ufeff", {"1": 1, "2": 0}),
        ("not_equals", "/pricing\u200b", {"1": 0, "2": 1}),
        ("in", ["\u200b/pricing", "/x"], {"1": 1, "2": 0}),
        ("contains", "\u200bpric\u200b", {"1": 1, "2": 0}),
        ("not_contains", ["pric\u200b"], {"1": 0, "2": 1}),
        ("starts_with", "\ufeff/pric", {"1": 1, "2": 0}),
        ("ends_with", ["ing\u00ad"], {"1": 1, "2": 0}),
        ("contains", "\u200b the ", {"1": 0, "2": 1}),
    ],
)
def test_invisible_characters_of_operands(case, operator, operand, scores):
    case.contacts("1 / 2")
    case.events("1,click,2026-11-20,/pricing / 2,click,2026-11-20,/on the way", "contact_id,event,at,url")
    case.rule(where={"url": {operator: operand}})
    assert case.score().scores == scores


def test_invisible_characters_of_tags_types_and_keys(case):
    case.contacts("1,VIP / 2,Blog / 3,Gone / 4,VIP", "contact_id,tags")
    case.events("1,click,2026-11-20 / 2,clicked,2026-11-20 / 3,clicked,2026-11-20 / 4,x,2026-11-20")
    case.rule(event="\u200bclick")
    case.rules.append({"name": "Tag", "tag": {"like": ["\ufeffV*"]}, "points": 10})
    case.rules.append({"name": "Blog", "tag": "Blog\u200b", "points": 100})
    case.source(rename={"event": {"clicked\u200b": "click"}}, leave_out={"event": "\u200bx"})
    case.source("contacts", leave_out={"tags": "\u200bGone"})
    done = case.score()
    assert (done.scores, done.codes) == ({"1": 11, "2": 101, "4": 10}, ["I135"])


def test_operands_of_invisible_characters_alone(case):
    case.contacts("1,x", "contact_id,note")
    case.events("1,click,2026-11-20")
    case.rule(event="\u200b")
    assert case.score().error("R025")
    case.rule(field={"note": {"contains": "\u200b"}})
    case.rules[0].pop("event", None)
    assert case.score().error("R072")


MIXED = [date(2026, month, day) for month in (1, 2, 3, 4, 5) for day in (1, 7, 12)]


def test_day_and_month_of_other_dates(case):
    rows = [f"{n},{each:%m/%d/%Y}" for n, each in enumerate(MIXED)]
    case.contacts(" / ".join(rows), "contact_id,renewal")
    case.events(
        " / ".join(f"{n},click,2026-11-20,{each:%m/%d/%Y 10:30}" for n, each in enumerate(MIXED)),
        "contact_id,event,at,seen",
    )
    case.rule(where={"seen": {"at_least": "2026-01-01"}})
    case.rules.append({"name": "Renews", "field": {"renewal": {"within_next": "90d"}}, "points": 5})
    case.source("contacts", dates={"renewal": "%m/%d/%Y"})
    case.source(dates={"seen": "%m/%d/%Y %H:%M"})
    assert "I122" not in case.score().codes
    case.source("contacts", dates={"renewal": "%d/%m/%Y"})
    case.source(dates={"seen": "%d/%m/%Y %H:%M"})
    done = case.score()
    for subject in ("contacts c.csv renewal", "events e.csv seen"):
        found = done.warning("I122", subject, count=15)
        assert "no day is past 12" in found["message"]


@pytest.mark.parametrize(
    ("form", "offset"),
    [
        ("%m/%d/%Y %H:%M %z", "-0700"),
        ("%m/%d/%Y %H:%M%:z", "-07:00"),
        ("%m/%d/%Y %H:%M UTC", "UTC"),
    ],
)
def test_day_and_month_before_an_offset(case, form, offset):
    gap = "" if "%:z" in form else " "
    case.contacts("1")
    rows = [f"1,click,{each:%m/%d/%Y} 23:30{gap}{offset}" for each in MIXED]
    case.events(" / ".join(rows))
    case.source(at={"format": form})
    assert "I122" not in case.score().codes
    case.source(at={"format": form.replace("%m/%d", "%d/%m")})
    found = case.score().warning("I122", count=15)
    assert "from 2026-01-01 to 2026-12-05" in found["message"]
    case.events(" / ".join([*rows, f"1,click,13/01/2026 00:30{gap}{offset.replace('-', '+')}"]))
    assert "I122" not in case.score().codes


def with_history(case, *rows):
    case.file("t.csv", "".join(f"{row}\n" for row in ("contact_id,tag,at", *rows)))
    case.project["tag_history"] = [{"path": "t.csv"}]


def test_tags_later_than_their_file(case):
    case.contacts("1")
    case.events("1,click,2026-11-20")
    with_history(case, "1,VIP,2026-11-20", "1,Old,2027-02-01", "9,Old,2027-03-01")
    done = case.score()
    found = done.warning("I124", "tag_history t.csv", count=2)
    assert "up to 100 days later than their file was written" in found["message"]
    with_history(case, "1,VIP,2026-11-20", "1,Old,2026-11-22")
    assert "I124" not in case.score(as_of="2026-11-10T00:00:00Z").codes


def test_tags_of_contacts_that_are_not_in_the_list(case):
    case.contacts("00123 / 00124")
    case.events("00123,click,2026-11-20")
    with_history(case, *(f"{each},VIP,2026-11-20" for each in ("123", "124", "999", "00123")))
    found = case.score().warning("I136", "tag_history t.csv", count=2, of=3)
    assert "2 would match without zeros at the front" in found["message"]


def test_opportunities_of_contacts_that_are_not_in_the_list(case):
    case.contacts("00123 / 00124")
    case.events("00123,click,2026-11-20")
    case.file("o.csv", "opportunity_id,contact_id\na,123\nb,00124\n")
    case.project["opportunities"] = [{"path": "o.csv"}]
    case.score().warning("I136", "opportunities o.csv", count=1, of=1)
