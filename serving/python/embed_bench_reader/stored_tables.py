"""Tables in the form in which they are stored. Floats are decoded only where they are looked up.

`reader_of` gives a function of the first floats of some rows, int64 [n], and a width: float32 [n, width].
"""

import numpy as np

from .bits import ONES, bits_at, bits_for
from .errors import ReaderError
from .small_floats import ELEMENT_BITS, NORMAL_FLOATS, values_of

# Blocks of normal floats that share a scale of their own, where scales have 8 bits.
SCALES_TOGETHER = 256
# Floats whose positions the bitmap of a sparse table counts together.
STRETCH = 512


def reader_of(stored, data, floats):
    """The reader of a table of so many floats, from its bytes."""
    makers = {
        "fp32": lambda: _plain(data.view("<f4")),
        "fp16": lambda: _plain(data.view("<f2")),
        "row-wise": lambda: _row_wise(data, floats, stored["bits"], stored["block"]),
        "fp8": lambda: _fp8(data, stored["element"], stored["scaled"]),
        "mx": lambda: _mx(data, floats, stored["element"], stored["block"]),
        "nf4": lambda: _nf4(data, floats, stored["block"], stored["scales"]),
        "grid": lambda: _grid(data, stored["bits"], stored["step"]),
        "sparse": lambda: _sparse(data, floats, stored["nonZeros"]),
    }
    if stored["kind"] not in makers:
        raise ReaderError("this reader does not know the stored form %s; use a newer one" % stored["kind"])
    return makers[stored["kind"]]()


def _positions(starts, width):
    return starts[:, None] + np.arange(width)


def _plain(values):
    return lambda starts, width: values[_positions(starts, width)].astype(np.float32)


def _floats_at(data, at, dtype):
    """Floats of a dtype at places of bytes, which need no alignment."""
    size = np.dtype(dtype).itemsize
    return np.ascontiguousarray(data[at[..., None] + np.arange(size)]).view(dtype)[..., 0]


class _Blocks:
    """Blocks of codes with what belongs to each behind its codes. The last block may be shorter."""

    def __init__(self, floats, block, bits, header):
        self.block = block
        self.bits = bits
        self.bytes_per_block = -(-block * bits // 8) + header
        self.blocks = -(-floats // block)
        self.in_last = floats - (self.blocks - 1) * block

    def headers(self, b):
        """The bytes behind the codes of blocks."""
        inside = np.where(b < self.blocks - 1, self.block, self.in_last)
        return b * self.bytes_per_block + (inside * self.bits + 7) // 8

    def read(self, starts, width):
        """First the block of each float, or [n, 1] where no row is in two; then its place in the block."""
        b = starts // self.block
        if np.array_equal(b, (starts + (width - 1)) // self.block):
            return b[:, None], _positions(starts - b * self.block, width)
        positions = _positions(starts, width)
        return positions // self.block, positions % self.block


def _row_wise(data, floats, bits, block):
    scale_type = "<f4" if bits == 8 else "<f2"
    size = np.dtype(scale_type).itemsize
    blocks = _Blocks(floats, block, bits, 2 * size)
    mask = (1 << bits) - 1

    def read(starts, width):
        b, inside = blocks.read(starts, width)
        at = blocks.headers(b)
        scale = _floats_at(data, at, scale_type).astype(np.float64)
        lowest = _floats_at(data, at + size, scale_type).astype(np.float64)
        bit = inside * bits
        codes = (data[b * blocks.bytes_per_block + (bit >> 3)] >> (bit & 7).astype(np.uint8)) & mask
        return (lowest + scale * codes).astype(np.float32)

    return read


def _fp8(data, element, scaled):
    values = values_of(element)
    if scaled:
        values = values * data[-4:].copy().view("<f4")[0]
    return lambda starts, width: values[data[_positions(starts, width)]]


def _mx(data, floats, element, block):
    values = values_of(element)
    bits = ELEMENT_BITS[element]
    blocks = _Blocks(floats, block, bits, 1)
    scales = np.append(2.0 ** (np.arange(255) - 127), np.nan)
    last = len(data) - 1

    def read(starts, width):
        b, inside = blocks.read(starts, width)
        scale = scales[data[blocks.headers(b)]]
        bit = inside * bits
        byte = b * blocks.bytes_per_block + (bit >> 3)
        word = data[byte].astype(np.uint16) | (data[np.minimum(byte + 1, last)].astype(np.uint16) << np.uint16(8))
        codes = (word >> (bit & 7).astype(np.uint16)) & ((1 << bits) - 1)
        return (values[codes] * scale).astype(np.float32)

    return read


def _nf4(data, floats, block, scales):
    blocks = _Blocks(floats, block, 4, {"fp32": 4, "fp16": 2, "double": 1}[scales])
    scale_of = _nf4_scales(data, blocks, scales)

    def read(starts, width):
        b, inside = blocks.read(starts, width)
        byte = data[b * blocks.bytes_per_block + (inside >> 1)]
        codes = np.where(inside & 1, byte & 15, byte >> 4)
        return (NORMAL_FLOATS[codes] * scale_of(b)).astype(np.float32)

    return read


def _nf4_scales(data, blocks, scales):
    if scales != "double":
        scale_type = "<f4" if scales == "fp32" else "<f2"
        return lambda b: _floats_at(data, blocks.headers(b), scale_type).astype(np.float32)
    values = values_of("e4m3").astype(np.float64)
    groups = -(-blocks.blocks // SCALES_TOGETHER)
    behind = data[len(data) - 4 * groups - 4 :].copy().view("<f4").astype(np.float64)
    steps, mean = behind[:-1], behind[-1]

    def scale_of(b):
        scale = mean + steps[b // SCALES_TOGETHER] * values[data[blocks.headers(b)]]
        return np.maximum(np.float32(0), scale.astype(np.float32))

    return scale_of


def _grid(data, bits, step):
    lowest = -(2 ** (bits - 1))

    def read(starts, width):
        codes = bits_at(data, bits, _positions(starts, width))
        return ((codes.astype(np.float64) + lowest) * step).astype(np.float32)

    return read


def _sparse(data, floats, non_zeros):
    bitmap_bytes = -(-floats // 8) + 4 * -(-floats // STRETCH)
    list_bytes = -(-non_zeros * bits_for(floats) // 8)
    values = data[min(bitmap_bytes, list_bytes) :].copy().view("<f4")
    count = min(non_zeros, floats)
    if count == 0:
        return lambda starts, width: np.zeros((len(starts), width), np.float32)
    if bitmap_bytes <= list_bytes:
        return _sparse_bitmap(data, floats, values)
    return _sparse_list(data, floats, count, values)


def _sparse_bitmap(data, floats, values):
    bitmap = data[: -(-floats // 8)]
    before = data[len(bitmap) : len(bitmap) + 4 * -(-floats // STRETCH)].copy().view("<u4")
    stretch_bytes = np.arange(STRETCH // 8)

    def read(starts, width):
        stretch = starts // STRETCH
        inside = starts - stretch * STRETCH
        bytes_ = bitmap[np.minimum(stretch[:, None] * (STRETCH // 8) + stretch_bytes, len(bitmap) - 1)]
        # Bits of each byte that come before the row: none, some, all.
        taken = np.clip(inside[:, None] - 8 * stretch_bytes, 0, 8)
        ones = ONES[bytes_ & ((1 << taken) - 1).astype(np.uint8)]
        rank = before[stretch].astype(np.int64) + ones.sum(axis=1, dtype=np.int64)
        positions = _positions(starts, width)
        there = (bitmap[positions >> 3] >> (positions & 7).astype(np.uint8)) & 1
        place = rank[:, None] + np.cumsum(there, axis=1, dtype=np.int64) - there
        return np.where(there, values[np.minimum(place, len(values) - 1)], np.float32(0))

    return read


def _sparse_list(data, floats, count, values):
    bits = bits_for(floats)

    def read(starts, width):
        positions = _positions(starts, width)
        low = np.zeros(positions.shape, np.int64)
        size = 1 << count.bit_length()
        while size > 0:
            probe = low + size
            fits = probe <= count
            fits &= bits_at(data, bits, np.minimum(probe, count) - 1) <= positions
            low = np.where(fits, probe, low)
            size >>= 1
        place = np.maximum(low - 1, 0)
        there = (low > 0) & (bits_at(data, bits, place) == positions)
        return np.where(there, values[place], np.float32(0))

    return read
