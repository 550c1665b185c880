"""Score a folder of small files, inspect the findings and apply their cures.

The text of a file is written on one line: ` / ` ends a line, and the usual header may be omitted.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.small import Done

AS_OF = "2026-11-21T00:00:00Z"
NOW = "2026-11-26T12:00:00Z"
WRITTEN = datetime.fromisoformat("2026-11-21T00:00:00+00:00").timestamp()
OF_RULES = {"where", "event", "tag", "field", "if"}
"""Keys of a cure that belong to a rule; all others belong to a source."""


def text_of(lines: str, header: str | None = None) -> str:
    """Return the text of a file whose lines are separated by ` / `."""
    rows = lines.split(" / ")
    return "".join(f"{row}\n" for row in ([header, *rows] if header else rows))


@dataclass
class Outcome:
    """The exit code, output and findings of a command."""

    code: int
    out: str
    err: str
    lines: list[dict[str, Any]]
    folder: Path

    def found(self, code: str, subject: str | None = None) -> dict[str, Any]:
        """Return the one finding with this code (and subject)."""
        fits = [
            each
            for each in self.lines
            if each["code"] == code and (subject is None or each["subject"] == subject)
        ]
        assert len(fits) == 1, (code, subject, self.codes, self.err)
        return fits[0]

    def warning(self, code: str, subject: str | None = None, *, count=None, of=None) -> dict[str, Any]:
        return self._level("warning", code, subject, count, of)

    def note(self, code: str, subject: str | None = None, *, count=None, of=None) -> dict[str, Any]:
        return self._level("note", code, subject, count, of)

    def error(self, code: str, subject: str | None = None) -> dict[str, Any]:
        return self._level("error", code, subject, None, None)

    def _level(self, level: str, code: str, subject: str | None, count: int | None, of: int | None):
        found = self.found(code, subject)
        assert found["level"] == level, found
        if count is not None:
            assert found["count"] == count, found
        if of is not None:
            assert found["of"] == of, found
        return found

    @property
    def codes(self) -> list[str]:
        """Return the codes of all findings, in order."""
        return [each["code"] for each in self.lines if each["level"] != "info"]

    @property
    def told(self) -> list[str]:
        """Return the codes of errors and warnings that are not accepted."""
        return [
            each["code"]
            for each in self.lines
            if each["level"] in ("error", "warning") and each["accepted"] is None
        ]

    @property
    def record(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads((self.folder / "out" / "latest" / "run.json").read_text())
        return said

    def source(self, kind: str, number: int = 0) -> dict[str, Any]:
        """Return a source from the run's record."""
        return [each for each in self.record["sources"] if each["kind"] == kind][number]

    def rows(self, *names: str, kind: str = "events") -> tuple[int, ...]:
        """Return counts of the first source of a kind."""
        return tuple(self.source(kind)[name] for name in names)

    @property
    def scores(self) -> dict[str, float]:
        """Return the score of each contact."""
        table = pl.read_parquet(self.folder / "out" / "latest" / "scores.parquet")
        return dict(table.select("contact_id", "score").sort("contact_id").iter_rows())

    @property
    def contacts(self) -> pl.DataFrame:
        return pl.read_parquet(self.folder / "out" / "latest" / "contacts.parquet")


def _merged(old: Any, new: Any) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: _merged(old.get(key), value) for key, value in new.items()}}
    return new


@dataclass
class Case:
    """A project of two files and one rule."""

    folder: Path
    program: Callable[..., Done]
    project: dict[str, Any] = field(
        default_factory=lambda: {
            "version": 1,
            "rules": "rules.yaml",
            "contacts": [{"path": "c.csv"}],
            "events": [{"path": "e.csv"}],
        }
    )
    rules: list[dict[str, Any]] = field(
        default_factory=lambda: [{"name": "Click", "event": "click", "count": "each", "points": 1}]
    )
    zone: str = "UTC"
    written: dict[str, float] = field(default_factory=dict)

    def contacts(self, lines: str, header: str | None = "contact_id", name: str = "c.csv") -> None:
        self.file(name, text_of(lines, header))

    def events(self, lines: str, header: str | None = "contact_id,event,at", name: str = "e.csv") -> None:
        self.file(name, text_of(lines, header))

    def file(self, name: str, data: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    def rule(self, **keys: Any) -> None:
        """Set keys of the (first) rule."""
        self.rules[0].update(keys)
        if "event" not in keys and {"tag", "field"} & set(keys):
            for key in ("event", "count"):
                self.rules[0].pop(key, None)

    def source(self, kind: str = "events", number: int = 0, **keys: Any) -> None:
        """Set keys of a source."""
        self.project[kind][number].update(keys)

    def write(self) -> None:
        self.file("flamescore.yaml", yaml.safe_dump(self.project, sort_keys=False))
        rules = {
            "version": 1,
            "timezone": self.zone,
            "scores": {"s": {"five_flames": 20, "rules": self.rules}},
        }
        self.file("rules.yaml", yaml.safe_dump(rules, sort_keys=False))

    def score(self, *flags: str, as_of: str | None = AS_OF, now: str = NOW, log: bool = True) -> Outcome:
        """Score, with all findings as JSON on stderr."""
        self.write()
        given = (*(("--as-of", as_of) if as_of else ()), *(("-v", "--log-format", "json") if log else ()))
        return self.run("score", *given, *flags, now=now, log=log)

    def run(self, *words: str, now: str = NOW, log: bool = True) -> Outcome:
        for path in self.folder.rglob("*"):
            if path.is_file() and "out" not in path.relative_to(self.folder).parts:
                when = self.written.get(path.relative_to(self.folder).as_posix(), WRITTEN)
                os.utime(path, (when, when))
        done = self.program(*words, FLAMESCORE_NOW=now)
        lines = [json.loads(line) for line in done.err.splitlines()] if log else []
        lines = [line for line in lines if line["code"] != "A001"]
        assert "Traceback" not in done.err
        return Outcome(done.code, done.out, done.err, lines, self.folder)

    def pasted(self, finding: dict[str, Any], *flags: str, as_of: str | None = AS_OF) -> Outcome:
        """Apply the cure of a finding, run again and check that the finding is gone."""
        cure = yaml.safe_load(finding["cure"])
        assert isinstance(cure, dict), finding
        assert len(cure) == 1, finding
        (key,) = cure
        if key == "accept":
            self.project["accept"] = cure["accept"]
        elif key in OF_RULES:
            named = finding["subject"].split(" ")[0].removeprefix("s/")
            rule = next(each for each in self.rules if _id(each) == named)
            rule.update(cure)
        else:
            kind, path = _source(finding, self.project)
            source = next(each for each in self.project[kind] if each["path"] == path)
            source[key] = _merged(source.get(key), cure[key])
        again = self.score(*flags, as_of=as_of)
        same = [
            each
            for each in again.lines
            if (each["code"], each["subject"]) == (finding["code"], finding["subject"])
            and each["accepted"] is None
        ]
        assert same == [], same
        return again


def _id(rule: dict[str, Any]) -> str:
    return str(rule.get("id") or rule["name"].lower().replace(" ", "-"))


def _source(finding: dict[str, Any], project: dict[str, Any]) -> tuple[str, str]:
    """Return the kind and path of the source that a cure belongs to."""
    for kind in ("contacts", "events", "tag_history", "opportunities"):
        for source in project.get(kind, []):
            if finding["subject"].startswith(f"{kind} {source['path']}"):
                return kind, source["path"]
    return "contacts", project["contacts"][0]["path"]
