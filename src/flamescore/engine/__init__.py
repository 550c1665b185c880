"""The engine: computes the ledger from resolved rules and clean frames."""

from __future__ import annotations

from flamescore.engine.aggregate import StreamSums
from flamescore.engine.bins import KeptEvents, Partition
from flamescore.engine.bots import BotsPart
from flamescore.engine.calendar import DAY, Clock
from flamescore.engine.coded import SECONDS, CodedEvents, dated, depends_on_clock, first_instants
from flamescore.engine.conditions import ConditionEvaluator, combined
from flamescore.engine.contacts import Contacts, comparable_key, contacts_of, event_key, match_fields
from flamescore.engine.exact import MAX_SCORE
from flamescore.engine.ledger import (
    NO_AGE,
    Entry,
    LedgerPart,
    LedgerRows,
    LedgerSummary,
    concat_rows,
    entries_of,
    entry_table,
)
from flamescore.engine.look import Cells, Fits, Look, cells_of_column, look
from flamescore.engine.matching import FOREVER
from flamescore.engine.needed import Needed, needed
from flamescore.engine.operands import Operand, operands_of, type_predicate
from flamescore.engine.passes import EXPIRED
from flamescore.engine.pipeline import DEFAULT_TUNING, Prepared, Run, Tuning, prepare, run
from flamescore.engine.rank import (
    MANY,
    TOTAL,
    bounds_reached,
    flame_bounds,
    flames_at,
    flames_of_all,
    placed,
    ranked,
    standing,
    standings,
)
from flamescore.engine.read_once import narrowed, read_once
from flamescore.engine.readings import MISSING, instant_of
from flamescore.engine.scan import BATCH, event_columns
from flamescore.engine.score_limits import ScoreTooLargeError, check_score_size
from flamescore.engine.streams import EVENT, Stream, Streams, streams_of, types_of, where_of
from flamescore.engine.strongest import rules_of_entries, strongest
from flamescore.engine.tags import UNDATED, Tags
from flamescore.engine.tally import Held, Past
from flamescore.engine.tracing import AT, BOTS, COUNTED, Traced, trace
from flamescore.engine.worth import contributions, decay_factors, fade_end

__all__ = [
    "AT",
    "BATCH",
    "BOTS",
    "COUNTED",
    "DAY",
    "DEFAULT_TUNING",
    "EVENT",
    "EXPIRED",
    "FOREVER",
    "MANY",
    "MAX_SCORE",
    "MISSING",
    "NO_AGE",
    "SECONDS",
    "TOTAL",
    "UNDATED",
    "BotsPart",
    "Cells",
    "Clock",
    "CodedEvents",
    "ConditionEvaluator",
    "Contacts",
    "Entry",
    "Fits",
    "Held",
    "KeptEvents",
    "LedgerPart",
    "LedgerRows",
    "LedgerSummary",
    "Look",
    "Needed",
    "Operand",
    "Partition",
    "Past",
    "Prepared",
    "Run",
    "ScoreTooLargeError",
    "Stream",
    "StreamSums",
    "Streams",
    "Tags",
    "Traced",
    "Tuning",
    "bounds_reached",
    "cells_of_column",
    "check_score_size",
    "combined",
    "comparable_key",
    "concat_rows",
    "contacts_of",
    "contributions",
    "dated",
    "decay_factors",
    "depends_on_clock",
    "entries_of",
    "entry_table",
    "event_columns",
    "event_key",
    "fade_end",
    "first_instants",
    "flame_bounds",
    "flames_at",
    "flames_of_all",
    "instant_of",
    "look",
    "match_fields",
    "narrowed",
    "needed",
    "operands_of",
    "placed",
    "prepare",
    "ranked",
    "read_once",
    "rules_of_entries",
    "run",
    "standing",
    "standings",
    "streams_of",
    "strongest",
    "trace",
    "type_predicate",
    "types_of",
    "where_of",
]
