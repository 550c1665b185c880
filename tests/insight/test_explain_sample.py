"""The explanation of every contact of the sample adds up to its published score, to the last digit."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

import flamescore
from flamescore.api import _columns
from flamescore.bind.resolve import bind_rules
from flamescore.cli.explain import _json
from flamescore.insight.explain import explain
from flamescore.insight.published import held_against

ROOT = Path(__file__).parent.parent.parent
PARTS = 20
FULL = os.environ.get("FLAMESCORE_TESTS") == "full"
STEP = 1 if FULL else 200


@pytest.fixture(scope="module", params=["keap", "b2b", "ontraport"])
def sample(request):
    """Rules, exports (their events in memory, so that each contact is found at once) and scores."""
    rules = flamescore.load_rules(ROOT / "rules" / f"{request.param}.yaml")
    exports = flamescore.load_exports(ROOT / "flamescore.yaml", rules)
    events = tuple(replace(source, frame=source.frame.collect().lazy()) for source in exports.events)
    exports = replace(exports, events=events)
    result = flamescore.score(rules, exports, as_of="2026-11-21")
    return bind_rules(rules, _columns(exports)).book, exports, result


@pytest.mark.parametrize("part", range(PARTS) if FULL else [0])
def test_it_adds_up(sample, part):
    book, exports, result = sample
    ids = exports.contacts["contact_id"].to_list()[part::PARTS][:: STEP // PARTS or 1]
    rows = {(row["contact_id"], row["score_name"]): row for row in result.scores.to_dicts()}
    for contact_id in ids:
        explanation = explain(book, exports, contact_id, as_of=result.scored.as_of, everything=True)
        explanation = held_against(explanation, "run", result.scores)
        assert explanation.notes == ()
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
