"""Conditions on scores and labels, the labels, and hot contacts: contact by contact, in fractions."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from oracle_conditions import Row, World, holds


def judge(book: Mapping[str, Any], world: World, scores: Sequence[Row]) -> None:
    """Record every contact's measures, and compute all labels in the order of the file."""
    for row in scores:
        measures = {
            "flames": row["flames"],
            "points": Fraction(row["score"], 10_000),
            "percentile": row["percentile"],
            "rank": row["rank"],
        }
        world.standing[row["score_name"], row["contact_id"]] = measures
    for name, spec in book.get("labels", {}).items():
        for contact_id in world.contacts:
            world.labels[name, contact_id] = _label(spec, contact_id, world)


def _label(spec: Row, contact_id: str, world: World) -> str | None:
    if "join" in spec:
        parts = [world.labels[name, contact_id] for name in spec["join"]]
        return None if None in parts else "".join(str(part) for part in parts)
    for branch in spec["first_of"]:
        if "if" not in branch or holds(branch["if"], contact_id, world):
            return str(branch["label"])
    return None


def hot(condition: Row | None, flames: int, book: Mapping[str, Any], world: World) -> list[str]:
    """Return the hot contacts in order: by a condition, else with `flames` under the first enabled score."""
    if condition is None:
        default = next(name for name, spec in book["scores"].items() if spec.get("enabled", True))
        condition = {"score": default, "flames": {"at_least": flames}}
    return [contact_id for contact_id in sorted(world.contacts) if holds(condition, contact_id, world)]
