"""What a run was doing when it failed, and what it leaves behind for diagnosis."""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.errors import ExitCode, FlamescoreError, OutputError
from flamescore.findings import Severity, StrictError, of_problem, to_problem
from flamescore.frames import REJECTS, ExportsRefusedError
from flamescore.input_errors import REJECTS as TOO_MANY
from flamescore.inputs import rules_path
from flamescore.observed_findings import of_rules
from flamescore.runs import REJECTS_FILE, Failure, RulesFile, describe_lists, leave_failed
from flamescore.stopping import raised_signal

REJECTED: Final = "I131"

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from flamescore.findings import Finding
    from flamescore.frames import Counts, Exports, SourceRecord
    from flamescore.project import Project
    from flamescore.rules import LoadedRules
    from flamescore.runs import HeldStore
    from flamescore.scoring import Scored


class Progress(Struct):
    """How far a run has come: the exports once they are read, the result once they are scored."""

    project: Project
    rules: LoadedRules
    as_of: datetime
    started_at: datetime
    judged: Callable[[Iterable[Finding]], tuple[Finding, ...]]
    """Applies the project's `accept`."""

    exports: Exports | None = None
    scored: Scored | None = None
    known: tuple[Finding, ...] = ()
    """The findings so far."""

    @contextmanager
    def watched(self, held: HeldStore | None) -> Iterator[None]:
        """Write the folder `failed` if the run fails inside because of its input.

        This applies to exit code 3, and to 2 once the exports are read. The error then gets everything known
        so far in `beside`, and its last problem names the file of rejected rows, if any. If the folder can't
        be written, the error is raised without it.
        """
        try:
            yield
        except FlamescoreError as error:
            if raised_signal() is None and self._is_caused_by_input(error):
                if not isinstance(error, StrictError):
                    error.beside = tuple(map(to_problem, self.judged(self._beside(error))))
                if held is not None:
                    self._leave(held, error)
            raise

    def _is_caused_by_input(self, error: FlamescoreError) -> bool:
        code = error.exit_code
        return code is ExitCode.INPUT or (code is ExitCode.USAGE and self.exports is not None)

    def _beside(self, error: FlamescoreError) -> Iterator[Finding]:
        """Yield what is known so far, without the rejects of sources that have too many."""
        errors = [of_problem(problem) for problem in error.problems]
        refused = {each.subject for each in errors if each.code == TOO_MANY}
        found = [*self.known, *of_rules(error.beside, self.rules.book, self.project)]
        if isinstance(error, ExportsRefusedError):
            found += (each for record in error.records for each in record.findings)
        for each in dict.fromkeys(found):
            if each.severity is not Severity.ERROR and not (
                each.code == REJECTED and each.subject in refused
            ):
                yield each

    def _leave(self, held: HeldStore, error: FlamescoreError) -> None:
        failure = Failure(
            as_of=self.as_of,
            timezone=self.rules.book.zone.key,
            started_at=self.started_at,
            rules=RulesFile.of(rules_path(self.project), self.rules.text, describe_lists(self.rules.lists)),
            exit_code=error.exit_code,
            sources=tuple(self._sources(error)),
            findings=tuple(_findings(error)),
            rejects=self._rejects(error),
        )
        try:
            place = leave_failed(held, failure)
        except (OSError, OutputError):
            return
        if not failure.rejects.is_empty():
            see = f"The rejected rows: {_near(place / REJECTS_FILE)}"
            *others, last = error.problems
            error.problems = (*others, to_problem(replace(of_problem(last), see=see)))

    def _sources(self, error: FlamescoreError) -> Iterator[tuple[str, str, Counts | None, bool]]:
        """Yield every source of the project with the counts known, and whether they are complete."""
        known: defaultdict[tuple[str, str], list[tuple[SourceRecord, bool]]] = defaultdict(list)
        for each in self._whole():
            known[each.kind, each.path].append((each, True))
        for each in self._partly(error):
            known[each.kind, each.path].append((each, False))
        for source in self.project.settings.sources():
            found = known[source.KIND, source.path]
            record, is_whole = found.pop(0) if found else (None, False)
            yield source.KIND, source.path, None if record is None else record.counts, is_whole

    def _whole(self) -> tuple[SourceRecord, ...]:
        if self.scored is not None:
            return self.scored.observed.sources
        return () if self.exports is None else self.exports.records

    def _partly(self, error: FlamescoreError) -> tuple[SourceRecord, ...]:
        """Return the records with only rows and rejects known, those of the error first."""
        if self.scored is not None:
            return ()
        records = error.records if isinstance(error, ExportsRefusedError) else ()
        if self.exports is None:
            return records
        known = {(each.kind, each.path) for each in records}
        events = (each.record for each in self.exports.events)
        return (*records, *(each for each in events if (each.kind, each.path) not in known))

    def _rejects(self, error: FlamescoreError) -> pl.DataFrame:
        if self.scored is not None:
            return self.scored.rejects
        known = [] if self.exports is None else [self.exports.rejects]
        more = error.rejects if isinstance(error, ExportsRefusedError) else ()
        return pl.concat([pl.DataFrame(schema=REJECTS), *known, *more])


def _findings(error: FlamescoreError) -> Iterator[Finding]:
    yield from map(of_problem, (*error.beside, *error.problems))


def _near(path: Path) -> str:
    """Return a path relative to the working folder, if it is below it."""
    try:
        here = Path.cwd()
    except OSError:
        return str(path)
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)
