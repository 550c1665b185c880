"""Two nights of a case: what the first one read and published, and the second compared with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any

from flamescore.changes import PARTS, Before, Changes, compare
from flamescore.rules import Hot
from flamescore.scoring import score_exports
from oracle import score
from product import COLUMNS, book_of, exports_of, lists, scored, whole
from strategies import Case, to_yaml
from strategies.words import LIST_FILES

Row = dict[str, Any]
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Nights:
    """A case on its first night (rows up to its `as_of`, with its own rule book), and on its second."""

    first: Case
    second: Case

    @cached_property
    def before(self) -> Before:
        """Return what the first night published."""
        done = scored(self.first)
        names = [each.name for each in done.book.scores]
        text = to_yaml(self.first.book)
        return Before.of(
            "first",
            self.first.as_of,
            scores=done.scores,
            names=names,
            text=text,
            path="r.yaml",
            lists=lists(),
        )

    @cached_property
    def changes(self) -> Changes:
        """Return the program's changes for the second night, computed as a nightly run does."""
        return self.compared(earlier=self.first.as_of)

    def compared(self, **how: Any) -> Changes:
        """Compare the second night, scored with the arguments in `how`, with the first."""
        book, exports = book_of(self.second.book), exports_of(self.second)
        done = score_exports(book, exports, as_of=self.second.as_of, **how)
        return compare(self.before, book, exports, COLUMNS, done, hot=Hot())

    def expected(self) -> dict[tuple[str, str], tuple[int, ...]]:
        """Return the oracle's parts (activity, time, data, rules) of contacts scored on both nights."""
        old, new = self.first, self.second
        then = [row for row in new.events if row["at"] <= old.as_of]
        beyond = new.as_of + SECOND
        history = [row if row["at"] <= old.as_of else row | {"at": beyond} for row in new.tag_history]
        made = {
            "P": totals(old.book, old.contacts, old.events, old.tag_history, old.as_of),
            "A": totals(old.book, new.contacts, then, history, old.as_of),
            "B": totals(new.book, new.contacts, then, history, old.as_of),
            "C": totals(new.book, new.contacts, then, history, new.as_of),
            "N": totals(new.book, new.contacts, new.events, new.tag_history, new.as_of),
        }
        out = {}
        for key in made["P"].keys() & made["N"].keys():
            p, a, b, c, n = (made[name].get(key, 0) for name in "PABCN")
            out[key] = (n - c, c - b, a - p, b - a)
        return out


def totals(
    book: Mapping[str, Any],
    contacts: Sequence[Row],
    events: Sequence[Row],
    history: Sequence[Row],
    at: datetime,
) -> dict[tuple[str, str], int]:
    rows = score(book, contacts, events, history, at, files=LIST_FILES).scores
    return {(row["contact_id"], row["score_name"]): row["score"] for row in rows}


def told(changes: Changes) -> dict[tuple[str, str], tuple[int, ...]]:
    """Return the four parts in ten-thousandths, for contacts scored on both nights."""
    rows = changes.rows.filter(changes.rows["difference"].is_not_null()).to_dicts()
    return {(row["contact_id"], row["score_name"]): tuple(whole(row[part]) for part in PARTS) for row in rows}


def nights_of(case: Case, seed: int, *, other: Case | None = None) -> Nights:
    """Add a first night to a case: no later rows, some rows still missing, maybe another book."""
    dice = Random(seed)
    then = case.as_of - dice.choice([1, 3_600, 86_400, 7 * 86_400, 40 * 86_400]) * SECOND
    early = [row for row in case.events if row["at"] <= then and dice.random() > 0.1]
    history = [row for row in case.tag_history if row["at"] <= then and dice.random() > 0.1]
    contacts = [row for row in case.contacts if dice.random() > 0.1] or case.contacts[:1]
    contacts = [row | {"tags": None} if dice.random() < 0.1 else row for row in contacts]
    first = replace(case, events=early, tag_history=history, contacts=contacts, as_of=then)
    if other is not None:
        first = first.with_book(mixed(case.book, other.book))
    return Nights(first, case)


def mixed(book: Row, other: Row) -> Row:
    """Return the other book under this one's score names, as far as both have scores.

    Its labels are left out, because they refer to other scores.
    """
    enabled = [
        {key: value for key, value in spec.items() if key != "enabled"} for spec in other["scores"].values()
    ]
    rest = {key: value for key, value in other.items() if key != "labels"}
    return rest | {"scores": dict(zip(book["scores"], enabled, strict=False))}


def renamed(book: Row) -> Row:
    """Return the book with another name and id for every rule, and another title for every score."""

    def rule(number: int, spec: Row) -> Row:
        return {**spec, "name": f"Renamed {number}", "id": f"other-{number}", "note": "changed"}

    scores = {
        name: spec | {"title": "Changed", "rules": [rule(n, r) for n, r in enumerate(spec["rules"])]}
        for name, spec in book["scores"].items()
    }
    return book | {"scores": scores}
