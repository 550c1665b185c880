"""Columns that are missing, spelled differently or duplicated in some files; headers below the first line."""

import pytest
import yaml

URL = {"where": {"url": {"contains": "x"}}}


@pytest.fixture
def folder(case):
    case.contacts("1 / 2")
    case.source(path="ev")
    return case


def test_a_mapped_column_that_one_file_lacks(folder):
    folder.events("1,click,2026-11-20,x", "contact_id,event,at,Link", "ev/a.csv")
    folder.events("2,click,2026-11-20,x", "contact_id,event,at,Link URL", "ev/b.csv")
    folder.source(columns={"url": "Link"})
    done = folder.score()
    found = done.error("P028")
    assert done.code == 2
    assert "ev/b.csv" in found["message"]
    assert yaml.safe_load(found["cure"]) == {"columns": {"url": ["Link", "Link URL"]}}
    folder.source(optional=["url"])
    again = folder.score()
    assert (again.code, again.codes) == (0, [])
    del folder.project["events"][0]["optional"]
    assert folder.pasted(found).code == 0


def test_a_header_in_another_case(folder):
    folder.events("1,click,2026-11-20,x", "contact_id,event,at,asset", "ev/a.csv")
    folder.events("2,click,2026-11-20,x", "contact_id,event,at,Asset", "ev/b.csv")
    folder.rule(per="asset", count="each")
    done = folder.score()
    found = done.warning("I111", "events ev asset")
    assert yaml.safe_load(found["cure"]) == {"columns": {"asset": ["asset", "Asset"]}}
    assert "I110" not in done.codes
    folder.pasted(found)


def test_a_column_that_one_file_lacks(folder):
    folder.events("1,click,2026-11-20,x", "contact_id,event,at,asset", "ev/a.csv")
    folder.events("2,click,2026-11-20,x", "contact_id,event,at,title", "ev/b.csv")
    folder.rule(per="asset", count="each")
    folder.score().warning("I110", "events ev asset", count=1, of=2)


@pytest.mark.parametrize(("types", "codes"), [("click", []), (["click", "video"], ["I110"])])
def test_a_column_that_one_source_lacks(case, types, codes):
    case.contacts("1 / 2")
    case.project["events"] = [{"path": "clicks.csv"}, {"path": "videos.csv"}]
    case.events("1,click,2026-11-20,x", "contact_id,event,at,url", "clicks.csv")
    case.events("2,video,2026-11-20", name="videos.csv")
    case.rule(event=types, **URL)
    done = case.score()
    assert [code for code in done.codes if code in ("I110", "I111")] == codes


def test_action_of_a_tag_history(case):
    case.contacts("1")
    case.events("1,click,2026-11-20")
    case.project["tag_history"] = [{"path": "t.csv"}]
    case.events("1,VIP,2026-11-20,removed", "contact_id,tag,at,Action", "t.csv")
    done = case.score()
    assert (done.code, done.error("P034")["code"]) == (2, "P034")
    case.events("1,VIP,2026-11-20,removed", "contact_id,tag,at,ACTION", "t.csv")
    case.project["tag_history"] = [{"path": "t.csv", "columns": {"action": "ACTION"}}]
    assert case.score().codes == []


def test_an_unused_contact_column_in_another_case(case):
    case.contacts("1,a@x.example", "contact_id,Email")
    case.events("1,click,2026-11-20")
    done = case.score()
    done.note("I117")
    assert done.told == []


def test_the_second_of_two_headers(case):
    case.contacts("1,a,b", "contact_id,Phone,Phone")
    case.events("1,click,2026-11-20")
    case.source("contacts", columns={"phone": "Phone#2"})
    assert case.score().contacts["phone"].to_list() == ["b"]


def test_an_unclear_column_of_a_preset(case):
    header = "Record ID,First Name,Last Name,Email,Phone Number,Phone Number,Contact owner,Create Date"
    case.contacts("1,Ann,Lee,a@x.example,5,6,Bob,2026-01-01 10:00", header)
    case.events("1,click,2026-11-20")
    case.source("contacts", preset="hubspot")
    done = case.score()
    assert done.code == 0
    done.warning("I113")
    assert done.contacts["phone"].to_list() == [None]


def test_a_preamble(case):
    case.contacts("1")
    case.file("e.csv", "Report\nMade by x\nFor y\nAnd z\nWho,event,at\n1,click,2026-11-20\n")
    case.source(columns={"contact_id": "Who"})
    done = case.score()
    found = done.error("P028")
    assert done.code == 2
    assert done.codes == ["P028"]
    assert "line 5 has these columns" in found["message"]
    assert found["cure"] == "skip_rows: 4"
    assert case.pasted(found).scores == {"1": 1}
    del case.project["events"][0]["skip_rows"]
    case.source(header="find")
    again = case.score()
    again.note("I133")
    assert again.scores == {"1": 1}


def test_comments_before_the_header(case):
    case.contacts("1 / #7")
    case.file(
        "e.csv",
        "# a\n#b\n\n# c\n# d\n# e\n# f\ncontact_id,event,at\n1,click,2026-11-20\n#7,click,2026-11-20\n",
    )
    case.source(comment="#")
    done = case.score()
    assert done.scores == {"#7": 1, "1": 1}
    assert done.told == []


def test_a_header_that_is_really_called_so(case):
    case.contacts("1,a,b,c", "contact_id,Phone,Phone,Phone#2")
    case.events("1,click,2026-11-20")
    case.source("contacts", columns={"phone": "Phone#2"})
    assert case.score().contacts["phone"].to_list() == ["c"]


def test_a_header_that_is_not_there_a_third_time(case):
    case.contacts("1,a,b", "contact_id,Phone,Phone")
    case.events("1,click,2026-11-20")
    case.source("contacts", columns={"phone": "Phone#3"})
    assert case.score().error("P028")["code"] == "P028"


def test_a_mapped_header_that_stands_twice_has_a_cure(case):
    case.contacts("1,a,b", "contact_id,Phone,Phone")
    case.events("1,click,2026-11-20")
    case.source("contacts", columns={"phone": "Phone"})
    found = case.score().error("P028")
    assert yaml.safe_load(found["cure"]) == {"columns": {"phone": "Phone#2"}}
    assert case.pasted(found).contacts["phone"].to_list() == ["b"]


def test_a_required_column_of_a_preset_that_is_unclear(case):
    case.contacts("2,1,Ann,Lee,a@x.example", "Record ID,Record ID,First Name,Last Name,Email")
    case.events("1,click,2026-11-20")
    case.source("contacts", preset="hubspot")
    done = case.score()
    assert (done.code, done.codes) == (2, ["P028"])
    assert yaml.safe_load(done.error("P028")["cure"]) == {"columns": {"contact_id": "Record ID#2"}}
    assert case.pasted(done.error("P028")).scores == {"1": 1}


def test_the_cure_of_an_unclear_column(case):
    header = "Record ID,First Name,Last Name,Email,Phone Number,Phone Number"
    case.contacts("1,Ann,Lee,a@x.example,5,6", header)
    case.events("1,click,2026-11-20")
    case.source("contacts", preset="hubspot")
    found = case.score().warning("I113", "contacts c.csv phone", count=1, of=1)
    assert case.pasted(found).contacts["phone"].to_list() == ["6"]


@pytest.mark.parametrize("before", [101, 99])
def test_how_far_a_header_is_looked_for(case, before):
    case.contacts("1")
    case.file("e.csv", "x\n" * before + "contact_id;event;at\n1;click;2026-11-20\n")
    done = case.score()
    found = [each["cure"] for each in done.lines if each["code"] == "P028"]
    assert (f"skip_rows: {before}" in found) == (before < 100)
    case.source(header="find")
    done = case.score()
    assert done.code == (0 if before < 100 else 2)


def test_a_preamble_that_changes(folder):
    folder.events("1,click,2026-11-20", "Report\n\ncontact_id,event,at", "ev/a.csv")
    folder.events("2;click;2026-11-20", "contact_id;event;at", "ev/b.csv")
    folder.source(header="find")
    done = folder.score()
    assert done.scores == {"1": 1, "2": 1}
    assert "ev/a.csv was found on line 3" in done.note("I133", "events ev", count=1, of=2)["message"]


def test_a_comment_is_none_without_a_header(case):
    case.contacts("#7 / 1")
    case.file("e.csv", "#7,click,2026-11-20\n")
    case.source(comment="#", header=False, names=["contact_id", "event", "at"])
    assert case.score().scores == {"#7": 1, "1": 0}


def test_the_unused_column_is_read_once_it_is_mapped(case):
    case.contacts("1,a@x.example", "contact_id,E-Mail")
    case.events("1,click,2026-11-20")
    found = case.score().note("I117", "contacts c.csv email", count=1, of=1)
    assert case.pasted(found).contacts["email"].to_list() == ["a@x.example"]


def test_a_column_that_numbers_names_and_one_file_lacks(case):
    case.contacts("1")
    case.events('1,click,2026-11-20,"1,250"', "contact_id,event,at,amount", "ev/a.csv")
    case.events("1,click,2026-11-20", name="ev/b.csv")
    case.source(path="ev", numbers={"amount": {"thousands": ","}})
    found = case.score().warning("I110", "events ev amount", count=1, of=2)
    assert "`numbers` (flamescore.yaml:" in found["message"]
    case.events('1,click,2026-11-20,"1,250"', "contact_id,event,at,Amount", "ev/b.csv")
    case.score().warning("I111", "events ev amount")
    case.source(numbers={"amuont": {"thousands": ","}})
    done = case.score()
    found = done.error("P028")
    assert (done.code, "amuont" in found["message"]) == (2, True)


def test_numbers_by_a_header_that_is_mapped(case):
    case.contacts("1")
    case.events('1,click,2026-11-20,"1,250"', "contact_id,event,at,Total Price")
    case.source(columns={"amount": "Total Price"}, numbers={"Total Price": {"thousands": ","}})
    case.rule(points={"from": "amount"})
    done = case.score()
    assert (done.scores, done.told) == ({"1": 1250}, [])
