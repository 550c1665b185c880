"""The scores and labels of a rule file, and references to ones that don't exist."""

from __future__ import annotations

from itertools import product, takewhile
from math import prod
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field
from msgspec.structs import replace

from flamescore.rules.reading import listing
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flamescore.rules.reading import Need, RuleReading
    from flamescore.schema_reader import ProblemText
    from flamescore.yaml_tree import Node

MOST_TEXTS: Final = 10_000
"""Maximum number of texts of a label, since `join` multiplies the texts of its parts."""

_MOST_OFFERED: Final = 12
_NO_LABELS: Final = "Labels are under `labels:` of the rule file; one may ask for those above it."


class Names(Struct, frozen=True):
    """What conditions may refer to: enabled `scores`, and `labels` with the texts that each can have.

    The texts are None if the label itself is invalid. `disabled` are the other scores. `rules` are the ids of
    the enabled rules of each score. `segments` are all segments by name, each with whether the condition may
    refer to it: only to segments that come earlier in the file.
    """

    scores: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    labels: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    rules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    segments: Mapping[str, bool] = field(default_factory=dict)

    def above(self, label: str) -> Names:
        """Return the names that the label itself may refer to: all scores, and the labels above it."""
        names = takewhile(lambda name: name != label, self.labels)
        return replace(self, labels={name: self.labels[name] for name in names})


def names_of(root: Node) -> Names:
    """Return the names of a rule file, which may be invalid elsewhere."""
    scores, labels = root.child("scores"), root.child("labels")
    entries = {} if scores is None else scores.entries
    off = {name for name, node in entries.items() if _is_off(node)}
    texts: dict[str, tuple[str, ...] | None] = {}
    for name, node in ({} if labels is None else labels.entries).items():
        texts[name] = _texts(node, texts)
    return Names(tuple(name for name in entries if name not in off), tuple(sorted(off)), texts)


def _is_off(score: Node) -> bool:
    enabled = score.child("enabled")
    return enabled is not None and enabled.scalar is False


def _texts(label: Node, above: Mapping[str, tuple[str, ...] | None]) -> tuple[str, ...] | None:
    """Return the distinct texts of a label, in order of first mention; for `join`, all combinations."""
    branches, join = label.child("first_of"), label.child("join")
    if branches is not None:
        nodes = [branch.child("label") for branch in branches.items]
        return tuple(dict.fromkeys(text for node in nodes if node is not None for text in _text(node)))
    parts = [above.get(part.written) for part in (() if join is None else join.items)]
    known = [texts for texts in parts if texts is not None]
    if len(known) < len(parts) or not parts or combinations(known) > MOST_TEXTS:
        return None
    return tuple(dict.fromkeys("".join(texts) for texts in product(*known)))


def _text(node: Node) -> tuple[str, ...]:
    """Return the text of a `label`, as `rules.standing` reads it; nothing if it is invalid."""
    if node.kind == "number" and isinstance(node.scalar, int):
        return (str(node.scalar),)
    return (node.written,) if node.kind == "text" else ()


def combinations(parts: list[tuple[str, ...]]) -> int:
    """Return the number of texts of a `join` of labels with these texts, including duplicates."""
    return prod(map(len, parts))


def check_names(reading: RuleReading, names: Names) -> None:
    """Report every reference of a reading to a score, label or label text that doesn't exist."""
    for need in reading.needs:
        inside = str(need.path[1]) if need.path[:1] == ("labels",) else None
        for problem in _lacking(need, names, inside):
            reading.at(need.path).report(*problem, key=need.key)


def _lacking(need: Need, all_names: Names, inside: str | None) -> Iterator[ProblemText]:
    """Yield the problem of a need that `names` don't meet; `inside` is the label that has it, if any."""
    names = all_names if inside is None else all_names.above(inside)
    if need.what == "score" and need.name not in names.scores and (names.scores or names.disabled):
        meant = nearest(need.name, (*names.scores, *names.disabled))
        if need.name in names.disabled:
            yield (
                "R085",
                f"There is no score `{need.name}`: it is disabled.",
                "Remove its `enabled: false`.",
            )
        elif meant in names.disabled:
            yield "R085", f"There is no score `{need.name}`.", f"`{meant}` is disabled."
        else:
            yield "R085", f"There is no score `{need.name}`.", _offer(meant, names.scores)
    if need.what == "label" and need.name not in names.labels:
        where = "" if inside is None else " above this one"
        hint = _offer(nearest(need.name, tuple(names.labels)), tuple(names.labels))
        if inside is not None and need.name in all_names.labels:
            hint = f"Declare `{need.name}` before `{inside}`." if need.name != inside else None
        yield "R084", f"There is no label `{need.name}`{where}.", hint or _NO_LABELS
    if need.what == "label_value":
        texts = names.labels.get(need.label)
        if texts is not None and need.name not in texts:
            hint = _offer(nearest(need.name, texts), texts)
            yield "R086", f"Label `{need.label}` is never `{need.name}`.", hint
    yield from _no_rule(need, names)
    yield from _no_segment(need, names)


def _no_rule(need: Need, names: Names) -> Iterator[ProblemText]:
    """Report a rule that its score does not have; if the score does not exist, only that is reported."""
    score = need.label or next(iter(names.scores), "")
    ids = names.rules.get(score, ())
    if need.what != "rule" or score not in names.scores or need.name in ids:
        return
    meant = nearest(need.name, ids)
    others = [name for name, rules in names.rules.items() if need.name in rules]
    hint = f"It is a rule of `{others[0]}`: add `of: {others[0]}`." if others else _offer(meant, ids)
    yield "A006", f"Score `{score}` has no rule with the id `{need.name}`, or it is disabled.", hint


def _no_segment(need: Need, names: Names) -> Iterator[ProblemText]:
    """Report a segment that does not exist, or that comes too late in the file."""
    if need.what != "segment" or names.segments.get(need.name):
        return
    if need.name in names.segments:
        text = f"Segment `{need.name}` comes later in the file than this one."
        yield "A007", text, "Put it before this one: a segment can ask for earlier ones alone."
    else:
        above = tuple(name for name, here in names.segments.items() if here)
        yield "A007", f"There is no segment `{need.name}`.", _offer(nearest(need.name, above), above)


def _offer(meant: str | None, known: tuple[str, ...]) -> str | None:
    """Suggest the nearest name, or else list the known names; None if there are none."""
    if meant:
        return f"Did you mean `{meant}`?"
    if len(known) > _MOST_OFFERED:
        return f"It can be {', '.join(f'`{name}`' for name in known[:_MOST_OFFERED])}, ..."
    return f"It can be {listing(known)}." if known else None
