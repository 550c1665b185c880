"""A misspelt operand is reported; rules whose operands all exist are not."""

from datetime import UTC, datetime, timedelta
from random import Random

import polars as pl
import pytest
import yaml

from flamescore.columns import Columns
from flamescore.frames import INSTANT, Counts, EventSource, Exports, SourceRecord
from flamescore.rule_checks import check_rules
from flamescore.rules import bind_rules, load_rules_text
from flamescore.scoring import score_exports

AS_OF = datetime(2026, 11, 21, tzinfo=UTC)
TYPES = ["click", "email_open", "page_visit", "webinar", "purchase"]
PAGES = ["pricing", "articles", "checkout", "tutorial", "careers", "contact"]
TAGS = ["Newsletter", "Prospects", "Webinar Guest", "Customer", "Partner"]
COUNTRIES = ["Germany", "France", "Norway", "Mexico", "Japan"]
COLUMNS = Columns(("contact_id", "tags", "country"), ("event", "url"), has_tags=True, has_events=True)
TOLD = {"R120", "R121", "R125", "I050"}


def exports_of(random):
    """Make 30 contacts and 200 events, in which each word occurs at least once."""
    people = [str(number) for number in range(30)]
    contacts = pl.DataFrame(
        {
            "contact_id": people,
            "tags": [[TAGS[n]] if n < len(TAGS) else random.sample(TAGS, 2) for n in range(30)],
            "country": [COUNTRIES[n % len(COUNTRIES)] for n in range(30)],
        }
    )
    pairs = [(kind, page) for kind in TYPES for page in PAGES]
    pairs += [(random.choice(TYPES), random.choice(PAGES)) for _ in range(170)]
    rows = [
        (
            random.choice(people),
            kind,
            AS_OF - timedelta(hours=random.randint(1, 600)),
            f"https://x.example/{page}",
        )
        for kind, page in pairs
    ]
    events = pl.DataFrame(
        rows, {"contact_id": pl.String, "event": pl.String, "at": INSTANT, "url": pl.String}, orient="row"
    )
    source = EventSource(events.lazy(), SourceRecord("events", "e", counts=Counts(rows=events.height)))
    return Exports(contacts=contacts, events=(source,))


def rules_of(random):
    """Make five rules from existing words, each of another kind."""
    page = random.choice(["contains", "ends_with"])
    several = random.sample(PAGES, 2)
    return [
        {"event": random.choice(TYPES), "where": {"url": {page: random.choice(PAGES)}}, "count": "each"},
        {"event": random.sample(TYPES, 2), "where": {"url": {"contains": several}}, "count": "once"},
        {"tag": random.choice([random.choice(TAGS), random.sample(TAGS, 2)])},
        {"field": {"country": random.sample(COUNTRIES, random.randint(1, 2))}},
        {"if": {"any": [{"tag": random.choice(TAGS)}, {"event": random.choice(TYPES)}]}},
    ]


def operands(node, path=()):
    """Yield the paths of the texts that are operands."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key != "count":
                yield from operands(value, (*path, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from operands(value, (*path, number))
    else:
        yield path


def misspelt(word, random):
    """Drop, double or swap a letter, so that the result is not a substring of any word."""
    every = " ".join([*TYPES, *PAGES, *TAGS, *COUNTRIES]).lower()
    while True:
        at = random.randrange(len(word) - 1)
        spoilt = random.choice(
            [
                word[:at] + word[at + 1 :],
                word[: at + 1] + word[at:],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            ]
        )
        if spoilt.lower() not in every:
            return spoilt


def spoil(rules, random):
    path = random.choice(list(operands(rules)))
    node = rules
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = misspelt(node[path[-1]], random)
    return node[path[-1]]


def findings(rules, exports):
    named = [{"name": f"Rule {number}", "points": 1, **each} for number, each in enumerate(rules)]
    book = {"version": 1, "timezone": "UTC", "scores": {"s": {"five_flames": 20, "rules": named}}}
    loaded = load_rules_text(yaml.safe_dump(book, sort_keys=False))
    scored = score_exports(bind_rules(loaded, COLUMNS).book, exports, as_of=AS_OF)
    return check_rules(loaded.document, exports, scored)


def one(seed):
    random = Random(seed)
    exports, rules = exports_of(random), rules_of(random)
    assert [each.code for each in findings(rules, exports) if each.severity == "warning"] == []
    word = spoilt = spoil(rules, random)
    told = [each for each in findings(rules, exports) if each.code in TOLD]
    assert any(word in f"{each.message} {each.subject}" for each in told), (spoilt, rules, told)


@pytest.mark.parametrize("seed", range(12))
def test_a_misspelt_operand_is_told(seed):
    one(seed)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(12, 512))
def test_every_misspelt_operand_is_told(seed):
    one(seed)
