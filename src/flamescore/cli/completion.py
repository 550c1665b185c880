"""Shell completion: the values of flags, taken only from the latest run, and never from exports.

Since the shell waits for it, the published files are opened directly, without verifying checksums, and Polars
is imported only to read tables. Any error completes nothing, silently.
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
"""Yields values from the folder of the latest run, given the typed prefix."""

Completing: TypeAlias = "Callable[[Any, Any, str], list[str]]"
"""Typer's completion callback: it takes the context, the parameter, and the typed prefix of its value."""

MOST: Final = 50
"""The maximum number of contacts to complete."""

LEAST_TYPED: Final = 3
"""The minimum number of characters to type before contacts are completed."""

OWN_COLUMNS: Final = (
    "rank", "place", "score", "flames", "percentile", "percent_of_ideal", "last_activity_at",
    "reason_1", "reason_2", "reason_3", "change", "newly_hot",
)  # fmt: skip
"""The values of `--columns` besides the columns of contacts."""

SORT_KEYS: Final = (
    "rank", "score", "flames", "percentile", "last_activity", "change", "name", "company", "owner",
    "contact_id",
)  # fmt: skip
"""The values of `--sort` besides the columns of contacts."""

_OBEYED: Final = frozenset("\\`$;|&<>!")
"""Values with one of these are not completed: once on the command line, the shell could run part of them."""


def _completing(values: Values) -> Completing:
    """Return a callback for Typer that completes nothing if an error occurs."""

    def completed(ctx: Any, _param: Any, typed: str) -> list[str]:  # noqa: ANN401 - Typer's own classes
        try:
            found = values(_latest(ctx.params.get("config")), typed)
            return [each for each in found if _is_safe(each, typed)]
        except BaseException:  # noqa: BLE001 - also panics of Polars; the shell must not see any error
            return []

    return completed


def _latest(config: str | None) -> Path:
    from flamescore.project import find_settings  # noqa: PLC0415 - takes 50 ms, which help should not wait for

    return find_settings(config).output_folder / "latest"


def _is_safe(value: str, typed: str) -> bool:
    """Return whether a value is safe on a command line: not special to shell or terminal, and not a flag."""
    is_flag = value.startswith("-") and not typed.startswith("-")
    return bool(value) and not is_flag and not _OBEYED & set(value) and for_cell(value) == value


def _beginning(values: Iterable[Any], typed: str) -> list[str]:
    """Return the values that begin with the typed prefix, ignoring case, sorted and deduplicated."""
    start = typed.casefold()
    return sorted(
        {str(each) for each in values if each is not None and str(each).casefold().startswith(start)}
    )


def _in_list(values: Iterable[str], typed: str, signs: str = "") -> list[str]:
    """Complete the last of several comma-separated words; it may be prefixed with one of the `signs`."""
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
    """Complete the last of several sort keys; a `-` prefix reverses the order of a key."""
    return _in_list((*SORT_KEYS, *_columns(latest)), typed, "-")


def runs(latest: Path, typed: str) -> Iterable[str]:
    """Complete the ids of the runs in the output of the latest run, newest first."""
    folder = latest.parent / "runs"
    names = (path.name for path in folder.iterdir() if not path.name.startswith("."))
    return reversed(_beginning(names, typed))


def contacts(latest: Path, typed: str) -> Iterable[str]:
    """Complete contacts, from three characters on: first ids, then e-mail addresses."""
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
    """Complete the presets, and the write-back formats."""
    from flamescore.project import all_formats, all_presets  # noqa: PLC0415 - help should not wait for it

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
"""The completion callbacks by parameter name. Parameters whose own type has choices don't use them."""
