"""The table of the language's features, each with the function that removes it from a book."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from strategies import ablation as ab
from strategies.ablation import Ablation, Spec
from strategies.case import Case

_TEXT_OPERATORS = ("contains", "not_contains", "starts_with", "ends_with", "matches")
_UNITS = ("s", "min", "h", "d", "w", "mo", "y")


def _defaults(book: Spec) -> list[Spec]:
    return [score["defaults"] for score in ab.scores(book) if "defaults" in score]


def _tag_rules(book: Spec) -> list[Spec]:
    return [rule for rule in ab.rules(book) if "tag" in rule]


def _guarded(book: Spec) -> list[Spec]:
    return [rule for rule in ab.rules(book) if ab.subject_of(rule) != "if"]


def _book(book: Spec) -> list[Spec]:
    return [book]


def _without_entries(book: Spec, test: str) -> None:
    """Remove the entries of `ignore` with this test of events in sequence."""
    if "ignore" in book:
        book["ignore"] = [entry for entry in book["ignore"] if test not in entry]


def _without_other_scores(book: Spec) -> None:
    enabled = [name for name, score in book["scores"].items() if score.get("enabled", True)]
    book["scores"] = {name: score for name, score in book["scores"].items() if name not in enabled[1:]}


def _without_disabled(specs: list[Spec]) -> None:
    for spec in specs:
        if spec.get("enabled") is False:
            del spec["enabled"]


def _other_flames(key: str, other: Any) -> Ablation:
    def ablation(book: Spec) -> None:
        for score in ab.scores(book):
            if key in score:
                score[key] = other

    return ablation


def _other_bounds(book: Spec) -> None:
    for score in ab.scores(book):
        if isinstance(score.get("flames"), list):
            score["flames"] = [2, 3, 4, 5, 6]


def _other_percentiles(book: Spec) -> None:
    for score in ab.scores(book):
        if isinstance(score.get("flames"), dict):
            score["flames"] = {"percentile": [1, 2, 3, 4, 5]}


def _idles(book: Spec) -> list[Spec]:
    owners = (*ab.scores(book), *ab.groups(book))
    return [each["idle"] for each in owners if isinstance(each.get("idle"), dict)]


def _never_active(book: Spec) -> None:
    for idle in _idles(book):
        if "activity" in idle:
            idle["activity"] = {"event": "a type that nobody has"}


def _without_negative_points(book: Spec) -> None:
    for spec in ab.mappings(book):
        if ab.is_number(spec.get("points")) and spec["points"] < 0:
            spec["points"] = 0


def _without_last_branch(book: Spec) -> None:
    for rule in ab.rules(book):
        rule.get("first_of", [])[:] = [branch for branch in rule.get("first_of", []) if "if" in branch]


def _plain_points(book: Spec) -> None:
    for rule in ab.event_rules(book):
        if isinstance(rule["points"], Mapping):
            rule["points"] = 1


def _plain_factors(book: Spec) -> None:
    for rule in ab.event_rules(book):
        if isinstance(rule["points"], dict):
            rule["points"].pop("multiply_by", None)


def _without_groups(book: Spec) -> None:
    for score in ab.scores(book):
        for rule in score["rules"]:
            group = score.get("groups", {}).get(rule.pop("group", None), {})
            if "event" in rule and "count" in group:
                rule.setdefault("count", group["count"])


def _per(word: str) -> Ablation:
    return ab.without_per(lambda per: bool(per == word))


def _decay(word: str) -> Ablation:
    return ab.without_decay(lambda decay: isinstance(decay, Mapping) and word in decay)


def _without_undated_skip(book: Spec) -> None:
    for rule in _tag_rules(book):
        if rule.get("undated") == "skip":
            del rule["undated"]


def _follower_wheres(book: Spec) -> list[Spec]:
    keys = ("followed_by", "unless_followed_by")
    return [rule[key] for rule in ab.event_rules(book) for key in keys if key in rule]


def _bursts(book: Spec) -> list[Spec]:
    return [rule["burst"] for rule in ab.event_rules(book) if "burst" in rule]


def _event_conditions(book: Spec) -> list[Spec]:
    return [condition for condition in ab.conditions(book) if "event" in condition]


def _followers(book: Spec) -> list[Spec]:
    keys = ("followed_by", "unless_followed_by")
    asked = (*ab.event_rules(book), *_event_conditions(book))
    return [spec[key] for spec in asked for key in keys if key in spec]


def _without_upper_bounds(find: Callable[[Spec], list[Spec]]) -> Ablation:
    def ablation(book: Spec) -> None:
        for spec in find(book):
            if isinstance(spec.get("times"), dict):
                spec["times"] = spec["times"].get("at_least", 1)

    return ablation


def _operator(word: str) -> Ablation:
    return ab.without_operator(lambda found, _: found == word)


def _equals(kind: type | None) -> Ablation:
    def fits(word: str, operand: Any) -> bool:
        is_kind = ab.is_number(operand) if kind is None else isinstance(operand, kind)
        return word == "equals" and is_kind

    return ab.without_operator(fits)


def _ordering(word: str) -> Ablation:
    return ab.without_operator(lambda found, operand: found == word and ab.is_number(operand))


def _empty(value: bool) -> Ablation:
    return ab.without_operator(lambda word, operand: word == "empty" and operand is value)


def _dates(*, bare: bool) -> Ablation:
    return ab.without_operator(lambda word, operand: ab.is_date_operand(word, operand, bare=bare))


_SUBJECTS: dict[str, Ablation] = {
    f"subject {word}": ab.without_rules(word) for word in ("event", "tag", "field", "first_of", "if")
}
_PREDICATES: dict[str, Ablation] = {
    "equals text": _equals(str),
    "equals number": _equals(None),
    "equals boolean": _equals(bool),
    **{word: _operator(word) for word in ("not_equals", "in", "not_in", *_TEXT_OPERATORS)},
    **{word: _ordering(word) for word in ("at_least", "at_most", "more_than", "less_than")},
    "ordering of dates": _dates(bare=True),
    "ordering of instants": _dates(bare=False),
    "between": _operator("between"),
    "within_last": _operator("within_last"),
    "within_next": _operator("within_next"),
    "empty true": _empty(value=True),
    "empty false": _empty(value=False),
    "case_sensitive": _operator("case_sensitive"),
    **{word: _operator(word) for word in ("has", "has_all", "has_none")},
    "email_domain": ab.without_column("email_domain"),
    "list from a file": ab.without_operator(lambda _, operand: isinstance(operand, Mapping)),
}
_SCORES: dict[str, Ablation] = {
    "ignore": ab.without_key(_book, "ignore"),
    "ignore follows": lambda book: _without_entries(book, "follows"),
    "ignore at_once": lambda book: _without_entries(book, "at_once"),
    "bots": ab.without_key(_book, "bots"),
    "timezone": ab.without_key(_book, "timezone"),
    "several scores": _without_other_scores,
    "disabled score": lambda book: _without_disabled(ab.scores(book)),
    "disabled rule": lambda book: _without_disabled(ab.rules(book)),
    "five_flames": _other_flames("five_flames", 3),
    "flames": _other_bounds,
    "flames by percentile": _other_percentiles,
    "score idle": ab.without_key(ab.scores, "idle"),
    "group idle": ab.without_key(ab.groups, "idle"),
    "idle activity": _never_active,
    "population": ab.without_key(ab.scores, "population"),
    "score limits": ab.without_key(ab.scores, "limits"),
    "group limits": ab.without_key(ab.groups, "limits"),
    "rule limits": ab.without_key(ab.rules, "limits"),
    "defaults expires": ab.without_key(_defaults, "expires"),
    "defaults decay": ab.without_key(_defaults, "decay"),
    "defaults count": ab.other_count(_defaults, lambda _: True),
    "group": _without_groups,
    "group expires": ab.without_key(ab.groups, "expires"),
    "group decay": ab.without_key(ab.groups, "decay"),
    "group count": ab.other_count(ab.groups, lambda _: True),
    "rule if": ab.without_key(_guarded, "if"),
    "negative points": _without_negative_points,
    "first_of last without if": _without_last_branch,
}
_COUNTING: dict[str, Ablation] = {
    "count once": ab.other_count(lambda book: list(ab.mappings(book)), lambda count: count == "once"),
    "count each": ab.other_count(lambda book: list(ab.mappings(book)), lambda count: count == "each"),
    "count N": ab.other_count(lambda book: list(ab.mappings(book)), ab.is_number),
    **{f"per {word}": _per(word) for word in ("day", "week", "month")},
    "per property": _per("asset"),
    "per {property: day}": ab.without_per(lambda per: isinstance(per, Mapping)),
    "times": ab.without_key(ab.event_rules, "times"),
    "burst": ab.without_key(ab.event_rules, "burst"),
    "burst per": ab.without_key(_bursts, "per"),
    "where": ab.without_key(ab.event_rules, "where"),
    "followed_by": ab.without_key(ab.event_rules, "followed_by"),
    "unless_followed_by": ab.without_key(ab.event_rules, "unless_followed_by"),
    "both followers": ab.without_follower(
        lambda rule, _: {"followed_by", "unless_followed_by"} <= rule.keys()
    ),
    "follower of the same type": ab.without_follower(ab.is_of_same_type),
    "follower where": ab.without_key(_follower_wheres, "where"),
    "points from": _plain_points,
    "multiply_by": _plain_factors,
    **{f"window in {unit}": ab.without_unit(unit) for unit in _UNITS},
    "expires": ab.without_key(lambda book: list(ab.mappings(book)), "expires"),
    "decay short": ab.without_decay(lambda decay: isinstance(decay, str)),
    **{f"decay {word}": _decay(word) for word in ("linear", "compound", "half_life")},
}
_TAGS: dict[str, Ablation] = {
    "tag one": ab.without_tags(lambda form: isinstance(form, str)),
    "tag list": ab.without_tags(lambda form: isinstance(form, list)),
    "tag all": ab.without_tags(lambda form: "all" in form and isinstance(form, Mapping)),
    "tag like": ab.without_tags(lambda form: "like" in form and isinstance(form, Mapping)),
    "tag in": ab.without_tags(lambda form: "in" in form and isinstance(form, Mapping)),
    "tag expires": ab.without_key(_tag_rules, "expires"),
    "tag decay": ab.without_key(_tag_rules, "decay"),
    "tag undated skip": _without_undated_skip,
}
_SEQUENCES: dict[str, Ablation] = {
    "since": ab.without_key(ab.event_rules, "since"),
    "defaults since": ab.without_key(_defaults, "since"),
    "group since": ab.without_key(ab.groups, "since"),
    "tag since": ab.without_key(_tag_rules, "since"),
    "after": ab.without_key(_followers, "after"),
    "same": ab.without_key(_followers, "same"),
    "times at_most": _without_upper_bounds(ab.event_rules),
    "condition times at_most": _without_upper_bounds(_event_conditions),
    **{f"condition {k}": ab.without_condition_key(k) for k in ("since", "followed_by", "sum")},
    "condition unless_followed_by": ab.without_condition_key("unless_followed_by"),
}
_CONDITIONS: dict[str, Ablation] = {
    **{f"condition {k}": ab.without_condition(k) for k in ("tag", "field", "event", "all", "any", "not")},
    **{f"condition {k}": ab.without_condition_key(k) for k in ("where", "last", "per", "times", "burst")},
}

ABLATIONS: dict[str, Ablation] = (
    _SUBJECTS | _PREDICATES | _SCORES | _COUNTING | _TAGS | _SEQUENCES | _CONDITIONS
)
FEATURES = tuple(ABLATIONS)


def ablate(book: Spec, feature: str) -> Spec:
    """Return a copy of the book without the feature, for the oracle to score."""
    copy = deepcopy(book)
    ABLATIONS[feature](copy)
    return copy


def features(book: Spec) -> set[str]:
    """Return the features that a book uses: those whose removal changes it."""
    return {feature for feature in FEATURES if ablate(book, feature) != book}


def matters(case: Case, feature: str) -> bool:
    """Return whether removing a feature from the book changes a score, its flames or who is scored."""
    changed = ablate(case.book, feature)
    return changed != case.book and outcome(case.with_book(changed)) != outcome(case)


def outcome(case: Case) -> dict[tuple[str, str], tuple[int, int]]:
    """Return score and flames by contact and score name."""
    rows = case.scored().scores
    return {(row["contact_id"], row["score_name"]): (row["score"], row["flames"]) for row in rows}
