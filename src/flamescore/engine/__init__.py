"""From resolved rules and clean frames to the ledger."""

from __future__ import annotations

from flamescore.engine.aggregate import Sums
from flamescore.engine.bins import Kept, Partition
from flamescore.engine.clock import DAY, Clock
from flamescore.engine.conditions import Judge
from flamescore.engine.contacts import contact_of, facts_of, key_of, people_of
from flamescore.engine.entries import Entry, table
from flamescore.engine.exact import MOST
from flamescore.engine.ledger import NONE, Page, Rows, Share, joined
from flamescore.engine.pipeline import DEFAULT, Run, Tuning, run
from flamescore.engine.preparation import Prepared, prepare
from flamescore.engine.rank import flames, ranked
from flamescore.engine.readings import MISSING, instant_of
from flamescore.engine.score_limits import ScoreTooLargeError, check
from flamescore.engine.streams import EVENT, Stream, Streams, types_of
from flamescore.engine.tags import UNDATED, Tags
from flamescore.engine.tally import Past
from flamescore.engine.tracing import AT, COUNTED, EXPIRED, Traced, trace
from flamescore.engine.worth import contributions, factors

__all__ = [
    "AT",
    "COUNTED",
    "DAY",
    "DEFAULT",
    "EVENT",
    "EXPIRED",
    "MISSING",
    "MOST",
    "NONE",
    "UNDATED",
    "Clock",
    "Entry",
    "Judge",
    "Kept",
    "Page",
    "Partition",
    "Past",
    "Prepared",
    "Rows",
    "Run",
    "ScoreTooLargeError",
    "Share",
    "Stream",
    "Streams",
    "Sums",
    "Tags",
    "Traced",
    "Tuning",
    "check",
    "contact_of",
    "contributions",
    "factors",
    "facts_of",
    "flames",
    "instant_of",
    "joined",
    "key_of",
    "people_of",
    "prepare",
    "ranked",
    "run",
    "table",
    "trace",
    "types_of",
]
