"""Find and open exports, and combine those that are one source."""

from __future__ import annotations

import glob
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from flamescore.errors import InputError
from flamescore.exports import kind_of, match, open_unmapped
from flamescore.first_guess.guess import LeftOut
from flamescore.first_guess.words import is_key, without_runs
from flamescore.input_errors import MISSING, fault
from flamescore.text import for_log

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flamescore.errors import FlamescoreError
    from flamescore.exports import Spool, Unmapped

DEPTH: Final = 3
"""How many levels of subfolders are searched for exports."""

_OUTPUT: Final = "out"
_SUBJECT: Final = re.compile(r"^(?:source|contacts|events|tag_history|opportunities): (`[^`]*` )?")
"""The beginning of a message on a source: its kind, and usually its path."""


class Export(Struct, frozen=True):
    """A possible source: its path relative to the project file, and its open files."""

    path: str
    files: Unmapped

    @property
    def name(self) -> str:
        """Return its file name."""
        return self.path.rpartition("/")[2]


def found_exports(paths: Sequence[str], folder: Path) -> tuple[str, ...]:
    """Return the exports at given paths, or those in a folder, relative to that folder.

    Without paths the folder itself is searched. Hidden entries, names that begin with `_`, folders named
    `out` and files in unknown formats are skipped.

    Raises:
        InputError: a path doesn't exist, or no export was found.
    """
    found: dict[str, None] = {}
    for path in (Path(each) for each in (paths or (str(folder),))):
        if path.is_dir():
            files = list(_below(path, DEPTH))
        elif path.is_file():
            files = [path]
        elif glob.has_magic(str(path)):
            files = list(match(str(path), Path.cwd()).files)
        else:
            files = []
        if not files and paths:
            raise fault(
                MISSING, f"There is no export `{for_log(str(path))}`.", f"It is looked for in {Path.cwd()}."
            )
        found.update(dict.fromkeys(_as_named(each, folder) for each in files))
    if not found:
        raise fault(
            MISSING,
            f"There is no export in {folder}.",
            "Copy some there, or name them: flamescore init exports/*.csv",
        )
    return tuple(sorted(found))


def _below(folder: Path, depth: int) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith((".", "_")):
            continue
        if entry.is_dir():
            if depth and entry.name != _OUTPUT and not entry.is_symlink():
                yield from _below(entry, depth - 1)
        elif kind_of(entry)[0] is not None and entry.is_file():
            yield entry


def _as_named(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()


def opened_exports(
    paths: Sequence[str], folder: Path, spool: Spool, alone: str | None = None
) -> tuple[tuple[Export, ...], tuple[LeftOut, ...]]:
    """Open exports, combine those that are one source, and return them and the unreadable ones, by path.

    In one folder, `clicks-2026-01.csv` and `clicks-2026-02.csv` with equal headers become `clicks-*.csv`,
    unless that pattern matches other files too. A table that exists in two formats is used once. The path
    `alone` is never combined with others.
    """
    opened: list[Export] = []
    left: list[LeftOut] = []
    for path in paths:
        try:
            opened.append(Export(path, open_unmapped(path, folder, spool, is_key)))
        except InputError as error:
            left.append(LeftOut(path, because(error)))
    groups: dict[tuple[object, ...], list[Export]] = {}
    for each in opened:
        spec = each.files.spec
        key = (
            each.path if each.path == alone else _pattern(each.path),
            each.files.headers,
            spec.header,
            spec.encoding,
        )
        groups.setdefault(key, []).append(each)
    together: list[Export] = []
    for members in groups.values():
        pattern = _pattern(members[0].path)
        if len(members) > 1 and _matched(pattern, folder) == {each.path for each in members}:
            together.append(Export(pattern, open_unmapped(pattern, folder, spool, is_key)))
        else:
            together += members
    standing, again = _once(sorted(together, key=lambda each: (each.path != alone, each.path)))
    return standing, tuple(sorted((*left, *again), key=lambda each: each.path))


def because(error: FlamescoreError) -> str:
    """Return the message of an export's error as the end of a sentence about the export."""
    text = for_log(error.problems[0].message).removesuffix(".")
    return _SUBJECT.sub(lambda found: "it " if found[1] else "", text)


def _pattern(path: str) -> str:
    """Return a path with runs of digits in its file name replaced by `*`."""
    parent, slash, name = path.rpartition("/")
    parts = without_runs(name.replace("*", "\0")).split("*")
    return glob.escape(parent) + slash + "*".join(glob.escape(each.replace("\0", "*")) for each in parts)


def _matched(pattern: str, folder: Path) -> set[str]:
    return {_as_named(each, folder) for each in match(pattern, folder).files}


def _once(exports: Sequence[Export]) -> tuple[tuple[Export, ...], list[LeftOut]]:
    """Separate exports from those that duplicate another export in a different format."""
    standing: dict[tuple[str, tuple[str, ...]], Export] = {}
    again = []
    for each in exports:
        bare = each.path[: len(each.path) - len(each.name)] + each.name.split(".", 1)[0]
        first = standing.setdefault((bare, each.files.headers), each)
        if first is not each:
            again.append(LeftOut(each.path, f"it has the columns of {first.path}, in another format"))
    return tuple(standing.values()), again
