"""Faults of a user's files, rows and ids."""


class ReaderError(ValueError):
    """One clear line: what is wrong, where, and what to do."""
