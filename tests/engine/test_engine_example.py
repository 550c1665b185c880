"""The worked example of the engine's docstrings, number by number; it starts in `engine.streams`."""

from datetime import timedelta

import numpy as np

from by_rule import AS_OF, bound, event, points
from by_rule import score as scored_by
from flamescore.engine import Clock, prepare
from flamescore.engine.bins import Bins
from flamescore.engine.hash_index import HashIndex
from flamescore.engine.passes import counted
from flamescore.engine.scan import Scan

RULES = """
      - {name: A, event: visit, where: {url: {contains: /sales}}, points: 8, count: once, expires: 28d,
         decay: 1%}
      - {name: B, event: visit, points: 1, count: each, expires: 7d}
"""
BOUGHT = "      - {name: C, event: purchase, points: {from: amount}, count: each, expires: 28d}\n"
DAY = timedelta(days=1)
PEOPLE = [{"contact_id": each} for each in "1234"]
VISITS = [
    event("3", "visit", age=DAY, url="/sales"),
    event("3", "visit", age=2 * DAY, url="/blog"),
    event("3", "visit", age=10 * DAY, url="/sales"),
]


def scanned(rules, events):
    book, exports = bound(rules, contacts=PEOPLE, events=events)
    ready = prepare(book, exports, Clock(AS_OF, book.zone))
    bins = Bins(ready.contacts.count, len(ready.streams.all))
    scan = Scan(ready.streams, ready.contacts, ready.clock)
    found = scan.run(exports.events, bins)
    aggregator = ready.aggregator(found.sets, oldest=bins.oldest, wide=False)
    return ready, scan, aggregator, next(bins.partitions())


def test_two_rules_and_three_events():
    ready, scan, aggregator, partition = scanned(RULES, VISITS)
    assert [(s.reach, s.count) for s in ready.streams.all] == [(2_419_200, 1), (604_800, None)]
    assert [scan.signatures.sets(n) for n in range(scan.signatures.count)] == [(0b01, 0), (0b11, 0)]
    assert scan.liveness.edges.tolist() == [604_800, 2_419_200]
    assert scan.liveness.table(scan.matcher.update()).tolist() == [[1, 0, 0], [2, 3, 0]]
    assert scan.liveness.sets == [(), (1,), (0, 1), (0,)]

    events = partition.events
    rows = sorted(zip(events.age.tolist(), events.live.tolist(), events.contact.tolist(), strict=True))
    assert rows == [(86_400, 2, 2), (172_800, 1, 2), (864_000, 3, 2)]

    timeline, groups = aggregator.occurrences(partition)
    assert (timeline.contact_bits, timeline.age_bits) == (3, 20)
    assert timeline.keys.tolist() == [2_183_552, 2_961_152, 10_572_160, 10_658_560]
    assert timeline.keys.tolist() == [
        0b0_010_00010101000110000000, 0b0_010_11010010111100000000,
        0b1_010_00010101000110000000, 0b1_010_00101010001100000000,
    ]  # fmt: skip
    runs = [(some.run.tolist(), some.age.tolist()) for _, some in groups]
    assert runs == [([2, 2], [86_400, 864_000]), ([10, 10], [86_400, 172_800])]

    _, groups = aggregator.occurrences(partition)
    left = [len(counted(some, group.like, timeline, ready.clock).run) for group, some in groups]
    assert left == [1, 2]
    assert [sums.points.tolist() for sums in aggregator.sums(partition)] == [[79_200], [20_000]]
    assert points(scored_by(RULES, contacts=PEOPLE, events=VISITS))["3"] == 9.92


def test_a_purchase_alone_has_an_amount():
    bought = event("3", "purchase", age=3 * DAY, amount="30")
    *_, aggregator, partition = scanned(RULES + BOUGHT, [*VISITS, bought])
    events = partition.events
    assert events.bare == 3
    assert events.age.tolist()[3] == 259_200
    assert [each.tolist() for each in events.amounts] == [[300_000]]
    _, groups = aggregator.occurrences(partition)
    [(number, some)] = [(group.first, some) for group, some in groups if group.wide]
    found = [each.tolist() for each in (some.row, some.run, some.age, some.worth)]
    assert (number, found) == (2, [[3], [18], [259_200], [300_000]])


def test_four_known_hashes():
    def hashes(*digits):
        return np.array(digits, np.uint64) << np.uint64(56)

    known = HashIndex(hashes(0x9C, 0x3A, 0xE1, 0x3F))
    assert known.find(hashes(0x3A, 0x3F, 0x9C, 0xE1, 0x90)).tolist() == [0, 1, 2, 3, -1]


def test_one_stream_of_resets():
    def streams(rules):
        book, exports = bound(rules, contacts=PEOPLE, events=VISITS)
        return prepare(book, exports, Clock(AS_OF, book.zone)).streams

    of_b = RULES.replace("expires: 7d", "expires: 7d, since: {event: recycled}")
    assert [(s.reach, s.resets) for s in streams(of_b).all] == [
        (2_419_200, ()),
        (604_800, ()),
        (604_800, (1,)),
    ]
    both = streams(of_b.replace("expires: 28d", "expires: 28d, since: {event: recycled}"))
    (reset,) = {s.resets for s in both.all if s.resets}
    assert [s.reach for i, s in enumerate(both.all) if (i,) == reset] == [2_419_200]
    assert len(both.all) == 3
