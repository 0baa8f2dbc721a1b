"""Tokens of cells as 32-bit words, and the vocabularies that turn them into ids."""

import math
import numbers
import re

import numpy as np

from .errors import ReaderError
from .indices import hash32

MASK = 0xFFFFFFFF
MISSING_INTEGER = -(2**31)
# The least number that is no 32-bit float: halfway from the largest to 2^128.
OUT_OF_RANGE = 2.0**128 - 2.0**103
# 32-bit words of a token.
WORDS = {"integer32": 1, "bucket": 1, "integer64": 2, "text": 3}


def token_of(cell, field):
    """The words of a cell of a field, a tuple."""
    kind = field["token"]
    if isinstance(cell, dict) and "token" in cell and kind != "bucket":
        if len(cell["token"]) != WORDS[kind]:
            raise ReaderError("%s: %r is no token of %d words" % (field["name"], cell, WORDS[kind]))
        return tuple(cell["token"])
    missing = cell is None or (isinstance(cell, str) and cell == "")
    if kind == "bucket":
        return (MISSING_INTEGER & MASK if missing else _bucket(cell, field["name"]),)
    if missing:
        return (field.get("missing", 0),) if kind == "integer32" else (0,) * WORDS[kind]
    if kind == "text":
        return text_token(_text(cell, field["name"]))
    value = _integer(cell, field)
    return (value & MASK,) if kind == "integer32" else (value & MASK, value >> 32 & MASK)


def _text(cell, name):
    """A number is its digits."""
    if isinstance(cell, str):
        return str(cell)
    if isinstance(cell, numbers.Integral) and not isinstance(cell, bool):
        return str(int(cell))
    if not isinstance(cell, numbers.Real) or isinstance(cell, bool) or not math.isfinite(cell):
        raise ReaderError("%s: %r is no text; a missing cell is None" % (name, cell))
    return str(int(cell)) if float(cell).is_integer() else repr(float(cell))


WHOLE = re.compile(r"\s*([+-]?[0-9]+)(\.0*)?\s*")
NUMBER = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?\s*", re.IGNORECASE)
HEX = re.compile(r"[0-9a-fA-F]{1,8}")


def _integer(cell, field):
    """A whole number, or a text of one: 7, 07 and 7.0 are the same."""
    is_hex = field.get("written") == "hex"
    try:
        if isinstance(cell, str):
            found = (HEX if is_hex else WHOLE).fullmatch(cell)
            if found is None:
                raise ValueError
            return int(cell, 16) if is_hex else int(found[1])
        if not isinstance(cell, numbers.Real) or cell != int(cell):
            raise ValueError
        return int(cell)
    except (TypeError, ValueError, OverflowError):
        wanted = "token of 1 to 8 hexadecimal digits" if is_hex else "whole number"
        raise ReaderError("%s: %r is no %s" % (field["name"], cell, wanted)) from None


def number_of(cell, name):
    """A cell of a dense column, which is there: a number in the range of 32-bit floats."""
    try:
        x = math.nan if isinstance(cell, str) and not NUMBER.fullmatch(cell) else float(cell)
    except (TypeError, ValueError, OverflowError):
        x = math.nan
    if not abs(x) < OUT_OF_RANGE:
        raise ReaderError("%s: %r is no number" % (name, cell))
    return x


def _bucket(cell, name):
    """floor(ln(x)^2) above 2, the whole part below."""
    x = float(np.float32(number_of(cell, name)))
    token = math.floor(math.log(x) ** 2) if x > 2 else max(math.trunc(x), MISSING_INTEGER + 1)
    return token & MASK


def text_token(text):
    """Up to 8 bytes are their own token; longer ones are a hash of 64 bits and a second one of 32."""
    data = text.encode("utf-8")
    if len(data) > 8:
        return _hashed(data)
    padded = data.ljust(8, b"\0")
    return (int.from_bytes(padded[:4], "little"), int.from_bytes(padded[4:], "little"), 0)


def _mix32(x):
    x = (x ^ x >> 16) * 0x7FEB352D & MASK
    x = (x ^ x >> 15) * 0x846CA68B & MASK
    return x ^ x >> 16


def _rotated(x, by):
    return (x << by | x >> 32 - by) & MASK


# Multiplier, rotation, multiplier of a word; rotation and addend of the state. A chain for each word of the token.
CHAINS = (
    (0xCC9E2D51, 15, 0x1B873593, 13, 0xE6546B64),
    (0x239B961B, 16, 0xAB0E9789, 15, 0x561CCD1B),
    (0x85EBCA6B, 17, 0x38B34AE5, 19, 0x0BCAA747),
)


def _hashed(data):
    """Four bytes at a time, the last four overlapping those before; the length goes in first."""
    length = len(data)
    states = [length ^ 0x811C9DC5, length ^ 0x9747B28C, length]
    last = length - 4
    for at in list(range(0, last, 4)) + [last]:
        word = int.from_bytes(data[at : at + 4], "little")
        for i, (first, turn, second, state_turn, addend) in enumerate(CHAINS):
            k = _rotated(word * first & MASK, turn) * second & MASK
            states[i] = (_rotated(states[i] ^ k, state_turn) * 5 + addend) & MASK
    low = _mix32(states[0])
    high = _mix32(states[1] ^ low)
    return (low, high, _mix32(states[2] ^ high) or 1)


class HashedIds:
    """Ids that are hashes of tokens: a chain that begins with the number of the field and takes in a word at a time."""

    def __init__(self, field, ids):
        self.field = field
        self.ids = ids

    def ids_of(self, tokens):
        """Ids of tokens (tuples of words): uint32 [tokens]."""
        words = np.asarray(tokens, np.uint32).reshape(len(tokens), -1)
        found = np.full(len(tokens), self.field, np.uint32)
        for word in words.T if len(tokens) > 0 else ():
            found = hash32(word, found)
        return found % np.uint32(self.ids)


class Vocabulary:
    """Ids of tokens. `tokens`: uint32 [ids but the out-of-vocabulary one, words], in the order of their ids."""

    def __init__(self, tokens, out_of_vocabulary):
        self.words = tokens.shape[1]
        self.out_of_vocabulary = out_of_vocabulary
        keys, checks = _keys(tokens)
        self.places = np.lexsort((checks, keys)).astype(np.uint32)
        self.keys = keys[self.places]
        self.checks = checks[self.places]

    def ids_of(self, tokens):
        """Ids of tokens (tuples of words): uint32 [tokens]."""
        found = np.full(len(tokens), self.out_of_vocabulary, np.uint32)
        if len(self.keys) == 0 or len(tokens) == 0:
            return found
        keys, checks = _keys(np.asarray(tokens, np.uint32).reshape(len(tokens), self.words))
        at = np.searchsorted(self.keys, keys)
        last = len(self.keys) - 1
        # Tokens with the same 64 bits lie together, sorted by the third word. Hardly ever is there a second one.
        while True:
            here = np.minimum(at, last)
            further = (at <= last) & (self.keys[here] == keys) & (self.checks[here] < checks)
            if not further.any():
                break
            at = at + further
        there = (at <= last) & (self.keys[here] == keys) & (self.checks[here] == checks)
        places = self.places[here]
        return np.where(there, places + (places >= self.out_of_vocabulary), found).astype(np.uint32)


def _keys(tokens):
    """The first two words of tokens in one integer, and the third: [tokens] each. Words that are not there are 0."""
    rows, words = tokens.shape
    keys = tokens[:, 0].astype(np.uint64)
    if words > 1:
        keys |= tokens[:, 1].astype(np.uint64) << np.uint64(32)
    return keys, tokens[:, 2] if words > 2 else np.zeros(rows, np.uint32)
