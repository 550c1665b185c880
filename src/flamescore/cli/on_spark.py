"""The work of `flamescore score --engine spark`."""

from __future__ import annotations

from contextlib import ExitStack
from importlib.util import find_spec
from typing import TYPE_CHECKING

from flamescore.errors import Problem, UsageError
from flamescore.inputs import rules_of
from flamescore.nightly import Options, Outcome
from flamescore.project import check_needed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flamescore.cli.options import Cluster
    from flamescore.project import Project


def on_spark(
    project: Project,
    options: Options,
    *,
    cluster: Cluster,
    notify: bool = False,
    show_step: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Score a project on Spark and publish the run, in place of `nightly`.

    Raises:
        UsageError: S001: something is not supported on Spark; U013: a package for it is not installed.
        InputError: S002 to S008, or what is wrong with the exports.
    """
    check_needed(project)
    rules = rules_of(project)
    if find_spec("pyarrow") is None:
        text = "--engine spark needs pyarrow, which is not installed."
        raise UsageError(Problem("U013", text, hint="pip install 'flamescore[spark]'"))
    from flamescore import spark  # noqa: PLC0415 - needs pyarrow

    cluster_options = spark.ClusterOptions(
        shards=cluster.shards,
        most_events=cluster.most_events or spark.MOST_EVENTS,
        make_latest=options.make_latest,
        lock_timeout=options.lock_timeout,
        accept=options.accept,
        spreadsheet=options.spreadsheet,
        flags=tuple(_flags(options, notify=notify)),
    )
    with ExitStack() as closing:

        def session() -> object:
            return closing.enter_context(spark.session(cluster.master, cluster.remote))

        done = spark.score_project(project, rules, session, cluster_options, show_step=show_step)
    return Outcome(done.scored, done.report, done.findings, done.record, done.published)


def _flags(options: Options, *, notify: bool) -> Iterator[str]:
    """Yield the flags that scoring on Spark does not support."""
    if options.trend is not None:
        yield "--trend"
    if options.strict:
        yield "--strict"
    if options.dry_run:
        yield "--dry-run"
    if notify:
        yield "--notify"
