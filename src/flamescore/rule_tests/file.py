"""Parse a test file into its tests, and all errors in it.

Each error is reported with its position, and valid tests are kept even if others are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.errors import Problem, Where
from flamescore.rule_tests.cases import FileOfTests
from flamescore.rule_tests.shapes import FILE
from flamescore.rule_tests.values import OWN_KEYS, WRONG, TestsReading
from flamescore.schema_reader import At, RefusedError, Value
from flamescore.text import trim
from flamescore.yaml_tree import by_place, parse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flamescore.yaml_tree import Document
    from flamescore.yaml_tree import Path as NodePath

SUFFIX: Final = ".test"


def read_file(path: Path, shown: str) -> tuple[FileOfTests | None, tuple[Problem, ...]]:
    """Read a test file; `shown` is its name in messages. Also return everything that is wrong with it.

    The file is None if it can't be read at all.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "it can't be opened"
        return None, (Problem(WRONG, f"The file of tests can't be read: {reason}.", Where(shown)),)
    parsed = parse(data, shown)
    if parsed.document is None:
        return None, parsed.problems
    document = parsed.document
    reading = TestsReading(document)
    found: dict[str, Value] = {}
    problems = [*parsed.problems, *_nulls(document)]
    at = reading.at()
    if at.node.kind != "mapping":
        reading.at().report(*reading.wrong(at, "a mapping that begins with `version: 1`"))
    else:
        found = _read_head(at)
    rules = _rules(path, found, at)
    problems = by_place((*problems, *reading.problems))
    file = FileOfTests(
        path=shown,
        document=document,
        rules=rules,
        tests=found.get("tests", ()),
        names=tuple(_names(document)),
        has_exclude="exclude" in at.keys,
    )
    return file, tuple(dict.fromkeys(problems))


def _read_head(at: At) -> dict[str, Value]:
    """Read each key of the file, even if others are invalid."""
    found: dict[str, Value] = {}
    for key in at.keys:
        problem = None if key in FILE.keys else at.reading.unknown(FILE, key, at)
        if problem is not None:
            at.report(*problem, path=(key,), key=True)
    for name, known in FILE.keys.items():
        child = at.child(name)
        if child is None:
            problem = at.reading.missing(FILE, name, at) if known.needed else None
            if problem is not None:
                at.report(*problem)
            continue
        try:
            found[name] = known.type(child)
        except RefusedError:
            continue
    return found


def _rules(path: Path, found: dict[str, Value], at: At) -> Path | None:
    """Return the rule file: the one that is named, else the one next to the test file with the same name."""
    if "rules" in found:
        return path.parent / str(found["rules"])
    stem = path.stem
    if stem.endswith(SUFFIX):
        return path.with_name(f"{stem.removesuffix(SUFFIX)}{path.suffix}")
    if "rules" not in at.keys:
        at.report(WRONG, "The file does not say which rules it tests.", "Write `rules: keap.yaml`.")
    return None


def _names(document: Document) -> Iterator[tuple[int, str]]:
    """Yield the line and name of each entry of `tests`."""
    tests = document.root.child("tests")
    for number, node in enumerate(() if tests is None else tests.items):
        name = node.child("name")
        yield document.where(("tests", number)).line, "" if name is None else trim(name.written)


def _nulls(document: Document) -> Iterator[Problem]:
    """Yield a problem for each null, except in `exclude`, and in cells and labels, where it means missing."""
    where = TestsReading(document).heading
    for path, node in document.root.walk():
        if node.kind != "null" or _may_be_null(path) or not path:
            continue
        key = isinstance(path[-1], str)
        message = f"{where(path)}`{path[-1]}` has no value." if key else f"{where(path)}An entry is empty."
        yield Problem(WRONG, message, document.where(path, key=key), "Give one, or remove the line.")


def _may_be_null(path: NodePath) -> bool:
    if path[:1] == ("exclude",):
        return True  # parsed by the rule language
    inside = path[2:]
    if path[:1] != ("tests",) or not inside:
        return False
    cell = inside[:1] == ("contact",) and len(inside) == 2 and inside[1] != "tags"  # noqa: PLR2004
    of_event = inside[:1] == ("events",) and len(inside) == 3 and inside[2] not in OWN_KEYS  # noqa: PLR2004
    return cell or of_event or inside[:2] == ("expect", "labels")
