"""Formats for times that don't parse, built from the cells themselves.

A worked example: in `3.4.2026 9.05` the time is `9.05` (`%H.%M`), and the rest has three numbers, the year
last: `%d.%m.%Y` or `%m.%d.%Y`. All cells with digits in the same positions have the same candidates and form
one shape. A candidate is kept if it parses every cell of its shape: `3.14.2026 9.05` leaves only the second.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct, field

from flamescore.exports.missing_columns import flow
from flamescore.exports.swapped_dates import twin
from flamescore.exports.times import UTC_ZONE, TimeFormat
from flamescore.project import EPOCHS, EXCEL
from flamescore.text import printable, shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

MOST: Final = 10_000
"""Maximum number of distinct cells, and of distinct digit masks, to examine, from the first ones."""

MOST_SHAPES: Final = 4
"""Number of shapes to report, the most common ones."""

_LONGEST: Final = 100
"""Number of characters of a cell to examine; no format parses more."""

_SHOWN: Final = 40
_FULL: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NAMES: Final = (
    {each.lower(): "%A" for each in _DAYS} | {each[:3].lower(): "%a" for each in _DAYS}
    | {each.lower(): "%B" for each in _FULL} | {each[:3].lower(): "%b" for each in _FULL}
)  # fmt: skip
_WORDS: Final = frozenset(
    {"t", "at", "on", "um", "uhr", "h", "u", "kl", "klo", "de", "del", "den", "le", "o", "clock"}
    | {"st", "nd", "rd", "th"}
)
"""Words that appear between the numbers of a time. Others may be a zone, or identify a person."""

_ZONE: Final = re.compile(r"(?P<space>\s?)(?P<zone>UTC|GMT|Z|[+-][0-9]{2}(?P<minutes>:?[0-9]{2})?)$")
_CLOCK: Final = re.compile(
    r"(?<![0-9])(?<![0-9][.:])(?P<hour>[0-9]{1,2})(?P<mark>[:.])[0-9]{2}"
    r"(?P<second>(?P=mark)[0-9]{2}(?:(?P<point>[.,])(?P<fraction>[0-9]+))?)?(?![0-9])(?![.:][0-9])"
    r"(?P<half>\s?[AaPp][Mm](?![A-Za-z]))?"
)
_ALONE: Final = re.compile(r"([0-9]{8})(?:([T ]?)([0-9]{6})|([0-9]{2}|[0-9]{4}))?")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?")
_PIECE: Final = re.compile(r"[0-9]+|[A-Za-z]+|.", re.DOTALL)
_FRACTIONS: Final = (3, 6, 9)
_MONTHS: Final = ("%B", "%b")


class TimeShape(Struct, frozen=True):
    """Cells that are written alike: their row count, one of them, and the formats that parse them all.

    `sample` is a cell if a format is known, or else only the shape of one, since it may not be a time.
    """

    rows: int
    sample: str
    formats: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """Return its line of the error (I007): ``56,198 are written like `13-05-2014`: `%d-%m-%Y` ``."""
        are = "is" if self.rows == 1 else "are"
        known = ", or ".join(f"`{printable(each)}`" for each in self.formats) or "no format is known"
        either = any(twin(each) in self.formats for each in self.formats)
        doubt = ": no day is past 12, look at the export" if either else ""
        return f"{self.rows:,} {are} written like `{self.sample}`: {known}{doubt}"


class UnreadTimes(Struct):
    """The cells of a column that don't parse, added in batches: the first distinct ones, and all counted."""

    first: dict[str, None] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, cells: pl.Series) -> None:
        """Add cells of a String column, in order; missing and blank ones are skipped."""
        trimmed = cells.str.strip_chars()
        trimmed = trimmed.filter(trimmed != "").str.head(_LONGEST).alias("cell")
        if len(self.first) < MOST:
            for cell in trimmed.unique(maintain_order=True).head(MOST):
                if len(self.first) < MOST:
                    self.first[cell] = None
        masks = trimmed.str.replace_all("[0-9]", "9").alias("mask")
        for mask, many in masks.to_frame().group_by("mask", maintain_order=True).len().iter_rows():
            if mask in self.counts or len(self.counts) < MOST:
                self.counts[mask] += many

    def shapes(self, reads: Callable[[pl.Series, str], bool] | None = None) -> list[TimeShape]:
        """Return the shapes, most common first, ties in order of appearance.

        `reads` returns whether a format parses every one of some cells.
        """
        reads = reads or reads_all
        cells: dict[tuple[str, ...], list[str]] = {}
        rows: Counter[tuple[str, ...]] = Counter()
        keys = _one_month({mask: candidates(mask) for mask in self.counts})
        for cell in self.first:
            mask = _mask(cell)
            if mask in keys:
                cells.setdefault(keys[mask], []).append(cell)
        for mask, many in self.counts.items():
            rows[keys[mask]] += many
        found = []
        for key, texts in cells.items():
            standing = tuple(form for form in key if reads(pl.Series("at", texts, dtype=pl.String), form))
            sample = printable(texts[0][:_SHOWN]) if standing else printable(shape(texts[0]))
            found.append(TimeShape(rows[key], sample, standing))
        return sorted(found, key=lambda each: -each.rows)


def lines(shapes: Iterable[TimeShape]) -> list[str]:
    """Return the lines of an error on times that don't parse, one for each of the most common shapes."""
    return [each.line for each in list(shapes)[:MOST_SHAPES]]


def cure(
    shapes: Iterable[TimeShape], *, declared: Sequence[str] = (), column: str | None = None
) -> str | None:
    """Return the YAML to paste: `at: {format: ...}` or `dates: {Column: ...}`; None if no format is known.

    It has the formats that are already `declared`, then the first one of each shape.
    """
    forms = list(dict.fromkeys((*declared, *(each.formats[0] for each in shapes if each.formats))))
    if len(forms) == len(declared):
        return None
    quoted = [printable(json.dumps(each, ensure_ascii=False)) for each in forms]
    value = quoted[0] if len(quoted) == 1 else f"[{', '.join(quoted)}]"
    return f"at: {{format: {value}}}" if column is None else f"dates: {{{flow(column)}: {value}}}"


def reads_all(cells: pl.Series, form: str) -> bool:
    """Return whether a format parses all of some cells; numbers must be in the years 1990 to 2100."""
    try:
        at = TimeFormat(UTC_ZONE, (form,)).read(cells).at
    except pl.exceptions.PolarsError:  # a format that the parser does not support
        return False
    sound = at.dt.year().is_between(1990, 2100) if form in (*EPOCHS, EXCEL) else at.is_not_null()
    return bool(sound.fill_null(value=False).all())


def candidates(cell: str) -> tuple[str, ...]:
    """Return the formats that a cell may be written in, likeliest first, whatever its digits are."""
    text = cell.strip()
    return _split(text) or _numeric(text)


def _numeric(text: str) -> tuple[str, ...]:
    return (*EPOCHS, EXCEL) if _NUMBER.fullmatch(text) else ()


def _split(text: str) -> tuple[str, ...]:
    """Split off the zone and the time, and build formats from the rest."""
    body, zone = text, ""
    named = _ZONE.search(text)
    if named is not None and (named["zone"].isalpha() or _clock(text[: named.start()]) is not None):
        body, zone = text[: named.start()], named["space"] + _zone_directive(named)
    clock = _clock(body)
    if clock is not None:
        dated = _dated(body[: clock.start()], body[clock.end() :])
        if dated:
            time = _time_directives(clock)
            return tuple(f"{before}{time}{after}{zone}" for before, after in dated) if time else ()
    return tuple(f"{before}{zone}" for before, _ in _dated(body, ""))


def _clock(text: str) -> re.Match[str] | None:
    """Return the last time of day in a text. It is never at the start, nor followed by more of a date."""
    found = [each for each in _CLOCK.finditer(text) if each.start() > 0]
    return found[-1] if found else None


def _zone_directive(found: re.Match[str]) -> str:
    if found["zone"].isalpha():
        return found["zone"]
    return "%#z" if found["minutes"] is None else "%:z" if ":" in found["minutes"] else "%z"


def _time_directives(clock: re.Match[str]) -> str | None:
    form = f"{'%I' if clock['half'] else '%H'}{clock['mark']}%M"
    if clock["second"]:
        form += f"{clock['mark']}%S"
    if clock["fraction"]:
        if clock["point"] == ",":
            if len(clock["fraction"]) not in _FRACTIONS:
                return None
            form += f",%{len(clock['fraction'])}f"
        else:
            form += "%.f"
    if clock["half"]:
        form += f"{clock['half'][:-2]}%p"
    return form


def _dated(before: str, after: str) -> list[tuple[str, str]]:
    """Return pairs of formats for the text before and after the time (a NUL marks its place)."""
    alone = _ALONE.fullmatch(before.strip()) if not after.strip() else None
    if alone is not None:
        return [(f"{_digits_alone(alone)}{before[len(before.rstrip()) :]}", after)]
    pieces = _PIECE.findall(f"{before}\0{after}")
    forms = [_NAMES.get(each.lower()) for each in pieces]
    numbers = [index for index, each in enumerate(pieces) if each.isdigit() and each.isascii()]
    words = (each for each, form in zip(pieces, forms, strict=True) if each.isalpha() and form is None)
    if any(not each.isascii() or each.lower() not in _WORDS for each in words):
        return []
    months = sum(form in _MONTHS for form in forms)
    texts = [pieces[index] for index in numbers]
    orders = (
        _with_month(texts)
        if months == 1
        else _without_month(texts, _mark(pieces, numbers))
        if not months
        else []
    )
    found = []
    for order in orders:
        named = dict(zip(numbers, order, strict=True))
        written = (named.get(i) or forms[i] or each.replace("%", "%%") for i, each in enumerate(pieces))
        first, _, rest = "".join(written).partition("\0")
        found.append((first, rest))
    return found


def _digits_alone(found: re.Match[str]) -> str:
    _, between, clock, more = found.groups()
    if clock is not None:
        return f"%Y%m%d{between}%H%M%S"
    return "%Y%m%d" + {None: "", 2: "%H", 4: "%H%M"}[len(more) if more else None]


def _mark(pieces: Sequence[str], numbers: Sequence[int]) -> str:
    return pieces[numbers[0] + 1] if numbers and numbers[0] + 1 < len(pieces) else ""


def _with_month(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """Return what the numbers next to the name of a month are: the first of one or two digits is the day."""
    sizes = [len(each) for each in texts]
    if sizes in ([4, 1], [4, 2]):
        return [("%Y", "%d")]
    if len(sizes) == 2 and sizes[0] <= 2 and sizes[1] in (2, 4):  # noqa: PLR2004 - digits of days and years
        return [("%d", "%Y" if sizes[1] == 4 else "%y")]  # noqa: PLR2004
    return []


def _without_month(texts: Sequence[str], mark: str) -> list[tuple[str, ...]]:
    """Return what three numbers are, likeliest first: if the separator is `/`, the month comes first."""
    sizes = [len(each) for each in texts]
    if len(sizes) != 3 or any(size > 2 and size != 4 for size in sizes):  # noqa: PLR2004 - digits of years
        return []
    long = [index for index, size in enumerate(sizes) if size == 4]  # noqa: PLR2004
    if long == [0]:
        return [("%Y", "%m", "%d"), ("%Y", "%d", "%m")]
    if long not in ([2], []):
        return []
    year = "%Y" if long else "%y"
    orders: list[tuple[str, ...]] = [("%d", "%m", year), ("%m", "%d", year)]
    orders = orders[::-1] if mark == "/" else orders
    return orders if long else [*orders, ("%y", "%m", "%d")]


def _mask(cell: str) -> str:
    return re.sub("[0-9]", "9", cell)


def _one_month(keys: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Group May, which is both a short and a long name, with the shape of long names, if any."""
    known = set(keys.values())
    for mask, key in keys.items():
        if re.search("(?<![a-z])may(?![a-z])", mask.lower()) and any("%b" in form for form in key):
            full = tuple(form.replace("%b", "%B") for form in key)
            if full in known:
                keys[mask] = full
    return keys
