"""Cells: invisible characters, numbers, times, ids."""

from datetime import UTC, date, datetime

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
    assert "the first of 0001-01-01" in found["message"]
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
