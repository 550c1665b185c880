"""Which rep gets which lead: five leads of two reps, the rules one by one, and random teams and nights."""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from flamescore.acting_frames import ROUTES
from flamescore.routing import Rep, of_survivors, route
from routing.slow import Member, Person, Route, night

ZONE = "America/Phoenix"
TEAMS = 125 if os.environ.get("FLAMESCORE_TESTS") == "full" else 25
"""Random teams for each of eight seeds: a thousand in full size."""

AS_OF = datetime(2026, 11, 21, 7, tzinfo=UTC)
DAY = timedelta(days=1)


def frames(people, columns):
    everyone = pl.DataFrame(
        {
            "contact_id": [p.id for p in people],
            "owner": [p.owner for p in people],
            "wanted": [p.wanted for p in people],
            "held_out": [p.held_out for p in people],
        },
        schema={"contact_id": pl.String, "owner": pl.String, "wanted": pl.Boolean, "held_out": pl.Boolean},
    )
    same = {name: pl.Series([p.cells[n] for p in people], dtype=pl.String) for n, name in enumerate(columns)}
    return everyone, same


def reps(team, people):
    return [
        Rep(
            m.name,
            m.weight,
            m.a_day,
            m.away,
            None if m.country is None else np.array([p.country == m.country for p in people], np.bool_),
        )
        for m in team
    ]


def table(routes):
    return pl.DataFrame([(r.id, r.rep, r.at, r.reason, r.ended) for r in routes], schema=ROUTES, orient="row")


def routed(people, team, columns=(), before=(), as_of=AS_OF):
    everyone, same = frames(people, columns)
    return route(everyone, same, reps(team, people), table(before), as_of=as_of, zone=ZoneInfo(ZONE))


def reps_of(found):
    """Return the current rep of each contact."""
    return dict(found.now.select("contact_id", "rep").iter_rows())


def leads(many, **more):
    return [Person(f"{number:02d}", **more) for number in range(1, many + 1)]


A, B = Member("A", 2), Member("B", 1)


def test_the_contracts_example():
    found = routed(leads(9), [A, B])
    assert "".join(reps_of(found)[f"{number:02d}"] for number in range(1, 10)) == "AABAABAAB"
    assert set(found.routes["reason"]) == {"next in turn"}
    assert found.fresh["contact_id"].to_list() == [each.id for each in leads(9)]


def test_a_route_is_kept_whoever_is_away_and_whether_wanted_or_not():
    before = [Route("01", "B", AS_OF - 40 * DAY, "next in turn")]
    found = routed([Person("01", wanted=False)], [A, Member("B", away=True)], before=before)
    assert found.routes.rows() == [("01", "B", AS_OF - 40 * DAY, "next in turn", False)]
    assert found.fresh.is_empty()


@pytest.mark.parametrize(
    ("person", "team", "now"),
    [
        (Person("01", owner="Dana"), [A, B], None),
        (Person("01", held_out=True, wanted=False), [A, B], None),
        (Person("02", wanted=False), [A, B], None),
        (Person("01"), [A], "A"),
        (Person("01", wanted=False), [A], None),
    ],
    ids=["the CRM has an owner", "held out", "gone from the list", "the rep has left", "left, and no lead"],
)
def test_a_route_ends(person, team, now):
    before = [Route("01", "B", AS_OF - 2 * DAY, "next in turn")]
    found = routed([person], team, before=before)
    ended = found.routes.filter("ended")
    assert ended.rows() == [("01", "B", AS_OF - 2 * DAY, "next in turn", True)]
    assert reps_of(found).get("01") == now


def test_ended_routes_count_for_caps_and_turns_for_thirty_days():
    owned = [Person("01", owner="x"), Person("02", owner="x"), Person("03")]
    ended = [
        Route("01", "A", AS_OF - 30 * DAY + timedelta(seconds=1), "r"),
        Route("02", "B", AS_OF - 30 * DAY, "r"),
    ]
    found = routed(owned, [Member("A"), Member("B")], before=ended)
    assert reps_of(found) == {"03": "B"}  # A has one of the last 30 days, B has none
    assert found.routes.filter("ended")["contact_id"].to_list() == ["01"]
    today = [Route("01", "A", AS_OF - timedelta(hours=1), "r")]
    found = routed(owned, [Member("A", a_day=1)], before=today, as_of=AS_OF)
    assert reps_of(found) == {"03": "A"}  # it was made before midnight in Phoenix
    found = routed(owned, [Member("A", a_day=1)], before=today, as_of=AS_OF - timedelta(minutes=30))
    assert found.unrouted.rows() == [("03", "nobody: 1 full")]


def test_leads_of_a_company_go_to_its_rep():
    people = [
        Person("01", cells=(" acme ", None)),
        Person("02", owner="b", wanted=False, cells=("ACME", None)),
        Person("03", cells=(None, "x")),
        Person("04", cells=("", "X")),
        Person("05", owner="Somebody else", wanted=False, cells=("Rival", None)),
        Person("06", cells=("Rival", "x")),
    ]
    found = routed(people, [Member("A"), Member("B")], ["company", "domain"])
    why = dict(found.now.select("contact_id", "reason").iter_rows())
    assert reps_of(found) == {"01": "B", "03": "A", "04": "A", "06": "B"}
    assert why == {
        "01": "same company: acme",
        "03": "next in turn",
        "04": "same domain: X",
        "06": "next in turn",  # no rep of the team has its company, and only the company is checked
    }


def test_the_rep_with_most_of_a_company_gets_it_and_ties_go_by_the_team():
    def of(*owners):
        people = [Person(f"{n}", owner=o, wanted=False, cells=("Acme",)) for n, o in enumerate(owners)]
        return reps_of(routed([Person("x", cells=("Acme",)), *people], [A, B], ["company"]))["x"]

    assert of("B", "B", "A") == "B"
    assert of("B", "A") == "A"


def test_a_rep_who_is_away_or_full_gets_no_lead_of_the_company_either():
    people = [Person("x", cells=("Acme",)), Person("y", owner="B", wanted=False, cells=("Acme",))]
    found = routed(people, [A, Member("B", away=True)], ["company"])
    assert found.now.rows() == [("x", "A", AS_OF, "next in turn", False)]
    found = routed(people, [A, Member("B", a_day=0)], ["company"])
    assert reps_of(found) == {"x": "A"}
    # Neither a territory nor a weight of 0 prevents it.
    found = routed(people, [A, Member("B", 0, country="US")], ["company"])
    assert found.now["reason"].to_list() == ["same company: Acme"]


def test_nobody_says_why():
    team = [
        Member("A", away=True, a_day=0),
        Member("B", a_day=0),
        Member("C", a_day=0),
        Member("D", country="US"),
        Member("E", 0),
    ]
    found = routed([Person("01", country="NO")], team)
    assert found.unrouted.rows() == [("01", "nobody: 1 away, 2 full, 1 outside the territory")]
    assert routed([Person("01")], [Member("E", 0)]).unrouted.rows() == [("01", "nobody: no rep takes turns")]
    assert routed([Person("01")], []).unrouted.rows() == [("01", "nobody: no rep takes turns")]
    assert found.assignments.rows() == [("01", None, "nobody: 1 away, 2 full, 1 outside the territory")]


def test_routes_of_merged_contacts_go_on_with_whom_they_are_now():
    routes = table(
        [
            Route("01", "A", AS_OF, "r"),
            Route("02", "B", AS_OF - DAY, "r"),
            Route("03", "A", AS_OF - DAY, "r"),
            Route("04", "B", AS_OF - DAY, "r", ended=True),
        ]
    )
    aliases = pl.DataFrame({"contact_id": ["02", "04"], "\x00survivor": ["01", "05"]})
    found = of_survivors(routes, aliases).sort("contact_id", "ended")
    assert found.select("contact_id", "rep", "ended").rows() == [
        ("01", "B", False),
        ("01", "A", True),
        ("03", "A", False),
        ("05", "B", True),
    ]
    assert of_survivors(routes, None).equals(routes)


# --- random teams and nights


def drawn(dice):
    """Return a team, the columns that keep leads together, and the people on each of three nights."""
    team = [
        Member(
            name,
            dice.choice([0, 1, 1, 2, 3]),
            dice.choice([None, None, 0, 1, 3]),
            dice.random() < 0.2,
            dice.choice([None, None, "US"]),
        )
        for name in "ABCD"[: dice.randint(1, 4)]
    ]
    columns = ["company", "domain"][: dice.randint(0, 2)]
    nights = []
    for _ in range(3):
        ids = dice.sample(range(12), dice.randint(1, 10))
        nights.append(
            [
                Person(
                    f"{each:02d}",
                    dice.choice([None, None, None, "a", "B ", "Other"]),
                    held_out=(out := dice.random() < 0.1),
                    wanted=not out and dice.random() < 0.7,
                    cells=tuple(dice.choice([None, " ", "Acme", "acme ", "B"]) for _ in columns),
                    country=dice.choice(["US", "NO"]),
                )
                for each in ids
            ]
        )
    return team, columns, nights


@pytest.mark.parametrize("seed", range(8))
def test_it_is_what_a_slow_reading_of_the_contract_gives(seed):
    dice = random.Random(seed)
    for _ in range(TEAMS):
        team, columns, nights = drawn(dice)
        before: list[Route] = []
        as_of = AS_OF
        for people in nights:
            team = [Member(m.name, m.weight, m.a_day, dice.random() < 0.2, m.country) for m in team]
            if len(team) > 1 and dice.random() < 0.1:
                team = team[1:]
            found = routed(people, team, columns, before, as_of)
            expected, nobody = night(people, team, columns=columns, before=before, as_of=as_of, zone=ZONE)
            keys = ["contact_id", "at", "ended", "rep", "reason"]
            assert found.routes.sort(keys).rows() == table(expected).sort(keys).rows()
            assert found.unrouted.rows() == nobody
            check_laws(found, team, people, before, as_of)
            before = expected
            as_of += dice.choice([0 * DAY, timedelta(hours=1), DAY, 31 * DAY])


def check_laws(found, team, people, before, as_of):
    """Check that no lead changes hands, daily caps hold, and reps who are away get no leads."""
    now, there = reps_of(found), {p.id: p for p in people}
    fresh = set(found.fresh["contact_id"])
    for each in before:
        person = there.get(each.id)
        stays = person is not None and not person.owner and not person.held_out
        if not each.ended and stays and each.rep in {m.name for m in team}:
            assert now[each.id] == each.rep
    day = (as_of.astimezone(ZoneInfo(ZONE))).date()
    of_today = Counter(
        rep
        for rep, at in found.routes.select("rep", "at").iter_rows()
        if at.astimezone(ZoneInfo(ZONE)).date() == day
    )
    for member in team:
        mine = {who for who in fresh if now[who] == member.name}
        assert not (member.away and mine)
        assert member.a_day is None or not mine or of_today[member.name] <= member.a_day
    assert not {p.id for p in people if p.owner or p.held_out} & set(now)


@pytest.mark.parametrize("weights", [(2, 1), (3, 2, 1), (1, 1, 1, 1), (5, 3)])
def test_shares_are_the_weights_after_each_multiple_of_their_sum(weights):
    team = [Member(f"{number}", weight) for number, weight in enumerate(weights)]
    reps_in_order = list(reps_of(routed(leads(4 * sum(weights)), team)).values())
    for times in range(1, 5):
        so_far = Counter(reps_in_order[: times * sum(weights)])
        assert so_far == {member.name: times * member.weight for member in team}
