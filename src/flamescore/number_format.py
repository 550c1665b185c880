"""How the numbers of a column are written (`numbers:`), and how a cell is parsed.

A worked example, with `{decimal: ",", thousands: ".", currency: true}`: in the cell `-€ 1.250,50` the sign is
`-`, the currency mark `€`, the integer part `1.250` (one digit and a group of three), the decimals `50`. The
text is `-1250.50`, which every number parser accepts. `1.25` does not parse: a group has three digits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    import polars as pl

DECIMALS: Final = (".", ",")
THOUSANDS: Final[dict[str, str]] = {
    ",": ",",
    ".": ".",
    "'": "'\u2019",
    "_": "_",
    "space": " \u00a0\u2009\u202f",
}
"""The separators of groups of three digits, each with the characters accepted for it."""

KEYS: Final = ("decimal", "thousands", "currency", "percent", "parentheses")
_SPACE: Final = r"[ \x{a0}\x{2009}\x{202f}]"
_SIGN: Final = r"[+\-\x{2212}]?"
_POWER: Final = "(?:[eE][+-]?[0-9]+)"
_NO_MARK: Final = re.compile(r"[0-9+\-\u2212()%]")


class NumberFormat(Struct, frozen=True):
    """How numbers are written. `currency` is whether a mark is allowed, or the only marks allowed."""

    decimal: str = "."
    thousands: str | None = None
    currency: bool | tuple[str, ...] = False
    percent: bool = False
    parentheses: bool = False

    @property
    def clash(self) -> str | None:
        """Return why the format is ambiguous (P026: both separators are the same), or None."""
        if self.decimal != self.thousands:
            return None
        return f'`decimal` and `thousands` are both "{self.decimal}"'

    @property
    def written(self) -> str:
        """Return it as YAML on one line: the keys that differ from their defaults, `decimal` if none do."""
        parts = []
        if self.decimal != "." or self == NumberFormat():
            parts.append(f'decimal: "{self.decimal}"')
        if self.thousands is not None:
            parts.append(
                f"thousands: {self.thousands if self.thousands == 'space' else _quoted(self.thousands)}"
            )
        if self.currency:
            parts.append(f"currency: {_marks_as_yaml(self.currency)}")
        parts += [f"{key}: true" for key in ("percent", "parentheses") if getattr(self, key)]
        return f"{{{', '.join(parts)}}}"

    def plain(self, cell: pl.Expr) -> pl.Expr:
        """Return the cells of a String column as plain number text: `-1250.50`, `.5`, `1e3`.

        Null if a cell is missing or does not parse. Digits are kept unchanged, so nothing is rounded. A
        percentage is the number before the sign; `(5)` is `-5`.
        """
        import polars as pl  # noqa: PLC0415 - reading a project file does not need it

        trimmed = cell.str.strip_chars()
        number = trimmed.str.extract(self._lead + rf"({self._number}{_POWER}?)")
        for mark in THOUSANDS[self.thousands] if self.thousands is not None else "":
            number = number.str.replace_all(mark, "", literal=True)
        if self.decimal != ".":
            number = number.str.replace(self.decimal, ".", literal=True)
        negative = trimmed.str.contains(r"^(?:\(|[^0-9]*[-\x{2212}])")
        text = pl.when(negative).then("-" + number).otherwise(number)
        return pl.when(trimmed.str.contains(self._pattern)).then(text).name.keep()

    @property
    def _pattern(self) -> str:
        """The grammar: `(`? sign? mark? sign? number mark? `%`? `)`?, with at most one sign and one mark."""
        number = self._number
        percent = f"(?:{_SPACE}?%)?" if self.percent else ""

        def inside(sign: str) -> str:
            ways = [f"{sign}{number}{_POWER}?", f"{sign}{number}{percent}"]
            if self.currency:
                before = f"(?:{sign}{self._mark}{_SPACE}?|{self._mark}{_SPACE}?{sign})"
                ways += [f"{before}{number}{percent}", f"{sign}{number}{_SPACE}?{self._mark}{percent}"]
            return "|".join(ways)

        brackets = rf"|\((?:{inside('')})\)" if self.parentheses else ""
        return f"^(?:{inside(_SIGN)}{brackets})$"

    @property
    def _lead(self) -> str:
        """What may precede the number."""
        mark = f"(?:{self._mark}{_SPACE}?)?" if self.currency else ""
        return rf"^\(?{_SIGN}{mark}{_SIGN}"

    @property
    def _mark(self) -> str:
        if not isinstance(self.currency, tuple):
            return r"(?:\p{Sc}|[A-Z]{3})"
        longest_first = sorted(self.currency, key=len, reverse=True)
        return f"(?:{'|'.join(_literal(each) for each in longest_first)})"

    @property
    def _number(self) -> str:
        marks = THOUSANDS[self.thousands] if self.thousands is not None else ""
        grouped = [rf"[0-9]{{1,3}}(?:{_literal(each)}[0-9]{{3}})+" for each in marks]
        whole, decimal = "|".join((*grouped, "[0-9]+")), _literal(self.decimal)
        return f"(?:(?:{whole})(?:{decimal}[0-9]+)?|{decimal}[0-9]+)"


class Numbers(Struct, frozen=True):
    """How the numbers of a source are written: in all columns (`every`), or in some (`columns`)."""

    every: NumberFormat | None = None
    columns: tuple[tuple[str, NumberFormat], ...] = ()

    def of(self, *names: str) -> NumberFormat | None:
        """Return the format of a column by its mapped name or its header; None if none is declared."""
        return next((form for name in names for key, form in self.columns if key == name), self.every)

    def clashes(self) -> list[tuple[tuple[str, ...], str]]:
        """Return the ambiguous formats (P026): the path of keys to each, and a message."""
        named = [((key,), form) for key, form in self.columns]
        every = [] if self.every is None else [((), self.every)]
        return [(path, form.clash) for path, form in (*every, *named) if form.clash is not None]


def read_numbers(value: object) -> Numbers:
    """Parse `numbers:`; raise a `ValueError` with the message for what is wrong (P023).

    If every value is a mapping, the keys are columns. If none is, it is one format for the whole source.
    """
    if isinstance(value, Numbers):
        return value
    if not isinstance(value, Mapping):
        msg = (
            "must be a mapping, of columns or of `decimal`, `thousands`, `currency`, `percent`, `parentheses`"
        )
        raise ValueError(msg)  # noqa: TRY004 - the caller reports a ValueError
    inner = [isinstance(each, Mapping) for each in value.values()]
    if inner and all(inner):
        columns = ((str(key), read_format(each, str(key))) for key, each in value.items())
        return Numbers(columns=tuple(columns))
    if any(inner):
        msg = "must be one format for the whole source or one for each column, not a mixture"
        raise ValueError(msg)
    return Numbers(every=read_format(value))


def read_format(value: Mapping[str, object], column: str | None = None) -> NumberFormat:
    """Parse one format; raise a `ValueError` for an invalid key or value (P023), naming its column."""
    of = f" of `{column}`" if column is not None else ""
    for key in value:
        if key not in KEYS:
            msg = f"has the key `{key}`{of}; known are {', '.join(f'`{each}`' for each in KEYS)}"
            raise ValueError(msg)
    decimal, thousands = value.get("decimal", "."), value.get("thousands")
    if decimal not in DECIMALS:
        msg = f'`decimal`{of} must be "." or ","'
        raise ValueError(msg)
    if thousands is not None and thousands not in [*THOUSANDS]:
        msg = f'`thousands`{of} must be ",", ".", "\'", "_" or `space`'
        raise ValueError(msg)
    for key in ("percent", "parentheses"):
        if not isinstance(value.get(key, False), bool):
            msg = f"`{key}`{of} must be `true` or `false`"
            raise ValueError(msg)  # noqa: TRY004 - as above
    return NumberFormat(
        str(decimal),
        None if thousands is None else str(thousands),
        _currency(value.get("currency", False), of),
        value.get("percent") is True,
        value.get("parentheses") is True,
    )


def _currency(value: object, of: str) -> bool | tuple[str, ...]:
    if isinstance(value, bool):
        return value
    marks = value if isinstance(value, list | tuple) else [value]
    texts = tuple(each for each in marks if isinstance(each, str))
    if not texts or len(texts) < len(marks) or any(_is_no_mark(each) for each in texts):
        msg = f"`currency`{of} must be `true`, `false`, a mark such as `€` or a list of marks without digits"
        raise ValueError(msg)
    return texts


def _is_no_mark(text: str) -> bool:
    """Return whether a text could be mistaken for a part of the number itself."""
    return not text or text != text.strip() or text in DECIMALS or _NO_MARK.search(text) is not None


def _literal(text: str) -> str:
    """Return a text as a Polars regular expression that matches it literally."""
    return "".join(f"\\x{{{ord(each):x}}}" for each in text)


def _quoted(text: str) -> str:
    return f'"{text}"'


def _marks_as_yaml(currency: bool | tuple[str, ...]) -> str:  # noqa: FBT001 - the value of a key
    if isinstance(currency, bool):
        return "true"
    texts = [_quoted(each.replace("\\", "\\\\").replace('"', '\\"')) for each in currency]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
