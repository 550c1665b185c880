"""The public Python API: frames in, frames out."""

import pydoc
from datetime import UTC, datetime

import polars as pl
import pytest

import flamescore
from cli.small import EVENTS, RANKED, RULES, write_project

RULES_TEXT = """\
version: 1
scores:
  interest:
    five_flames: 20
    defaults: {count: each, expires: 4w}
    rules:
      - {name: Form, event: form, points: 5}
      - {name: VIP, tag: VIP, points: 10}
"""

CONTACTS = pl.DataFrame(
    {
        "contact_id": ["1", "2", "3"],
        "name": ["Ann", "Bob", None],
        "email": ["ann@example.com", "same@example.com", "SAME@example.com"],
        "owner": ["Dana", None, "Dana"],
        "tags": [["VIP"], [], None],
        "country": ["US", "DE", "US"],
    }
)

VISITS = pl.DataFrame(
    {
        "contact_id": ["1", "1", "2", "9"],
        "event": ["form"] * 4,
        "at": [datetime(2026, 11, day, 12, tzinfo=UTC) for day in (19, 20, 1, 20)],
    }
)


@pytest.fixture
def rules():
    return flamescore.load_rules(RULES_TEXT)


@pytest.fixture
def result(rules):
    return flamescore.score(rules, CONTACTS, VISITS, as_of="2026-11-21")


def test_score(result):
    assert result.scores.select("contact_id", "score", "flames", "rank", "percentile").rows() == [
        ("1", 20.0, 5, 1, 100.0),
        ("2", 5.0, 1, 2, 50.0),
        ("3", 0.0, 0, 3, 0.0),
    ]
    assert result.points.select("contact_id", "rule_id", "occurrences", "points").rows() == [
        ("1", "form", 2, 10.0),
        ("1", "vip", 0, 10.0),
        ("2", "form", 1, 5.0),
    ]
    assert result.contacts["contact_id"].to_list() == ["1", "2", "3"]
    assert result.rejects.is_empty()


def test_lazy_frames_and_datetimes_do_as_well(rules, result):
    lazy = flamescore.score(rules, CONTACTS.lazy(), VISITS.lazy(), as_of=datetime(2026, 11, 21, tzinfo=UTC))
    assert lazy.scores.equals(result.scores)


def test_tag_history(rules):
    history = pl.DataFrame(
        {
            "contact_id": ["1", "2"],
            "tag": ["VIP", "VIP"],
            "at": ["2026-11-01", "2026-11-02"],
            "action": ["removed", "applied"],
        }
    )
    scores = flamescore.score(rules, CONTACTS, VISITS, history, as_of="2026-11-21").scores
    assert dict(scores.select("contact_id", "score").rows()) == {"1": 10.0, "2": 15.0, "3": 0.0}


def test_explain_by_id_and_mail(rules, result):
    told = flamescore.explain(rules, "ANN@example.com", CONTACTS, VISITS, as_of="2026-11-21", everything=True)
    assert (told.contact_id, told.name, told.scores[0].score) == ("1", "Ann", result.scores["score"][0])
    assert [(line.rule_id, line.points) for line in told.scores[0].entries] == [("form", 10.0), ("vip", 10.0)]


def test_explain_whom_nobody_knows(rules):
    with pytest.raises(flamescore.NotFoundError, match="No contact has the id or e-mail `4`"):
        flamescore.explain(rules, "4", CONTACTS, VISITS, as_of="2026-11-21")
    with pytest.raises(flamescore.UsageError, match="2 contacts share this e-mail: `2`, `3`"):
        flamescore.explain(rules, "same@example.com", CONTACTS, VISITS, as_of="2026-11-21")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["1", "2", "3"]),
        ({"flames": (1, 5)}, ["1", "2"]),
        ({"score": "interest", "min_score": 5.5}, ["1"]),
        ({"min_percentile": 50}, ["1", "2"]),
        ({"owners": ["dana"]}, ["1", "3"]),
        ({"owners": ["Unassigned"]}, ["2"]),
        ({"tags": ["vip"]}, ["1"]),
        ({"where": ["country=DE"]}, ["2"]),
        ({"where": ["{country: US}"], "flames": (0, 0)}, ["3"]),
        ({"text": "an"}, ["1"]),
    ],
)
def test_search(result, asked, found):
    assert flamescore.search(result, **asked)["contact_id"].to_list() == found


def test_rules_and_exports_of_a_project(tmp_path):
    folder = write_project(tmp_path / "project")
    rules = flamescore.load_rules(folder / "rules.yaml")
    exports = flamescore.load_exports(folder / "flamescore.yaml", rules)
    result = flamescore.score(rules, exports, as_of="2026-11-21")
    interest = result.scores.filter(pl.col("score_name") == "interest")
    assert interest["contact_id"].to_list() == RANKED
    assert flamescore.explain(rules, "101", exports, as_of="2026-11-21").scores[0].score == 25
    (folder / "other.csv").write_text("\n".join(EVENTS.splitlines()[:2]) + "\n")
    less = flamescore.load_exports(folder / "flamescore.yaml", rules, events=str(folder / "other.csv"))
    assert flamescore.score(rules, less, as_of="2026-11-21").scores["score"][0] == 10


def test_faults_carry_every_problem():
    with pytest.raises(flamescore.RuleFileError) as caught:
        flamescore.load_rules(RULES.replace("points: 5", "pionts: 5"))
    assert sum("pionts" in problem.message for problem in caught.value.problems) == 3


def test_a_column_that_no_frame_has(rules):
    text = RULES_TEXT.replace("event: form,", "event: form, where: {asset: x},")
    with pytest.raises(flamescore.RuleFileError, match="asset"):
        flamescore.score(flamescore.load_rules(text), CONTACTS, VISITS, as_of="2026-11-21")
    assert flamescore.score(rules, CONTACTS, VISITS, as_of="2026-11-21").scores.height == 3


def test_the_names_of_the_api():
    for name in flamescore.__all__:
        assert getattr(flamescore, name) is not None
    with pytest.raises(AttributeError):
        _ = flamescore.nothing


class Torn(BaseException):
    """Not an `Exception`, like a panic of Polars."""


@pytest.mark.parametrize("kind", [pl.exceptions.PanicException, RecursionError, MemoryError, Torn, KeyError])
def test_a_fault_of_the_program_is_a_flamescore_error_without_data(monkeypatch, kind):
    def fail(*_args):
        raise kind("ann@example.com")

    monkeypatch.setattr("flamescore.api.load_rules_text", fail)
    with pytest.raises(flamescore.FlamescoreError) as caught:
        flamescore.load_rules("version: 1\n")
    assert caught.value.exit_code == 70
    (problem,) = caught.value.problems
    assert problem.code == "X070"
    assert problem.message.startswith(f"Internal error: {kind.__name__} at flamescore.api:")
    assert "ann@" not in str(caught.value)
    assert isinstance(caught.value.__cause__, kind)


def test_an_interrupt_stays_one(monkeypatch):
    def fail(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr("flamescore.api.load_rules_text", fail)
    with pytest.raises(KeyboardInterrupt):
        flamescore.load_rules("version: 1\n")


def test_arguments_that_do_not_fit_are_for_python_to_say():
    with pytest.raises(TypeError, match="nonsense"):
        flamescore.load_rules("version: 1\n", nonsense=1)


ACCOUNTS = """
version: 1
scores:
  interest:
    five_flames: 20
    rules:
      - {name: VIP, tag: VIP, points: 5}
accounts:
  key: company
  scores: {interest: {combine: sum, five_flames: 10}}
"""


def test_accounts_are_frames_where_the_rules_have_any():
    contacts = pl.DataFrame(
        {"contact_id": ["1", "2", "3"], "company": ["a", "A", "b"], "tags": [["VIP"], ["VIP"], []]}
    )
    result = flamescore.score(flamescore.load_rules(ACCOUNTS), contacts, as_of="2026-11-21")
    assert result.accounts.select("account", "score", "flames", "contacts").rows() == [
        ("A", 10, 5, 2),
        ("b", 0, 0, 1),
    ]
    assert result.account_points.rows() == [
        ("A", "interest", "contact", "1", 5),
        ("A", "interest", "contact", "2", 5),
        ("b", "interest", "contact", "3", 0),
    ]
    without = ACCOUNTS.partition("accounts:")[0]
    plain = flamescore.score(flamescore.load_rules(without), contacts, as_of="2026-11-21")
    assert (plain.accounts, plain.account_points) == (None, None)


def test_help_tells_of_everything_that_is_public_or_handed_out(tmp_path):
    write_project(tmp_path)
    exports = flamescore.load_exports(tmp_path / "flamescore.yaml")
    handed_out = (type(flamescore.load_rules(RULES_TEXT)), type(exports))
    for each in (*(getattr(flamescore, name) for name in flamescore.__all__), *handed_out):
        if callable(each):
            assert each.__doc__.splitlines()[0] in pydoc.render_doc(each, renderer=pydoc.plaintext)
