"""Reports for the tests: of the sample, of hostile data, of many leads, of no leads."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl
from msgspec.structs import replace

from flamescore.changes import Changes
from flamescore.frames import POINTS, SCORES
from flamescore.report import RunData, just_scored, page_of, view
from flamescore.runs import RulesFile, describe
from tables.by_hand import AS_OF, RULES, at, book, places_of, scored

if TYPE_CHECKING:
    from flamescore.report import Page, View
    from flamescore.scoring import Scored

RUN = "2026-11-21T020000Z-3f9a1c"
HASH = "sha256:" + "e4" * 32
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'\"</style></script><!--",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt; &amp;amp;",
    "\u202egpj.exe \u2066x\u200f \u05d0\u05d1\u05d2",
    "a\x00b\x1b[31m\r\n</td></tr>",
    "]]><svg onload=alert(1)>",
    "N" * 10_000,
    "\N{FIRE}" * 10_000,
    "Z\u0337\u0338" * 400,
)


def data(
    result: Scored,
    *,
    keep: tuple[str, ...] = ("name", "company", "phone", "email", "owner"),
    changes: Changes | None = None,
    past_scores: pl.DataFrame | None = None,
    decimals: int = 1,
    **settings: object,
) -> RunData:
    """Return the data that a report of a scoring is made from; `settings` are those of `describe`."""
    rules = RulesFile(path="rules.yaml", text="version: 1\n", hash=HASH)
    record = describe(result, run_id=RUN, rules=rules, started_at=AS_OF, changes=changes, **settings)
    rows = None if changes is None else changes.rows
    return just_scored(record, result, keep=keep, changes=rows, past_scores=past_scores, decimals=decimals)


def report(result: Scored, *, limit: int = 500, **settings: object) -> View:
    return view(data(result, **settings), limit=limit)


def page(result: Scored, *, limit: int = 500, **settings: object) -> Page:
    return page_of(data(result, **settings), limit=limit)


def many(count: int, *, text: str | None = None) -> Scored:
    """Return one score with `count` leads, 5 flames down to 1; `text` replaces every text."""
    ids = [f"{number:06}" for number in range(count)]
    flames = [5 - number * 5 // max(count, 1) for number in range(count)]
    rows = [
        (
            who,
            "interest",
            float(count - n),
            flames[n],
            1.0,
            99.0 - n * 99 / max(count, 1),
            n + 1,
            at(1 + n % 20),
        )
        for n, who in enumerate(ids)
    ]
    points = [
        (who, "interest", "rule", rule, 1 + n % 3, float(3 + n % 4), at(1 + n % 20))
        for n, who in enumerate(ids)
        for rule in ("form", "tag", "visit")
    ]
    names = ("Submitted a web form", "Watched the pitch video", "Stayed ten minutes on the sales page")
    rules = [
        ("interest", "rule", rule, text or name, count, 2 * count, 5.0 * count)
        for rule, name in zip(("form", "tag", "visit"), names, strict=True)
    ]
    contacts = pl.DataFrame(
        {
            "contact_id": ids,
            "name": [text or f"Anneliese Ferrari-Lindqvist {n}" for n in range(count)],
            "company": [text or f"Company and Daughters {n}" for n in range(count)],
            "phone": [text or f"+1 602 555 {n % 10_000:04}" for n in range(count)],
            "email": [text or f"anneliese.ferrari{n}@mail{n % 7}.example.com" for n in range(count)],
            "owner": [text or f"Owner of Leads {n % 6}" for n in range(count)],
        },
        schema_overrides=dict.fromkeys(("name", "company", "phone", "email", "owner"), pl.String),
    )
    base = scored(contacts=contacts)
    scores = pl.DataFrame(rows, schema=SCORES, orient="row")
    return replace(
        base,
        book=book("interest"),
        scores=scores,
        places=places_of(scores, contacts),
        ledger=replace(base.ledger, whole=pl.DataFrame(points, schema=POINTS, orient="row")),
        observed=replace(base.observed, rules=pl.DataFrame(rules, schema=RULES, orient="row")),
    )


def hostile() -> Scored:
    """Return a lead for each hostile text, in every place where text from the data is shown."""
    result = many(len(HOSTILE))
    evil = [pl.Series(name, HOSTILE) for name in ("name", "company", "phone", "email", "owner")]
    score = replace(result.book.scores[0], title=HOSTILE[0])
    names = result.observed.rules.with_columns(pl.Series("name", [HOSTILE[1], HOSTILE[9], HOSTILE[6]]))
    return replace(
        result,
        book=replace(result.book, scores=(score,)),
        contacts=result.contacts.with_columns(evil),
        observed=replace(result.observed, rules=names, unseen=HOSTILE[:3]),
    )


def nobody() -> Scored:
    """Return two scores without any contacts."""
    return scored(scores=[], points=[])


def changes(result: Scored) -> Changes:
    """Return changes of two points and one flame for all; the first is newly hot, the second cooled off."""
    rows = result.scores.select(
        "contact_id",
        "score_name",
        pl.when(pl.col("rank") == 1)
        .then(pl.lit("newly_hot"))
        .when(pl.col("rank") == 2)
        .then(pl.lit("cooled_off"))
        .otherwise(pl.lit("up"))
        .alias("change"),
        (pl.col("score") - 2).alias("previous_score"),
        (pl.col("flames") - 1).clip(0).alias("previous_flames"),
        "score",
        "flames",
        pl.lit(2.0).alias("difference"),
        pl.lit(3.0).alias("by_activity"),
        pl.lit(-1.0).alias("by_time"),
        pl.lit(0.0).alias("by_data"),
        pl.lit(None, pl.Float64).alias("by_rules"),
    )
    return Changes("2026-11-20T020000Z-000000", AS_OF - timedelta(days=1), rows)
