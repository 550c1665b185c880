"""Small lists of contacts, scored by the points in a column, and their accounts."""

from datetime import UTC, datetime

import polars as pl

from flamescore.accounts import accounts_of
from flamescore.columns import Columns
from flamescore.frames import Exports
from flamescore.labels import judged
from flamescore.rules import bind_rules, load_rules_text
from flamescore.scoring import score_exports

AS_OF = datetime(2026, 11, 21, tzinfo=UTC)
RULES = """
version: 1
scores:
  engagement:
    five_flames: 20
    rules:
      - {name: Ten, field: {points: 10}, points: 10}
      - {name: Five, field: {points: 5}, points: 5}
      - {name: One, field: {points: 1}, points: 1}
      - {name: Less, field: {points: -3}, points: -3}
"""


def scored(people, accounts, rules=RULES):
    """Score people and find their accounts. A contact's `contact_id` is its position, from 1."""
    frame = pl.DataFrame(people, infer_schema_length=None).with_columns(pl.all().cast(pl.String))
    frame = frame.with_columns(pl.Series("contact_id", [f"{n:04}" for n in range(1, frame.height + 1)]))
    loaded = load_rules_text(rules + accounts)
    book = bind_rules(loaded, Columns(contacts=tuple(frame.columns))).book
    result = judged(score_exports(book, Exports(contacts=frame), as_of=AS_OF))
    return result, accounts_of(result)


def found(people, accounts="", **keys):
    """Return the accounts of people; `accounts` is added to the key and scores of the `accounts` section."""
    key = keys.get("key", "company")
    says = f"accounts:\n  key: {key}\n  scores: {{engagement: {{combine: sum, five_flames: 60}}}}\n{accounts}"
    return scored(people, says)[1]
