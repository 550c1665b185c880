"""Explanations as of a stored run: by the run's rules, from the current content of its exports."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import polars as pl

from flamescore.explanations import compared_with_run, places_in, resolve_contact
from flamescore.explanations import explain as explain_contact
from flamescore.exports import list_hash
from flamescore.inputs import read_inputs, rules_path
from flamescore.labels import HOT_FILE, LABELS_FILE
from flamescore.rules import Hot
from flamescore.runs import project_of, reading_run, rules_of_run, scan

if TYPE_CHECKING:
    from pathlib import Path

    from flamescore.explanations import Explanation
    from flamescore.project import Project
    from flamescore.runs import Run


def explained_as_of_run(
    project: Project,
    contact: str,
    found: Run,
    config: str | None,
    *,
    everything: bool,
    most: int | None,
) -> Explanation:
    """Explain a contact (by contact id or e-mail) as of a run.

    `config` is where the project file is searched for. At most `most` counted occurrences of a rule are
    computed, None for all. The notes report whether the rule file, or a list that the rules name, has changed
    since.

    Raises:
        NotFoundError: the contact does not exist.
        UsageError: several contacts have that e-mail.
        InputError: the exports can't be read.
    """
    record = found.record
    rules = rules_of_run(found)
    as_of = record.as_of.isoformat().replace("+00:00", "Z")
    read = project_of(found, project, config)
    keys = columns_to_find(contact)
    with read_inputs(read, rules=rules, as_of=as_of, now=record.started_at, keys=keys, of_run=True) as inputs:
        who = resolve_contact(inputs.exports, contact)
        book, exports, instant = inputs.bound.book, inputs.exports, inputs.as_of
        scored = {score.name: score.contacts for score in record.scores}
        with reading_run(found):
            scores = scan(found, "scores.parquet").filter(pl.col("contact_id") == who).collect()
        explanation = explain_contact(
            book,
            exports,
            who,
            as_of=instant,
            everything=everything,
            most=most,
            flames_from={score.name: score.flames_from for score in record.scores if score.flames_from},
            given_to={
                (score.name, rule.id): rule.contacts
                for score in record.scores
                for rule in score.rules
                if rule.entry == "rule"
            },
            places=places_in(scores, scored),
            hot=inputs.hot if inputs.hot.written == record.hot_condition else Hot(),
        )
    with reading_run(found):
        explanation = compared_with_run(
            explanation,
            found.run_id,
            scores.lazy(),
            contacts=scored,
            labels=scan(found, LABELS_FILE) if record.labels else None,
            hot=scan(found, HOT_FILE) if record.hot_condition is not None else None,
        )
    if rules_changed(project, record.rules.text):
        name = project.settings.rules
        note = f"{name} has changed since this run; showing the run's rules."
        explanation = dataclasses.replace(explanation, notes=(*explanation.notes, note))
    for path in _changed_lists(project, found):
        note = f"The list {path} has changed since this run; showing the run's own."
        explanation = dataclasses.replace(explanation, notes=(*explanation.notes, note))
    return explanation


def _changed_lists(project: Project, found: Run) -> tuple[str, ...]:
    """Return the lists from files, as named in the rule file, that have changed."""
    if not project.settings.rules:
        return ()
    folder = rules_path(project).parent
    lists = {each.path: each.hash.removeprefix("sha256:") for each in found.record.rules.lists}
    return tuple(path for path, then in lists.items() if _hash_of(folder / path) != then)


def _hash_of(file: Path) -> str | None:
    """Return the hash of a list's file; None if it can't be read."""
    try:
        return list_hash(file)
    except (OSError, ValueError):
        return None


def rules_changed(project: Project, text: str) -> bool:
    """Return whether the project's rule file differs from a text; true also if the file is gone."""
    if not project.settings.rules:
        return False
    try:
        now = rules_path(project).read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return True
    return now != text.removeprefix("\ufeff")


def columns_to_find(contact: str) -> tuple[str, ...]:
    """Return the columns most likely to identify the contact, besides the ids."""
    return ("email",) if "@" in contact else ()
