"""Explanations of generated cases, compared with the engine's ledger and the oracle."""

from __future__ import annotations

import dataclasses
import os
from collections import Counter
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from msgspec.structs import replace

from evidence_read_again import holds
from flamescore.explanations import AHEAD, explain
from oracle import World, rule_id_of
from oracle_conditions import event_matches
from oracle_ignored import action_of, in_sequence, patterns_of, without_bots
from oracle_needed import Needed
from product import book_of, expected_ledger, expected_scores, exports_of, scored
from strategies import cases

FULL = os.environ.get("FLAMESCORE_TESTS") == "full"
MOST = 100 if FULL else 2
"""The maximum number of contacts explained per case."""


def explained(case, *, everything=True):
    book, exports = book_of(case.book), exports_of(case)
    result = scored(case)
    for row in case.contacts[:MOST]:
        yield explain(
            book,
            exports,
            row["contact_id"],
            as_of=case.as_of,
            everything=everything,
            flames_from={each.name: result.flames_from(each) for each in book.scores},
        )


def told(score):
    return [*score.entries, *score.silent]


def _entries_are_those_of_the_engine_and_of_the_oracle(case, explanations):
    engine, oracle = scored(case).ledger.frame().to_dicts(), expected_ledger(case.scored().ledger)
    for explanation in explanations:
        mine = [
            {
                "contact_id": explanation.contact_id,
                "score_name": score.score_name,
                "entry": line.entry,
                "rule_id": line.rule_id,
                "occurrences": line.occurrences,
                "points": line.points,
                "last_at": line.last_at,
            }
            for score in explanation.scores
            for line in score.entries
        ]
        for ledger in (engine, oracle):
            rows = [row for row in ledger if row["contact_id"] == explanation.contact_id]
            assert mine == largest_first(rows, [score.score_name for score in explanation.scores])


def largest_first(rows, scores):
    """Sort the rules of each score by points, largest first. Limits and silence come after them."""

    def size(row):
        is_rule = row["entry"] == "rule"
        return scores.index(row["score_name"]), not is_rule, -row["points"] if is_rule else 0

    return sorted(rows, key=size)


def _standing_is_that_of_the_oracle_and_the_entries_add_up_to_it(case, explanations):
    rows = {(row["contact_id"], row["score_name"]): row for row in expected_scores(case.scored().scores)}
    for explanation in explanations:
        for score in explanation.scores:
            row = rows.get((explanation.contact_id, score.score_name))
            assert score.in_population == (row is not None)
            if row is None:
                assert told(score) == []
                continue
            assert (score.score, score.flames, score.percent_of_ideal, score.last_activity_at) == (
                row["score"], row["flames"], row["percent_of_ideal"], row["last_activity_at"],
            )  # fmt: skip
            assert sum((Decimal(str(line.points)) for line in score.entries), Decimal(0)) == Decimal(
                str(score.score)
            )


def _counted_occurrences_are_those_of_the_oracle_and_sum_to_their_rule(case, explanations):
    counted = case.scored().counted
    for explanation in explanations:
        for score in explanation.scores:
            for line in told(score):
                if (
                    line.entry != "rule"
                    or (explanation.contact_id, score.score_name, line.rule_id) not in counted
                ):
                    assert (line.counted, line.uncounted) == ((), ())
                    continue
                expected = counted[explanation.contact_id, score.score_name, line.rule_id]
                assert Counter((each.at, whole(each.points)) for each in line.counted) == Counter(
                    (case.events[index]["at"], points) for index, points in expected
                )
                assert sum(whole(each.points) for each in line.counted) == whole(line.points)
                assert {each.outcome for each in line.counted} <= {"counted"}


def _a_dated_tag_is_worth_what_its_rule_gives(explanations):
    for line in (line for each in explanations for score in each.scores for line in told(score)):
        if line.applied is not None:
            assert whole(line.applied.points or 0) == whole(line.points)
            assert (line.applied.points is None) == (line.applied.outcome != "counted")
            assert line.entry == "rule"


def _with_all_every_event_that_a_rule_matches_has_an_outcome(case, explanations):
    plain = without_bots(case.book) | {
        "ignore": [entry for entry in case.book.get("ignore", []) if not in_sequence(entry)]
    }
    rows = (case.contacts, case.events, case.tag_history)
    world = World(plain, *rows, case.as_of + timedelta(days=400_000), files=case.files)
    world.as_of = case.as_of  # `within_last` in a `where` uses the real one
    now = World(plain, *rows, case.as_of, files=case.files)
    for explanation in explanations:
        hidden = _hidden(case.book, now.events[explanation.contact_id], Needed(case.book, now))
        for score in explanation.scores:
            rules = {rule_id_of(r): r for r in case.book["scores"][score.score_name]["rules"] if "event" in r}
            for line in told(score):
                if line.entry == "rule" and line.rule_id in rules:
                    events = [
                        event
                        for event in world.events[explanation.contact_id]
                        if event_matches(rules[line.rule_id], event, world) and event.index not in hidden
                    ]
                    shown = [*line.counted, *line.uncounted]
                    there = [event for each in shown for event in (each.burst or (each,))]
                    assert Counter(each.at for each in there) == Counter(event.at for event in events)
                    assert {each.outcome for each in shown if each.at > case.as_of} <= {"later"}


def _hidden(book, there, needed):
    """Return the indexes of events named by entries in sequence, except those that `bots` removes."""

    def named(entries, events):
        return {index for entry in entries for index in needed.named(entry, events)}

    ours = [entry for entry in book.get("ignore", []) if in_sequence(entry)]
    before = named(ours, there)
    if action_of(book) != "remove":
        return before
    theirs = patterns_of(book)
    plain = named([entry for entry in theirs if not in_sequence(entry)], there)
    left = [event for event in there if event.index not in plain]
    patterns = plain | named([entry for entry in theirs if in_sequence(entry)], left)
    return (named(ours, left) | patterns) - (patterns - before)


def _evidence_says_the_same_when_it_is_read_again(explanations):
    for explanation in explanations:
        for score in explanation.scores:
            for line in told(score):
                for each in line.evidence:
                    assert each.holds
                    assert holds(each, explanation) in (True, None), each
                assert (line.failed is None) == (line in score.entries)
            failed = [line.failed for line in score.silent] + [score.failed] * (score.failed is not None)
            for each in failed:
                assert not each.holds
                assert holds(each, explanation) in (False, None), each
            assert (score.failed is None) == score.in_population
        for label in explanation.labels:
            assert all(each.holds and holds(each, explanation) in (True, None) for each in label.evidence)
            if label.failed is not None:
                assert label.text is None
                assert (label.failed.holds, holds(label.failed, explanation)) in (
                    (False, False),
                    (False, None),
                )


def _outlook_is_what_will_be_if_nothing_happens(case, explanations):
    now = dataclasses.replace(
        case,
        events=[row for row in case.events if row["at"] <= case.as_of],
        tag_history=[
            row if row["at"] <= case.as_of else row | {"at": case.as_of + timedelta(days=1_000)}
            for row in case.tag_history  # postponed, not dropped: the history alone decides
        ],
    )
    later = {
        days: dataclasses.replace(now, as_of=case.as_of + timedelta(days=days)).scored().scores
        for days in AHEAD
    }
    for row in (row for rows in later.values() for row in rows):
        spec = case.book["scores"][row["score_name"]]
        if isinstance(spec.get("flames"), dict):  # by this run's list, not that of the future
            scores = [each for each in case.scored().scores if each["score_name"] == row["score_name"]]
            bounds = [
                min((r["score"] for r in scores if r["flames"] >= k), default=None) for k in range(1, 6)
            ]
            row["flames"] = sum(bound is not None and row["score"] >= bound for bound in bounds)
    for explanation in explanations:
        for score in explanation.scores:
            if score.in_population:
                assert [(each.days, whole(each.score), each.flames) for each in score.outlook] == [
                    (days, row["score"], row["flames"])
                    for days, rows in later.items()
                    for row in rows
                    if (row["contact_id"], row["score_name"]) == (explanation.contact_id, score.score_name)
                ]


@settings(max_examples=300 if FULL else 25)
@given(case=cases())
def test_explanations_are_those_of_the_engine_and_of_the_oracle(case):
    everything = list(explained(case))
    _entries_are_those_of_the_engine_and_of_the_oracle(case, everything)
    _standing_is_that_of_the_oracle_and_the_entries_add_up_to_it(case, everything)
    _counted_occurrences_are_those_of_the_oracle_and_sum_to_their_rule(case, everything)
    _a_dated_tag_is_worth_what_its_rule_gives(everything)
    _with_all_every_event_that_a_rule_matches_has_an_outcome(case, everything)
    _evidence_says_the_same_when_it_is_read_again(everything)
    _outlook_is_what_will_be_if_nothing_happens(case, everything)


@settings(max_examples=60 if FULL else 5)
@given(case=cases())
def test_without_all_there_are_the_same_entries_but_nothing_that_gave_nothing(case):
    for brief, whole_one in zip(explained(case, everything=False), explained(case), strict=True):
        for mine, theirs in zip(brief.scores, whole_one.scores, strict=True):
            assert mine.silent == ()
            assert mine.entries == tuple(replace(line, uncounted=()) for line in theirs.entries)


def whole(points):
    return round(points * 10_000)
