"""Writes llama.json: what llama.cpp's own samplers make of random logits.

    npm pack @node-llama-cpp/linux-x64@3.22.1 && tar xzf node-llama-cpp-linux-x64-3.22.1.tgz
    python3 make_llama_fixtures.py package/bins/linux-x64

The package's libllama is called by its C interface; sequence breakers are given as tokens, as its own tests do. Each case names the parameters that are on, in our
names, and holds the ids that survive in ascending order with their logits as llama.cpp leaves them. Mirostat's cases are a run: the
survivors of each step, the token that was drawn, and mu after it.
"""

import ctypes
import json
import pathlib
import random
import sys

lib_dir = pathlib.Path(sys.argv[1])
for name in ("libggml-base.so", "libggml.v0.5.0.so", "libllama.v0.5.0.so"):
    lib = ctypes.CDLL(str(lib_dir / name), mode=ctypes.RTLD_GLOBAL)


class Data(ctypes.Structure):
    _fields_ = [("id", ctypes.c_int32), ("logit", ctypes.c_float), ("p", ctypes.c_float)]


class Array(ctypes.Structure):
    _fields_ = [("data", ctypes.POINTER(Data)), ("size", ctypes.c_size_t), ("selected", ctypes.c_int64), ("sorted", ctypes.c_bool)]


F, I, U, S, P = ctypes.c_float, ctypes.c_int32, ctypes.c_uint32, ctypes.c_size_t, ctypes.c_void_p


def function(name, result, *arguments):
    f = getattr(lib, name)
    f.restype, f.argtypes = result, arguments
    return f


xtc = function("llama_sampler_init_xtc", P, F, F, S, U)
mirostat = function("llama_sampler_init_mirostat_v2", P, U, F, F)
temp_ext = function("llama_sampler_init_temp_ext", P, F, F, F)
top_n_sigma = function("llama_sampler_init_top_n_sigma", P, F)
dry = function("llama_sampler_init_dry", P, P, F, F, I, I, ctypes.POINTER(ctypes.c_char_p), S)
apply = function("llama_sampler_apply", None, P, ctypes.POINTER(Array))
accept = function("llama_sampler_accept", None, P, I)
free = function("llama_sampler_free", None, P)


def run(sampler, logits):
    """The survivors of a sampler: (id, logit) by id, and the id that it selected."""
    data = (Data * len(logits))(*[Data(i, x, 0) for i, x in enumerate(logits)])
    array = Array(ctypes.cast(data, ctypes.POINTER(Data)), len(logits), -1, False)
    apply(sampler, ctypes.byref(array))
    left = [(array.data[i].id, array.data[i].logit) for i in range(array.size)]
    chosen = left[array.selected][0] if array.selected >= 0 else -1
    return sorted(left), chosen


def tidy(left):
    """Without what is left at -inf."""
    return [i for i, x in left if x > -1e30], [float(f"{x:.8g}") for _, x in left if x > -1e30]


def main():
    rnd = random.Random(20261128)
    inputs, cases = [], []
    for size, spread in [(5, 1.0), (33, 0.5), (33, 4.0), (200, 1.0), (200, 3.0)]:
        logits = [round(rnd.gauss(0, spread), 4) for _ in range(size)]
        if size == 33:
            logits[7] = logits[3]
        history = [rnd.randrange(min(size, 5)) for _ in range(60)]
        source = len(inputs)
        inputs.append({"logits": logits, "history": history})

        def case(params, left):
            ids, values = tidy(left)
            cases.append({"input": source, "params": params, "ids": ids, "values": values})

        for threshold in [0.0, 0.01, 0.05, 0.1, 0.3, 0.5]:
            s = xtc(1.0, threshold, 0, 1)
            case({"xtc_probability": 1, "xtc_threshold": threshold}, run(s, logits)[0])
            free(s)
        for t, span, exponent in [(1.0, 0.5, 1.0), (0.8, 0.8, 1.0), (1.2, 0.3, 2.0), (0.5, 1.0, 0.5)]:
            s = temp_ext(t, span, exponent)
            case({"temperature": t, "dynatemp_range": span, "dynatemp_exponent": exponent}, run(s, logits)[0])
            free(s)
        for n in [0.5, 1.0, 2.0]:
            s = top_n_sigma(n)
            case({"top_n_sigma": n}, run(s, logits)[0])
            free(s)
        for multiplier, base, allowed, last in [(0.8, 1.75, 2, 1024), (1.5, 1.2, 1, 1024), (0.5, 2.0, 3, 20), (1.0, 1.0, 0, 10), (3, 9, 1, 1024)]:
            s = dry(None, multiplier, base, allowed, last, None, 0)
            for token in history:
                accept(s, token)
            params = {"dry_multiplier": multiplier, "dry_base": base, "dry_allowed_length": allowed, "dry_range": last, "dry_breakers": []}
            case(params, run(s, logits)[0])
            free(s)

    # Sequence breakers
    breakers = []
    testing = function(
        "_Z30llama_sampler_init_dry_testingffiiRKSt6vectorIS_IiSaIiEESaIS1_EE", P, F, F, I, I, P)

    class Vector(ctypes.Structure):  # std::vector: begin, end, end of the room
        _fields_ = [("begin", P), ("end", P), ("room", P)]

    def vector(items, kind):
        array = (kind * len(items))(*items)
        at = ctypes.addressof(array)
        return Vector(at, at + ctypes.sizeof(array), at + ctypes.sizeof(array)), array

    for sequences in [[[0]], [[1, 2]], [[0], [3, 4, 1]], [[2, 2]]]:
        for source, given in enumerate(inputs):
            inner = [vector(x, ctypes.c_int32) for x in sequences]
            outer, room = vector([v for v, _ in inner], Vector)
            s = testing(1.0, 1.5, 1, 1024, ctypes.byref(outer))
            for token in given["history"]:
                accept(s, token)
            ids, values = tidy(run(s, given["logits"])[0])
            breakers.append({"input": source, "breakers": sequences, "ids": ids, "values": values})

    runs = []
    for tau, eta, size, spread in [(3.0, 0.1, 200, 2.0), (5.0, 0.1, 200, 0.5), (1.0, 0.5, 33, 2.0), (0.5, 1.0, 33, 4.0)]:
        s = mirostat(7, tau, eta)
        steps = []
        for _ in range(30):
            logits = [round(rnd.gauss(0, spread), 4) for _ in range(size)]
            left, chosen = run(s, logits)
            steps.append({"logits": logits, "ids": [i for i, _ in left], "drawn": chosen})
        runs.append({"params": {"mirostat_tau": tau, "mirostat_eta": eta}, "steps": steps})
        free(s)

    out = {"inputs": inputs, "cases": cases, "breakers": breakers, "mirostat": runs}
    pathlib.Path(__file__).with_name("llama.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
