"""What a project asks for that is not done on Spark yet: one error for all of it, before a row is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.errors import Problem, UsageError
from flamescore.project import S3, STDIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flamescore.exports import Found
    from flamescore.project import Project, Source
    from flamescore.rules import LoadedRules

HINT: Final = "Score it without --engine spark, or leave it out."

_RULES: Final = ("accounts", "labels", "bots")
_SECTIONS: Final = ("segments", "alerts", "write_back", "route", "tables", "opportunities")


def check_supported(project: Project, rules: LoadedRules, flags: Iterable[str] = ()) -> None:
    """Check that a project, its rules and `flags` ask for nothing that Spark does not do yet.

    Raises:
        UsageError: S001, which names each thing; S006: a source can't be seen by workers.
    """
    problems = [
        *(_not_yet(what, project, *path) for what, path in _unsupported(project, rules, flags)),
        *(problem for spec in project.settings.sources() if (problem := _unseen(spec, project)) is not None),
    ]
    if problems:
        raise UsageError(problems)


def check_plain(project: Project, spec: Source, files: Iterable[Found]) -> None:
    """Check that the files of a source can be read where they are, not from a copy on this machine.

    Raises:
        UsageError: S001: they are spreadsheets, or in zip archives.
    """
    for each in files:
        if each.sheet or each.member is not None:
            what = "spreadsheets" if each.sheet else "zip archives"
            raise UsageError(_not_yet(f"{what}, such as `{each.shown}` ({spec.KIND})", project))


def _unsupported(
    project: Project, rules: LoadedRules, flags: Iterable[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what is asked for and not done, with its place in the project file."""
    settings, given = project.settings, project.settings.given_keys
    yield from ((f"`{flag}`", ()) for flag in flags)
    yield from ((f"`{what}` in the rules", ()) for what in _RULES if getattr(rules.book, what))
    yield from ((f"`{key}`", (key,)) for key in _SECTIONS if getattr(settings, key))
    settings_given = {
        ("hot",): project.hot is not None and "`hot` by a condition",
        ("call_list", "holdout"): settings.call_list.holdout is not None and "`call_list.holdout`",
        ("history",): "history" in given and settings.history is not None and "`history`",
        ("changes",): "changes" in given and settings.changes and "`changes`",
        ("fail_on",): settings.fail_on == "warning" and "`fail_on: warning`, since it looks for few warnings",
        ("keep",): "tags" in settings.keep and "`keep` of `tags`",
        ("output",): settings.output.startswith(S3) and "an output in S3",
    }
    yield from ((what, path) for path, what in settings_given.items() if what)
    for spec in settings.sources():
        yield from ((what, ()) for what in _unsupported_of(spec))


def _unsupported_of(spec: Source) -> Iterator[str]:
    """Yield what a source asks for and is not done."""
    if spec.uri is not None:
        yield f"sources from a database ({spec.KIND})"
    elif spec.path.startswith(S3):
        yield f"sources in S3, such as `{spec.path}`"
    if getattr(spec, "newest_within", None) is not None:
        yield f"`newest_within` of `{spec.path}`"


def _not_yet(what: str, project: Project, *path: str) -> Problem:
    text = f"--engine spark does not do {what} yet."
    return Problem("S001", text, project.where(*path) if path else None, HINT)


def _unseen(spec: Source, project: Project) -> Problem | None:
    """Return the problem of a source that only this machine can read: standard input, or a pipe."""
    if spec.uri is not None or spec.path.startswith(S3):
        return None
    streamed = spec.path == STDIN or project.resolve(spec.path).is_fifo()
    if not streamed:
        return None
    what = "standard input (`-`)" if spec.path == STDIN else f"the pipe `{spec.path}`"
    text = f"{spec.KIND}: the workers can't see {what}."
    return Problem("S006", text, hint="Write it to a file on storage that all workers share.")
