"""Addresses that are written differently and mean one page.

https://Example.com/Pricing/?utm_source=mail&plan=2#top  ->  https://example.com/Pricing?plan=2
/pricing/                                                ->  /pricing
Deck #1                                                  ->  Deck #1, for it is no address
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit, urlunsplit

_CAMPAIGN: Final = "utm_"
_TRACKING: Final = frozenset({"gclid", "fbclid", "msclkid", "mc_cid", "mc_eid"})


def plain_address(text: str) -> str:
    """Return an address without its fragment, a final `/`, and parameters that say where somebody came from.

    Scheme and host are in lower case. What has neither `/` nor `?` is no address, and stays as it is.
    """
    if "/" not in text and "?" not in text:
        return text
    try:
        parts = urlsplit(text)
    except ValueError:
        return text
    query = "&".join(each for each in parts.query.split("&") if not _is_tracking(each))
    path = parts.path.removesuffix("/")
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), path, query, ""))


def _is_tracking(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return name.startswith(_CAMPAIGN) or name in _TRACKING
