"""The explanation of every contact of the sample adds up to its published score, to the last digit.

So does its evidence, evaluated again from its own fields. In full size these are 6,000 explanations. A third
of the time would go into the outlook, which has its own test.
"""

from __future__ import annotations

import dataclasses
import json
import os
from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest
from msgspec.structs import replace

import flamescore
from evidence_read_again import holds
from flamescore.api import _columns
from flamescore.cli.explain import _json
from flamescore.explanations import AHEAD, compared_with_run, explain, frozen
from flamescore.rules import bind_rules
from flamescore.scoring import score_exports

ROOT = Path(__file__).parent.parent.parent
PARTS = 20
FULL = os.environ.get("FLAMESCORE_TESTS") == "full"
STEP = 1 if FULL else 200


@pytest.fixture(scope="module", params=["keap", "b2b", "ontraport"])
def sample(request):
    """Return rules, exports and scores. Events are in memory, so that each contact is found quickly."""
    rules = flamescore.load_rules(ROOT / "rules" / f"{request.param}.yaml")
    exports = flamescore.load_exports(ROOT / "flamescore.yaml", rules)
    events = tuple(replace(source, frame=source.frame.collect().lazy()) for source in exports.events)
    exports = dataclasses.replace(exports, events=events)
    result = flamescore.score(rules, exports, as_of="2026-11-21")
    return bind_rules(rules, _columns(exports)).book, exports, result


def _some(exports, part):
    return exports.contacts["contact_id"].to_list()[part::PARTS][:: STEP // PARTS or 1]


def _evidence_says_the_same_when_it_is_read_again(explanation):
    for score in explanation.scores:
        for line in score.entries:
            assert bool(line.evidence) == (line.entry == "rule")
            assert all(each.holds and holds(each, explanation) for each in line.evidence)
        for line in score.silent:
            assert line.why == line.failed.sentence
            assert not line.failed.holds
            assert holds(line.failed, explanation) is False


@pytest.mark.parametrize("part", range(PARTS) if FULL else [0])
def test_it_adds_up(sample, part, monkeypatch):
    monkeypatch.setattr(import_module("flamescore.explanations.contact"), "AHEAD", ())
    book, exports, result = sample
    ids = _some(exports, part)
    rows = {(row["contact_id"], row["score_name"]): row for row in result.scores.to_dicts()}
    for contact_id in ids:
        explanation = explain(book, exports, contact_id, as_of=result.scored.as_of, everything=True)
        explanation = compared_with_run(explanation, "run", result.scores.lazy())
        assert explanation.notes == ()
        _evidence_says_the_same_when_it_is_read_again(explanation)
        told = json.loads(_json(explanation), parse_float=Decimal)
        for score in told["scores"]:
            row = rows.get((contact_id, score["score_name"]))
            assert score["in_population"] == (row is not None)
            if row is None:
                continue
            assert sum(Decimal(line["points"]) for line in score["entries"]) == Decimal(str(row["score"]))
            assert (score["flames"], score["rank"]) == (row["flames"], row["rank"])
            for line in score["entries"]:
                if line["counted"]:
                    assert sum(Decimal(each["points"]) for each in line["counted"]) == Decimal(line["points"])
                    assert len(line["counted"]) == line["occurrences"]


def test_the_outlook_is_the_score_of_that_day_if_nothing_happens(sample):
    book, exports, result = sample
    as_of = result.scored.as_of
    expected = {}
    for days in AHEAD:
        then = as_of + timedelta(days=days)
        for row in score_exports(book, frozen(exports, as_of, then), as_of=then).scores.to_dicts():
            told = (days, row["score"], row["flames"])
            expected.setdefault((row["contact_id"], row["score_name"]), []).append(told)
    for contact_id in _some(exports, 0):
        for score in explain(book, exports, contact_id, as_of=as_of).scores:
            if score.in_population:
                outlook = [(each.days, each.score, each.flames) for each in score.outlook]
                assert outlook == expected[contact_id, score.score_name]
