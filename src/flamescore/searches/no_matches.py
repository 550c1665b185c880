"""The messages for a search without matches: what may have been meant, and which condition is too strict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec.structs import replace

from flamescore.cells import fold, present
from flamescore.runs import reading_run, scan
from flamescore.searches.matching import routed_of
from flamescore.searches.query import UNASSIGNED
from flamescore.searches.run import count_of
from flamescore.searches.words import without_accents
from flamescore.units import count
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flamescore.project import Project
    from flamescore.runs import Run
    from flamescore.searches.request import SearchRequest

_MOST_LISTED: Final = 3
"""The maximum number of suggested values, and of listed conditions."""


def no_match_messages(project: Project, run: Run, request: SearchRequest) -> tuple[str, ...]:
    """Return the messages for a search of a run without matches, each of one or two sentences.

    The first, if it applies, is that no contact has the owner, tag or value, with suggestions; or that the
    matches are excluded from calls. The last is how many contacts match without one of the conditions, the
    most first.
    """
    with reading_run(run):
        first = next(_unknown(run, request), None) or _left_out(project, run, request)
    fewer = ((words, count_of(project, run, without)) for words, without in _without_one(request))
    most = sorted((each for each in fewer if each[1]), key=lambda each: -each[1])[:_MOST_LISTED]
    counts = "".join(f" Without {words}: {many:,}." for words, many in most)
    return (*(() if first is None else (first,)), f"No contacts match.{counts}")


def _left_out(project: Project, run: Run, request: SearchRequest) -> str | None:
    if request.everyone or request.held_out:
        return None
    many = count_of(project, run, replace(request, everyone=True))
    if many == 1:
        return "1 contact matches but is excluded from calls; --all shows it."
    return f"{count(many, 'contact')} match but are excluded from calls; --all shows them." if many else None


# --- values that no contact has


def _unknown(run: Run, request: SearchRequest) -> Iterator[str]:
    """Yield a message for each requested value that no contact has."""
    contacts = scan(run, "contacts.parquet")
    for owner in request.owners:
        if fold(owner) != fold(UNASSIGNED):
            yield from _nobody_has("owner", owner, _owners(run, contacts))
    for tag in request.tags:
        yield from _nobody_has("tag", tag, _texts(contacts.select(pl.col("tags").explode())))
    for text in request.where:
        from flamescore.rules import short_where  # noqa: PLC0415 - most searches have no predicate

        short = short_where(text)
        if short is None or short.operator != "equals" or not short.is_text:
            continue
        column = contacts.collect_schema().get(short.column)
        if column == pl.String:
            yield from _nobody_has(short.column, short.value, _texts(contacts.select(short.column)))


def _nobody_has(what: str, typed: str, values: Sequence[str]) -> Iterator[str]:
    if fold(typed) in {fold(value) for value in values}:
        return
    meant = [f'"{value}"' for value in meant_by(typed, values)]
    listed = f"{', '.join(meant[:-1])} or {meant[-1]}" if len(meant) > 1 else "".join(meant)
    yield f'No contact has the {what} "{typed}".' + (f" Did you mean {listed}?" if meant else "")


def meant_by(typed: str, values: Iterable[str]) -> tuple[str, ...]:
    """Return the values that may have been meant: up to three with this prefix, else the nearest, if any.

    The prefix match ignores case and accents; the shortest come first, then by code point.
    """
    known, start = sorted(set(values)), without_accents(typed.strip())
    begin = sorted((each for each in known if without_accents(each).startswith(start)), key=len)
    if start and begin:
        return tuple(begin[:_MOST_LISTED])
    near = nearest(typed, known)
    return () if near is None else (near,)


def _owners(run: Run, contacts: pl.LazyFrame) -> list[str]:
    owners = _texts(contacts.select("owner")) if "owner" in contacts.collect_schema().names() else []
    return owners if run.record.routing is None else [*owners, *_reps(run)]


def _reps(run: Run) -> list[str]:
    routed = routed_of(run)
    return [] if routed is None else _texts(routed.lazy().select("routed_to"))


def _texts(column: pl.LazyFrame) -> list[str]:
    """Return the distinct values of a text column, by code point."""
    return column.select(present(pl.first())).drop_nulls().unique().collect().to_series().sort().to_list()


# --- conditions, each left out


_ALONE: Final = {
    "text": '--text "{}"',
    "flames": "--flames {}",
    "min_score": "--min-score {:.15g}",
    "max_score": "--max-score {:.15g}",
    "min_percentile": "--min-percentile {:.15g}",
}
_EACH: Final = {
    "scores": "--score {}",
    "tags": '--tag "{}"',
    "where": '--where "{}"',
    "segments": "--segment {}",
}
"""Flags that may be repeated and must all hold."""


def _without_one(request: SearchRequest) -> Iterator[tuple[str, SearchRequest]]:
    """Yield each condition as typed, and the search without it."""
    if request.words:
        yield f'"{" ".join(request.words)}"', replace(request, words=())
    for name, words in _ALONE.items():
        value = getattr(request, name)
        if value is not None:
            yield words.format(value), _without(request, name, None)
    for name, words in _EACH.items():
        values = getattr(request, name)
        for place, value in enumerate(values):
            yield words.format(value), _without(request, name, (*values[:place], *values[place + 1 :]))
    for name in ("hot", "held_out"):
        if getattr(request, name):
            yield f"--{name.replace('_', '-')}", _without(request, name, value=False)
    yield from _any_of(request)


def _any_of(request: SearchRequest) -> Iterator[tuple[str, SearchRequest]]:
    """Yield the flags that match any of their values; together these are one condition."""
    if request.owners:
        yield _repeated('--owner "{}"', request.owners), replace(request, owners=())
    if request.changed:
        yield _repeated("--changed {}", request.changed), replace(request, changed=(), against=None)
    names = dict.fromkeys(text.partition("=")[0].strip() for text in request.labels)
    for name in names:
        these = tuple(text for text in request.labels if text.partition("=")[0].strip() == name)
        rest = tuple(text for text in request.labels if text not in these)
        yield _repeated('--label "{}"', these), replace(request, labels=rest)


def _without(request: SearchRequest, name: str, value: object) -> SearchRequest:
    return replace(request, **{name: value})


def _repeated(words: str, values: Iterable[str]) -> str:
    return " ".join(words.format(value) for value in values)
