"""Everything that refers to the exports: rules, branches, populations, `ignore`, labels, the project file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from flamescore.rules import (
    BranchRule,
    EventRule,
    FieldIs,
    Happened,
    HasTag,
    TagRule,
    beside,
    leaves,
    rule_paths,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flamescore.rules import Condition, EventMatch, Follower, Ignored, Label, Rule, Score
    from flamescore.scoring import Scored
    from flamescore.yaml_tree import Document
    from flamescore.yaml_tree import Path as NodePath


class Part(Struct, frozen=True):
    """A condition of a reference, and its path in the file."""

    condition: Condition
    path: NodePath


class Reference(Struct, frozen=True):
    """A part of a file that refers to the exports. A cure is written for the keys of the mapping at `path`.

    `empty`: whether it gives no contact anything as of the run, or holds for no contact. `match` are the
    events that an event rule or an entry of `ignore` is about. `parts` are all other conditions that must
    hold, `others` the remaining ones (followers that must not come, resets). Resets that rules inherit belong
    to the reference of the defaults or group that has them. `score` and `condition` are those of an event
    rule.
    """

    subject: str
    title: str
    document: Document
    path: NodePath
    empty: bool
    match: EventMatch | None = None
    parts: tuple[Part, ...] = ()
    others: tuple[Part, ...] = ()
    rule: EventRule | None = None
    branch: bool = False
    lack: str = "gives nobody anything"
    """The verb phrase of messages about it if it is empty."""

    score: Score | None = None
    condition: Condition | None = None

    def matches(self) -> Iterator[EventMatch]:
        """Yield all event matches that it refers to."""
        if self.match is not None:
            yield self.match
        for part in (*self.parts, *self.others):
            for leaf in leaves(part.condition):
                if isinstance(leaf, Happened):
                    yield leaf.match
                    yield from beside(leaf)


class Outside(Struct, frozen=True):
    """A condition of the project file, its path there, and whether it holds for no contact."""

    condition: Condition
    document: Document
    path: NodePath
    empty: bool


def references_of(
    document: Document, scored: Scored, others: Sequence[Outside] = ()
) -> tuple[Reference, ...]:
    """Return all references, in order of the rule file (`document`), those of the project file last."""
    return tuple(_references(document, scored, others))


def _references(document: Document, scored: Scored, others: Sequence[Outside]) -> Iterator[Reference]:
    book = scored.book
    given = {
        (row["score_name"], row["rule_id"]): row["contacts"]
        for row in scored.observed.rules.iter_rows(named=True)
        if row["entry"] == "rule"
    }
    unvalued = {(score, rule) for score, rule, _ in scored.observed.unvalued}
    for number, entry in enumerate(book.ignore):
        yield _entry(f"ignore[{number}]", f"`ignore` {number + 1}", document, ("ignore", number), entry)
    if book.bots is not None and not book.bots.standard:
        for number, entry in enumerate(book.bots.patterns):
            title = f"Pattern {number + 1} of `bots`"
            yield _entry(f"bots[{number}]", title, document, ("bots", "patterns", number), entry)
    for score in book.scores:
        nobody = False
        if score.population is not None:
            nobody = scored.scores.filter(scored.scores["score_name"] == score.name).is_empty()
            path: NodePath = ("scores", score.name, "population")
            title = f"The population of `{score.name}`"
            subject = f"{score.name}/population"
            yield Reference(subject, title, document, path, nobody, parts=(Part(score.population, path),))
        yield from _activities(document, score)
        yield from _inherited_resets(score, document)
        for rule, path in zip(score.rules, rule_paths(document, score), strict=True):
            key = score.name, rule.id
            # If a score's population is empty, its rules give no contact anything. Report only the cause.
            empty = not nobody and not given.get(key) and key not in unvalued
            taken = () if nobody else scored.observed.taken.get(key, ())
            yield from _of_rule(score, rule, document, path, taken, empty=empty)
    for label in book.labels:
        yield from _of_label(label, document, scored.branches_taken.get(label.name, ()))
    yield from _of_roles(document, scored)
    for other in others:
        subject = ".".join(map(str, other.path))
        part = Part(other.condition, other.path)
        yield Reference(subject, f"`{subject}`", other.document, other.path, other.empty, parts=(part,))


def _of_label(label: Label, document: Document, taken: tuple[int, ...]) -> Iterator[Reference]:
    for number, branch in enumerate(label.branches):
        if branch.condition is not None:
            path: NodePath = ("labels", label.name, "first_of", number)
            title = f"`{branch.label}` of label `{label.name}`"
            nobody = number < len(taken) and not taken[number]
            part = Part(branch.condition, path)
            yield Reference(f"labels.{label.name}", title, document, path, nobody, parts=(part,), branch=True)


def _of_roles(document: Document, scored: Scored) -> Iterator[Reference]:
    """Yield the roles of accounts; a role that no member of any account fills is empty."""
    if scored.book.accounts is None or scored.accounts is None:
        return
    filled = set(scored.accounts.roles["role"].unique().to_list())
    for role in scored.book.accounts.roles:
        path: NodePath = ("accounts", "roles", role.name)
        part = Part(role.condition, (*path, "if"))
        title = f"`accounts.roles.{role.name}`"
        yield Reference(
            f"accounts.roles.{role.name}",
            title,
            document,
            path,
            role.name not in filled,
            parts=(part,),
            lack="is filled by nobody",
        )


def _entry(subject: str, title: str, document: Document, path: NodePath, entry: Ignored) -> Reference:
    """Return the reference for the events that an entry ignores, and for those that they follow."""
    follows = entry.follows
    parts = () if follows is None else (Part(Happened(follows.match), (*path, "follows")),)
    return Reference(subject, title, document, path, empty=True, match=entry.match, parts=parts)


def _activities(document: Document, score: Score) -> Iterator[Reference]:
    """Yield what counts as activity, if the file names it; otherwise the rules already refer to it."""
    for group, idle in score.idles:
        owner = () if group is None else ("groups", group)
        named: NodePath = ("scores", score.name, *owner, "idle", "activity")
        node = document.root.at(named)
        if node is not None:
            places = [(*named, number) for number in range(len(node.items))] if node.items else [named]
            pairs = zip(idle.activity, places, strict=True)
            parts = tuple(Part(Happened(match), place) for match, place in pairs)
            title = f"The activity of `{group or score.name}`"
            yield Reference(f"{score.name}/idle", title, document, named, empty=False, parts=parts)


def _of_rule(
    score: Score, rule: Rule, document: Document, path: NodePath, taken: tuple[int, ...], *, empty: bool
) -> Iterator[Reference]:
    subject, title = f"{score.name}/{rule.id}", f'"{rule.name}"'
    also = () if rule.condition is None else (Part(rule.condition, (*path, "if")),)
    match rule.subject:
        case EventRule() as event_rule:
            followed = _followers(event_rule.followed_by, (*path, "followed_by"))
            unless = _followers(event_rule.unless_followed_by, (*path, "unless_followed_by"))
            unless = (*unless, *_own_resets(event_rule.since, document, path))
            empty = empty and (event_rule.points.column is not None or event_rule.points.fixed != 0)
            parts = (*followed, *also)
            yield Reference(
                subject,
                title,
                document,
                path,
                empty,
                event_rule.match,
                parts,
                unless,
                event_rule,
                score=score,
                condition=rule.condition,
            )
        case TagRule(tag=tag, points=points, since=since):
            parts = (Part(HasTag(tag), (*path, "tag")), *also)
            resets = _own_resets(since, document, path)
            yield Reference(subject, title, document, path, empty and points != 0, parts=parts, others=resets)
        case BranchRule(branches=branches):
            node = document.root.at(path)
            key = next((k for k in ("first_of", "field", "if") if node is not None and node.child(k)), "if")
            for number, branch in enumerate(branches):
                where = (*path, key, number) if key == "first_of" else (*path, key)
                own = () if branch.condition is None else (Part(branch.condition, where),)
                nobody = number < len(taken) and not taken[number]
                yield Reference(
                    subject, title, document, path, nobody, parts=(*own, *also), branch=len(branches) > 1
                )


def _followers(follower: Follower | None, path: NodePath) -> tuple[Part, ...]:
    return () if follower is None else (Part(Happened(follower.match), path),)


def _own_resets(since: Sequence[EventMatch], document: Document, path: NodePath) -> tuple[Part, ...]:
    """Return the resets that are set on the rule itself."""
    place = (*path, "since")
    return () if document.root.at(place) is None else tuple(Part(Happened(each), place) for each in since)


def _inherited_resets(score: Score, document: Document) -> Iterator[Reference]:
    """Yield the groups of a score, and its defaults, from which rules inherit their resets."""
    found: dict[NodePath, tuple[EventMatch, ...]] = {}
    base: NodePath = ("scores", score.name)
    for rule, path in zip(score.rules, rule_paths(document, score), strict=True):
        places = (path, (*base, "groups", rule.group or ""), (*base, "defaults"))
        owner = next((each for each in places if document.root.at((*each, "since")) is not None), path)
        if isinstance(rule.subject, EventRule) and owner != path:
            found[owner] = rule.subject.since
    for owner, since in found.items():
        shared = owner[-1] == "defaults"
        title = (
            f"`since` of the {'defaults of' if shared else 'group'} `{score.name if shared else owner[-1]}`"
        )
        subject = f"{score.name}/{'' if shared else 'groups/'}{owner[-1]}"
        others = tuple(Part(Happened(each), (*owner, "since")) for each in since)
        yield Reference(subject, title, document, owner, empty=False, others=others)


def fields_of(condition: Condition) -> Iterator[FieldIs]:
    """Yield the parts of a condition that test contact columns."""
    yield from (leaf for leaf in leaves(condition) if isinstance(leaf, FieldIs))
