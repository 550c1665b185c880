"""Find and read the project file, and report all its faults at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from flamescore.errors import Problem, ProjectFileError, Where
from flamescore.findings import Accept, refused, to_problem
from flamescore.input_errors import PRESET
from flamescore.project.alert_checks import check_alerts
from flamescore.project.alerts import EVENT_WORDS
from flamescore.project.channels import FileChannel
from flamescore.project.crm_columns import write_back_faults
from flamescore.project.model import FILE, KINDS
from flamescore.project.paths import S3, URL, expanded, url_fault
from flamescore.project.presets import AUTO, all_presets
from flamescore.project.reached import reaching_faults, with_names, without_secrets
from flamescore.project.reading import ProjectReading, named
from flamescore.project.route import check_route
from flamescore.project.segments import check_segments
from flamescore.project.tables import tables_faults
from flamescore.project.variables import unshown
from flamescore.schema_reader import RefusedError
from flamescore.yaml_tree import by_place, nearest_or_use, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flamescore.project.model import ProjectFile, Source
    from flamescore.yaml_tree import Document, Node
    from flamescore.yaml_tree import Path as NodePath

FILE_NAMES: Final = ("flamescore.yaml", "flamescore.yml")
STATE: Final = "state"
CACHE: Final = "cache"
TWO_FILES: Final = "P032"
EXCLUDE: Final = ("call_list", "exclude")
HOT: Final = ("hot",)
"""The path of a condition of the rule language, like `EXCLUDE`; the reader of that language reads it."""

_LANGUAGE: Final = (
    EXCLUDE,
    HOT,
    ("team", "*", "where"),
    ("route", "if"),
    ("segments", "*", "if"),
    *(("alerts", "*", key) for key in ("if", "rearm", *EVENT_WORDS)),
)
"""All paths to the rule language; `*` is any step. Its reader reports missing values there."""


class Project(Struct, frozen=True):
    """The project that a run uses. Paths in `settings` are relative to `folder`.

    `document` is the parsed file, or None without a file; `exclude` is its condition for the call list.
    `given` are the keys that flags or variables set in place of the file.
    """

    settings: ProjectFile
    folder: Path
    path: Path | None = None
    document: Document | None = None
    given: frozenset[str] = frozenset()

    @property
    def exclude(self) -> Node | None:
        """Return `call_list.exclude` as authored."""
        return None if self.document is None else self.document.root.at(EXCLUDE)

    @property
    def hot(self) -> Node | None:
        """Return `hot` as authored; None if a flag or a variable sets how many flames make a lead hot."""
        return None if self.document is None or "hot_flames" in self.given else self.document.root.at(HOT)

    @property
    def hot_set_aside(self) -> bool:
        """Return whether a flag or a variable overrides `hot` of the file."""
        there = self.document is not None and self.document.root.at(HOT) is not None
        return there and "hot_flames" in self.given

    @property
    def accepts(self) -> tuple[Accept, ...]:
        """Return the entries of `accept`, each with its place in the file."""
        return _accepts(self.document, self.settings)

    def resolve(self, path: str) -> Path:
        """Return a path in the file as one that can be opened."""
        return self.folder / expanded(path)

    @property
    def state_folder(self) -> Path:
        """Return the folder of what has been sent: the `state` setting, else `state` in the output folder.

        Raises:
            ProjectFileError: the output is in S3, and `state` is not set.
        """
        named = self.settings.state
        if named is None and self.settings.output.startswith(S3):
            raise ProjectFileError(without_state(self.where("output")))
        return self.resolve(self.settings.output) / STATE if named is None else self.resolve(named)

    @property
    def output_folder(self) -> Path:
        """Return the folder that runs are written to; for an output in S3 this is the state folder."""
        output = self.settings.output
        return self.state_folder if output.startswith(S3) else self.resolve(output)

    @property
    def cache_folder(self) -> Path:
        """Return the folder for objects from S3: the `cache` setting, else `cache` in the state folder."""
        named = self.settings.cache
        return self.state_folder / CACHE if named is None else self.resolve(named)

    def near(self, path: str) -> str:
        """Return a path as shown to users: relative to the project's folder if it is below it."""
        there = Path(path)
        return (there.relative_to(self.folder) if there.is_relative_to(self.folder) else there).as_posix()

    def place(self, where: Where | None) -> Where | None:
        """Return a place with its file relative to the project folder, the same on every machine."""
        return None if where is None else replace(where, path=self.near(where.path))

    def where(self, *path: str | int, key: bool = False) -> Where | None:
        """Return the place of a setting in the file, or None without a file."""
        return None if self.document is None else self.document.where(path, key=key)


def find_project(
    config: str | Path | None = None, *, start: Path | None = None, environ: Mapping[str, str] | None = None
) -> Path | None:
    """Return the project file: `config`, else `FLAMESCORE_CONFIG`, else the first from `start` upwards.

    Return None if no file is found. A named file that does not exist is an error, and so are two project
    files in one folder.
    """
    named = config or (os.environ if environ is None else environ).get("FLAMESCORE_CONFIG")
    if named:
        by = "--config" if config else "FLAMESCORE_CONFIG"
        fault = url_fault(named, "config")
        if fault is not None:
            raise ProjectFileError(Problem(URL, f"{by}: {fault}"))
        path = expanded(named)
        if not path.is_file():
            hint = None if path.is_absolute() else f"Looked in {Path.cwd()}."
            raise ProjectFileError(
                Problem("P015", f"Project file `{named}` (from {by}) not found.", None, hint)
            )
        return path
    folder = (start or Path.cwd()).resolve()
    return next((found for each in (folder, *folder.parents) if (found := _project_in(each))), None)


def _project_in(folder: Path) -> Path | None:
    found = [folder / name for name in FILE_NAMES if (folder / name).is_file()]
    if len(found) > 1:
        text = f"Both {' and '.join(FILE_NAMES)} are in {folder}."
        raise ProjectFileError(Problem(TWO_FILES, text, None, "Delete one, or say which with --config."))
    return found[0] if found else None


def load_project(path: str | Path) -> Project:
    """Read a project file. If it has faults, raise one `ProjectFileError` with all of them."""
    path = Path(path)
    try:
        source = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "it can't be read"
        raise ProjectFileError(
            Problem("P015", f"The project file `{path}` can't be read: {reason}.")
        ) from None
    return project_of(source, path)


def project_of(source: bytes, path: Path) -> Project:
    """Read the text of a project file as if it were at `path`. Faults are raised as by `load_project`."""
    parsed = parse(source, str(path), letter="P")
    if parsed.document is None:
        raise ProjectFileError(unshown(parsed.problems, source, None))
    settings, problems = validated(parsed.document)
    if settings is None or parsed.problems or problems:
        faults = unshown((*parsed.problems, *problems), source, parsed.document)
        raise ProjectFileError(by_place(faults))
    return Project(settings, path.resolve().parent, path, parsed.document)


def validated(document: Document) -> tuple[ProjectFile | None, tuple[Problem, ...]]:
    """Return the settings of a file, or None if its faults leave none, and all its faults."""
    if document.root.kind != "mapping":
        text = f"A project file is a mapping of settings, and this is {document.root.shown()}."
        return None, (Problem("P020", text, document.where(), "It begins with `version: 1`."),)
    nulls = tuple(_nulls(document))
    reading = ProjectReading(document)
    try:
        settings: ProjectFile = FILE.read(reading.at())
    except RefusedError:
        places = {problem.where for problem in nulls}
        return None, (*nulls, *(each for each in reading.problems if each.where not in places))
    wrong = tuple(to_problem(each) for each in refused(_accepts(document, settings)))
    faults = (
        *nulls,
        *_urls(document, settings),
        *_contradictions(document, settings),
        *check_segments(document, settings),
        *write_back_faults(document, settings),
        *check_alerts(document, settings),
        *check_route(document, settings),
        *tables_faults(document, settings.tables),
        *wrong,
    )
    return with_names(settings, tuple(KINDS)), faults


def _accepts(document: Document | None, settings: ProjectFile) -> tuple[Accept, ...]:
    return tuple(
        Accept(
            each.code,
            each.reason,
            each.subject,
            each.at_most,
            each.until,
            None if document is None else document.where(("accept", index, "code")),
        )
        for index, each in enumerate(settings.accept)
    )


def _nulls(document: Document) -> Iterator[Problem]:
    for path, node in document.root.walk():
        if node.kind == "null" and not _in_language(path):
            text = f"`{named(path)}` has no value."
            yield Problem(
                "P022",
                text,
                document.where(path, key=isinstance(path[-1], str)),
                "Give one, or remove the line.",
            )


def _in_language(path: NodePath) -> bool:
    return any(
        len(path) >= len(place) and all(mine in (step, "*") for step, mine in zip(path, place, strict=False))
        for place in _LANGUAGE
    )


def _urls(document: Document, settings: ProjectFile) -> Iterator[Problem]:
    paths: list[tuple[NodePath, str | None]] = [
        ((key,), getattr(settings, key)) for key in ("rules", "output", "state", "cache")
    ]
    if settings.route is not None:
        paths.append((("route", "away"), settings.route.away))
    for kind in KINDS:
        sources = enumerate(getattr(settings, kind))
        paths += [((kind, index, "path"), source.path) for index, source in sources]
    channels = settings.channels.values()
    paths += [
        (("channels", each.name, "path"), each.path) for each in channels if isinstance(each, FileChannel)
    ]
    for path, value in paths:
        store = path == ("output",) or path[0] in KINDS
        fault = None if value is None else url_fault(value, str(path[-1]), store=store)
        if fault is not None:
            yield Problem(URL, fault, without_secrets(document.where(path)))


def without_state(where: Where | None) -> Problem:
    """Return the problem of an output in S3 without a `state` folder."""
    text = "An `output` in S3 needs `state`: a folder of this machine for what was sent, and the lock."
    return Problem("A012", text, where, "Add a line such as `state: state`.")


def _contradictions(document: Document, settings: ProjectFile) -> Iterator[Problem]:
    if settings.output.startswith(S3) and settings.state is None:
        yield without_state(document.where(("output",)))
    if {"hot", "hot_flames"} <= settings.given_keys:
        text = "Use `hot` or `hot_flames`, not both."
        yield Problem("P026", text, document.where(HOT, key=True), "Remove one.")
    for kind in KINDS:
        for index, source in enumerate(getattr(settings, kind)):
            yield from reaching_faults(document, kind, index, source)
            if source.preset is not None:
                yield from _unknown_preset(source.preset, document, (kind, index, "preset"))
                continue  # contradictions can only be checked once the preset's keys are added
            for keys, text in clashes(source):
                yield Problem("P026", text, document.where((kind, index, *keys), key=True))


def _unknown_preset(name: str, document: Document, path: NodePath) -> Iterator[Problem]:
    known = (AUTO, *all_presets())
    if name not in known:
        hint = nearest_or_use(name, known)
        yield Problem(PRESET, f"There is no preset `{name}`.", document.where(path), hint)


def clashes(source: Source) -> Iterator[tuple[NodePath, str]]:  # noqa: C901 - a sequence of simple checks
    """Yield the contradictions in a source: the keys, and a message."""
    for name in source.columns.keys() & source.constants.keys():
        yield ("constants", name), f"`{name}` is in `columns` and in `constants`; it can be one of them."
    if {"contact", "contact_id"} <= {*source.columns, *source.constants}:
        yield ("columns",), "Map either `contact_id`, or `contact` with `contact_key`, not both."
    if "contact" in source.columns and not getattr(source, "contact_key", None):
        yield (
            ("columns", "contact"),
            "`contact` needs `contact_key`: the contacts' column that it matches, such as `email`.",
        )
    merged = getattr(source, "merged", None)
    if merged is not None and (merged.column is None) == (merged.into is None):
        yield (
            ("merged",),
            "`merged` takes one of `column` (a contact's old ids) and `into` (whom a row was merged into).",
        )
    if source.KIND == "contacts" and "tags" in getattr(source, "lists", ()):
        yield ("lists", "tags"), "`tags` has a key of its own: `tags: {separator: ...}`."
    if source.numbers is not None:
        yield from (
            (("numbers", *keys), f"{text}; they can't be the same.")
            for keys, text in source.numbers.clashes()
        )
    if source.names and source.header:
        yield ("names",), "`names` is for a file without a header: it needs `header: false`."
    if not source.header and not source.names:
        yield ("header",), "A file without a header needs `names`: the columns' names, in order."
    if len(set(source.names)) != len(source.names):
        twice = next(name for at, name in enumerate(source.names) if name in source.names[:at])
        yield ("names",), f"`names` lists `{twice}` twice."
    if source.delimiter and source.delimiter == source.quote:
        yield ("quote",), "`quote` and `delimiter` are the same character."
