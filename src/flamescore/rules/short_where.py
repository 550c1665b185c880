"""The short form of `search --where`: `country=US`, `employees>100`, `name~smith`.

text                    column      operator   value
country=US              country     equals     US, a text
employees >= 100        employees   at_least   100, a number
Renewal<2026-12-01      Renewal     less_than  2026-12-01, a date
url!=a=b                url         not_equals a=b: it is split at the leftmost operator
phone~555               phone       contains   555, always a text
country=[US, CA]        country     in         a YAML list, mapping or quoted text is parsed as YAML
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from flamescore.errors import Problem, Where
from flamescore.units import parse_time
from flamescore.yaml_tree import Node, Span, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

OPERATORS: Final[Mapping[str, str]] = {
    "!=": "not_equals",
    ">=": "at_least",
    "<=": "at_most",
    "=": "equals",
    ">": "more_than",
    "<": "less_than",
    "~": "contains",
}
_ORDERINGS: Final = ("at_least", "at_most", "more_than", "less_than")
_SHORT: Final = re.compile(r"\s*([^{}]*?)\s*(!=|>=|<=|[=<>~])\s*(.*?)\s*", re.DOTALL)
_AS_YAML: Final = ("[", "{", "'", '"')
HINT: Final = "Write `country=US`, or `{country: US, employees: {at_least: 100}}`."


class ShortWhere(Struct, frozen=True):
    """A condition in its short form: `operator` is that of the rule language, `value` is as typed."""

    column: str
    operator: str
    value: str
    text: str
    places: tuple[int, int, int]
    """Where column, operator and value begin in the text."""

    sign: str

    def node(self, name: str) -> Node | Problem:
        """Return the equivalent mapping of column to predicate, or what is wrong with it."""
        at, of, begins = self.places
        if not self.column:
            return Problem("R110", f"`{self.text.strip()}` names no column.", Where(name), HINT)
        if not self.value:
            return Problem("R110", f"`{self.text.strip()}` asks for nothing.", Where(name), HINT)
        value = self._value(begins)
        if self.operator in _ORDERINGS and value.kind != "number" and parse_time(self.value) is None:
            message = f"`{self.sign}` needs a number or a date, not `{self.value}`."
            hint = f"Write `{self.column}{self.sign}100`, or `{self.column}{self.sign}2026-12-31`."
            return Problem("R110", message, Where(name), hint)
        key = Span(1, at + 1, len(self.column))
        if self.operator != "equals":
            sign = Span(1, of + 1, len(self.sign))
            one, place = {self.operator: value}, {self.operator: sign}
            value = Node("mapping", sign, entries=one, keys=place, height=1)
        return Node("mapping", key, entries={self.column: value}, keys={self.column: key})

    @property
    def is_text(self) -> bool:
        """Return whether the value is compared as a text."""
        return self._value(0).kind == "text"

    def _value(self, begins: int) -> Node:
        """Return the value: a number if it parses as one, otherwise a text; YAML in brackets or quotes."""
        as_text = Node("text", Span(1, begins + 1, len(self.value)), scalar=self.value, written=self.value)
        if self.operator == "contains":
            return as_text
        parsed = parse(" " * begins + self.value, "")
        if parsed.document is None or parsed.problems:
            return as_text
        root = parsed.document.root
        yaml = self.operator == "equals" and self.value.startswith(_AS_YAML)
        return root if yaml or root.kind == "number" else as_text


def short_where(text: str) -> ShortWhere | None:
    """Parse a condition in its short form; return None if it has another form, such as YAML in braces."""
    found = _SHORT.fullmatch(text)
    if found is None:
        return None
    column, sign, value = found[1], found[2], found[3]
    places = (found.start(1), found.start(2), found.start(3))
    return ShortWhere(column, OPERATORS[sign], value, text, places, sign)
