"""What lies elsewhere: databases that exports are read from."""

from __future__ import annotations

from flamescore.connections.databases import read_query

__all__ = ["read_query"]
