"""Kernels of tfjs on float32 arrays: functions of inputs by name, attributes, and the shape of what comes out."""

import numpy as np

from .errors import ReaderError

F = np.float32


def _unary(of):
    return lambda inputs, attributes, shape: np.asarray(of(inputs["x"]), F)


def _binary(of):
    return lambda inputs, attributes, shape: np.asarray(of(inputs["a"], inputs["b"]), F)


def _in_order(inputs):
    return [inputs[key] for key in sorted(inputs, key=int)]


def _axes(x, attributes):
    axis = attributes.get("axis", attributes.get("reductionIndices"))  # Max has another name for them
    if axis is None:
        return None
    return tuple(axis) if isinstance(axis, (list, tuple)) else (int(axis),)


def _reduced(of):
    def run(inputs, attributes, shape):
        x = inputs["x"]
        return np.asarray(of(x, _axes(x, attributes)), F).reshape(shape)

    return run


def _extreme(of):
    return lambda inputs, attributes, shape: of(inputs["x"], axis=int(attributes["axis"])).astype(F).reshape(shape)


def sigmoid(x):
    """1 / (1 + e^-x), which overflows nowhere."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


def _relu(x):
    return np.maximum(x, F(0))


ACTIVATIONS = {"linear": lambda x: x, "relu": _relu, "sigmoid": sigmoid}


def _product(inputs, attributes):
    a, b = inputs["a"], inputs["b"]
    if attributes.get("transposeA"):
        a = np.swapaxes(a, -1, -2)
    if attributes.get("transposeB"):
        b = np.swapaxes(b, -1, -2)
    return np.matmul(a, b)


def _fused(inputs, attributes, shape):
    activation = attributes.get("activation", "linear")
    if activation not in ACTIVATIONS:
        raise ReaderError("this reader does not know the activation %s" % activation)
    product = _product(inputs, attributes)
    if "bias" in inputs:
        product = product + inputs["bias"]
    return np.asarray(ACTIVATIONS[activation](product), F)


def _cast(inputs, attributes, shape):
    x, dtype = inputs["x"], attributes["dtype"]
    if dtype == "int32":
        return np.trunc(x)
    return (x != 0).astype(F) if dtype == "bool" else x


def _select(inputs, attributes, shape):
    condition, t = inputs["condition"], inputs["t"]
    condition = condition.reshape(condition.shape + (1,) * (t.ndim - condition.ndim))
    return np.where(condition != 0, t, inputs["e"])


def _softmax(inputs, attributes, shape):
    x = inputs["logits"].astype(np.float64)
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return (e / e.sum(axis=-1, keepdims=True)).astype(F)


def _slice(inputs, attributes, shape):
    return inputs["x"][tuple(slice(begin, begin + size) for begin, size in zip(attributes["begin"], shape))]


def _tile(inputs, attributes, shape):
    x = inputs["x"]
    return np.tile(x, [size // own for size, own in zip(shape, x.shape)])


def _pad(inputs, attributes, shape):
    return np.pad(inputs["x"], attributes["paddings"], constant_values=F(attributes.get("constantValue") or 0))


def _gather(inputs, attributes, shape):
    if attributes.get("batchDims"):
        raise ReaderError("this reader does not know GatherV2 with batch dimensions")
    return np.take(inputs["x"], inputs["indices"].astype(np.int64), axis=int(attributes["axis"])).reshape(shape)


def _one_hot(inputs, attributes, shape):
    codes = inputs["indices"][..., None] == np.arange(int(attributes["depth"]))
    on, off = attributes.get("onValue", 1), attributes.get("offValue", 0)
    return np.where(codes, F(on), F(off)).reshape(shape)


def _step(inputs, attributes, shape):
    return np.where(inputs["x"] > 0, F(1), F(attributes.get("alpha") or 0))


def _clip(inputs, attributes, shape):
    return np.clip(inputs["x"], F(attributes["clipValueMin"]), F(attributes["clipValueMax"]))


def _reshaped(inputs, attributes, shape):
    return next(iter(inputs.values())).reshape(shape)


KERNELS = {
    "Identity": _reshaped,
    "Reshape": _reshaped,
    "ExpandDims": _reshaped,
    "Cast": _cast,
    "Relu": _unary(_relu),
    "Sigmoid": _unary(sigmoid),
    "Tanh": _unary(np.tanh),
    "Exp": _unary(np.exp),
    "Log": _unary(np.log),
    "Log1p": _unary(np.log1p),
    "Sqrt": _unary(np.sqrt),
    "Square": _unary(np.square),
    "Neg": _unary(np.negative),
    "Abs": _unary(np.abs),
    "Sign": _unary(np.sign),
    "Sin": _unary(np.sin),
    "Cos": _unary(np.cos),
    "Floor": _unary(np.floor),
    "Round": _unary(np.rint),
    "Softplus": _unary(lambda x: np.logaddexp(F(0), x)),
    "Step": _step,
    "ClipByValue": _clip,
    "Add": _binary(np.add),
    "Sub": _binary(np.subtract),
    "Multiply": _binary(np.multiply),
    "RealDiv": _binary(np.divide),
    "FloorDiv": _binary(lambda a, b: np.floor(a.astype(np.float64) / b)),
    "Maximum": _binary(np.maximum),
    "Minimum": _binary(np.minimum),
    "Greater": _binary(np.greater),
    "GreaterEqual": _binary(np.greater_equal),
    "Less": _binary(np.less),
    "LessEqual": _binary(np.less_equal),
    "Equal": _binary(np.equal),
    "NotEqual": _binary(np.not_equal),
    "LogicalAnd": _binary(np.logical_and),
    "LogicalOr": _binary(np.logical_or),
    "Select": _select,
    "AddN": lambda inputs, attributes, shape: sum(_in_order(inputs)),
    "Sum": _reduced(lambda x, axes: x.sum(axis=axes, dtype=np.float64)),
    "Prod": _reduced(lambda x, axes: x.prod(axis=axes, dtype=np.float64)),
    "Max": _reduced(lambda x, axes: x.max(axis=axes)),
    "Min": _reduced(lambda x, axes: x.min(axis=axes)),
    "Mean": _reduced(lambda x, axes: x.mean(axis=axes, dtype=np.float64)),
    "ArgMax": _extreme(np.argmax),
    "ArgMin": _extreme(np.argmin),
    "Softmax": _softmax,
    "BatchMatMul": lambda inputs, attributes, shape: _product(inputs, attributes),
    "_FusedMatMul": _fused,
    "Transpose": lambda inputs, attributes, shape: np.transpose(inputs["x"], attributes["perm"]),
    "Slice": _slice,
    "Concat": lambda inputs, attributes, shape: np.concatenate(_in_order(inputs), axis=int(attributes["axis"])),
    "Pack": lambda inputs, attributes, shape: np.stack(_in_order(inputs), axis=int(attributes["axis"])),
    "Tile": _tile,
    "PadV2": _pad,
    "GatherV2": _gather,
    "OneHot": _one_hot,
    "Fill": lambda inputs, attributes, shape: np.full(shape, F(attributes["value"]), F),
}
