"""Faults of a user's files and rows."""


class ReaderError(Exception):
    """One clear line: what is wrong, where, and what to do."""
