"""Event sources: none, several, their dates, their keys, how far back they reach."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from by_rule import AS_OF, event, points, score
from flamescore.columns import Columns
from flamescore.engine import FOREVER
from flamescore.frames import INSTANT, ISO_SUFFIX, SURVIVOR, Counts, EventSource, Exports, SourceRecord
from flamescore.rules import bind_rules, load_rules_text
from flamescore.scoring import SourceSpan, score_exports

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
COLUMNS = Columns(("contact_id", "email", "due"), ("due",), has_tags=True, has_events=True)


def run(rules, contacts, *frames, key="contact_id", aliases=None):
    """Score event sources by some rules."""
    sources = [
        EventSource(frame.lazy(), SourceRecord("events", f"{n}.csv", counts=Counts(rows=frame.height)), key)
        for n, frame in enumerate(frames)
    ]
    text = f"version: 1\nscores: {{s: {{five_flames: 5, rules: [{rules}]}}}}"
    book = bind_rules(load_rules_text(text), COLUMNS).book
    return score_exports(book, Exports(contacts, tuple(sources), aliases=aliases), as_of=AS_OF)


def events(*rows, by="contact_id"):
    """Return a frame of events from (contact, event, age) triples."""
    schema = {by: pl.String, "event": pl.String, "at": INSTANT}
    return pl.DataFrame([(who, kind, AS_OF - age) for who, kind, age in rows], schema=schema, orient="row")


TWO = pl.DataFrame({"contact_id": ["1", "2"], "due": ["21/11/2026", "2026-11-22"]})
OPENED = "{name: Opened, event: open, points: 1, count: each, expires: 30d}"
BOUGHT = "{name: Bought, event: buy, points: 5, count: each}"


def test_without_a_source_there_are_no_occurrences():
    for rules in (OPENED, f"{OPENED}, {BOUGHT}", "{name: All, if: {not: {tag: x}}, points: 0}"):
        result = run(rules.replace("tag: x", "event: open"), TWO)
        assert points(result) == {"1": 0.0, "2": 0.0}
        assert result.observed.unread == ()
        assert result.observed.sources == ()
    assert points(run("{name: Id, field: {contact_id: 1}, points: 2}", TWO)) == {"1": 2.0, "2": 0.0}


def test_a_source_without_a_row():
    result = run(OPENED, TWO, events())
    assert points(result) == {"1": 0.0, "2": 0.0}
    assert result.observed.sources[0].counts == Counts()
    assert result.observed.pasts == (SourceSpan("0.csv", None),)


def test_the_widest_window_is_not_cut_by_a_second():
    found = run(OPENED, TWO, events(("1", "open", 30 * DAY), ("2", "open", 30 * DAY - SECOND)))
    assert points(found) == {"2": 1.0, "1": 0.0}
    assert found.observed.sources[0].counts == Counts(rows=2, old=1, kept=1)


def test_how_far_back_each_source_goes():
    first = events(("1", "open", 3 * DAY), ("9", "open", 9 * DAY), ("1", "open", -DAY))
    second = events(("2", "buy", 29 * DAY), ("2", "Open", DAY))
    third = events(("2", "other", 0 * DAY), ("2", "buy", 0 * DAY))
    found = run(f"{OPENED}, {BOUGHT}", TWO, first, second, third, events(("1", "open", -DAY)))
    assert found.observed.pasts == (
        SourceSpan("0.csv", 9 * 86_400, frozenset({("open",)})),
        SourceSpan("1.csv", 29 * 86_400, frozenset({("open",), ("buy",)})),
        SourceSpan("2.csv", 0, frozenset({("buy",)})),
        SourceSpan("3.csv", None, frozenset({("open",)})),
    )
    assert sorted(found.observed.types) == ["Open", "buy", "open", "other"]


@pytest.mark.parametrize("kind", ["open", "buy"])
def test_a_source_with_events_older_than_every_window_that_ends_goes_back_for_ever(kind):
    found = run(f"{OPENED}, {BOUGHT}", TWO, events(("1", "open", DAY), ("1", kind, 31 * DAY)))
    assert [past.oldest for past in found.observed.pasts] == [FOREVER]


def test_the_companion_of_a_date_column_is_read_in_its_place():
    rule = "{name: Due, event: due, where: {due: {at_least: 2026-11-22}}, points: 1, count: each}"
    log = events(("1", "due", DAY), ("1", "due", DAY), ("2", "due", DAY), ("2", "due", DAY)).with_columns(
        pl.Series("due", ["22/11/2026", "2026-11-22", "21/11/2026", None]),
        pl.Series("due" + ISO_SUFFIX, ["2026-11-22", None, "2026-11-21", None]),
    )
    assert points(run(rule, TWO, log)) == {"1": 2.0, "2": 0.0}
    assert points(run(rule, TWO, log.drop("due" + ISO_SUFFIX))) == {"1": 1.0, "2": 0.0}
    field = "{name: Due, field: {due: {at_least: 2026-11-21}}, points: 1}"
    told = TWO.with_columns(pl.Series("due" + ISO_SUFFIX, ["2026-11-21", None]))
    assert points(run(field, told)) == {"1": 1.0, "2": 1.0}
    assert points(run(field, TWO)) == {"2": 1.0, "1": 0.0}


def test_events_of_merged_contacts_are_the_survivors():
    contacts = pl.DataFrame({"contact_id": ["2", "1", "3"], "email": ["b@x", "a@x", "c@x"]})
    aliases = pl.DataFrame({"contact_id": ["7", "8"], "email": ["C@x", "d@x"], SURVIVOR: ["1", "2"]})
    log = events(
        ("7", "buy", DAY), ("8", "buy", DAY), ("8", "buy", DAY), ("2", "buy", DAY), ("9", "buy", DAY)
    )
    assert points(run(BOUGHT, contacts, log, aliases=aliases)) == {"2": 15.0, "1": 5.0, "3": 0.0}
    by_mail = events(("c@X", "buy", DAY), ("D@x", "buy", DAY), ("e@x", "buy", DAY), by="contact")
    found = run(BOUGHT, contacts, by_mail, key="email", aliases=aliases)
    assert points(found) == {"2": 5.0, "3": 5.0, "1": 0.0}


def test_a_rule_with_points_of_its_own_has_no_occurrence_without_a_number():
    rules = """
      - {name: Fixed, event: buy, per: total, points: 1, count: each}
      - {name: Plain, event: buy, points: 1, count: each}
      - {name: From, event: buy, points: {from: total}, count: each}"""
    result = score(rules, events=[event("1", "buy", total="x"), event("1", "buy", total="2")])
    assert result.observed.unvalued == (("s", "from", 1),)
    assert points(result) == {"1": 6.0}


def test_an_event_of_the_distant_future_is_later():
    found = run(BOUGHT, TWO, events(("1", "buy", AS_OF - datetime(2999, 1, 1, tzinfo=UTC))))
    assert found.observed.sources[0].counts == Counts(rows=1, later=1)
    assert points(found) == {"1": 0.0, "2": 0.0}


def test_cells_that_could_not_be_read_are_summed_up_over_sources():
    rule = "{name: Due, event: due, where: {due: {at_least: 2026-11-22}}, points: 1, count: each}"
    cells = pl.Series("due", ["soon", None, "2026-11-22", "later"])
    log = events(*[("1", "due", DAY)] * 4).with_columns(cells)
    assert run(rule, TWO, log).observed.unread == (("events", "due", 2),)
    assert run(rule, TWO, log, log, log[:1]).observed.unread == (("events", "due", 5),)


def test_without_contacts_there_are_no_scores():
    rules = f"{BOUGHT}, {{name: Tag, tag: a, points: 5, expires: 3w, decay: 1%}}"
    nobody = pl.DataFrame(schema={"contact_id": pl.String, "email": pl.String, "due": pl.String})
    found = run(rules, nobody, events(("1", "buy", DAY)))
    assert (found.scores.height, found.ledger.frame().height) == (0, 0)
    assert found.observed.sources[0].counts == Counts(rows=1, orphans=1)


def test_without_an_enabled_rule_everyone_has_0_points():
    found = run("{name: Off, field: {contact_id: 1}, points: 5, enabled: false}", TWO)
    assert points(found) == {"1": 0.0, "2": 0.0}
    assert found.ledger.frame().height == 0
