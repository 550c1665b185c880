"""The absence file: `name,from,to`, days with both ends included."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING, Final, TypeAlias

from flamescore.cells import fold, trim
from flamescore.errors import InputError, Problem, Where
from flamescore.project import Days
from flamescore.units import parse_time
from flamescore.yaml_tree import nearest_or_use

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from flamescore.project import Project

Away: TypeAlias = "Mapping[str, tuple[Days, ...]]"
"""By name in the team, the days on which the member is away."""

AWAY: Final = "A025"
_COLUMNS: Final = ("name", "from", "to")
_HINT: Final = "Leads would go to people who are away, so nothing is scored until it reads."


def away_of(project: Project) -> Away:
    """Read the absence file, if `route` names one.

    Raises:
        InputError: as for `read_away`.
    """
    route = project.settings.route
    if route is None or route.away is None:
        return {}
    return read_away(project.resolve(route.away), route.away, [each.name for each in project.settings.team])


def read_away(path: Path, shown: str, names: Sequence[str]) -> dict[str, tuple[Days, ...]]:
    """Read the file and return the days on which each member is away, by name as in the team.

    `shown` is the file's name in messages, `names` are those of the team. Lines without a cell are skipped,
    and so are further columns.

    Raises:
        InputError: the file or some of its rows can't be read; one error for all of them.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or "it can't be opened"
        raise InputError(Problem(AWAY, f"`{shown}` can't be read: {reason}.", Where(shown), _HINT)) from None
    except UnicodeDecodeError:
        raise InputError(Problem(AWAY, f"`{shown}` is not UTF-8.", Where(shown), _HINT)) from None
    found: dict[str, tuple[Days, ...]] = {}
    problems: list[Problem] = []
    members = {fold(name): name for name in names}
    for line, row in _rows(text, shown):
        parsed = _read(row, members, line, shown)
        if isinstance(parsed, Problem):
            problems.append(parsed)
        else:
            name, days = parsed
            found[name] = (*found.get(name, ()), days)
    if problems:
        raise InputError(problems)
    return found


def _rows(text: str, shown: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row that is not blank, with its line number."""
    records = csv.reader(StringIO(text, newline=""))
    try:
        header = [trim(cell) for cell in next(records, [])]
        lacking = [name for name in _COLUMNS if name not in header]
        if lacking:
            message = f"`{shown}` has no column `{lacking[0]}`."
            hint = "Its first line is `name,from,to`."
            raise InputError(Problem(AWAY, message, Where(shown, 1, 1), hint))
        before = records.line_num
        for cells in records:
            if any(trim(cell) for cell in cells):
                padded = [*cells, *[""] * len(header)]
                yield before + 1, {name: trim(cell) for name, cell in zip(header, padded, strict=False)}
            before = records.line_num
    except csv.Error as error:
        message = f"`{shown}` is not CSV: {error}."
        raise InputError(Problem(AWAY, message, Where(shown, records.line_num, 1), _HINT)) from None


def _read(
    row: Mapping[str, str], members: Mapping[str, str], line: int, shown: str
) -> tuple[str, Days] | Problem:
    where = Where(shown, line, 1)
    name = members.get(fold(row["name"]))
    if name is None:
        hint = nearest_or_use(row["name"], members.values())
        return Problem(AWAY, f"Nobody in the team is called `{row['name']}`.", where, hint)
    ends = []
    for column in ("from", "to"):
        day = parse_time(row[column])
        if type(day) is not date:
            text = f"`{column}` must be a day such as `2026-11-24`, not `{row[column]}`."
            return Problem(AWAY, text, where, _HINT)
        ends.append(day)
    first, last = ends
    if last < first:
        return Problem(AWAY, f"`to` ({last}) is before `from` ({first}).", where, "Swap the two days.")
    return name, Days(first, last)
