"""Expand patterns and walk folders: each file once, and no link leads out of the folder that was named."""

from __future__ import annotations

import glob
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flamescore.project import expanded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ANY_FOLDERS: Final = "**"
HIDDEN_IN_FOLDERS: Final = "._"
_HIDDEN_IN_PATTERNS: Final = "."


@dataclass
class Walked:
    """What lies below a folder: its folders (itself too), its files, and the links that lead out of it.

    Every folder and file is there once, however many links lead to it, under its own name where it has a
    visible one.
    """

    folders: list[Path] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    led_out: list[Path] = field(default_factory=list)


def walk(root: Path, hidden: str = HIDDEN_IN_FOLDERS) -> Walked:
    """Walk a folder. Names that begin with a character of `hidden` are left out."""
    found = Walked()
    seen: set[str] = set()
    real_root = Path(os.path.realpath(root))
    links = _below(root, hidden, found, seen)
    while links:
        link = links.pop(0)
        target = os.path.realpath(link)
        if not Path(target).is_relative_to(real_root):
            found.led_out.append(link)
        elif target not in seen and link.is_dir():
            links += _below(link, hidden, found, seen)
        elif target not in seen and link.is_file():
            seen.add(target)
            found.files.append(link)
    return found


def _below(top: Path, hidden: str, found: Walked, seen: set[str]) -> list[Path]:
    """Add folders and files that are no links; return the links, in order."""
    links: list[Path] = []
    waiting = [(top, os.path.realpath(top))]
    while waiting:
        folder, real = waiting.pop()
        if real in seen:
            continue
        seen.add(real)
        found.folders.append(folder)
        for entry in _entries(folder):
            if entry.name[0] in hidden:
                continue
            path = folder / entry.name
            if entry.is_symlink():
                links.append(path)
            elif entry.is_dir(follow_symlinks=False):
                waiting.append((path, os.path.join(real, entry.name)))  # noqa: PTH118 - a key, not a path
            elif entry.is_file(follow_symlinks=False):
                seen.add(os.path.join(real, entry.name))  # noqa: PTH118
                found.files.append(path)
    return sorted(links)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with suppress(PermissionError), os.scandir(folder) as entries:
        return list(entries)
    return []


@dataclass(frozen=True, slots=True)
class Matched:
    """The files that fit a pattern, in order, each once; and the links that `**` did not follow."""

    files: tuple[Path, ...]
    led_out: tuple[Path, ...] = ()


def match(pattern: str, folder: Path) -> Matched:
    """Return the files that fit a pattern, which is absolute, under a home (`~`) or relative to a folder.

    Neither the folder nor the home is part of the pattern, and a part of it that is the name of something
    means just that. A link that is matched by name is followed; `**` takes only what lies below the folder
    in which it stands.
    """
    base, parts = _split(pattern, folder)
    led_out: dict[Path, None] = {}
    files = _once(path for path in _expand(base, parts, led_out) if path.is_file())
    through = {link for link in led_out if any(parent in led_out for parent in link.parents)}
    return Matched(files, tuple(sorted(link for link in led_out if link not in through)))


def _split(pattern: str, folder: Path) -> tuple[Path, tuple[str, ...]]:
    path = Path(pattern)
    first, *rest = path.parts
    if path.is_absolute():
        return Path(path.anchor), tuple(rest)
    return (expanded(first), tuple(rest)) if first.startswith("~") else (folder, path.parts)


def _expand(base: Path, parts: Sequence[str], led_out: dict[Path, None]) -> Iterator[Path]:
    if not parts:
        yield base
        return
    first, *rest = parts
    if not glob.has_magic(first) or os.path.lexists(base / first):
        if os.path.lexists(base / first):
            yield from _expand(base / first, rest, led_out)
    elif first == ANY_FOLDERS:
        yield from _anywhere(base, rest, led_out)
    else:
        for name in sorted(glob.glob(first, root_dir=base)):  # noqa: PTH207 - Path.glob takes hidden ones too
            yield from _expand(base / name, rest, led_out)


def _anywhere(base: Path, rest: Sequence[str], led_out: dict[Path, None]) -> Iterator[Path]:
    if not base.is_dir():
        return
    below, real = walk(base, _HIDDEN_IN_PATTERNS), Path(os.path.realpath(base))
    led_out.update(dict.fromkeys(link for link in below.led_out if not rest or link.is_dir()))
    found = (each for folder in below.folders for each in _expand(folder, rest, led_out))
    for path in found if rest else below.files:
        if Path(os.path.realpath(path)).is_relative_to(real):
            yield path
        else:
            led_out[path] = None


def _once(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Leave each file once: under its own name rather than that of a link."""
    by_file: dict[str, list[Path]] = {}
    for path in paths:
        by_file.setdefault(os.path.realpath(path), []).append(path)
    return tuple(
        sorted(min(names, key=lambda name: (str(name) != real, name)) for real, names in by_file.items())
    )
