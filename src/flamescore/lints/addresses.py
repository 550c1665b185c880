"""Addresses that are written differently but refer to the same page.

https://Example.com/Pricing/?utm_source=mail&plan=2#top  ->  https://example.com/Pricing?plan=2
/pricing/                                                ->  /pricing
Deck #1                                                  ->  Deck #1, since it is not an address
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit, urlunsplit

_CAMPAIGN: Final = "utm_"
_TRACKING: Final = frozenset({"gclid", "fbclid", "msclkid", "mc_cid", "mc_eid"})


def plain_address(text: str) -> str:
    """Return an address without its fragment, a trailing `/`, and tracking parameters.

    Scheme and host are lowercased. A text with neither `/` nor `?` is not an address and is returned as is.
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
