"""Phone numbers and e-mail addresses as links, if they are valid; otherwise there is no link."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

_DIGITS: Final = r"[0-9 ().\-/\u2010-\u2015\u00a0]*"
_PHONE: Final = re.compile(rf"(\+?\(?[0-9]{_DIGITS})(?:(?:x|ext\.?|#) *([0-9]{{1,6}}))?")
_MAIL: Final = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W_][\w-]*[^\W_]")
_LEAST: Final = 5
_MOST: Final = 15
_LONGEST: Final = 254


def tel(phone: str) -> str | None:
    """Return `tel:+16025550142`, or None if the text is not a phone number; `;ext=` is an extension."""
    found = _PHONE.fullmatch(phone.strip().lower()) if len(phone) <= _LONGEST else None
    if found is None:
        return None
    main = found[1]
    if main.startswith("+"):
        main = main.replace("(0)", "")
    digits = re.sub(r"[^0-9]", "", main)
    if not _LEAST <= len(digits) <= _MOST:
        return None
    extension = f";ext={found[2]}" if found[2] else ""
    return f"tel:{'+' if main.startswith('+') else ''}{digits}{extension}"


def mailto(email: str) -> str | None:
    """Return `mailto:ann@example.com`, or None if the text is not a single address."""
    text = email.strip()
    if len(text) > _LONGEST or _MAIL.fullmatch(text) is None:
        return None
    return f"mailto:{quote(text, safe='@+._-')}"
