"""What the Python API accepts, and how it shows results: all kinds of tables, values, runs, notebooks."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

import flamescore
from cli.small import write_project

RULES = """\
version: 1
timezone: America/Phoenix
scores:
  interest:
    title: Interest
    five_flames: 20
    defaults: {count: each, expires: 4w}
    rules:
      - {name: Form, event: form, points: 5}
      - {name: Large, field: {employees: {at_least: 100}}, points: 2.25}
"""

CONTACTS = {
    "contact_id": ["7", "8", "9"],
    "name": ["Ann", "<b>Bo</b>", None],
    "owner": ["Dana", None, "Dana"],
    "employees": [250, None, 20],
}
EVENTS = {
    "contact_id": ["7", "7", "8"],
    "event": ["form", "form", "form"],
    "at": [datetime(2026, 11, day, 12, tzinfo=UTC) for day in (19, 20, 1)],
}


@pytest.fixture(scope="module")
def rules():
    return flamescore.load_rules(RULES)


@pytest.fixture(scope="module")
def result(rules):
    return flamescore.score(rules, pl.DataFrame(CONTACTS), pl.DataFrame(EVENTS), as_of="2026-11-21")


def rows_of(columns):
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


# --- tables


class Stream:
    """A frame that can be read only as an Arrow stream."""

    def __init__(self, frame):
        self.frame = frame

    def __arrow_c_stream__(self, requested_schema=None):
        return self.frame.__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize(
    "make",
    [dict, rows_of, lambda columns: tuple(rows_of(columns)), lambda columns: Stream(pl.DataFrame(columns))],
)
def test_the_same_from_every_kind_of_table(rules, result, make):
    again = flamescore.score(rules, make(CONTACTS), make(EVENTS), as_of="2026-11-21")
    assert again.scores.equals(result.scores)
    assert again.points.equals(result.points)
    assert again.contacts.equals(result.contacts)


def test_the_same_from_pandas_pyarrow_and_duckdb(rules, result):
    pd, pa, duckdb = (pytest.importorskip(name) for name in ("pandas", "pyarrow", "duckdb"))
    contacts, events = pd.DataFrame(CONTACTS, index=[5, 5, 6]), pd.DataFrame(EVENTS)
    tables = [
        (contacts, events),
        (pa.table(CONTACTS), pa.table(EVENTS)),
        (duckdb.sql("from contacts"), duckdb.sql("from events")),
        (contacts.astype({"owner": "category"}), events.astype({"event": "category"})),
        (contacts.astype({"name": object, "owner": object}), events.astype({"at": object})),
    ]
    for each in tables:
        again = flamescore.score(rules, *each, as_of="2026-11-21")
        assert again.scores.equals(result.scores)
        assert again.contacts["owner"].to_list() == ["Dana", None, "Dana"]


def test_ids_that_pandas_made_floats_of(rules, result):
    pd = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    contacts = pd.DataFrame(CONTACTS | {"contact_id": [7.0, 8.0, 9.0]})
    events = pd.DataFrame(EVENTS | {"contact_id": [7, 7, 8]})
    extra = pd.DataFrame({"contact_id": [None, 9], "event": ["form", "form"], "at": [None, None]})
    again = flamescore.score(
        rules, contacts, pd.concat([events, extra]), as_of="2026-11-21", max_rejects=None
    )
    assert again.scores.equals(result.scores)
    assert again.rejects["reason"].sort().to_list() == ["missing_contact", "missing_time"]
    with pytest.raises(flamescore.InputError, match="I008"):
        flamescore.score(rules, contacts.assign(contact_id=[7.5, 8, 9]), as_of="2026-11-21")


def test_pandas_without_pyarrow(rules, monkeypatch):
    pd = pytest.importorskip("pandas")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(flamescore.InputError) as told:
        flamescore.score(rules, pd.DataFrame(CONTACTS))
    (problem,) = told.value.problems
    assert (problem.code, problem.message) == ("I070", "A pandas frame needs pyarrow: pip install pyarrow.")


MIXED = [  # each with three values
    [1, "a", None],
    [None, "a", 2.5],
    [1, True, 2],
    [date(2026, 1, 1), "x", None],
    [datetime(2026, 1, 1), datetime(2026, 1, 2, tzinfo=UTC), None],  # noqa: DTZ001 - naive on purpose
    [[1], "b", None],
    [{"a": 1}, "b", None],
]


@pytest.mark.parametrize("values", MIXED, ids=str)
def test_a_column_of_several_types(rules, values):
    columns = CONTACTS | {"x": values}
    made = [columns, rows_of(columns)]
    if "pandas" in sys.modules or _has("pandas", "pyarrow"):
        import pandas as pd  # noqa: PLC0415 - optional

        made.append(pd.DataFrame(CONTACTS).assign(x=pd.Series(values, dtype=object)))
    for contacts in made:
        with pytest.raises(flamescore.InputError) as told:
            flamescore.score(rules, contacts)
        assert [(each.code, each.message) for each in told.value.problems] == [
            ("I070", 'Column "x" of contacts holds values of several types; make it text first.')
        ]


def _has(*names):
    try:
        for name in names:
            __import__(name)
    except ImportError:
        return False
    return True


def test_whole_numbers_among_floats_are_numbers(rules):
    columns = CONTACTS | {"employees": [250, 99.5, None]}
    for contacts in (columns, rows_of(columns)):
        result = flamescore.score(rules, contacts, EVENTS, as_of="2026-11-21")
        assert result.scores.filter(pl.col("score") == 12.25)["contact_id"].to_list() == ["7"]


def test_a_row_may_lack_a_key(rules):
    rows = [{"contact_id": str(number)} for number in range(200, 400)]
    rows.append({"contact_id": "6", "employees": 500})
    result = flamescore.score(rules, rows, EVENTS, as_of="2026-11-21")
    assert result.scores.filter(pl.col("score") > 0)["contact_id"].to_list() == ["6"]


DIFFER = 'Columns of contacts differ in length: "contact_id" has 1, "name" has 2.'


@pytest.mark.parametrize(
    ("contacts", "said"),
    [
        ({"contact_id": ["1"], "name": ["a", "b"]}, DIFFER),
        ({"contact_id": ["1"], 1: ["a"], "1": ["b"]}, 'Two columns of contacts are called "1".'),
    ],
)
def test_columns_that_do_not_fit_together(rules, contacts, said):
    with pytest.raises(flamescore.InputError, match="I070") as told:
        flamescore.score(rules, contacts)
    assert told.value.problems[0].message == said


TABLE_OF = "must be a frame or an Arrow table, not"
WRONG = {
    f"contacts {TABLE_OF} int": lambda rules: flamescore.score(rules, 7),
    f"contacts {TABLE_OF} NoneType": lambda rules: flamescore.explain(rules, "7"),
    f"contacts {TABLE_OF} str": lambda rules: flamescore.score(rules, "contacts.csv"),
    f"contacts {TABLE_OF} list": lambda rules: flamescore.score(rules, [1, 2]),
    f"events {TABLE_OF} set": lambda rules: flamescore.score(rules, CONTACTS, {7}),
    f"tag_history {TABLE_OF} int": lambda rules: flamescore.score(rules, CONTACTS, None, 7),
    'column "contact_id" of contacts must be a list, not int': lambda rules: flamescore.score(
        rules, {"contact_id": 7}
    ),
    "as_of must be text, a datetime or a date, not int": lambda rules: flamescore.score(
        rules, CONTACTS, EVENTS, as_of=7
    ),
    "contact must be text or a whole number, not float": lambda rules: flamescore.explain(
        rules, 7.0, CONTACTS
    ),
    "contact must be text or a whole number, not bool": lambda rules: flamescore.explain(
        rules, True, CONTACTS
    ),
    "run must be a run from load_run, not LoadedRules": flamescore.report,
}


@pytest.mark.parametrize("said", WRONG)
def test_values_of_a_wrong_kind(rules, said):
    with pytest.raises(TypeError) as told:
        WRONG[said](rules)
    assert str(told.value) == said


def test_times_of_any_zone(rules, result):
    for zone in ("Etc/UTC", "America/Phoenix", "Asia/Kathmandu"):
        events = pl.DataFrame(EVENTS).with_columns(pl.col("at").dt.convert_time_zone(zone))
        again = flamescore.score(rules, CONTACTS, events, as_of="2026-11-21")
        assert again.points.equals(result.points)


# --- values


@pytest.mark.parametrize(
    "as_of",
    ["2026-11-21", date(2026, 11, 21), datetime(2026, 11, 21), datetime(2026, 11, 21, 7, tzinfo=UTC)],  # noqa: DTZ001
    ids=["text", "date", "local", "UTC"],
)
def test_the_same_instant_in_every_form(rules, as_of):
    told = flamescore.explain(rules, "7", CONTACTS, EVENTS, as_of=as_of)
    assert told.as_of == datetime(2026, 11, 21, 7, tzinfo=UTC)


def test_a_contact_may_be_a_whole_number(rules):
    class Seven:
        def __index__(self):
            return 7

    for contact in ("7", 7, Seven()):
        assert flamescore.explain(rules, contact, CONTACTS, EVENTS, as_of="2026-11-21").contact_id == "7"


def test_rules_as_a_path_as_its_text_and_as_yaml(tmp_path):
    path = tmp_path / "rules.yaml"
    path.write_text(RULES)
    for each in (path, str(path), RULES):
        assert flamescore.load_rules(each).names.scores == ("interest",)


# --- searching a result

RAW = ("rank", "contact_id", "name", "owner", "score", "flames", "percentile", "last_activity_at")
BESIDE = ("reason_1", "reason_2", "reason_3", "change", "newly_hot")


def test_the_rows_of_a_search(result):
    found = flamescore.search(result)
    assert tuple(found.columns) == RAW + BESIDE
    assert found.row(0, named=True) == {
        "rank": 1, "contact_id": "7", "name": "Ann", "owner": "Dana", "score": 12.25, "flames": 3,
        "percentile": found["percentile"][0], "last_activity_at": datetime(2026, 11, 20, 12, tzinfo=UTC),
        "reason_1": "Form ×2, 2026-11-20 (+10)", "reason_2": "Large (+2.3)", "reason_3": None,
        "change": None, "newly_hot": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ({"flames": 3}, "7"),
        ({"flames": (1, 3)}, "78"),
        ({"flames": "1+"}, "78"),
        ({"flames": "0-1"}, "89"),
        ({"owners": "Dana"}, "79"),
        ({"owners": ["Dana", "Unassigned"]}, "789"),
        ({"where": "employees>100"}, "7"),
        ({"where": ("employees>=20", "employees<100")}, "9"),
        ({"max_score": 0}, "9"),
        ({"min_score": 5, "max_score": 10}, "8"),
        ({"scores": "interest:1-2"}, "8"),
        ({"sort": "contact_id"}, "789"),
        ({"sort": ["-contact_id"]}, "987"),
        ({"sort": "employees"}, "798"),
        ({"sort": "-score", "limit": 2}, "98"),
        ({"limit": 0}, ""),
    ],
)
def test_what_a_search_asks_of_a_result(result, asked, ids):
    assert "".join(flamescore.search(result, **asked)["contact_id"]) == ids


def test_words_are_found(result):
    assert flamescore.search(result, "ann")["contact_id"].to_list() == ["7"]


WRONG_SEARCHES = {
    "owners must be text, or a list of texts, not int": {"owners": 7},
    "each of tags must be text, not int": {"tags": [7]},
    'flames must be a whole number, two, or text such as "4-5", not float': {"flames": 4.0},
    'flames must be a whole number, two, or text such as "4-5", not bool': {"flames": True},
    'flames must be a whole number, two, or text such as "4-5", not tuple': {"flames": (1, 2, 3)},
    "limit must be a whole number, not str": {"limit": "5"},
}


@pytest.mark.parametrize("said", WRONG_SEARCHES)
def test_values_of_a_search_of_a_wrong_kind(result, said):
    with pytest.raises(TypeError) as told:
        flamescore.search(result, **WRONG_SEARCHES[said])
    assert str(told.value) == said


def test_values_of_a_search_that_mean_nothing(result, rules):
    with pytest.raises(ValueError, match="changed needs a run from load_run"):
        flamescore.search(result, changed="up")
    with pytest.raises(ValueError, match="limit must be 0 or more, not -1"):
        flamescore.search(result, limit=-1)
    with pytest.raises(TypeError, match=r"must be a Result, or a run from load_run, not LoadedRules"):
        flamescore.search(rules)
    for code, asked in {
        "U005": {"score": "fit"},
        "U006": {"flames": 9},
        "U017": {"sort": "shoe"},
        "U002": {"changed": "upp"},
        "U018": {"labels": {"grade": "A"}},
    }.items():
        with pytest.raises(flamescore.UsageError, match=code):
            flamescore.search(result, **asked)


# --- stored runs


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    from flamescore.nightly import Options, nightly  # noqa: PLC0415 - the tests above need only the API
    from flamescore.project import find_settings  # noqa: PLC0415

    folder = write_project(tmp_path_factory.mktemp("stored"))
    for night in ("2026-11-20", "2026-11-21"):
        nightly(find_settings(str(folder / "flamescore.yaml"), {"as_of": night}), Options())
    return folder


def test_a_run_is_found_by_its_output_or_its_project(stored):
    by_project = flamescore.load_run(stored / "flamescore.yaml")
    by_folder = flamescore.load_run(stored / "out")
    assert (
        by_project.run_id == by_folder.run_id == flamescore.load_run(str(stored / "out"), "2026-11-21").run_id
    )
    assert flamescore.load_run(stored / "out", "2026-11-20").as_of == datetime(2026, 11, 20, tzinfo=UTC)
    assert by_folder.path == (stored / "out/runs" / by_folder.run_id).resolve()
    for place, run in ((stored / "out", "2026-01-01"), (stored / "nowhere", "latest")):
        with pytest.raises(flamescore.NotFoundError):
            flamescore.load_run(place, run)


def test_the_frames_of_a_run(stored):
    run, first = (flamescore.load_run(stored / "out", day) for day in ("latest", "2026-11-20"))
    assert run.record["run_id"] == run.run_id
    assert run.scores["score_name"].unique().sort().to_list() == ["fit", "interest"]
    sums = run.points.group_by("contact_id", "score_name").agg(pl.col("points").sum().alias("sum"))
    both = run.scores.join(sums, on=["contact_id", "score_name"], how="left").fill_null(0)
    assert both["sum"].to_list() == both["score"].to_list()
    assert run.contacts.height == 8
    assert run.changes.height == 16
    assert first.changes is None
    assert run.rejects is None
    assert run.scores is run.scores


def test_a_run_is_searched_as_on_the_command_line(stored):
    run = flamescore.load_run(stored / "flamescore.yaml")
    found = flamescore.search(run, flames="1+", sort="name")
    assert found.columns[:2] == ["rank", "contact_id"]
    assert tuple(found.columns[-5:]) == BESIDE
    assert found.schema["change"] == pl.Float64
    assert found.schema["newly_hot"] == pl.Boolean
    assert "105" not in found["contact_id"]
    assert "105" in flamescore.search(run, flames="1+", everyone=True)["contact_id"]
    moved = run.changes.filter(
        pl.col("score_name") == "interest", pl.col("change").is_in(["up", "newly_hot"])
    )
    up = flamescore.search(run, changed="up", everyone=True)["contact_id"]
    assert sorted(up) == sorted(moved["contact_id"])
    assert flamescore.search(run, "smith cara")["contact_id"].to_list() == ["104"]


def test_rejects_of_a_run(tmp_path):
    from flamescore.nightly import Options, nightly  # noqa: PLC0415
    from flamescore.project import find_settings  # noqa: PLC0415

    folder = write_project(tmp_path / "project")
    with (folder / "events.csv").open("a") as file:
        file.write("101,call,soon,\n")
    nightly(find_settings(str(folder / "flamescore.yaml")), Options())
    rejects = flamescore.load_run(folder / "out").rejects
    assert rejects.select("record", "line").dtypes == [pl.Int64, pl.Int64]
    assert rejects.height == 1


def test_an_explanation_as_of_a_run(stored):
    run = flamescore.load_run(stored / "flamescore.yaml", "2026-11-20")
    told = flamescore.explain(run, 101, stored / "flamescore.yaml")
    mine = run.scores.filter(pl.col("contact_id") == "101")
    assert {each.score_name: each.score for each in told.scores} == dict(
        mine.select("score_name", "score").rows()
    )
    assert told.run_id == run.run_id
    assert flamescore.explain(run, "101", config=stored / "flamescore.yaml") == told
    with pytest.raises(TypeError, match="config must be a path, not dict"):
        flamescore.explain(run, "101", {})


def test_a_report_of_a_run(stored, tmp_path):
    run = flamescore.load_run(stored / "out")
    page = flamescore.report(run)
    assert page == (run.path / "report.html").read_text()
    for name in ("a.html", "a.md", "a.xlsx"):
        assert flamescore.report(run, tmp_path / name) == tmp_path / name
    assert (tmp_path / "a.html").read_text() == page
    assert "Ann Lee" in page
    assert "Ann Lee" not in flamescore.report(run, redact=True)
    with pytest.raises(flamescore.UsageError, match=r"U010 .*a\.csv"):
        flamescore.report(run, tmp_path / "a.csv")
    with pytest.raises(flamescore.OutputError):
        flamescore.report(run, tmp_path / "nowhere/a.md")


# --- showing


def test_a_line_says_what_something_is(result, rules, stored):
    assert repr(result) == "<flamescore.Result: 3 contacts, 1 score, as of 2026-11-21 00:00 MST>"
    run = flamescore.load_run(stored / "out")
    assert repr(run) == f"<flamescore.Run {run.run_id}: 8 contacts, 2 scores, as of 2026-11-21 00:00 UTC>"
    told = flamescore.explain(rules, 7, CONTACTS, EVENTS, as_of="2026-11-21")
    assert repr(told) == "<flamescore.Explanation: contact 7, 1 score, as of 2026-11-21 00:00 MST>"


def test_the_text_of_an_explanation(rules):
    text = str(flamescore.explain(rules, 7, CONTACTS, EVENTS, as_of="2026-11-21"))
    assert "Interest: 12.2" in text
    assert "Form" in text
    assert "\x1b" not in text
    assert all(len(line) <= 100 and line == line.rstrip() for line in text.splitlines())


class Tags(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found, self.texts = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, tuple(attrs)))

    def handle_data(self, data):
        self.texts.append(data)


TABLE = {"table", "caption", "thead", "tbody", "tr", "th", "td"}


def test_notebooks_show_tables_of_nothing_but_text(result, rules, stored):
    told = flamescore.explain(rules, "8", CONTACTS, EVENTS, as_of="2026-11-21")
    for each in (result, flamescore.load_run(stored / "out"), told):
        page = Tags(each._repr_html_())
        assert set(page.found) <= {(tag, ()) for tag in TABLE}
        assert page.texts[0] == repr(each)
    assert "<b>Bo</b>" in Tags(result._repr_html_()).texts
    assert "12.2" in Tags(result._repr_html_()).texts


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'&lt;" * 2_000,
    "\u202eabc\x00\x1b[31m",
    "\N{FIRE}" * 9_000,
)


def test_hostile_names_stay_text_and_tables_small():
    many = 3_000
    rules = flamescore.load_rules(
        "version: 1\nscores:\n  interest:\n    title: '<script>'\n    five_flames: 20\n    rules:\n"
        + "".join(f"      - {{name: '{'<img>' * 20} {n}', tag: x, points: 1}}\n" for n in range(200))
    )
    contacts = {
        "contact_id": [f"{HOSTILE[n % 5][:50]}{n}" for n in range(many)],
        "name": [HOSTILE[n % 5] for n in range(many)],
        "company": [HOSTILE[(n + 1) % 5] for n in range(many)],
        "owner": [HOSTILE[(n + 2) % 5] for n in range(many)],
        "tags": [["x"]] * many,
    }
    result = flamescore.score(rules, contacts, as_of="2026-11-21")
    told = flamescore.explain(rules, contacts["contact_id"][1], contacts, as_of="2026-11-21")
    for each in (result, told):
        page = each._repr_html_()
        assert set(Tags(page).found) <= {(tag, ()) for tag in TABLE}
        assert len(page.encode()) < 50_000
        assert "\u202e" not in page
        assert "\n" not in repr(each)


def test_what_there_is_to_complete():
    names = dir(flamescore)
    assert set(flamescore.__all__) <= set(names)
    assert not {"os", "import_module", "Any", "TYPE_CHECKING", "annotations"} & set(names)
    assert {name for name in names if not name.startswith("__")} == set(flamescore.__all__) - {"__version__"}
    assert all(getattr(flamescore, name) is not None for name in names)


def test_every_public_name_is_documented():
    page = (Path(__file__).parents[1] / "docs/python.md").read_text()
    assert [name for name in flamescore.__all__ if f"`{name}" not in page and name != "__version__"] == []
