"""Fixtures for the Go tests, written by the Python package of the llama.cpp project.

    pip install gguf==0.19.0 numpy==2.4.6
    python3 make_fixtures.py                  writes types.gguf
    python3 make_fixtures.py LIBGGML_BASE     also checks every number in it against ggml itself (libggml-base.so)

types.gguf holds, for each quantised type T, a tensor "T" of random blocks and the tensor "T.f32" of what gguf makes of
them; "x" with random numbers of many magnitudes, and what gguf makes of it in "x.Q8_0", "x.Q4_0" and "x.F16"; and a key
of every type that GGUF has.

The Go tests read the committed file and never run this.
"""
import ctypes
import os
import sys

import numpy as np
from gguf import GGMLQuantizationType as T, GGUFValueType as V, GGUFWriter
from gguf.quants import dequantize, quantize
from gguf.constants import GGML_QUANT_SIZES

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = 3
# Where the binary16 scales lie in a block, by type.
SCALES = {T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q8_0: [0], T.IQ4_NL: [0],
          T.Q2_K: [80, 82], T.Q3_K: [108], T.Q4_K: [0, 2], T.Q5_K: [0, 2], T.Q6_K: [208]}


def blocks(kind, rng):
    """Rows of random bytes, but for the scales: finite, of either sign, some subnormal."""
    elements, size = GGML_QUANT_SIZES[kind]
    per_row = max(1, 64 // elements)
    data = rng.integers(0, 256, (ROWS * per_row, size), dtype=np.uint8)
    for at in SCALES[kind]:
        scale = rng.standard_normal(len(data)) * 10.0 ** rng.integers(-7, 3, len(data))
        data[:, at:at + 2] = scale.astype("<f2").view(np.uint8).reshape(-1, 2)
    return data.reshape(ROWS, per_row * size)


def numbers(rng):
    x = rng.standard_normal((ROWS, 256)).astype(np.float32)
    x *= np.float32(10) ** rng.integers(-6, 3, (ROWS, 8)).repeat(32, axis=1).astype(np.float32)
    x[0, :32] = 0
    x[1, :32] = np.arange(32) - 16  # halves of a step, and the largest magnitude is negative
    x[1, 32:64] = 16 - np.arange(32)
    return x


def check(lib, kind, data, values):
    f = getattr(lib, "dequantize_row_" + kind.name.lower().replace("_k", "_K"))
    out = np.empty(values.size, np.float32)
    f(ctypes.c_void_p(data.ctypes.data), ctypes.c_void_p(out.ctypes.data), ctypes.c_int64(out.size))
    assert np.array_equal(out.view(np.uint32), values.ravel().view(np.uint32)), kind.name


def check_quantize(lib, kind, x, data):
    f = getattr(lib, "quantize_row_" + kind.name.lower() + "_ref")
    out = np.empty(data.size, np.uint8)
    f(ctypes.c_void_p(x.ctypes.data), ctypes.c_void_p(out.ctypes.data), ctypes.c_int64(x.size))
    assert np.array_equal(out, data.ravel().view(np.uint8)), kind.name


def main():
    rng = np.random.default_rng(20240229)
    lib = ctypes.CDLL(sys.argv[1]) if len(sys.argv) > 1 else None
    w = GGUFWriter(os.path.join(HERE, "types.gguf"), "test")
    for kind, value in [(V.UINT8, 200), (V.INT8, -100), (V.UINT16, 60000), (V.INT16, -30000), (V.UINT32, 4000000000),
                        (V.INT32, -2000000000), (V.FLOAT32, 0.5), (V.BOOL, True), (V.STRING, " \u0120a\n "),
                        (V.UINT64, 2**63), (V.INT64, -2**62), (V.FLOAT64, 0.1)]:
        w.add_key_value("one." + kind.name, value, kind)
        w.add_key_value("many." + kind.name, [value, value], V.ARRAY, sub_type=kind)
    for kind in SCALES:
        data = blocks(kind, rng)
        values = dequantize(data, kind)
        if lib:
            check(lib, kind, data, values)
        w.add_tensor(kind.name, data, raw_dtype=kind)
        w.add_tensor(kind.name + ".f32", values)
    x = numbers(rng)
    w.add_tensor("x", x)
    for kind in (T.Q8_0, T.Q4_0):
        data = quantize(x, kind)
        if lib:
            check_quantize(lib, kind, x, data)
        w.add_tensor("x." + kind.name, data, raw_dtype=kind)
    w.add_tensor("x.F16", x.astype(np.float16))
    w.add_tensor("x.BF16", quantize(x, T.BF16), raw_dtype=T.BF16)
    w.add_tensor("x.BF16.f32", dequantize(quantize(x, T.BF16), T.BF16))
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


if __name__ == "__main__":
    main()
