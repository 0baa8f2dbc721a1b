"""Unsigned integers of up to 32 bits each, side by side in bytes, the lowest bit first."""

import numpy as np

# The value of an index that is none.
NONE = np.uint32(0xFFFFFFFF)

# The number of set bits of every byte.
ONES = np.array([bin(byte).count("1") for byte in range(256)], np.uint8)


def bits_at(packed, bits, indices):
    """The integers at some indices: uint32 in the shape of the indices."""
    if bits == 8:
        return packed[indices].astype(np.uint32)
    at = indices.astype(np.int64) * bits
    byte = at >> 3
    last = len(packed) - 1
    word = np.zeros(at.shape, np.uint64)
    for k in range((bits + 14) // 8):
        word |= packed[np.minimum(byte + k, last)].astype(np.uint64) << np.uint64(8 * k)
    return ((word >> (at & 7).astype(np.uint64)) & np.uint64((1 << bits) - 1)).astype(np.uint32)


def bits_for(count):
    """Bits that tell `count` numbers apart, at least 1."""
    return max(1, (count - 1).bit_length())


class PackedMap:
    """The integers of a map. They stay packed in memory, sorted lists apart."""

    def __init__(self, packed, length, bits):
        self.length = length
        self.bits = bits
        self.packed = packed
        self.sorted = None
        self.whole = packed.view("<u4" if bits == 32 else "<u2") if bits in (16, 32) else None

    def at(self, indices):
        """Entries at indices below `length`."""
        if self.whole is not None:
            return self.whole[indices].astype(np.uint32)
        return bits_at(self.packed, self.bits, indices)

    def entries(self):
        """All entries, unpacked."""
        return self.at(np.arange(self.length))

    def first_from(self, values):
        """For each value, the number of entries below it; the entries are sorted. They are unpacked once: a search in packed
        ones takes ten times as long."""
        if self.sorted is None:
            self.sorted = self.entries()
        return np.searchsorted(self.sorted, values, "left")
