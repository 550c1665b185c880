"""The work of `flamescore test`: run the tests next to rule files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.cli.options import TestFormat
from flamescore.cli.output import by_suffix, deliver, place
from flamescore.errors import ExitCode
from flamescore.project import find_settings
from flamescore.rule_tests import as_json, as_junit, as_table, found_files, run_tests

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.cli.messages import Messages

_RENDERED: Final = {TestFormat.TABLE: as_table, TestFormat.JSON: as_json, TestFormat.JUNIT: as_junit}
_SUFFIXES: Final = {".json": TestFormat.JSON, ".xml": TestFormat.JUNIT, ".txt": TestFormat.TABLE}


def test(
    paths: Sequence[str],
    config: str | None,
    messages: Messages,
    *,
    named: str | None,
    stop: bool,
    out: str | None,
    form: TestFormat | None,
) -> ExitCode:
    """Run tests, and return 0 if all passed, 1 if one failed, 2 if a test or a rule file is wrong."""
    chosen = _chosen(out, form)
    project = find_settings(config)
    done = run_tests(found_files(paths, project), project, named=named, stop=stop)
    deliver(_RENDERED[chosen](done).encode(), out)
    messages.complain(done.problems, ExitCode.USAGE)
    messages.took("test")
    if done.problems:
        return ExitCode.USAGE
    return ExitCode.FOUND if done.many("F") else ExitCode.DONE


def _chosen(out: str | None, form: TestFormat | None) -> TestFormat:
    path = place(out)
    if form is not None or path is None:
        return form or TestFormat.TABLE
    return by_suffix(path, _SUFFIXES)
