"""Resolve settings: flags take precedence over environment variables, and these over the file."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from flamescore.errors import Problem, UsageError
from flamescore.project.load import Project, find_project, load_project
from flamescore.project.model import FILE, KINDS, ProjectFile
from flamescore.project.paths import S3, STDIN, URL, expanded, url_fault
from flamescore.project.values import Setting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flamescore.project.model import Source

FLAGS: Final = {
    "rules": "--rules",
    "output": "--output",
    "as_of": "--as-of",
    "max_rejects": "--max-rejects",
    "hot_flames": "--hot-flames",
    "fail_on": "--fail-on",
    "contacts": "--contacts",
    "events": "--events",
    "ping": "--ping",
}
"""The keys of the project file that have a flag; they have an environment variable too (`VARIABLES`)."""

VARIABLES: Final = {
    key: f"FLAMESCORE_{key.upper()}" for key in (*FLAGS, "keep_runs", "keep", "mode", "decimals")
}

_PATHS: Final = ("rules", "output")
_NUMBERS: Final = ("hot_flames", "keep_runs", "decimals")
_SOURCES: Final = ("contacts", "events")


def find_settings(config: str | None = None, flags: Mapping[str, object] | None = None) -> Project:
    """Return the project of the current folder, with the settings from flags and environment."""
    path = find_project(config)
    return settle(None if path is None else load_project(path), flags)


def find_settings_of(given: Mapping[str, object], config: str | None = None) -> Project:
    """Return the project of the current folder with the settings that were `given` to an earlier run.

    Environment variables that are set now are ignored.
    """
    path = find_project(config)
    return settle(None if path is None else load_project(path), given, environ={})


def settle(
    project: Project | None = None,
    flags: Mapping[str, object] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Project:
    """Return the project with the settings from flags and environment.

    `flags` has values by key (`as_of`, not `--as-of`), None for a flag that is not given. Their paths, and
    those in the environment, are relative to `folder` (default: the working directory). Sources given this
    way replace all sources of their kind; if the file has exactly one of that kind, its other keys apply.
    """
    here = (folder or Path.cwd()).resolve()
    base = project or Project(ProjectFile(version=1), here)
    overrides = _overrides(flags or {}, os.environ if environ is None else environ)
    _check_paths(overrides)
    changes = {
        key: _read(key, value, origin) for key, (value, origin) in overrides.items() if key not in _SOURCES
    }
    for key in _PATHS:
        if key in changes:
            changes[key] = _placed(changes[key], here)
    for key in _SOURCES:
        if key in overrides:
            changes[key] = _named(overrides[key][0], getattr(base.settings, key), KINDS[key], here)
    settings = base.settings.with_keys(**changes)
    if "max_rejects" in changes:
        settings = _without_own_limits(settings)
    return replace(base, settings=settings, given=frozenset(overrides))


def check_needed(project: Project, *, only_rules: bool = False) -> None:
    """Raise a `UsageError` if a run has no rules, contacts or (without a project file) events.

    With `only_rules`, no exports are required.
    """
    wanted = ["contacts", "rules"] if project.path else ["contacts", "events", "rules"]
    wanted = ["rules"] if only_rules else wanted
    missing = [key for key in wanted if not getattr(project.settings, key)]
    if missing:
        flags = _list([FLAGS[key] for key in missing])
        if project.path:
            text, hint = f"{project.path} has no {_list(missing)}.", f"Add it there, or give {flags}."
        else:
            text = "No project file (flamescore.yaml) found in this folder or above."
            hint = f"Run `flamescore init`, or give {flags}."
        raise UsageError(Problem("U001", text, None, hint))


def _list(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _overrides(flags: Mapping[str, object], environ: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    overrides: dict[str, tuple[Any, str]] = {}
    for key, variable in VARIABLES.items():
        if flags.get(key) is not None:
            overrides[key] = flags[key], FLAGS.get(key, key)
        elif environ.get(variable):
            overrides[key] = environ[variable], variable
    return overrides


def _check_paths(overrides: Mapping[str, tuple[Any, str]]) -> None:
    """Raise a `UsageError` that lists all paths that are URLs and not allowed to be."""
    given = [
        (key, path, overrides[key][1])
        for key in (*_PATHS, *_SOURCES)
        if key in overrides
        for path in _each(overrides[key][0])
    ]
    faults = (
        (origin, url_fault(path, key if key in _PATHS else "path", store=key != "rules"))
        for key, path, origin in given
    )
    problems = [Problem(URL, f"{origin}: {fault}") for origin, fault in faults if fault is not None]
    if problems:
        raise UsageError(problems)


def _each(value: object) -> list[Any]:
    """Return the paths of a value as a list."""
    return (
        [value] if isinstance(value, str | Path) else list(value) if isinstance(value, list | tuple) else []
    )


def _read(key: str, value: object, origin: str) -> Any:  # noqa: ANN401 - the type of the key
    raw = value
    if isinstance(value, str) and key != "rules" and not _is_utf8(value):
        raise UsageError(Problem("U002", f"{origin} must be text in UTF-8, not `{value}`."))
    if isinstance(value, str) and key in _NUMBERS:
        raw = int(value) if value.strip().isdecimal() else value
    elif isinstance(value, str) and key == "keep":
        raw = [each.strip() for each in value.split(",") if each.strip()]
    type_ = FILE.keys[key].type
    assert isinstance(type_, Setting)
    try:
        return type_.of(raw)
    except ValueError as error:
        raise UsageError(Problem("U002", f"{origin} {error}.")) from None


def _is_utf8(text: str) -> bool:
    """Return whether a text from the system was valid UTF-8; invalid bytes arrive as lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _named(
    value: object, sources: tuple[Source, ...], kind: type[Source], folder: Path
) -> tuple[Source, ...]:
    resolved = [STDIN if path == STDIN else _placed(path, folder) for path in _each(value)]
    mapping = sources[0] if len(sources) == 1 else kind(path="-")
    mapping = dataclasses.replace(mapping, uri=None, query=None)
    return tuple(mapping.with_keys(path=path) for path in resolved)


def _placed(path: str | Path, folder: Path) -> str:
    """Return a path of a flag or a variable in a form that is independent of the project file's location."""
    return str(path) if str(path).startswith(S3) else str(folder / expanded(path))


def _without_own_limits(settings: ProjectFile) -> ProjectFile:
    plain = {
        kind: tuple(each.with_keys(max_rejects=None) for each in getattr(settings, kind)) for kind in KINDS
    }
    return settings.with_keys(**plain)
