"""The public Python API: frames in, frames out, by the same engine as the command line."""

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
from flamescore.explanations import contact_meant
from flamescore.explanations import explain as explain_contact
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
from flamescore.searches import WAYS, Asked, search_run
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


def _told(function: Callable[P, T]) -> Callable[P, T]:
    """Turn any fault of the program into a `FlamescoreError`, X070: a panic of Polars is no `Exception`.

    A value of a wrong kind stays the `TypeError` or `ValueError` that callers expect.
    """

    @wraps(function)
    def told(*args: P.args, **named: P.kwargs) -> T:
        try:
            return function(*args, **named)
        except MisuseError as error:
            raise error.cause from None
        except (FlamescoreError, *STOPS, SystemExit, GeneratorExit):
            raise
        except BaseException as error:
            if error.__traceback__ is None or error.__traceback__.tb_next is None:
                raise  # the arguments don't fit the function: that is for Python to say
            raise FlamescoreError(fault(error)) from error

    return told


@_told
def load_rules(rules: str | Path, *, folder: str | Path | None = None) -> LoadedRules:
    """Load a rule file, given as a path, or as YAML text with a line end in it.

    `folder` is where its lists from files lie; by default the rule file's folder, of a text the working one.

    Raises:
        RuleFileError: with every fault of the file, each with its place.
    """
    if isinstance(rules, str) and "\n" in rules:
        return load_rules_text(rules, "rules.yaml", ListFiles(Path(folder or ".")))
    path = Path(rules)
    return read_rules(path, ListFiles(path.parent if folder is None else Path(folder)))


@_told
def load_exports(
    config: str | Path | None = None,
    rules: LoadedRules | None = None,
    **settings: Any,  # noqa: ANN401 - each key has a type of its own, which is checked
) -> Exports:
    """Load the exports that a project file names: clean contacts in memory, events lazily.

    `config` is looked for as the command line does. `rules` tell which columns are dates, and the time zone
    of naive times. `settings` override keys of the project file (`contacts=..., events=...`).

    Raises:
        InputError: a source is missing, unreadable, or has too many rejects. Which events are rejected for
            what their cells lack is known, and raised, when they are scored.
    """
    found = find_settings(None if config is None else str(config))
    project = settle(found, settings)
    opened = survey(project)
    exclude = call_list_of(project, rules)
    if rules is None:
        return load(opened, lists=opened.columns.lists)
    asked = (rules,) if exclude is None else (rules, exclude)
    opened = readable(opened, named_columns(*asked))
    numbers, lists = number_columns(*asked), list_columns(*asked)
    return load(opened, date_columns(*asked), rules.zone, numbers=numbers, lists=lists)


@_told
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
    """Score every contact by every enabled score, as of an instant.

    `contacts` needs `contact_id` (and may have `tags` as a list or text), `events` needs `contact_id`,
    `event` and `at`, `tag_history` needs `contact_id`, `tag` and `at`. Or give what `load_exports` returns.
    A contact without a matching rule scores 0; a null matches nothing but `empty: true`. `hot` says who is
    hot: from how many flames on under the default score, or a condition, as a mapping or as YAML.

    Raises:
        RuleFileError: the rules, or the condition, name a column that the frames don't have, or a score or
            label that there is not.
        InputError: the frames have too many rows that don't fit.
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


@_told
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
    """Explain a contact's scores (by contact id or e-mail): every entry, and every occurrence that counted.

    Two ways: `explain(rules, contact, contacts, events, as_of=...)` from frames or from what `load_exports`
    returns; `explain(run, contact, config)` as of a run, by its rules and from the exports of the project
    file, which is looked for as the command line does.

    Raises:
        NotFoundError: there is no such contact.
        UsageError: several contacts have that e-mail.
        TypeError: the contact is neither text nor a whole number, or there are no contacts to look in.
    """
    asked = contact_text(contact)
    if isinstance(rules, Run):
        place = contacts if config is None else config
        if place is not None and not isinstance(place, str | Path):
            raise wrong("config", "a path", place)
        return _as_of_run(rules, asked, place, everything=everything)
    if contacts is None or isinstance(contacts, str | Path):
        raise wrong("contacts", "a frame or an Arrow table", contacts)
    exports = _exports(rules, contacts, events, tag_history, None)
    book = bind_rules(rules, _columns(exports)).book
    who = contact_meant(exports, asked)
    at = instant(as_of, rules.zone)
    return Explanation.of(explain_contact(book, exports, who, as_of=at, everything=everything))


def _as_of_run(run: Run, contact: str, config: str | Path | None, *, everything: bool) -> Explanation:
    project = run.project if config is None else find_settings(str(config))
    path = config if config is not None else run.project.path
    told = explained_as_of_run(
        project, contact, run.stored, None if path is None else str(path), everything=everything, most=None
    )
    return Explanation.of(told)


@_told
def load_run(output: str | Path = "out", run: str = "latest") -> Run:
    """Find a stored run in an output folder, or in that of a project file.

    `run` is `latest`, an id, the start of one, a time, or a day such as `2026-01-01`. An output folder that
    is that of the project file in the working folder, or further up, belongs to that project.

    Raises:
        NotFoundError: there is no such run.
    """
    return Run(find_run(project := _project_of_output(output), run, warn=lambda _: None), project)


def _project_of_output(output: str | Path) -> Project:
    if Path(output).is_file():
        return find_settings(str(output))
    bare = settle(None, {"output": str(output)}, environ={})
    try:
        near = find_settings(None)
    except FlamescoreError:
        return bare  # a project file that can't be read has no say in a folder that is named
    same = near.path is not None and near.output_folder.resolve() == bare.output_folder.resolve()
    return near if same else bare


@_told
def report(run: Run, path: str | Path | None = None, redact: bool = False) -> Path | str:  # noqa: FBT001, FBT002
    """Write the report of a run in the format of the suffix (.html, .md or .xlsx), and return its path.

    Without a path its HTML is returned as text. `redact` leaves names, companies, e-mails and phones out.

    Raises:
        UsageError: the suffix is of no report.
        OutputError: the file can't be written.
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


@_told
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
    """Return the contacts of a result or of a stored run that fit everything asked, ranked or as `sort` says.

    Of a run these are the exact rows of `flamescore search --format json`, without whom its call list leaves
    out unless `everyone`; a result has no call list, and its `change` and `newly_hot` are null. `text` is
    words to be found; `flames` `5`, `(4, 5)`, `"4-5"` or `"4+"`; `score` the one that ranks, `scores` more of
    them, with flames as in `"fit:3+"`. `where` takes the rule language's predicates, or short ones:
    `"{country: US, employees: {at_least: 100}}"`, `"employees>100"`. `labels` has by name the text that a
    contact's label must be, or several, `""` for none; `hot` finds those alone who are hot.

    Raises:
        UsageError: there is no such score, column, label or way to change, or it is no number of flames.
        ValueError: `changed` is asked of a result, which has no changes.
    """
    asked = Asked(
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
        return search_run(found_in.project, found_in.stored, asked, first=first).exact()
    if not isinstance(found_in, Result):
        raise wrong("the first argument", "a Result, or a run from load_run", found_in)
    if asked.changed:
        text_of_it = "changed needs a run from load_run: a Result was held against no earlier one"
        raise MisuseError(ValueError(text_of_it))
    rows = search_result(found_in, asked)
    return rows if first is None else rows.head(first)


def _ways(asked: tuple[str, ...]) -> tuple[str, ...]:
    for way in asked:
        if way not in WAYS:
            near = nearest(way, tuple(WAYS))
            hint = f"Did you mean `{near}`?" if near else f"Use {', '.join(WAYS)}."
            raise UsageError(Problem("U002", f"`{way}` is not a way to change.", hint=hint))
    return asked


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
    """Return the columns that have their items beside them."""
    return frozenset(name.removesuffix(LIST_SUFFIX) for name in names if name.endswith(LIST_SUFFIX))
