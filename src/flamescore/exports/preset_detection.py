"""Fit a preset to the header of a source: choose its variant, and merge in the source's own keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from flamescore.cells import fold
from flamescore.errors import InputError
from flamescore.exports.find import named
from flamescore.exports.table import open_table
from flamescore.project import AUTO, all_presets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flamescore.exports.find import Found
    from flamescore.exports.tempfiles import Spool
    from flamescore.project import Source, Variant

_READING: Final = (
    "format", "delimiter", "quote", "encoding", "header", "names", "skip_rows", "begins_after",
    "comment", "sheet", "skip_spaces",
)  # fmt: skip
_BY_NAME: Final = ("columns", "constants", "rename", "dates", "from_file_name", "leave_out", "cut")
_ALIKE: Final = 0.5
"""Minimum share of a variant's headers to report it as the closest one."""
_WHO: Final = ("contact_id", "contact")


class NoFitError(Exception):
    """No variant of a preset fits the header, or several do. The text and hint are for the user."""

    def __init__(self, text: str, hint: str) -> None:
        super().__init__(text)
        self.hint = hint


class Fitted(Struct, frozen=True):
    """A source merged with the keys of its preset, its files, and notes to report."""

    spec: Source
    found: tuple[Found, ...]
    notes: tuple[str, ...] = ()


class _Candidate(Struct, frozen=True):
    preset: str
    variant: Variant

    def __str__(self) -> str:
        return f"`{self.preset}` ({self.variant.name})"


def fit(spec: Source, found: tuple[Found, ...], spool: Spool) -> Fitted:
    """Choose the variant of the source's preset whose headers all its files have.

    Among several that fit, a variant that includes all headers of another one is preferred to it.

    Raises:
        NoFitError: no variant fits, or more than one does.
        InputError: a file can't be opened at all.
    """
    if spec.preset is None:
        return Fitted(spec, found)
    candidates = [
        _Candidate(name, variant)
        for name, preset in all_presets().items()
        if spec.preset in (AUTO, name)
        for variant in preset.variants
        if variant.kind == spec.KIND
    ]
    headers = _Headers(spec, found, spool)
    best = _narrowest([each for each in candidates if headers.fit(each.variant, auto=spec.preset == AUTO)])
    if len(best) != 1:
        raise _no_fit(spec, best, candidates, headers)
    notes = (f"preset chosen by its headers: {best[0]}",) if spec.preset == AUTO else ()
    merged = laid_over(best[0].variant.keys, spec, headers.of(best[0].variant))
    again = tuple(replace(each, parts=_parts(each, merged)) for each in found)
    return Fitted(merged, again, notes)


def fitting(spec: Source, found: tuple[Found, ...], spool: Spool) -> tuple[tuple[str, Variant], ...]:
    """Return the presets and variants, of any kind, that `preset: auto` would choose for some files.

    Among several that fit, those whose headers are all included in another one are dropped.
    """
    headers = _Headers(spec, found, spool)
    candidates = (
        _Candidate(name, each) for name, preset in all_presets().items() for each in preset.variants
    )
    best = _narrowest([each for each in candidates if headers.fit(each.variant, auto=True)])
    return tuple((each.preset, each.variant) for each in best)


def _parts(found: Found, spec: Source) -> tuple[tuple[str, str | None], ...]:
    known = {key for key, _ in found.parts}
    return (*found.parts, *((key, value) for key, value in named(found.name, spec) if key not in known))


def _narrowest(fitting: list[_Candidate]) -> list[_Candidate]:
    return [each for each in fitting if not any(_narrower(each, other) for other in fitting)]


def _narrower(one: _Candidate, other: _Candidate) -> bool:
    return set(one.variant.header) < set(other.variant.header)


class _Headers:
    """The headers of a source's files, read once for each way of reading them."""

    def __init__(self, spec: Source, found: Sequence[Found], spool: Spool) -> None:
        self._spec, self._found, self._spool = spec, found, spool
        self._read: dict[tuple[object, ...], tuple[frozenset[str], ...]] = {}
        self._plain = self._of(spec)

    def of(self, variant: Variant) -> tuple[frozenset[str], ...]:
        """Return the headers of each file as a variant reads it; empty if it can't."""
        keys = _reading(variant.keys, self._spec)
        if not keys:
            return self._plain
        try:
            return self._of(self._spec.with_keys(**keys))
        except InputError:
            return tuple(frozenset() for _ in self._found)

    def lacking(self, variant: Variant) -> tuple[str, ...]:
        """Return the headers of a variant that are missing from at least one file."""
        files = self.of(variant)
        return tuple(name for name in variant.header if not all(name in headers for headers in files))

    def fit(self, variant: Variant, *, auto: bool = False) -> bool:
        """Return whether all files have the headers of a variant, and no others if it is exact.

        With `auto` the variant must allow `preset: auto`, and the files also need the headers that this
        requires.
        """
        if auto and variant.auto is None:
            return False
        files, wanted = self.of(variant), {*variant.header, *((variant.auto or ()) if auto else ())}
        return all(wanted == headers if variant.exact else wanted <= headers for headers in files)

    def _of(self, spec: Source) -> tuple[frozenset[str], ...]:
        key = tuple(getattr(spec, name) for name in _READING)
        if key not in self._read:
            tables = (open_table(each, spec, self._spool, 0) for each in self._found)
            self._read[key] = tuple(frozenset(table.headers) for table in tables)
        return self._read[key]


def _reading(preset: Source, own: Source) -> dict[str, Any]:
    """Return the keys of a preset on how to read a file, except those that the source sets itself."""
    names = preset.given_keys - own.given_keys
    return {name: getattr(preset, name) for name in _READING if name in names}


def _no_fit(
    spec: Source, best: list[_Candidate], candidates: list[_Candidate], headers: _Headers
) -> NoFitError:
    path = f"{spec.KIND}: `{spec.path}`"
    if best:
        text = f"Several presets match the headers of {path}: {', '.join(str(each) for each in best)}."
        return NoFitError(text, "Set `preset:` to one of them.")
    if not candidates:
        kinds = ", ".join(all_presets()[str(spec.preset)].kinds)
        return NoFitError(
            f"{path}: `preset: {spec.preset}` reads {kinds}, not {spec.KIND}.",
            "Leave `preset` out, and map the source's `columns`.",
        )

    def share(each: _Candidate) -> float:
        return 1 - len(headers.lacking(each.variant)) / len(each.variant.header)

    alike = next((each for each in candidates if spec.preset == AUTO and headers.fit(each.variant)), None)
    nearest = max(candidates, key=share)
    lacking = ", ".join(f"`{name}`" for name in headers.lacking(nearest.variant))
    what = "No preset" if spec.preset == AUTO else f"No variant of `preset: {spec.preset}`"
    text = f"{what} matches the headers of {path}."
    if alike is not None:
        hint = f"Many files have this header. If it is {alike}, set `preset: {alike.preset}`."
        return NoFitError(text, hint)
    if share(nearest) < _ALIKE:
        return NoFitError(text, "Map its `columns` instead; `flamescore presets` lists the presets.")
    differs = f"the file has no {lacking}" if lacking else "the file has more columns"
    return NoFitError(text, f"The closest is {nearest}, but {differs}. Map its `columns` instead.")


def laid_over(preset: Source, own: Source, files: Iterable[frozenset[str]]) -> Source:
    """Return the source with the preset's keys where it has none of its own; mappings are merged by entry.

    Settings of the preset for columns that no file has are dropped, since not every export has them all.
    """
    headers = frozenset().union(*files)
    plain = {name: getattr(preset, name) for name in preset.given_keys - own.given_keys - {"path", *_BY_NAME}}
    columns = _columns(preset, own, headers)
    constants = {k: v for k, v in preset.constants.items() if not _is_defined(k, own)} | own.constants
    known = {*columns, *constants, *headers, *preset.from_file_name, *own.from_file_name}
    merged = {name: _entries(name, preset, own, known) for name in ("rename", "dates", "leave_out", "cut")}
    if "numbers" in plain:
        columns_of_numbers = tuple(each for each in plain["numbers"].columns if each[0] in known)
        plain["numbers"] = replace(plain["numbers"], columns=columns_of_numbers)
    merged["from_file_name"] = {**preset.from_file_name, **own.from_file_name}
    if "contact" not in known:
        plain.pop("contact_key", None)
    if "merged" in plain and plain["merged"].named not in known:
        plain.pop("merged")
    return own.with_keys(**plain, **merged, columns=columns, constants=constants)


def _columns(preset: Source, own: Source, headers: frozenset[str]) -> dict[str, tuple[str, ...]]:
    there = {k: v for k, v in preset.columns.items() if set(v) & headers and not _is_defined(k, own)}
    return there | own.columns


def _is_defined(name: str, own: Source) -> bool:
    """Return whether the source itself defines a column; either contact column counts for both."""
    defined = {*own.columns, *own.constants}
    return name in defined or (name in _WHO and bool(defined & {*_WHO}))


def _entries(key: str, preset: Source, own: Source, known: set[str]) -> dict[str, Any]:
    theirs: Mapping[str, Any] = {k: v for k, v in getattr(preset, key).items() if k in known}
    mine: Mapping[str, Any] = getattr(own, key)
    if key != "rename":
        return {**theirs, **mine}
    return {k: _values(theirs.get(k, {}), mine.get(k, {})) for k in {**theirs, **mine}}


def _values(theirs: Mapping[str, str], mine: Mapping[str, str]) -> dict[str, str]:
    renamed = {fold(old) for old in mine}
    return {**{old: new for old, new in theirs.items() if fold(old) not in renamed}, **mine}
