"""Identify the files of a source by their first bytes: unpack zips, convert spreadsheets to CSV.

A worked example, a folder as `find` returns it:

    leads.csv        text: unchanged
    old.csv          begins like a gzip file: it is read as gzip, and a note reports it
    week.zip         becomes `week.zip/a.csv` and `week.zip/b.xlsx`; `readme.docx` inside is left out
    week.zip/b.xlsx  becomes a CSV of its first visible sheet
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field
from msgspec.structs import replace

from flamescore.errors import InputError
from flamescore.exports.find import HIDDEN_IN_FOLDERS, Found, kind_of, named, partition, these_instead
from flamescore.exports.first_bytes import ENOUGH, WEB_PAGE, nature
from flamescore.exports.spreadsheets import sheet_as_csv
from flamescore.exports.zips import is_spreadsheet, members, unzip
from flamescore.findings import Finding, InExport, scalar, severity_of
from flamescore.input_errors import EMPTY, GUESSED, MISSING, SHEETS, UNKNOWN, UNREADABLE, fault
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from flamescore.errors import Problem
    from flamescore.exports.find import FoundFiles
    from flamescore.exports.spreadsheets import Sheet
    from flamescore.exports.tempfiles import Spool
    from flamescore.exports.zips import Member
    from flamescore.project import Source

_NAMED: Final = 3
_PACKED: Final = {"gz": "gzip", "zst": "Zstandard"}


class Contents(Struct, frozen=True):
    """The files of a source as they will be read, and the findings about them."""

    files: tuple[Found, ...]
    findings: tuple[Finding, ...] = ()


class _Seen(Struct):
    """What to report about the files of a source, collected as they are examined."""

    unknown: list[str]
    packed: dict[str, list[str]] = field(default_factory=dict)
    sheets: list[tuple[Found, Sheet]] = field(default_factory=list)


def contents_of(found: FoundFiles, source: Source, spool: Spool) -> Contents:
    """Return the contents of the files of a source; copies of sheets and members go to the spool.

    Raises:
        InputError: a file is a web page, can't be unpacked, or is a zip without any file of a known format.
            Every such file is reported.
    """
    seen = _Seen(list(found.unknown))
    files: list[Found] = []
    problems: list[Problem] = []
    for each in found.files:
        try:
            files += _inside(each, source, spool, seen)
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return Contents(tuple(files), tuple(_findings(seen, source)))


def _inside(found: Found, source: Source, spool: Spool, seen: _Seen) -> Iterator[Found]:
    """Yield the file itself, or the members of a zip."""
    kind = _nature(found)
    if kind == "zip":
        for member, path in _unzipped(found, source, spool, seen):
            inner = _member(member, replace(found, path=path), source)
            if _nature(inner) == "zip":
                seen.unknown.append(inner.shown)
            else:
                yield _plain(inner, source, spool, seen)
    else:
        yield _plain(found, source, spool, seen)


def _nature(found: Found) -> str:
    """Return what a file is by its first bytes, or by its name if they do not identify it."""
    with found.path.open("rb") as file:
        kind = nature(file.read(ENOUGH))
    if kind == "zip" and (found.format == "spreadsheet" or is_spreadsheet(found.path)):
        return "spreadsheet"
    if found.format in ("spreadsheet", "zip") and kind not in ("empty", "web page", "zip"):
        return found.format
    return kind


def _plain(found: Found, source: Source, spool: Spool, seen: _Seen) -> Found:
    """Return a file that is not a zip in a form that can be read directly."""
    kind = _nature(found)
    if kind == "spreadsheet":
        path = spool.new()
        seen.sheets.append((found, sheet_as_csv(found.path, path, found.shown, source.sheet)))
        return replace(found, path=path, format="csv", member=found.name, packed=None, sheet=True)
    if kind == "web page":
        raise fault(UNREADABLE, f"{source.KIND}: `{found.shown}` {WEB_PAGE}.", "Do: export it again.")
    if kind == "empty" and found.format in ("spreadsheet", "zip"):
        raise fault(EMPTY, f"{source.KIND}: `{found.shown}` is empty.")
    if kind in ("gz", "zst") and found.packed is None:
        seen.packed.setdefault(kind, []).append(found.shown)
        return replace(found, packed="gz" if kind == "gz" else "zst")
    return found


def _unzipped(found: Found, source: Source, spool: Spool, seen: _Seen) -> Iterator[tuple[Member, Path]]:
    """Yield the members of a zip archive that have a known format, unpacked."""
    every = [each for each in members(found.path, found.shown) if not _hidden(each)]
    wanted = [each for each in every if source.format is not None or kind_of(_path(each))[0] is not None]
    unknown = [each for each in every if each not in wanted]
    if not wanted:
        what = f"the archive has no file of a known format{these_instead(map(_path, unknown))}"
        raise fault(MISSING, f"{source.KIND}: `{found.shown}`: {what}.")
    seen.unknown += (each.shown for each in unknown)
    unpacked = [(each, spool.new()) for each in wanted]
    unzip(found.path, unpacked, found.shown)
    yield from unpacked


def _path(member: Member) -> PurePosixPath:
    return PurePosixPath(member.name)


def _hidden(member: Member) -> bool:
    return any(part[0] in HIDDEN_IN_FOLDERS for part in _path(member).parts)


def _member(member: Member, archive: Found, source: Source) -> Found:
    """Return a member as a file; columns that its own name does not give may come from the archive's."""
    known, packed = kind_of(_path(member))
    parts = dict(archive.parts) | dict(partition(_path(member)))
    own = {key: value for key, value in named(member.last, source) if value is not None}
    kind = source.format or known
    assert kind is not None
    return replace(
        archive,
        shown=member.shown,
        format=kind,
        size=member.size,
        parts=tuple((parts | own).items()),
        packed=packed,
        member=member.last,
    )


# --- findings ------------------------------------------------------------------------------------------


def _findings(seen: _Seen, source: Source) -> Iterator[Finding]:
    if seen.unknown:
        yield _unknown(seen.unknown, source)
    for kind, files in seen.packed.items():
        what = f"{_some(files)} {'is' if len(files) == 1 else 'are'} {_PACKED[kind]} by the first bytes"
        text = f"{what}, and {'is' if len(files) == 1 else 'are'} unpacked."
        yield _finding(GUESSED, text, source, files[0], len(files))
    several = [(found, sheet) for found, sheet in seen.sheets if sheet.warning]
    if several:
        found, sheet = several[0]
        more = f"; so {'is' if len(several) == 2 else 'are'} {len(several) - 1:,} more" if several[1:] else ""  # noqa: PLR2004
        finding = _finding(
            SHEETS,
            f"{found.shown}{str(sheet.warning).removeprefix('it')}{more}.",
            source,
            found.shown,
            len(several),
        )
        cures = [f"sheet: {scalar(name)}" for name in (sheet.name, *sheet.others[:_NAMED])]
        yield replace(finding, cure=cures[0], others=tuple(cures[1:]))


def _unknown(files: Sequence[str], source: Source) -> Finding:
    left = "is left out" if len(files) == 1 else "are left out"
    more = f" and {len(files) - _NAMED:,} more" if len(files) > _NAMED else ""
    text = f"{count(len(files), 'file')} of no known format {left}: {', '.join(files[:_NAMED])}{more}."
    finding = _finding(UNKNOWN, text, source, files[0], len(files))
    return replace(finding, do="move them away, or name by a glob what is to be read")


def _some(files: Sequence[str]) -> str:
    return files[0] + (f" and {len(files) - 1:,} more" if len(files) > 1 else "")


def _finding(code: str, text: str, source: Source, file: str, many: int) -> Finding:
    place = InExport(source.KIND, source.path, file)
    return Finding(code, severity_of(code), f"{source.KIND} {source.path}", text, place, count=many)
