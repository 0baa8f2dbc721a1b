"""Values of codes: floats of 4, 6 and 8 bits, and normal floats of 4 bits."""

import numpy as np

# Bits of the exponent and of the mantissa, and the code of the largest number.
ELEMENTS = {
    "e4m3": (4, 3, 0x7E),
    "e5m2": (5, 2, 0x7B),
    "e2m3": (2, 3, 0x1F),
    "e3m2": (3, 2, 0x1F),
    "e2m1": (2, 1, 0x7),
}
ELEMENT_BITS = {"e4m3": 8, "e5m2": 8, "e2m3": 6, "e3m2": 6, "e2m1": 4, "int8": 8}

# Quantiles of a normal distribution, divided by the largest (Dettmers et al., QLoRA, NeurIPS 2023, appendix E).
NORMAL_FLOATS = np.array(
    [
        -1.0,
        -0.6961928009986877,
        -0.5250730514526367,
        -0.39491748809814453,
        -0.28444138169288635,
        -0.18477343022823334,
        -0.09105003625154495,
        0.0,
        0.07958029955625534,
        0.16093020141124725,
        0.24611230194568634,
        0.33791524171829224,
        0.44070982933044434,
        0.5626170039176941,
        0.7229568362236023,
        1.0,
    ],
    np.float32,
)


def values_of(element):
    """The values of all codes of an element, in their order."""
    return np.array([_value(element, code) for code in range(2 ** ELEMENT_BITS[element])], np.float32)


def _value(element, code):
    if element == "int8":
        return (code - 256 if code > 127 else code) / 64
    exponent_bits, mantissa_bits, largest = ELEMENTS[element]
    bias = 2 ** (exponent_bits - 1) - 1
    sign_bit = 1 << (exponent_bits + mantissa_bits)
    magnitude = code & (sign_bit - 1)
    sign = -1 if code & sign_bit else 1
    if magnitude == 0:
        return 0.0
    if magnitude > largest:
        return sign * np.inf if element == "e5m2" and magnitude == largest + 1 else np.nan
    exponent = magnitude >> mantissa_bits
    mantissa = (magnitude & ((1 << mantissa_bits) - 1)) / (1 << mantissa_bits)
    if exponent == 0:
        return sign * mantissa * 2.0 ** (1 - bias)
    return sign * (1 + mantissa) * 2.0 ** (exponent - bias)
