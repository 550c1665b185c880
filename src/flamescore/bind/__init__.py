"""Authored rules and the columns found become resolved rules, or problems with the rule's line."""
