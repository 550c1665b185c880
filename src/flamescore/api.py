"""The public Python API: frames in, frames out, with the same engine as the command line."""

from __future__ import annotations

import json
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from msgspec.structs import replace

from flamescore.accounts import accounts_of
from flamescore.columns import Columns, ListColumns
from flamescore.errors import FlamescoreError, MisuseError, Problem, RuleFileError, UsageError, fault
from flamescore.explained_runs import explained_as_of_run
from flamescore.explanations import explain as explain_contact
from flamescore.explanations import resolve_contact
from flamescore.exports import ListFiles, as_frame, from_frames, load, readable, survey
from flamescore.frames import LIST_SUFFIX, Exports
from flamescore.given_values import contact_text, flames_text, instant, not_negative, texts, wrong
from flamescore.input_errors import reading
from flamescore.inputs import call_list_of
from flamescore.labels import judged
from flamescore.merged import merged_table
from flamescore.project import find_settings, settle
from flamescore.report import RENDERERS, read_back, redacted
from flamescore.result_search import search_result
from flamescore.results import Explanation, Result, Run
from flamescore.rules import (
    Hot,
    bind_condition,
    bind_rules,
    date_columns,
    list_columns,
    load_condition,
    load_rules_text,
    named_columns,
    number_columns,
)
from flamescore.rules import load_rules as read_rules
from flamescore.runs import find_run, reading_run, replace_file, writing
from flamescore.scoring import score_exports
from flamescore.searches import WAYS, SearchRequest, search_run
from flamescore.stopping import STOPS
from flamescore.yaml_tree import nearest, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    import polars as pl

    from flamescore.exports import Table
    from flamescore.project import Project, RejectLimit
    from flamescore.rules import LoadedRules

P = ParamSpec("P")
T = TypeVar("T")


def _wrap_errors(function: Callable[P, T]) -> Callable[P, T]:
    """Turn any internal error into a `FlamescoreError`, X070. A Polars panic is not an `Exception`.

    A value of the wrong type is still the `TypeError` or `ValueError` that callers expect.
    """

    @wraps(function)
    def wrapper(*args: P.args, **named: P.kwargs) -> T:
        try:
            return function(*args, **named)
        except MisuseError as error:
            raise error.cause from None
        except (FlamescoreError, *STOPS, SystemExit, GeneratorExit):
            raise
        except BaseException as error:
            if error.__traceback__ is None or error.__traceback__.tb_next is None:
                raise  # the arguments don't match the signature: let Python report it
            raise FlamescoreError(fault(error)) from error

    return wrapper


@_wrap_errors
def load_rules(rules: str | Path, *, folder: str | Path | None = None) -> LoadedRules:
    """Load and validate a rule file.

    Args:
        rules: The path of the rule file, or the rules themselves as YAML text with at least one line break.
        folder: Where the lists that the rules read from files are. Defaults to the folder of the rule file
            or, for YAML text, the working folder.

    Raises:
        RuleFileError: The rules are invalid. `problems` has every fault with its place.
    """
    if isinstance(rules, str) and "\n" in rules:
        return load_rules_text(rules, "rules.yaml", ListFiles(Path(folder or ".")))
    path = Path(rules)
    return read_rules(path, ListFiles(path.parent if folder is None else Path(folder)))


@_wrap_errors
def load_exports(
    config: str | Path | None = None,
    rules: LoadedRules | None = None,
    **settings: Any,  # noqa: ANN401 - each key has its own type, which is checked
) -> Exports:
    """Load the exports that a project file names: cleaned contacts in memory, events lazily.

    Args:
        config: The project file. By default it is searched for as on the command line.
        rules: The rules to load the exports for. They determine which columns are dates and numbers, and the
            time zone of naive times.
        **settings: Keys that override those of the project file, such as `contacts=...` or `events=...`.

    Raises:
        InputError: A source is missing, unreadable, or has too many rejects. Events that are rejected for
            their cells are known, and the error is raised, only when they are scored.
    """
    found = find_settings(None if config is None else str(config))
    project = settle(found, settings)
    opened = survey(project)
    exclude = call_list_of(project, rules)
    if rules is None:
        return load(opened, lists=opened.columns.lists)
    loaded = (rules,) if exclude is None else (rules, exclude)
    opened = readable(opened, named_columns(*loaded))
    numbers, lists = number_columns(*loaded), list_columns(*loaded)
    return load(opened, date_columns(*loaded), rules.zone, numbers=numbers, lists=lists)


@_wrap_errors
def score(
    rules: LoadedRules,
    contacts: Table | Exports,
    events: Table | None = None,
    tag_history: Table | None = None,
    *,
    as_of: str | datetime | date = "now",
    max_rejects: RejectLimit | None = None,
    hot: str | Mapping[str, Any] | int = 5,
) -> Result:
    """Score every contact by every enabled score, as of a point in time.

    A contact without a matching rule scores 0. A null matches only `empty: true`. Tables may be Polars
    frames, anything that provides Arrow data (such as pandas), a mapping of lists, or a list of mappings.

    Args:
        rules: The rules, from `load_rules`.
        contacts: A table with `contact_id` and optionally `tags` (a list or text), or the result of
            `load_exports`.
        events: A table with `contact_id`, `event` and `at`.
        tag_history: A table with `contact_id`, `tag` and `at`.
        as_of: `"now"`, `"today"`, a date (its first instant) or a time. Without a zone, it is in the time
            zone of the rules.
        max_rejects: How many rows of a table may be rejected. Defaults to 1%; 20 rows are always allowed.
        hot: Who is hot: contacts with at least this many flames under the default score, or contacts that
            match a condition, given as a mapping or as YAML.

    Raises:
        RuleFileError: The rules or the condition refer to a column that the tables don't have, or to a score
            or label that does not exist.
        InputError: Too many rows are invalid.
    """
    exports = _exports(rules, contacts, events, tag_history, max_rejects)
    columns = _columns(exports)
    book = bind_rules(rules, columns).book
    who = _hot(rules, hot, columns)
    conditions = () if who.condition is None else (who.condition,)
    at = instant(as_of, rules.zone)
    done = judged(score_exports(book, exports, as_of=at, conditions=conditions), hot=who)
    merged = None if exports.aliases is None else merged_table(exports.aliases)
    found = accounts_of(done)
    return Result(
        done.scores,
        done.ledger.frame(),
        done.contacts,
        done.rejects,
        replace(done, accounts=found),
        merged,
        labels=done.labels,
        hot=done.hot,
        bots=None if done.bots is None else done.bots.table,
        accounts=None if found is None else found.scores,
        account_points=None if found is None else found.points,
    )


def _hot(rules: LoadedRules, hot: str | Mapping[str, Any] | int, columns: Columns) -> Hot:
    if isinstance(hot, int):
        return Hot(hot)
    text = hot if isinstance(hot, str) else json.dumps(dict(hot))
    parsed = parse(text, "hot")
    if parsed.document is None or parsed.problems:
        raise RuleFileError(parsed.problems)
    loaded = load_condition(parsed.document, names=rules.names)
    return Hot(condition=bind_condition(loaded, columns, rules.zone))


@_wrap_errors
def explain(
    rules: LoadedRules | Run,
    contact: str | int,
    contacts: Table | Exports | str | Path | None = None,
    events: Table | None = None,
    tag_history: Table | None = None,
    *,
    config: str | Path | None = None,
    as_of: str | datetime | date = "now",
    everything: bool = False,
) -> Explanation:
    """Explain a contact's scores: every ledger entry, and every occurrence that counted.

    There are two forms. `explain(rules, contact, contacts, events, as_of=...)` explains from tables or from
    the result of `load_exports`. `explain(run, contact, config)` explains as of a stored run, with the run's
    rules and the current exports of the project file.

    Args:
        rules: The rules, from `load_rules`, or a run, from `load_run`.
        contact: A contact id or an e-mail address.
        contacts: As in `score`. For a run, the project file, as `config`.
        events: As in `score`.
        tag_history: As in `score`.
        config: The project file of a run. By default that of the run's output folder, or else the one found
            as on the command line.
        as_of: As in `score`; not used for a run.
        everything: Whether to add rules that gave nothing and occurrences that don't count, with the reasons.

    Raises:
        NotFoundError: The contact does not exist.
        UsageError: Several contacts have this e-mail address.
        TypeError: `contact` is neither text nor a whole number, or `contacts` is missing.
    """
    text = contact_text(contact)
    if isinstance(rules, Run):
        place = contacts if config is None else config
        if place is not None and not isinstance(place, str | Path):
            raise wrong("config", "a path", place)
        return _as_of_run(rules, text, place, everything=everything)
    if contacts is None or isinstance(contacts, str | Path):
        raise wrong("contacts", "a frame or an Arrow table", contacts)
    exports = _exports(rules, contacts, events, tag_history, None)
    book = bind_rules(rules, _columns(exports)).book
    who = resolve_contact(exports, text)
    at = instant(as_of, rules.zone)
    return Explanation.of(explain_contact(book, exports, who, as_of=at, everything=everything))


def _as_of_run(run: Run, contact: str, config: str | Path | None, *, everything: bool) -> Explanation:
    project = run.project if config is None else find_settings(str(config))
    path = config if config is not None else run.project.path
    explanation = explained_as_of_run(
        project, contact, run.stored, None if path is None else str(path), everything=everything, most=None
    )
    return Explanation.of(explanation)


@_wrap_errors
def load_run(output: str | Path = "out", run: str = "latest") -> Run:
    """Find a stored run in an output folder.

    Args:
        output: The output folder, or a project file. If the project file in the working folder or above it
            uses this folder, the run belongs to that project.
        run: `"latest"`, a run id or its beginning, a time, or a day such as `"2026-01-01"`.

    Raises:
        NotFoundError: The run does not exist.
    """
    return Run(find_run(project := _project_of_output(output), run, warn=lambda _: None), project)


def _project_of_output(output: str | Path) -> Project:
    if Path(output).is_file():
        return find_settings(str(output))
    bare = settle(None, {"output": str(output)}, environ={})
    try:
        near = find_settings(None)
    except FlamescoreError:
        return bare  # the folder was given, so an unreadable project file does not matter
    same = near.path is not None and near.output_folder.resolve() == bare.output_folder.resolve()
    return near if same else bare


@_wrap_errors
def report(run: Run, path: str | Path | None = None, redact: bool = False) -> Path | str:  # noqa: FBT001, FBT002
    """Write the report of a run, and return its path.

    Args:
        run: The run, from `load_run`.
        path: Where to write the report. The suffix determines the format: `.html`, `.md` or `.xlsx`. Without
            a path nothing is written, and the HTML is returned as text.
        redact: Whether to leave out names, companies, e-mail addresses and phone numbers.

    Raises:
        UsageError: The suffix is not one of these.
        OutputError: The file can't be written.
    """
    if not isinstance(run, Run):
        raise wrong("run", "a run from load_run", run)
    form = "html" if path is None else Path(path).suffix.lower().removeprefix(".")
    if form not in RENDERERS:
        hint = f"Use one of the suffixes {', '.join(f'.{each}' for each in RENDERERS)}."
        raise UsageError(Problem("U010", f"Can't tell the format from `{path}`.", hint=hint))
    with reading_run(run.stored):
        data = replace(read_back(run.stored), decimals=run.project.settings.decimals)
        made = RENDERERS[form](redacted(data) if redact else data)
    if path is None:
        return made.decode()
    with writing(Path(path)):
        replace_file(Path(path).resolve(), made)
    return Path(path)


@_wrap_errors
def search(
    found_in: Result | Run,
    text: str | None = None,
    *,
    flames: int | tuple[int, int] | str | None = None,
    score: str | None = None,
    scores: str | Sequence[str] = (),
    min_score: float | None = None,
    max_score: float | None = None,
    min_percentile: float | None = None,
    owners: str | Sequence[str] = (),
    tags: str | Sequence[str] = (),
    where: str | Sequence[str] = (),
    changed: str | Sequence[str] = (),
    sort: str | Sequence[str] = (),
    limit: int | None = None,
    everyone: bool = False,
    labels: Mapping[str, str | Sequence[str]] | None = None,
    hot: bool = False,
) -> pl.DataFrame:
    """Return the contacts of a result or of a stored run that match every condition, best first.

    For a run, these are the exact rows of `flamescore search --format json`. A result has no call list, and
    its `change` and `newly_hot` are null.

    Args:
        found_in: A result of `score`, or a run from `load_run`.
        text: Words to find in name, company, e-mail or phone; or a whole contact id.
        flames: The number of flames: `5`, `(4, 5)`, `"4-5"` or `"4+"`.
        score: The score to search and rank by. Defaults to the first.
        scores: Further scores, optionally with flames, as in `"fit:3+"`.
        min_score: Only contacts with at least this score.
        max_score: Only contacts with at most this score.
        min_percentile: Only contacts better than this percentage of the others.
        owners: Only contacts of these owners.
        tags: Only contacts with all of these tags.
        where: Predicates of the rule language, in full or in short form:
            `"{country: US, employees: {at_least: 100}}"` or `"employees>100"`.
        changed: Only contacts that changed in one of these ways since the previous run: `"up"`, `"down"`,
            `"newly-hot"`, `"cooled-off"`, `"new"`.
        sort: What to sort by: `"rank"` (the default), `"score"`, `"flames"`, `"percentile"`,
            `"last_activity"`, `"change"` or a column. `-` before it reverses the order.
        limit: Return at most this many contacts.
        everyone: Whether to include contacts that the run's call list leaves out.
        labels: By label, the text it must have, or several to match any of them; `""` for no label.
        hot: Only contacts who are hot.

    Raises:
        UsageError: A score, column, label or kind of change does not exist, or `flames` is invalid.
        ValueError: `changed` is given for a result, which has no changes.
    """
    request = SearchRequest(
        flames=None if flames is None else flames_text(flames),
        scores=(*texts("score", score), *texts("scores", scores)),
        min_score=min_score,
        max_score=max_score,
        min_percentile=min_percentile,
        owners=texts("owners", owners),
        tags=texts("tags", tags),
        where=texts("where", where),
        text=text,
        sort=texts("sort", sort),
        everyone=everyone,
        changed=_ways(texts("changed", changed)),
        labels=tuple(f"{name}={each}" for name, some in (labels or {}).items() for each in texts(name, some)),
        hot=hot,
    )
    first = None if limit is None else not_negative("limit", limit)
    if isinstance(found_in, Run):
        return search_run(found_in.project, found_in.stored, request, first=first).exact()
    if not isinstance(found_in, Result):
        raise wrong("the first argument", "a Result, or a run from load_run", found_in)
    if request.changed:
        text_of_it = "changed needs a run from load_run: a Result was held against no earlier one"
        raise MisuseError(ValueError(text_of_it))
    rows = search_result(found_in, request)
    return rows if first is None else rows.head(first)


def _ways(ways: tuple[str, ...]) -> tuple[str, ...]:
    for way in ways:
        if way not in WAYS:
            near = nearest(way, tuple(WAYS))
            hint = f"Did you mean `{near}`?" if near else f"Use {', '.join(WAYS)}."
            raise UsageError(Problem("U002", f"`{way}` is not a way to change.", hint=hint))
    return ways


def _exports(
    rules: LoadedRules,
    contacts: Table | Exports,
    events: Table | None,
    tag_history: Table | None,
    max_rejects: RejectLimit | None,
) -> Exports:
    if isinstance(contacts, Exports):
        return contacts
    return from_frames(
        as_frame("contacts", contacts),
        None if events is None else as_frame("events", events),
        None if tag_history is None else as_frame("tag_history", tag_history),
        zone=rules.zone,
        max_rejects=max_rejects,
        named=named_columns(rules),
        lists=list_columns(rules),
    )


def _columns(exports: Exports) -> Columns:
    events: dict[str, None] = {}
    for source in exports.events:
        with reading(source.file_at_fault):
            events |= dict.fromkeys(source.frame.collect_schema().names())
    visible = tuple(name for name in events if "\x00" not in name)
    return Columns(
        contacts=tuple(name for name in exports.contacts.columns if "\x00" not in name),
        events=visible,
        has_tags="tags" in exports.contacts.columns or exports.tag_history is not None,
        has_events=bool(exports.events),
        lists=ListColumns(_held(exports.contacts.columns), _held(events)),
    )


def _held(names: Iterable[str]) -> frozenset[str]:
    """Return the columns that have a companion with their items."""
    return frozenset(name.removesuffix(LIST_SUFFIX) for name in names if name.endswith(LIST_SUFFIX))
