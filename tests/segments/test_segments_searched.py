"""`search --segment`, and conditions of segments compared with plain Python over the tables."""

import random
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
import yaml
from msgspec.structs import replace

from cli.small import PROJECT, write_project
from flamescore.errors import NotFoundError, UsageError
from flamescore.nightly import Options, nightly
from flamescore.project import find_settings
from flamescore.searches import SearchRequest, search_run

SEGMENTS = """
segments:
  best: {if: {score: interest, percentile: {at_least: 50}}}
  called: {if: {rule: call}}
  cold: {if: {not: {score: interest, rank: 1}}, everyone: true}
"""


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setenv("FLAMESCORE_NOW", "2027-01-01T00:00:00Z")


def project_of(folder, segments):
    write_project(folder)
    (folder / "flamescore.yaml").write_text(PROJECT + segments)
    return find_settings(str(folder / "flamescore.yaml"))


def searched(project, run, *names):
    return search_run(project, run, SearchRequest(segments=names)).rows["contact_id"].to_list()


def test_a_search_finds_who_is_in_the_list(tmp_path):
    project = project_of(tmp_path, SEGMENTS)
    run = nightly(project, Options()).published.run
    for name in ("best", "called", "cold"):
        listed = pl.read_csv(run.path / f"segments/{name}.csv", infer_schema=False)["contact_id"]
        assert searched(project, run, name) == listed.to_list()
    assert searched(project, run, "best", "called") == ["101", "103", "102"]
    assert searched(project, run, "called", "cold") == ["103", "102"]
    assert searched(project, run, "hot") == ["101", "103"]
    assert "105" in searched(project, run, "cold")


def test_an_unknown_segment_is_told_with_the_nearest(tmp_path):
    project = project_of(tmp_path, "")
    run = nightly(project, Options()).published.run
    with pytest.raises(UsageError) as caught:
        searched(project, run, "hott")
    assert str(caught.value) == "A007 There is no segment `hott`.\n        Did you mean `hot`?"
    later = project_of(tmp_path, SEGMENTS)
    with pytest.raises(NotFoundError) as caught:
        searched(later, run, "best")
    assert str(caught.value) == f"N005 the run {run.run_id} has no segment best: score again"


def test_members_who_are_held_do_not_count(tmp_path):
    text = PROJECT.replace("  - path: events.csv", "  - path: events.csv\n    newest_within: 10d")
    write_project(tmp_path)
    (tmp_path / "flamescore.yaml").write_text(f"{text}{SEGMENTS}")
    project = find_settings(str(tmp_path / "flamescore.yaml"))
    nightly(project, Options())
    later = replace(project, settings=project.settings.with_keys(as_of="2026-12-30"))
    run = nightly(later, Options(accept=True)).published.run
    rows = pl.read_parquet(run.path / "segments.parquet").filter(pl.col("segment") == "called")
    assert rows.select("contact_id", "held").rows() == [("101", True), ("102", True), ("103", True)]
    assert searched(project, run, "called") == []


# --- conditions, at random


MEASURES = ("flames", "points", "percentile", "rank")
OPERATORS = {
    "at_least": lambda left, right: left >= right,
    "at_most": lambda left, right: left <= right,
    "more_than": lambda left, right: left > right,
    "less_than": lambda left, right: left < right,
}


def number_of(dice):
    return dice.choice([0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 25, 28.5, 50, 57.1, 71.4, 90, 100, -5])


def leaf(dice, above):
    kind = dice.choice(["score", "score", "score", "tag", "rule", "segment"])
    if kind == "tag":
        return {"tag": dice.choice(["VIP", "New Lead", "Competitor"])}
    if kind == "rule":
        return dice.choice([{"rule": "form"}, {"rule": "call"}, {"rule": "size", "of": "fit"}])
    if kind == "segment" and above:
        return {"segment": dice.choice(above)}
    asked = {"score": dice.choice(["interest", "fit"])}
    for measure in dice.sample(MEASURES, dice.randint(1, 2)):
        form = dice.randrange(3)
        if form == 0:
            asked[measure] = number_of(dice)
        elif form == 1:
            asked[measure] = [number_of(dice), number_of(dice)]
        else:
            asked[measure] = {dice.choice(list(OPERATORS)): number_of(dice)}
    return asked


def condition(dice, above, depth=2):
    kind = dice.randrange(5) if depth else 0
    if kind == 1:
        return {"not": condition(dice, above, depth - 1)}
    if kind > 2:
        return {dice.choice(["all", "any"]): [condition(dice, above, depth - 1) for _ in range(2)]}
    return leaf(dice, above)


class Tables:
    """The tables of a run, evaluated by hand."""

    def __init__(self, folder: Path):
        scores = pl.read_parquet(folder / "scores.parquet")
        self.people = pl.read_parquet(folder / "contacts.parquet").rows_by_key("contact_id", named=True)
        ledger = pl.read_parquet(folder / "points.parquet").filter(pl.col("entry") == "rule")
        self.rules = {
            (row["score_name"], row["rule_id"], row["contact_id"])
            for row in ledger.iter_rows(named=True)
            if row["occurrences"] >= 1 or row["points"] != 0
        }
        self.rows = {}
        for name in ("interest", "fit"):
            rows = scores.filter(pl.col("score_name") == name).to_dicts()
            for row in rows:
                below = sum(other["score"] < row["score"] for other in rows)
                self.rows[name, row["contact_id"]] = {
                    "flames": row["flames"],
                    "points": Fraction(row["score"]),
                    "percentile": Fraction(100 * below, len(rows) - 1),
                    "rank": row["rank"],
                }
        self.order = [
            row["contact_id"] for row in scores.filter(pl.col("score_name") == "interest").to_dicts()
        ]
        self.uncalled = set(pl.read_parquet(folder / "excluded.parquet")["contact_id"])

    def fits(self, who, asked, members):  # noqa: PLR0911 - one return per kind
        match asked:
            case {"all": parts}:
                return all(self.fits(who, part, members) for part in parts)
            case {"any": parts}:
                return any(self.fits(who, part, members) for part in parts)
            case {"not": part}:
                return not self.fits(who, part, members)
            case {"tag": tag}:
                return tag in (self.people[who][0]["tags"] or [])
            case {"rule": rule}:
                return (asked.get("of", "interest"), rule, who) in self.rules
            case {"segment": name}:
                return who in members[name]
            case {"score": name, **measures}:
                row = self.rows.get((name, who))
                return row is not None and all(self.holds(row[m], wanted) for m, wanted in measures.items())

    @staticmethod
    def holds(value, wanted):
        exact = lambda number: Fraction(str(number))  # noqa: E731 - short
        if isinstance(wanted, dict):
            return all(OPERATORS[how](value, exact(number)) for how, number in wanted.items())
        return any(value == exact(number) for number in (wanted if isinstance(wanted, list) else [wanted]))


@pytest.mark.parametrize("count", [100, pytest.param(1_000, marks=pytest.mark.full)])
def test_conditions_are_those_of_plain_python(tmp_path, count):
    dice, segments = random.Random(20261121), {}
    for number in range(count):
        segments[f"s{number}"] = {
            "if": condition(dice, list(segments)[-20:]),
            "everyone": dice.random() < 0.5,
            **({"limit": dice.randint(1, 4)} if dice.random() < 0.2 else {}),
        }
    written = yaml.safe_dump({"segments": segments}, sort_keys=False)
    project = project_of(tmp_path, f"\n{written}")
    folder = nightly(project, Options()).published.run.path
    tables, members = Tables(folder), {}
    for name, segment in segments.items():
        called = [w for w in tables.order if segment["everyone"] or w not in tables.uncalled]
        fitting = [who for who in called if tables.fits(who, segment["if"], members)]
        members[name] = fitting[: segment.get("limit")]
    found = pl.read_parquet(folder / "segments.parquet").filter(~pl.col("segment").str.starts_with("hot"))
    rows = found.group_by("segment", maintain_order=True).agg("contact_id").rows()
    assert dict(rows) == {name: sorted(who) for name, who in members.items() if who}
    assert 10 < len(rows) < count
    lists = (folder / "segments" / f"{name}.csv" for name in segments)
    listed = [pl.read_csv(path, infer_schema=False)["contact_id"].to_list() for path in lists]
    assert listed == list(members.values())
