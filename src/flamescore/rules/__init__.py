"""The rule file: as authored, loading, checking, the JSON Schema."""
