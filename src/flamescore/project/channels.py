"""`channels` of the project file: how messages are sent, and when they may be."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from flamescore.project.addresses import SENDER
from flamescore.project.names import by_name
from flamescore.project.reading import Section, setting, shape_of
from flamescore.project.values import TEXT, of_text, one_of, whole
from flamescore.project.variables import is_literal, literal_in_url, malformed
from flamescore.schema_reader import ValueType, listed, mapped

if TYPE_CHECKING:
    from flamescore.schema_reader import At, Shape, Value

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: Final[tuple[Day, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The days of the week, in the order of `date.weekday()`."""

_HOURS: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])|")
_DAY: Final = 24 * 60
_MOST: Final = 1_000_000
LITERAL: Final = "A011"


class Hours(Struct, frozen=True):
    """A half-open span of the day in minutes since midnight, from `first` to before `end`.

    An `end` before `first` is on the following day.
    """

    first: int
    end: int


def _hours(text: str) -> Hours:
    found = _HOURS.fullmatch(text.strip().replace("-24:00", "-00:00"))
    hours = None
    if found is not None and found[1] is not None:
        first, first_minute, end, end_minute = map(int, found.groups())
        hours = Hours(first * 60 + first_minute, end * 60 + end_minute)
    if hours is None or hours.first == hours.end:
        msg = f"must be hours such as `08:00-20:00`, not `{text}`"
        raise ValueError(msg)
    return replace(hours, end=hours.end or _DAY)


def _variables(at: At) -> str:
    """Read a text that may contain variables as `${NAME}`."""
    text: str = TEXT(at)
    if malformed(text):
        hint = "A variable is written `${NAME}`, of letters, digits and `_`."
        at.refuse("P023", f"{at.label} has a `${{` that begins no variable.", hint)
    return text


def _secret(at: At) -> str:
    text = _variables(at)
    if is_literal(text):
        _refuse_literal(at, f"{at.label} is a secret, and is written in the file")
    return text


def _secret_url(at: At) -> str:
    text = _variables(at)
    if "${" not in text:
        _refuse_literal(at, f"Whoever has {at.label} can send by it, and it is written in the file")
    return text


def _url(at: At) -> str:
    text = _variables(at)
    what = literal_in_url(text)
    if what is not None:
        _refuse_literal(at, f"{at.label} has {what} in it")
    if not text.startswith(("https://", "http://", "${")):
        at.refuse("P023", f"{at.label} must be an address such as `https://example.com/hook`.")
    return text


def _refuse_literal(at: At, text: str) -> None:
    name = "_".join(str(step).upper().replace("-", "_") for step in at.path[1:])
    at.refuse(LITERAL, f"{text}.", f'Write "${{{name}}}" and set the variable.')


_STRING: Final = {"type": "string"}
WITH_VARIABLES: Final = ValueType(_variables, _STRING, "text")
_SECRET_TEXT: Final = ValueType(_secret, _STRING, "`${NAME}`")
_SECRET_URL: Final = ValueType(_secret_url, _STRING, "`${NAME}`")
_DAYS: Final = replace(listed(one_of(*DAYS)), words="list of days")
_URL: Final = ValueType(_url, _STRING, "URL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel(Section):
    """A channel for messages, and the hours in which it may be used. `name` is its key."""

    TYPE: ClassVar[str] = ""

    name: str = field(default="")
    type: str = setting(TEXT, "the kind of channel")
    hours: Hours | None = setting(of_text("hours", _hours), "when it may send; by default always", None)
    days: tuple[Day, ...] = setting(_DAYS, "the days on which it may send; by default every day", DAYS)
    at_most: int | None = setting(
        whole(1, _MOST), "the maximum of messages per recipient and local day; by default unlimited", None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _ForPeople(Channel):
    """A channel whose messages people read."""

    at_most: int | None = setting(whole(1, _MOST), "the maximum of messages per recipient and local day", 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailChannel(_ForPeople):
    """E-mail by SMTP."""

    TYPE: ClassVar[str] = "email"

    host: str = setting(TEXT, "the mail server")
    port: int = setting(whole(1, 65_535), "its port", 587)
    security: Literal["starttls", "tls", "none"] = setting(
        one_of("starttls", "tls", "none"), "how the connection is encrypted", "starttls"
    )
    user: str | None = setting(WITH_VARIABLES, "the user name to log in with", None)
    password: str | None = setting(_SECRET_TEXT, "the password, from the environment", None)
    sender: str = setting(SENDER, "the sender: `Leads <leads@example.com>`", name="from")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChannel(Channel):
    """JSON posted to a URL."""

    TYPE: ClassVar[str] = "webhook"

    url: str = setting(_URL, "the address")
    secret: str | None = setting(
        _SECRET_TEXT, "the key that messages are signed with, from the environment", None
    )
    headers: dict[str, str] = setting(
        mapped(WITH_VARIABLES, words="name: text"), "additional headers", factory=dict
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackChannel(_ForPeople):
    """A Slack incoming webhook."""

    TYPE: ClassVar[str] = "slack"

    url: str = setting(_SECRET_URL, "the address, from the environment")


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsChannel(_ForPeople):
    """A Microsoft Teams workflow."""

    TYPE: ClassVar[str] = "teams"

    url: str = setting(_SECRET_URL, "the address, from the environment")


@dataclass(frozen=True, slots=True, kw_only=True)
class AppriseChannel(_ForPeople):
    """Any service that apprise supports."""

    TYPE: ClassVar[str] = "apprise"

    url: str = setting(_SECRET_URL, "the address, from the environment")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChannel(Channel):
    """A file to which each message is appended as a line of JSON."""

    TYPE: ClassVar[str] = "file"

    path: str = setting(TEXT, "the file, relative to the project file")


@dataclass(frozen=True, slots=True, kw_only=True)
class StdoutChannel(Channel):
    """Standard output."""

    TYPE: ClassVar[str] = "stdout"


CHANNELS: Final[dict[str, type[Channel]]] = {
    each.TYPE: each
    for each in (
        EmailChannel, WebhookChannel, SlackChannel, TeamsChannel, AppriseChannel, FileChannel, StdoutChannel,
    )
}  # fmt: skip
"""The kinds of channels, by `type`."""

_TYPE: Final = one_of(*CHANNELS)


def _shape(section: type[Channel]) -> Shape:
    shape = shape_of(section)
    return replace(shape, keys={**shape.keys, "type": replace(shape.keys["type"], type=one_of(section.TYPE))})


CHANNEL_SHAPES: Final = {name: _shape(section) for name, section in CHANNELS.items()}


def _channel(at: At) -> Value:
    """Read a channel with the shape of its type; without a known type nothing else is checked."""
    if at.node.kind != "mapping":
        at.wrong("a mapping")
    type_ = at.child("type")
    if type_ is None:
        at.refuse("P021", f"{at.label} has no `type`.", f"It can be {_TYPE.words}.")
    return CHANNEL_SHAPES[_TYPE(type_)].read(at)


CHANNELS_BY_NAME: Final = by_name(
    ValueType(_channel, {"anyOf": [shape.type.schema for shape in CHANNEL_SHAPES.values()]}),
    lambda name, channel: dataclasses.replace(channel, name=name),
    words="name: channel",
)
