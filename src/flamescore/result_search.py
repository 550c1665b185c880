"""Search a result of the Python API like a stored run: the same conditions, the same columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.columns import REASONS
from flamescore.errors import Problem, UsageError
from flamescore.searches import Query, Where, in_order, sort_keys, terms_of
from flamescore.searches import search as search_contacts
from flamescore.tables import MOVED, label_columns, worded_reasons
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flamescore.results import Result
    from flamescore.searches import SearchRequest

_KEPT: Final = ("email", "name", "phone", "company", "owner")
"""The contacts' columns in the rows, the same as in the tables of a project without `keep`."""


def search_result(result: Result, request: SearchRequest) -> pl.DataFrame:
    """Return the matching contacts, in order, with the columns of `Found.exact` and no changes.

    Raises:
        UsageError: a score, column or label does not exist, or the number of flames is invalid.
    """
    book = result.scored.book
    terms = terms_of(request.flames, request.scores, [score.name for score in book.scores])
    first, *further = terms
    taken = {*result.scores.columns, *result.contacts.columns}
    labels = label_columns([label.name for label in book.labels], taken)
    texts = None if result.labels is None else result.labels.clone()
    if texts is not None:
        texts.columns = ["contact_id", *labels.values()]
    query = Query(
        terms=terms,
        min_score=request.min_score,
        max_score=request.max_score,
        min_percentile=request.min_percentile,
        owners=request.owners,
        tags=request.tags,
        where=Where.of(request.where, result.contacts.columns, result.scored.as_of, book.zone)
        if request.where
        else None,
        texts=(request.text,) if request.text and request.text.strip() else (),
        labels=_requested_labels(request, labels),
    )
    found = search_contacts(
        result.scores.lazy(),
        result.contacts.lazy(),
        query,
        merged=None if result.merged is None else result.merged.lazy(),
        labels=None if texts is None else texts.lazy(),
        hot=result.hot["contact_id"] if request.hot and result.hot is not None else None,
    )
    kept = [name for name in _KEPT if name in result.contacts.columns]
    people = result.contacts.select("contact_id", *kept)
    why = worded_reasons(result.scored, first.score_name, found["contact_id"])
    rows = found.join(people, on="contact_id", how="left", maintain_order="left").join(
        why, on="contact_id", how="left", maintain_order="left"
    )
    unknown = (pl.lit(None, kind).alias(name) for name, kind in zip(MOVED, _MOVED_TYPES, strict=True))
    rows = rows.with_columns(unknown)
    return _sorted(rows, result, request).select(
        "rank",
        "contact_id",
        *kept,
        "score",
        "flames",
        "percentile",
        *labels.values(),
        "last_activity_at",
        *(f"{term.score_name}_{each}" for term in further for each in ("score", "flames")),
        *REASONS,
        *MOVED,
    )


_MOVED_TYPES: Final = (pl.Float64(), pl.Boolean())


def _sorted(rows: pl.DataFrame, result: Result, request: SearchRequest) -> pl.DataFrame:
    if not request.sort:
        return rows
    there = dict.fromkeys((*rows.columns, *result.contacts.columns))
    keys = sort_keys(request.sort, [name for name in there if name != "score_name"])
    others = [name for name in dict.fromkeys(key.column for key in keys) if name not in rows.columns]
    cells = rows.join(
        result.contacts.select("contact_id", *others), on="contact_id", how="left", maintain_order="left"
    )
    return in_order(rows, keys, cells, result.scored.book.zone)


def _requested_labels(
    request: SearchRequest, columns: Mapping[str, str]
) -> tuple[tuple[str, tuple[str | None, ...]], ...]:
    found: dict[str, list[str | None]] = {}
    for name, _, text in (words.partition("=") for words in request.labels):
        if name not in columns:
            near = nearest(name, tuple(columns))
            known = f"Labels: {', '.join(columns)}." if columns else "The rules have no `labels`."
            hint = f"Did you mean `{near}`?" if near else known
            raise UsageError(Problem("U018", f"There is no label `{name}`.", hint=hint))
        found.setdefault(columns[name], []).append(text or None)
    return tuple((column, tuple(any_of)) for column, any_of in found.items())
