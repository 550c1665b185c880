"""Check the references between `team`, `channels` and `alerts` of a project file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.errors import Problem
from flamescore.project.addresses import is_address
from flamescore.project.alerts import OWNER
from flamescore.project.channels import EmailChannel
from flamescore.project.team import member_named, same_names
from flamescore.yaml_tree import nearest, use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.project.alerts import Alert
    from flamescore.project.model import ProjectFile
    from flamescore.yaml_tree import Document
    from flamescore.yaml_tree import Path as NodePath


def check_alerts(document: Document, settings: ProjectFile) -> Iterator[Problem]:
    """Yield problems in the references between members, channels and alerts, even disabled alerts."""
    for path, text in same_names(settings.team):
        yield Problem("P026", text, document.where(path), "Remove one of them, or add the surname.")
    for alert in settings.alerts.values():
        yield from _channels(document, settings, alert)
        yield from _recipients(document, settings, alert)


def _places(document: Document, alert: Alert, key: str) -> Iterator[tuple[str, NodePath]]:
    """Yield the texts of a key that accepts one or several, each with its path."""
    path = ("alerts", alert.name, key)
    node = document.root.at(path)
    several = node is not None and node.kind == "list"
    for index, text in enumerate(getattr(alert, key)):
        yield text, (*path, index) if several else path


def _channels(document: Document, settings: ProjectFile, alert: Alert) -> Iterator[Problem]:
    for name, path in _places(document, alert, "channel"):
        if name not in settings.channels:
            text = f"There is no channel `{name}`, which alert `{alert.name}` names."
            yield Problem("P023", text, document.where(path), _meant(name, tuple(settings.channels)))


def _meant(name: str, known: tuple[str, ...]) -> str:
    meant = nearest(name, known)
    if meant is not None:
        return f"Did you mean `{meant}`?"
    return use(known) if known else "Declare it under `channels:`."


def _recipients(document: Document, settings: ProjectFile, alert: Alert) -> Iterator[Problem]:
    where = ("alerts", alert.name)
    by_mail = next(
        (name for name in alert.channel if isinstance(settings.channels.get(name), EmailChannel)), None
    )
    if by_mail is not None and not alert.to:
        text = (
            f"`to` of alert `{alert.name}` is missing: channel `{by_mail}` sends mail, and needs an address."
        )
        yield Problem("P021", text, document.where(where, key=True), "Write `to: dana@example.com`.")
    for key in ("to", "otherwise"):
        for name, path in _places(document, alert, key):
            if name == OWNER:
                yield from _of_owner(document, alert, key, path)
            else:
                yield from _recipient(document, settings, name, path, by_mail)


def _of_owner(document: Document, alert: Alert, key: str, path: NodePath) -> Iterator[Problem]:
    if key == "otherwise":
        text = "`otherwise` is for leads without an owner; it can't be `owner` again."
        yield Problem("P026", text, document.where(path), "Name a member of the team, or write an address.")
    elif not alert.otherwise:
        text = f"Alert `{alert.name}` goes to the owner, and most lists have leads without one."
        hint = "Say who hears of those: `otherwise: sales@example.com`."
        yield Problem("A008", text, document.where(path), hint)


def _recipient(
    document: Document, settings: ProjectFile, name: str, path: NodePath, by_mail: str | None
) -> Iterator[Problem]:
    member = member_named(settings.team, name)
    if member is None and not is_address(name):
        text = f"`{name}` is not an e-mail address, and `team` has nobody of that name."
        yield Problem("A009", text, document.where(path), _meant_member(name, settings))
    elif member is not None and member.email is None and by_mail is not None:
        text = f"`{member.name}` has no e-mail address, and channel `{by_mail}` sends mail."
        yield Problem("A009", text, document.where(path), "Give the member an `email` under `team:`.")


def _meant_member(name: str, settings: ProjectFile) -> str:
    known = (OWNER, *(each.name for each in settings.team))
    meant = nearest(name, known)
    if meant is not None:
        return f"Did you mean `{meant}`?"
    return "Write an address, `owner`, or the name of a member of the team."
