"""`call_list.holdout`: contacts kept off call lists at random, to measure whether calling helps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flamescore.project.reading import Section, setting, shape_of
from flamescore.project.values import TEXT
from flamescore.schema_reader import At, ValueType
from flamescore.units import parse_percent

if TYPE_CHECKING:
    from decimal import Decimal

MOST: Final = 50
_DECIMALS: Final = 10_000
_WORDS: Final = "a percentage above 0% and at most 50%, with at most four decimals, such as `5%`"


def _share(at: At) -> Decimal:
    text = at.node.scalar
    percent = parse_percent(text) if isinstance(text, str) else None
    if percent is None or not 0 < percent <= MOST or percent * _DECIMALS % 1:
        at.wrong(_WORDS)
    return percent


_SHARE: Final = ValueType(_share, {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? ?%$"}, "percentage")


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldOut(Section):
    """A random share of contacts that is kept off call lists, to measure whether calling helps."""

    share: Decimal = setting(_SHARE, "the share of contacts that are held out, at most `50%`")
    by: str | None = setting(TEXT, "contacts with the same value of this column are held out together", None)
    salt: str = setting(TEXT, "the seed of the draw; another text draws again", "flamescore")

    @property
    def millionths(self) -> int:
        """Return the share in millionths, a whole number: 50,000 for 5%."""
        return int(self.share * _DECIMALS)

    @property
    def written(self) -> str:
        """Return the share as shown to users: `5%`, `0.25%`."""
        return f"{self.share.normalize():f}%"


SHAPE: Final = shape_of(HoldOut)


def _read(at: At) -> HoldOut:
    found: HoldOut = SHAPE.read(at) if at.node.kind == "mapping" else HoldOut(share=_SHARE(at))
    return found


HOLDOUT: Final = ValueType(_read, {"anyOf": [_SHARE.schema, SHAPE.type.schema]}, "percentage, or a mapping")
