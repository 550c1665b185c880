"""Lists from files: `{file: lists/targets.csv, column: domain}` in place of a list of texts.

The caller that loads rules passes `Lists`, which knows where the files are. A list that can't be read is
reported at the line of `file:`, like any other fault of the rule file.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, Protocol, Self

from flamescore.rules.reading import must_be, rule_reading
from flamescore.rules.scalars import NAME
from flamescore.schema_reader import Key, Shape, ValueType

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from flamescore.rules.reading import RuleReading
    from flamescore.schema_reader import At

MOST_VALUES: Final = 1_000_000
MOST_PARTS: Final = 10_000
"""Maximum number of texts for `contains` and similar operators, which search every cell for each text."""


class ListValues(tuple[str, ...]):  # noqa: SLOT001 - a tuple of variable length can't have slots
    """The values of a list from a file: distinct stripped texts, in the order of the file.

    Two lists are equal if their path (as written), column and hash are. This keeps lookups cheap, since lists
    of a million values are keys in many tables. `hash` is the SHA-256 of the file's bytes, in hex, and `size`
    is their number. `file` is the file that was read, None if the values come from an earlier run.
    """

    path: str
    column: str | None
    hash: str
    size: int
    file: Path | None

    def __new__(
        cls,
        values: Iterable[str],
        *,
        path: str,
        column: str | None = None,
        hash: str = "",  # noqa: A002 - its name in the run's record
        size: int = 0,
        file: Path | None = None,
    ) -> Self:
        """Create a list from distinct values."""
        made = super().__new__(cls, values)
        made.path, made.column, made.hash, made.size, made.file = path, column, hash, size, file
        return made

    @property
    def _key(self) -> tuple[str, str | None, str]:
        return self.path, self.column, self.hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ListValues) and self._key == other._key

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._key)


class ListRefusedError(Exception):
    """A list can't be loaded. Has the code of the problem, its message, and its hint."""

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


class Lists(Protocol):
    """The source of the lists of a rule file: files in a folder, or an earlier run."""

    def values(self, path: str, column: str | None) -> ListValues:
        """Return the values of a list; each file and column is read only once.

        Raises:
            ListRefusedError: it can't be read, or has no values or too many.
        """


LIST_FILE: Final = Shape(
    "ListFile",
    "A list that lies in a file: a `.csv` with a `column`, or a `.txt` with one value a line.",
    {
        "file": Key(NAME, "The file; its path is relative to the rule file.", needed=True),
        "column": Key(NAME, "The column of a `.csv` that has the values, exactly as its header has it."),
    },
    must_be=must_be("A list from a file is a mapping such as `{file: lists/targets.csv, column: domain}`"),
)


def from_file(most: int = MOST_VALUES) -> ValueType:
    """Return the type of a list from a file with at most `most` values; it is read as a `ListValues`."""

    def read(at: At) -> ListValues:
        return _read(at, most)

    return ValueType(read, LIST_FILE.type.schema)


def or_from_file(listed: ValueType, most: int = MOST_VALUES) -> ValueType:
    """Return the type of a list that is either in the rule file itself or in a file of its own."""
    of_file = from_file(most)
    return ValueType(
        lambda at: of_file(at) if at.node.kind == "mapping" else listed(at),
        {"anyOf": [listed.schema, of_file.schema]},
    )


def _read(at: At, most: int) -> ListValues:
    found = LIST_FILE.read(at)
    path, column = found["file"].strip(), found.get("column")
    written = at.child("file")
    assert written is not None
    if "://" in path:
        written.refuse("R160", f"The list `{path}` can't be read: it is an address, and no file.", _FETCH)
    kind = PurePosixPath(path).suffix.lower()
    if kind not in (".csv", ".txt"):
        written.refuse("R164", f"`{path}` is not a list: {_FORMS}", "Save it as one of these.")
    if kind == ".csv" and column is None:
        hint = f"Write `{{file: {path}, column: ...}}`."
        written.refuse("R164", f"The list `{path}` needs a `column`: {_FORMS}", hint)
    if kind == ".txt" and column is not None:
        written.refuse("R164", f"The list `{path}` has no columns: {_FORMS}", "Remove `column`.")
    reading = rule_reading(at)
    if not reading.is_enabled(at.path):
        return ListValues((), path=path, column=column)  # not used
    values = _values(reading, written, path, column)
    if len(values) > most:
        message = f"The list `{path}` has {len(values):,} values; after {at.label} {most:,} are the most."
        written.refuse("R163", message, "Remove values, or split the list.")
    reading.lists_used.append((at.path, values))
    return values


def _values(reading: RuleReading, written: At, path: str, column: str | None) -> ListValues:
    if reading.lists is None:
        written.refuse("R160", f"The list `{path}` can't be read: nothing says in which folder lists lie.")
    try:
        return reading.lists.values(path, column)
    except ListRefusedError as error:
        written.refuse(error.code, error.message, error.hint)


_FETCH: Final = "Save it as a file, and name that."
_FORMS: Final = "a list is a `.csv` with a `column`, or a `.txt` without."
