"""What a shell completes: the values of flags, from the latest run alone, and never from exports.

The shell waits for it, so that what needs no table is read without Polars: the published files are opened
directly, without looking at their checksums. A fault, whatever it is, completes nothing and says nothing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from flamescore.text import for_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import polars as pl

Values: TypeAlias = "Callable[[Path, str], Iterable[str]]"
"""Yields values from the folder of the latest run, given what has been typed."""

Completing: TypeAlias = "Callable[[Any, Any, str], list[str]]"
"""What Typer asks: of the words so far, the parameter, and what has been typed of its value."""

MOST: Final = 50
"""Contacts that are completed at once."""

LEAST_TYPED: Final = 3
"""Characters of a contact that have to be there."""

OWN_COLUMNS: Final = (
    "rank", "place", "score", "flames", "percentile", "percent_of_ideal", "last_activity_at",
    "reason_1", "reason_2", "reason_3", "change", "newly_hot",
)  # fmt: skip
"""What `--columns` knows beside the columns of contacts."""

SORT_KEYS: Final = (
    "rank", "score", "flames", "percentile", "last_activity", "change", "name", "company", "owner",
    "contact_id",
)  # fmt: skip
"""What `--sort` knows beside the columns of contacts."""

_OBEYED: Final = frozenset("\\`$;|&<>!")
"""A value with one of these is not completed: a shell that puts it on the line could run what is in it."""


def _completing(values: Values) -> Completing:
    """Return what Typer asks, in which whatever goes wrong completes nothing."""

    def completed(ctx: Any, _param: Any, typed: str) -> list[str]:  # noqa: ANN401 - Typer's own classes
        try:
            found = values(_latest(ctx.params.get("config")), typed)
            return [each for each in found if _is_safe(each, typed)]
        except BaseException:  # noqa: BLE001 - Polars panics with one of its own; the shell wants no word of it
            return []

    return completed


def _latest(config: str | None) -> Path:
    from flamescore.project import find_settings  # noqa: PLC0415 - 50 ms, which help does not wait for

    return find_settings(config).output_folder / "latest"


def _is_safe(value: str, typed: str) -> bool:
    """Say whether a value may be put on a line: it steers no shell and no terminal, and becomes no flag."""
    is_flag = value.startswith("-") and not typed.startswith("-")
    return bool(value) and not is_flag and not _OBEYED & set(value) and for_cell(value) == value


def _beginning(values: Iterable[Any], typed: str) -> list[str]:
    """Return the values that begin as typed, case aside, sorted and each once."""
    start = typed.casefold()
    return sorted(
        {str(each) for each in values if each is not None and str(each).casefold().startswith(start)}
    )


def _in_list(values: Iterable[str], typed: str, signs: str = "") -> list[str]:
    """Complete the last of several words with commas between; it may follow one of the `signs`."""
    before, comma, last = typed.rpartition(",")
    sign = last[:1] if last[:1] and last[:1] in signs else ""
    return [f"{before}{comma}{sign}{each}" for each in _beginning(values, last.removeprefix(sign))]


def _record(latest: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((latest / "run.json").read_bytes())
    return record


def _contacts(latest: Path) -> pl.LazyFrame:
    import polars as pl  # noqa: PLC0415 - it takes time to import

    return pl.scan_parquet(latest / "contacts.parquet", glob=False, hive_partitioning=False)


def _columns(latest: Path) -> list[str]:
    return _contacts(latest).collect_schema().names()


def owners(latest: Path, typed: str) -> Iterable[str]:
    """Complete owners of contacts."""
    names = _contacts(latest).select("owner").unique().collect()["owner"]
    return _beginning((*names, "Unassigned"), typed)


def tags(latest: Path, typed: str) -> Iterable[str]:
    """Complete tags of contacts."""
    names = _contacts(latest).select("tags").explode("tags").unique().collect()["tags"]
    return _beginning(names, typed)


def scores(latest: Path, typed: str) -> Iterable[str]:
    """Complete the names of scores."""
    return _beginning((each["name"] for each in _record(latest)["scores"]), typed)


def columns(latest: Path, typed: str) -> Iterable[str]:
    """Complete the last of several columns."""
    return _in_list((*OWN_COLUMNS, *_columns(latest)), typed)


def sort_keys(latest: Path, typed: str) -> Iterable[str]:
    """Complete the last of several keys to sort by; `-` before one turns its order round."""
    return _in_list((*SORT_KEYS, *_columns(latest)), typed, "-")


def runs(latest: Path, typed: str) -> Iterable[str]:
    """Complete the ids of the runs that lie beside the latest, newest first."""
    folder = latest.parent / "runs"
    names = (path.name for path in folder.iterdir() if not path.name.startswith("."))
    return reversed(_beginning(names, typed))


def contacts(latest: Path, typed: str) -> Iterable[str]:
    """Complete contacts, from three characters on: ids by their start, then e-mails."""
    import polars as pl  # noqa: PLC0415 - it takes time to import

    if len(typed) < LEAST_TYPED:
        return []
    table = _contacts(latest)
    found: list[str] = []
    for name, start in (("contact_id", pl.lit(typed)), ("email", pl.lit(typed.lower()))):
        if name in table.collect_schema().names():
            cells = pl.col(name) if name == "contact_id" else pl.col(name).str.to_lowercase()
            some = table.filter(cells.str.starts_with(start)).select(name).unique().sort(name)
            found += some.head(MOST).collect()[name].to_list()
    return list(dict.fromkeys(found))[:MOST]


def presets(_latest: Path, typed: str) -> Iterable[str]:
    """Complete the presets, and the formats of write-backs."""
    from flamescore.project import all_formats, all_presets  # noqa: PLC0415 - help does not wait for it

    return _beginning((*all_presets(), *(f"write_back/{each}" for each in all_formats())), typed)


def report_formats(_latest: Path, typed: str) -> Iterable[str]:
    """Complete the formats of a report."""
    return _beginning(("table", "html", "md", "xlsx"), typed)


VALUES: Final[dict[str, Completing]] = {
    "owner": _completing(owners),
    "tag": _completing(tags),
    "score": _completing(scores),
    "columns": _completing(columns),
    "sort": _completing(sort_keys),
    "run": _completing(runs),
    "against": _completing(runs),
    "contact": _completing(contacts),
    "preset": _completing(presets),
    "form": _completing(report_formats),
}
"""By the name of a flag's or argument's parameter: what completes it, unless its own type has choices."""
