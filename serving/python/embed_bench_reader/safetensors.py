"""Files of tensors: a header of JSON, then the bytes (https://github.com/huggingface/safetensors)."""

import json
import os

import numpy as np

from .errors import ReaderError

DTYPES = {
    "BOOL": "|b1",
    "U8": "|u1",
    "I8": "|i1",
    "U16": "<u2",
    "I16": "<i2",
    "F16": "<f2",
    "U32": "<u4",
    "I32": "<i4",
    "F32": "<f4",
    "U64": "<u8",
    "I64": "<i8",
    "F64": "<f8",
}
LONGEST_HEADER = 100_000_000


class Safetensors:
    """The tensors of a file by name. The file is read once; tensors are views of it."""

    def __init__(self, path, what="an exported model", advice="export the model again"):
        self.path = path
        self.advice = advice
        try:
            whole = np.fromfile(path, np.uint8)
        except OSError as error:
            raise ReaderError("%s: %s; name the folder of %s" % (path, error.strerror, what)) from None
        self.entries, first = _header(path, whole, advice)
        self.data = whole[first:]

    @property
    def nbytes(self):
        return self.data.nbytes

    def bytes_of(self, name):
        """The bytes of a tensor."""
        if name not in self.entries:
            raise ReaderError("%s: the tensor %s is missing; %s" % (self.path, name, self.advice))
        begin, end = self.entries[name]["data_offsets"]
        return self.data[begin:end]

    def array(self, name):
        """A tensor with its own dtype and shape."""
        data = self.bytes_of(name)
        entry = self.entries[name]
        try:
            return data.view(DTYPES[entry["dtype"]]).reshape(entry["shape"])
        except (KeyError, ValueError):
            raise ReaderError(
                "%s: the tensor %s is no %s of shape %s; %s"
                % (self.path, name, entry["dtype"], entry["shape"], self.advice)
            ) from None


def _header(path, whole, advice):
    """Entries by name, and where the tensors begin. Offsets are checked against the file."""
    try:
        length = int(whole[:8].view("<u8")[0])
        if length > LONGEST_HEADER or 8 + length > len(whole):
            raise ValueError
        header = json.loads(whole[8 : 8 + length].tobytes())
        header.pop("__metadata__", None)
        rest = len(whole) - 8 - length
        for entry in header.values():
            begin, end = entry["data_offsets"]
            if not 0 <= begin <= end <= rest:
                raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        name = os.path.basename(path)
        raise ReaderError("%s: %s is no complete safetensors file; %s" % (path, name, advice)) from None
    return header, 8 + length
