"""Lists that rules refer to by file: the values of a CSV column, or the lines of a text file."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from flamescore.cells import present
from flamescore.errors import InputError
from flamescore.exports.find import Found
from flamescore.exports.plan import plan_of
from flamescore.exports.records import REASONS
from flamescore.exports.table import open_table
from flamescore.exports.tempfiles import Spool
from flamescore.exports.validate import sound_records
from flamescore.input_errors import EMPTY, ENCODING
from flamescore.invisible import bare_ends
from flamescore.project import ContactsSource
from flamescore.rules import ListRefusedError, ListValues
from flamescore.text import printable
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from flamescore.errors import Problem
    from flamescore.exports.plan import Plan

MOST: Final = 1_000_000
_OFFERED: Final = 12
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
"""The first bytes of a file in UTF-16 or UTF-32."""

_UTF8: Final = "Save it as UTF-8."
_DAMAGE: Final = {
    "short_row": "it has fewer cells than the header",
    "long_row": "it has more cells than the header",
    "nul_byte": "it has a NUL byte",
    "stray_quote": "a cell has a quote inside",
    "unclosed_quote": "a quote is not closed",
    "too_long": "it is too long",
}


class ListFiles:
    """The lists in a folder; each file and column is read once.

    `known` are lists that were already read, from any folder.
    """

    def __init__(self, folder: Path, known: Iterable[ListValues] = ()) -> None:
        self.folder = folder
        self._read: dict[tuple[Path, str | None], ListValues | ListRefusedError] = {
            (each.file, each.column): each for each in known if each.file is not None
        }

    def values(self, path: str, column: str | None) -> ListValues:
        """Return the values of a list; its path is relative to the folder, or absolute.

        Raises:
            ListRefusedError: the list can't be read, is damaged, or has no values or too many.
        """
        file = self.folder / path
        key = file, column
        if key not in self._read:
            try:
                self._read[key] = _read(file, path, column)
            except ListRefusedError as error:
                self._read[key] = error
        found = self._read[key]
        if isinstance(found, ListRefusedError):
            raise found
        if found.path == path:
            return found
        return ListValues(found, path=path, column=column, hash=found.hash, size=found.size, file=found.file)


def list_hash(file: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hex; raise `OSError` if it can't be read."""
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _read(file: Path, path: str, column: str | None) -> ListValues:
    try:
        if not file.is_file():
            raise _no_file(file, path)
        size, digest = file.stat().st_size, list_hash(file)
        found = _lines(file, path) if column is None else _cells(file, path, column)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not a file name"
        raise ListRefusedError("R160", f"The list `{path}` can't be read: {why}.") from None
    values = tuple(dict.fromkeys(found))
    if not values:
        whose = f"The list `{path}`" if column is None else f"The column `{column}` of the list `{path}`"
        raise ListRefusedError("R162", f"{whose} has no values.", "Fill it in, or remove it.")
    if len(values) > MOST:
        message = f"The list `{path}` has {len(values):,} values; {MOST:,} are the most."
        raise ListRefusedError("R163", message, "Remove values, or split the list.")
    return ListValues(values, path=path, column=column, hash=digest, size=size, file=file)


def _no_file(file: Path, path: str) -> ListRefusedError:
    """Return the error for a missing file: what is there instead, or which nearby file was meant."""
    if file.is_dir():
        return ListRefusedError(
            "R160", f"The list `{path}` can't be read: it is a folder.", "Name a file in it."
        )
    if file.exists():
        return ListRefusedError("R160", f"The list `{path}` can't be read: it is not a plain file.")
    beside = sorted(each.name for each in file.parent.iterdir()) if file.parent.is_dir() else []
    meant = nearest(file.name, beside)
    hint = f"Looked in {printable(str(file.parent))}."
    if meant:
        hint = f"Did you mean `{printable(path[: len(path) - len(file.name)] + meant)}`?"
    return ListRefusedError("R160", f"The list `{path}` can't be read: the file does not exist.", hint)


def _lines(file: Path, path: str) -> list[str]:
    """Return the lines of a text file, trimmed, without blank ones."""
    data = file.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n?|\n", data[: error.start])) + 1
        raise ListRefusedError("R165", f"Line {line} of the list `{path}` is not UTF-8.", _UTF8) from None
    if "\0" in text:
        line = len(re.findall(r"\r\n?|\n", text[: text.index("\0")])) + 1
        raise _damaged(path, line, _DAMAGE["nul_byte"])
    return [value for line in re.split(r"\r\n?|\n", text) if (value := bare_ends(line))]


def _cells(file: Path, path: str, column: str) -> list[str]:
    """Return the cells of a column of a CSV file, trimmed, without missing ones.

    The file is read like an export with default settings, except that a damaged record is never taken for a
    footer, since a value would be lost silently.
    """
    with file.open("rb") as start:
        if start.read(4).startswith(_WIDE):
            raise ListRefusedError("R165", f"Line 1 of the list `{path}` is not UTF-8.", _UTF8)
    spec = ContactsSource(path=path, footer="none")
    state = file.stat()
    spool = Spool()
    try:
        table = open_table(Found(file, path, "csv", state.st_size, state.st_mtime_ns), spec, spool, 1)
        opened = plan_of(table, spec)
        _check_column(opened, path, column)
        plan, rejected = sound_records(opened, spool, 1)
        swept = rejected.sweep
        if swept is not None and swept.damaged:
            first = swept.places.row(0, named=True)
            raise _damaged(path, first["line"], _DAMAGE[REASONS[first["state"]]])
        cells = plan.table.collect(plan.table.scan().select(present(plan.column(column)).alias("value")))
        return cells["value"].drop_nulls().to_list()
    except InputError as error:
        raise _of_export(error.problems[0], path) from None
    finally:
        spool.close()


def _check_column(plan: Plan, path: str, column: str) -> None:
    table = plan.table
    if column in table.unclear:
        message = f"The list `{path}` has more than one column `{column}`."
        raise ListRefusedError("R161", message, "Rename one of them.")
    if column not in table.schema:
        known = tuple(table.schema)
        meant = nearest(column, known)
        hint = f"Did you mean `{printable(meant)}`?" if meant else _offer(known)
        raise ListRefusedError("R161", f"The list `{path}` has no column `{column}`.", hint)


def _offer(known: Sequence[str]) -> str:
    names = ", ".join(f"`{printable(name)}`" for name in known[:_OFFERED])
    return f"It has {names}{', ...' if len(known) > _OFFERED else ''}."


def _damaged(path: str, line: int, why: str) -> ListRefusedError:
    return ListRefusedError("R165", f"The list `{path}` is damaged at line {line}: {why}.", "Fix the line.")


def _of_export(problem: Problem, path: str) -> ListRefusedError:
    """Return the error on a list for a problem in reading it as an export."""
    if problem.code == EMPTY:
        return ListRefusedError("R162", f"The list `{path}` has no values.", "Fill it in, or remove it.")
    text = problem.message.removeprefix(f"{ContactsSource.KIND}: ")
    if problem.code == ENCODING:
        return ListRefusedError("R165", text.replace(f"`{path}`", f"the list `{path}`"), _UTF8)
    return ListRefusedError("R165", f"The list {text}", problem.hint)
