"""Turn what `survey` opened, or frames passed by a user, into clean frames."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec.structs import replace

from flamescore.columns import NO_LISTS, DateColumns
from flamescore.errors import InputError
from flamescore.exports.column_types import plain_types
from flamescore.exports.contacts import load_contacts
from flamescore.exports.events import load_events
from flamescore.exports.missing_columns import needed_columns
from flamescore.exports.odd_cells import OddCells
from flamescore.exports.opening import OpenSource, columns_of, with_named
from flamescore.exports.plan import plan_of
from flamescore.exports.setting_values import unused_values
from flamescore.exports.table import frame_table
from flamescore.exports.tag_history import later_rows, load_history, load_opportunities
from flamescore.exports.tempfiles import Spool
from flamescore.exports.times import UTC_ZONE
from flamescore.exports.validate import (
    NO_NUMBERS,
    NOT_NAMED,
    LoadOptions,
    check_records,
    enforce_limit,
    validate,
)
from flamescore.frames import REJECTS, TAG_HISTORY, Exports, ExportsRefusedError, in_order
from flamescore.input_errors import FRAME, fault
from flamescore.project import DEFAULT_LIMIT, ContactsSource, EventsSource, TagHistorySource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from zoneinfo import ZoneInfo

    from flamescore.columns import ListColumns, NamedColumns, NumberColumns
    from flamescore.errors import Problem
    from flamescore.exports.opening import Opened
    from flamescore.exports.setting_values import SettingValue, Unused
    from flamescore.exports.validate import Validated
    from flamescore.project import RejectLimit, Source

Frame = pl.DataFrame | pl.LazyFrame

_SPECS: Final[tuple[Source, ...]] = (
    ContactsSource(path="contacts"), EventsSource(path="events"), TagHistorySource(path="tag_history"),
)  # fmt: skip


def with_path_columns(opened: Opened, named: NamedColumns) -> Opened:
    """Add to the sources the columns that are named by a path into others, such as `properties.url`."""
    sources = with_named(opened.sources, named)
    return replace(opened, sources=sources, columns=columns_of(sources))


def readable(opened: Opened, named: NamedColumns | None) -> Opened:
    """Leave out columns that can't be read, and decide how columns without a plain type are read.

    `named` are the columns that rules and the project file refer to; None: any may be needed.

    Raises:
        InputError: a column that is named, or a file that must be examined for it, can't be read.
    """
    sources = plain_types(with_named(opened.sources, named), named)
    return replace(opened, sources=sources, columns=columns_of(sources))


def load(
    opened: Opened,
    dates: DateColumns | None = None,
    zone: ZoneInfo | None = None,
    max_rejects: RejectLimit | None = None,
    *,
    strict: bool = False,
    once: bool = False,
    keys: Collection[str] | None = None,
    numbers: NumberColumns | None = None,
    named: NamedColumns | None = None,
    lists: ListColumns = NO_LISTS,
) -> Exports:
    """Read what `survey` opened. Contacts are in memory, events lazy.

    Columns that can't be read are left out, unless `readable` has processed the sources already.

    With `keys`, only these columns of the contacts, and those by which other rows are matched, are read
    (`frames.Exports.whole`).

    With `once`, contacts are already sorted by id, as a single scoring needs them (two copies of 2 M
    contacts took 0.4 GB more).

    The cells of events are not checked, since which rows are rejected depends on the windows of the rules.
    That is left to the reader (`frames.EventSource.settle`), and `rejects` does not include them.

    `named` are the columns that rules and the project file refer to.

    `dates`, `numbers` and `lists` are the columns that rules read as dates, numbers and lists; `zone` is the
    time zone of the rule file (default UTC). `max_rejects` overrides the limits of the project and the
    sources; `strict` allows no rejects. All sources with too many are reported in one `InputError`.
    """
    fallback = opened.project.settings.max_rejects
    options = LoadOptions(
        dates or DateColumns(),
        zone or UTC_ZONE,
        opened.spool,
        fallback,
        max_rejects,
        strict,
        opened.keep_rejects,
        numbers or NO_NUMBERS,
        named or NOT_NAMED,
        lists,
        noted=keys is None,
    )
    return _load(plain_types(opened.sources, None), options, once=once, keys=keys)


def from_frames(
    contacts: Frame,
    events: Frame | None = None,
    tag_history: Frame | None = None,
    *,
    zone: ZoneInfo | None = None,
    max_rejects: RejectLimit | None = None,
    strict: bool = False,
    named: NamedColumns | None = None,
    lists: ListColumns = NO_LISTS,
) -> Exports:
    """Return frames with canonical column names as clean exports; rows that are not valid become rejects.

    Contacts must have `contact_id`; events `contact_id`, `event` and `at`; a tag history `contact_id`, `tag`
    and `at`. `at` is a Datetime, a Date, text or an epoch; naive times are in `zone` (default UTC).
    `named` are the columns that rules refer to; None: any may be needed. `lists` are those read as lists.
    """
    options = LoadOptions(
        DateColumns(), zone or UTC_ZONE, Spool(), max_rejects or DEFAULT_LIMIT, None, strict, lists=lists
    )
    sources = with_named(tuple(_sources(contacts, events, tag_history)), named)
    return _load(plain_types(sources, named), options)


def _sources(*frames: Frame | None) -> Iterator[OpenSource]:
    for spec, frame in zip(_SPECS, frames, strict=True):
        if frame is None:
            continue
        plan = plan_of(frame_table(frame.lazy(), spec.path), spec)
        missing = needed_columns(plan)
        if missing:
            names = ", ".join(f"`{name}`" for name in missing)
            raise fault(
                FRAME, f"The frame of {spec.KIND} has no column {names}.", "Rename its columns to these."
            )
        yield OpenSource(spec, (plan,), (spec.KIND, 0))


def _load(
    sources: Sequence[OpenSource],
    options: LoadOptions,
    *,
    once: bool = False,
    keys: Collection[str] | None = None,
) -> Exports:
    """Validate and read sources."""
    validated, problems = _validated(sources, options)
    lists = [each for each in validated if each.spec.KIND == "contacts"]
    try:
        loaded = load_contacts(lists, options, None if keys is None else _matched(sources, keys))
    except InputError as error:
        raise _stopped([*error.problems, *problems], validated, error) from None
    if problems:
        raise _stopped(problems, validated)
    of = {
        kind: [each for each in validated if kind == each.spec.KIND]
        for kind in ("events", "tag_history", "opportunities")
    }
    histories = [load_history(each, options, loaded) for each in of["tag_history"]]
    deals = [load_opportunities(each, options, loaded) for each in of["opportunities"]]
    events = tuple(load_events(each, options, loaded) for each in of["events"])
    others = [each.rejects for each in (*of["tag_history"], *of["opportunities"])]
    return Exports(
        contacts=in_order(loaded.contacts) if once and keys is None else loaded.contacts,
        events=events,
        tag_history=pl.concat([each.rows for each in histories]).cast(TAG_HISTORY) if histories else None,
        opportunities=pl.concat([frame for frame, _ in deals], how="diagonal") if deals else None,
        rejects=pl.concat([pl.DataFrame(schema=REJECTS), *loaded.rejects, *others]),
        records=(*loaded.records, *(each.record for each in histories), *(record for _, record in deals)),
        aliases=loaded.aliases,
        findings=(*loaded.findings, *(each for source in sources for each in source.findings)),
        later=partial(later_rows, of["tag_history"], options, [each.latest for each in histories]),
        odd_cells=OddCells(tuple(validated), options.zone),
        whole=loaded.whole,
        unused=partial(_unused, tuple(validated)),
        addressed=None if keys is None else partial(_addressed, lists, options),
    )


def _unused(
    validated: Sequence[Validated], kind: str, number: int, settings: Sequence[SettingValue]
) -> tuple[Unused, ...]:
    """Return the settings of a source, given by its index within its kind, that match none of its cells."""
    source = [each for each in validated if kind == each.spec.KIND][number]
    return unused_values(source.plans, settings)


def _matched(sources: Sequence[OpenSource], keys: Collection[str]) -> frozenset[str]:
    """Return the keys, plus the columns of contacts by which rows of sources are matched."""
    named = (getattr(source.spec, "contact_key", None) for source in sources)
    return frozenset((*keys, *(name for name in named if name is not None)))


def _addressed(lists: Sequence[Validated], options: LoadOptions) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    loaded = load_contacts(lists, options, frozenset({"email"}))
    return loaded.contacts, loaded.aliases


def _validated(sources: Sequence[OpenSource], options: LoadOptions) -> tuple[list[Validated], list[Problem]]:
    """Validate every source and collect the problems that stop one.

    The limit for contacts is enforced once their ids are known, and cells of events are checked when they are
    read.
    """
    validated: list[Validated] = []
    problems: list[Problem] = []
    for source in sources:
        try:
            look = check_records if source.spec.KIND == "events" else validate
            each = look(source, options)
            validated.append(each)
            if source.spec.KIND != "contacts":
                enforce_limit(each, options)
        except InputError as error:
            problems.extend(error.problems)
            if source.spec.KIND == "contacts":
                raise _stopped(problems, validated) from None
    return validated, problems


def _stopped(
    problems: Sequence[Problem], validated: Sequence[Validated], last: InputError | None = None
) -> ExportsRefusedError:
    """Return one error for all sources, with what is known about each; details in `last` take precedence."""
    known = {}
    for each in validated:
        with suppress(InputError):  # a file that can't be read again has already been reported
            known[each.spec.KIND, each.spec.path] = each.record(), each.rejects
    if isinstance(last, ExportsRefusedError):
        for record, rejects in zip(last.records, last.rejects, strict=True):
            known[record.kind, record.path] = record, rejects
    return ExportsRefusedError(
        problems, [record for record, _ in known.values()], [rejects for _, rejects in known.values()]
    )
