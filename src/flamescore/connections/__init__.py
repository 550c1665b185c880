"""What lies elsewhere: databases that exports are read from."""

from __future__ import annotations

from flamescore.connections.databases import read_query, uri_fault
from flamescore.connections.secrets import Resolved, UnsetVariableError, hidden, resolve

__all__ = ["Resolved", "UnsetVariableError", "hidden", "read_query", "resolve", "uri_fault"]
