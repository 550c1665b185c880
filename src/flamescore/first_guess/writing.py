"""Write two files atomically: whenever the process is killed, either both exist or neither does.

Renaming two files takes two steps, with only one file in place in between. Therefore both paths first become
symbolic links to files in a hidden folder that doesn't exist yet, so that the links dangle. Then the folder
is renamed into place, which makes both files appear at once. Finally each link is replaced by its file. For
`a` and `b`:

    killed after                             a             b
    both are written into `.new`             missing       missing
    a and b are links                        dangling link dangling link
    `.new` is renamed to the hidden folder   valid link    valid link
    its first file is moved over a           file          valid link
    its second file is moved over b          file          file

After a kill, `tidy` restores the first or completes the last of these states.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from flamescore.errors import OutputError, Problem, UsageError
from flamescore.stopping import unbroken

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

EXISTS: Final = "G001"
_HIDDEN: Final = ".flamescore-init"
_NEW: Final = f"{_HIDDEN}.new"


def write_both(files: Mapping[Path, str], folder: Path) -> None:
    """Write files to their paths, all or none. `folder` must be on the same file system.

    Raises:
        UsageError: one of them already exists; nothing is changed.
        OutputError: they can't be written.
    """
    try:
        with unbroken():
            tidy(tuple(files), folder)
            refuse(tuple(files))
            _write(files, folder)
    except OSError as error:
        why = error.strerror or "the system refused"
        names = " and ".join(place.name for place in files)
        raise OutputError(Problem("O007", f"{names} can't be written: {why}.")) from None


def refuse(places: tuple[Path, ...]) -> None:
    """Check that none of the paths exists yet.

    Raises:
        UsageError: one of them does.
    """
    for place in places:
        if os.path.lexists(place):
            text = f"{place.name} is already here; init never overwrites."
            hint = "Rename it, or delete it, or see what would be written: --dry-run."
            raise UsageError(Problem(EXISTS, text, hint=hint))


def tidy(places: tuple[Path, ...], folder: Path) -> None:
    """Complete an interrupted write if the files had already appeared; otherwise remove its leftovers."""
    hidden = folder / _HIDDEN
    for number, place in enumerate(places):
        if place.is_symlink() and place.readlink() == _link(place, hidden / str(number)):
            if place.exists():
                (hidden / str(number)).replace(place)
            else:
                place.unlink()
    for left in (hidden, folder / _NEW):
        shutil.rmtree(left, ignore_errors=True)


def _write(files: Mapping[Path, str], folder: Path) -> None:
    hidden, new = folder / _HIDDEN, folder / _NEW
    linked: list[Path] = []
    try:
        new.mkdir()
        for number, (place, text) in enumerate(files.items()):
            place.parent.mkdir(parents=True, exist_ok=True)
            _flushed(new / str(number), text)
        for number, place in enumerate(files):
            place.symlink_to(_link(place, hidden / str(number)))  # fails if the path exists
            linked.append(place)
        new.rename(hidden)
    except BaseException:
        for place in linked:
            place.unlink(missing_ok=True)
        shutil.rmtree(new, ignore_errors=True)
        raise
    for number, place in enumerate(files):
        (hidden / str(number)).replace(place)
    with suppress(OSError):
        hidden.rmdir()


def _link(place: Path, to: Path) -> Path:
    """Return the relative link from a path to a file, which survives moving the folder."""
    return type(place)(os.path.relpath(to, place.parent))


def _flushed(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
