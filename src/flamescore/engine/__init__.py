"""From resolved rules and clean frames to the ledger."""
