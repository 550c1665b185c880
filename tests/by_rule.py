"""Rule books and exports in as few words as a hand-written test needs."""

from datetime import UTC, datetime, timedelta

import polars as pl

from flamescore.columns import Columns
from flamescore.frames import INSTANT, TAG_HISTORY, Counts, EventSource, Exports, SourceRecord
from flamescore.rules import RuleBook, bind_rules, load_rules_text
from flamescore.scoring import Scored, score_exports

AS_OF = datetime(2026, 11, 21, 12, tzinfo=UTC)
ALONE = ({"contact_id": "1"},)


def event(contact_id, kind, *, age: timedelta | None = None, at: datetime | None = None, **properties):
    """Return an event of a given age, or at an instant."""
    return {"contact_id": contact_id, "event": kind, "at": at or AS_OF - (age or timedelta(0)), **properties}


def score(rules: str, *, contacts=ALONE, events=(), history=(), as_of=AS_OF, **options) -> Scored:
    """Score rows by the text of a rule file; `version` and, if missing, a score are added."""
    book, exports = bound(rules, contacts=contacts, events=events, history=history)
    return score_exports(book, exports, as_of=as_of, **options)


def bound(rules: str, *, contacts=ALONE, events=(), history=()) -> tuple[RuleBook, Exports]:
    """Return the book and the exports that `score` scores."""
    text = rules if "scores:" in rules else f"scores:\n  s:\n    five_flames: 20\n    rules:\n{rules}"
    frame = _frame(contacts, {"contact_id": pl.String, "tags": pl.List(pl.String)})
    log = _frame(events, {"contact_id": pl.String, "event": pl.String, "at": INSTANT})
    exports = Exports(
        contacts=frame,
        events=(EventSource(log.lazy(), SourceRecord("events", "events", counts=Counts(rows=log.height))),),
        tag_history=pl.DataFrame(list(history), schema=TAG_HISTORY, orient="row"),
    )
    columns = Columns(tuple(frame.columns), tuple(log.columns), has_tags=True, has_events=True)
    return bind_rules(load_rules_text(f"version: 1\n{text}"), columns).book, exports


def _frame(rows, first) -> pl.DataFrame:
    names = dict.fromkeys((*first, *(name for row in rows for name in row)))
    schema = {name: first.get(name, pl.String) for name in names}
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def points(result: Scored) -> dict[str, float]:
    """Return the score of each contact, in the order of the scores."""
    return dict(result.scores.select("contact_id", "score").iter_rows())


def points_of(rules: str, **options) -> float:
    """Return the score of the only contact."""
    [found] = points(score(rules, **options)).values()
    return found
