"""The call list on a terminal: what a rep needs first, as wide as the terminal is.

Where a line a lead does not fit, each lead has two: name over company, e-mail over phone, flames over score.
Ids, addresses, numbers and times are never broken; names and companies are cut to what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flamescore.cli.terminal import show
from flamescore.report import number
from flamescore.tables import local_time, whole_percent
from flamescore.text import for_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

FLAME: Final = "▲"
GAP: Final = 2
LEAST: Final = 8
"""Characters that a cell which may be cut keeps."""


@dataclass(frozen=True, slots=True)
class _Column:
    header: str
    cells: list[str]
    right: bool = False
    cut: bool = False
    """Whether it may be cut where the terminal is narrow."""

    @property
    def width(self) -> int:
        return max(map(cell_len, (self.header, *self.cells)))


def show_call_list(rows: pl.DataFrame, further: Sequence[str], zone: ZoneInfo) -> None:
    """Show the rows of a search on the terminal; `further` are the other scores that were searched by."""
    show(_call_list(rows, further, zone, Console().width))


def _call_list(rows: pl.DataFrame, further: Sequence[str], zone: ZoneInfo, width: int) -> Table:
    one = _columns(rows, further, zone)
    optional = [name for name in ("owner", "contact_id") if name in one]
    while optional and _wide(one.values()) > width:
        del one[optional.pop()]
    if _wide(one.values()) <= width:
        return _laid_out([(column,) for column in one.values()], width)
    day, minute = zip(*(_halves(cell) for cell in one["last"].cells), strict=True)
    one |= {"last": _Column("Last", list(day)), "time": _Column("", list(minute))}
    pairs = [("rank",), ("name", "company"), ("email", "phone", "why"), ("flames", "score"), ("last", "time")]
    rest = [(name,) for name in one if name not in {each for pair in pairs for each in pair}]
    stacks = [tuple(one[name] for name in pair if name in one) for pair in (*pairs, *rest)]
    return _laid_out([stack for stack in stacks if stack], width)


def _halves(cell: str) -> tuple[str, str]:
    """Split `2026-11-20 08:05` into day and time."""
    day, _, minute = cell.partition(" ")
    return day, minute


def _columns(rows: pl.DataFrame, further: Sequence[str], zone: ZoneInfo) -> dict[str, _Column]:
    def texts(expression: pl.Expr) -> list[str]:
        cells = rows.select(expression.cast(pl.String)).to_series().fill_null("")
        return [for_cell(cell) for cell in cells]

    def own(name: str, header: str, *, cut: bool = False) -> None:
        if name in rows.columns and rows[name].is_not_null().any():
            found[name] = _Column(header, texts(pl.col(name)), cut=cut)

    if "routed_to" in rows.columns:
        owners = ["owner"] if "owner" in rows.columns else []
        rows = rows.with_columns(owner=pl.coalesce("routed_to", *owners))
    found = {"rank": _Column("", [f"{rank:,}" for rank in rows["rank"]], right=True)}
    own("name", "Name", cut=True)
    own("company", "Company", cut=True)
    own("phone", "Phone")
    own("email", "E-mail")
    if "name" not in found and "email" not in found:
        own("contact_id", "Id")
    found["flames"] = _Column("Flames", _drawn(rows["flames"]))
    better = zip(rows["score"], rows.select(whole_percent(pl.col("percentile"))).to_series(), strict=True)
    found["score"] = _Column("Score", [f"{number(score)} ({percent}%)" for score, percent in better])
    found["last"] = _Column("Last", texts(local_time(pl.col("last_activity_at"), zone)))
    for name in further:
        both = zip(_drawn(rows[f"{name}_flames"]), rows[f"{name}_score"], strict=True)
        found[f"\x00{name}"] = _Column(for_cell(name), [f"{drawn} {number(score)}" for drawn, score in both])
    own("why", "Why", cut=True)
    own("owner", "Owner", cut=True)
    own("contact_id", "Id")
    return found


def _drawn(flames: pl.Series) -> list[str]:
    return [FLAME * number + "·" * (5 - number) for number in flames.to_list()]


def _wide(columns: Iterable[_Column]) -> int:
    widths = [column.width for column in columns]
    return sum(widths) + GAP * (len(widths) - 1)


def _laid_out(stacks: Sequence[tuple[_Column, ...]], width: int) -> Table:
    natural = [max(column.width for column in stack) for stack in stacks]
    widths = _fitted(stacks, natural, width - GAP * (len(stacks) - 1))
    table = Table(box=box.SIMPLE_HEAD, padding=(0, GAP - 1, 0, 0), pad_edge=False, show_edge=False)
    for stack, most in zip(stacks, widths, strict=True):
        header = Text("\n".join(column.header for column in stack))
        table.add_column(
            header,
            no_wrap=True,
            overflow="ellipsis",
            justify="right" if stack[0].right else "left",
            min_width=most,
        )
    for row in range(len(stacks[0][0].cells)):
        table.add_row(*(_cell(stack, row, most) for stack, most in zip(stacks, widths, strict=True)))
    return table


def _fitted(stacks: Sequence[tuple[_Column, ...]], natural: list[int], room: int) -> list[int]:
    """Take what is too much from the columns that may be cut, the widest first."""
    widths = list(natural)
    floors = [
        max([LEAST, *(column.width for column in stack if not column.cut)])
        if any(column.cut for column in stack)
        else wide
        for stack, wide in zip(stacks, natural, strict=True)
    ]
    while sum(widths) > room:
        loose = [i for i, wide in enumerate(widths) if wide > floors[i]]
        if not loose:
            break
        widths[max(loose, key=lambda i: widths[i])] -= 1
    return widths


def _cell(stack: tuple[_Column, ...], number: int, most: int) -> Text:
    lines = [Text(column.cells[number], style=_style(column, first=i == 0)) for i, column in enumerate(stack)]
    for line in lines:
        line.truncate(most, overflow="ellipsis")
    return Text("\n").join(lines)


def _style(column: _Column, *, first: bool) -> str:
    if column.header == "Flames":
        return "red"
    if column.header == "Name":
        return "bold"
    return "" if first else "dim"
