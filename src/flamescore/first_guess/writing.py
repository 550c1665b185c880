"""Write two files so that there are both or neither, wherever the program is killed.

Renaming two files takes two steps, and between them there would be one. So both places become links first,
to files in a hidden folder that is not there yet: nobody finds a file behind them. Then the folder is renamed
into its place, which makes both files appear at once. Then each link is replaced by its file. For `a`, `b`:

    killed after                             a             b
    both are written into `.new`             nothing       nothing
    a and b are links                        leads nowhere leads nowhere
    `.new` is the hidden folder              leads to it   leads to it
    its first file is moved over a           a file        leads to it
    its second file is moved over b          a file        a file

`tidy` brings what a kill has left to the first or to the last of these.
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
    """Write files by their places, all or none. `folder` is on the same disk as they are.

    Raises:
        UsageError: there is one already; nothing is changed then.
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
    """See that no file is at one of the places yet.

    Raises:
        UsageError: there is.
    """
    for place in places:
        if os.path.lexists(place):
            text = f"{place.name} is already here; init never overwrites."
            hint = "Rename it, or delete it, or see what would be written: --dry-run."
            raise UsageError(Problem(EXISTS, text, hint=hint))


def tidy(places: tuple[Path, ...], folder: Path) -> None:
    """Finish what was begun and killed, if the files had appeared; else take away what was begun."""
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
            place.symlink_to(_link(place, hidden / str(number)))  # which refuses a place that is taken
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
    """Return the link from a place to a file, which goes with the folder when that is moved."""
    return type(place)(os.path.relpath(to, place.parent))


def _flushed(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
