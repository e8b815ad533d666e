"""A vocabulary for the tiny model of engine/gpt2, and what the Python package of llama.cpp reads from our GGUF files of it.

    pip install gguf==0.19.0 numpy==2.4.6 safetensors==0.8.0
    python3 make_fixtures.py INKLING             writes vocabulary/ and dump.json

INKLING is the program, as go build makes it.

dump.json has, for each precision, the SHA-256 of the file that the program converted the tiny model to, and what gguf
found in it: keys, names, shapes and types of tensors, and the SHA-256 of their numbers as float32. The numbers are also
compared here with what gguf makes of the model's own. The Go tests convert the model again and hold it against dump.json;
they never run this.
"""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

import numpy as np
from gguf import GGMLQuantizationType as T, GGUFReader
from gguf.quants import dequantize, quantize
from safetensors.numpy import load_file

HERE = os.path.dirname(os.path.abspath(__file__))
TINY = os.path.join(HERE, "..", "..", "gpt2", "testdata", "tiny")
LAYER = {"ln_1": "attn_norm", "ln_2": "ffn_norm", "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output", "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down"}
TOP = {"wte": "token_embd", "wpe": "position_embd", "ln_f": "output_norm"}


def vocabulary():
    """All bytes, some merges, end-of-text as the last of the 300 ids, an added token, and ids that no token has."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {b: chr(b) for b in printable}
    for b in range(256):
        letters.setdefault(b, chr(256 + len(letters) - len(printable)))
    ids = {letters[b]: b for b in range(256)}
    merges = ["t h", "th e", "\u0120 the", "i n", "a n", "an d", "\u0120 and", "e r", "\u0120 a", "r e", "o n", "\u010a \u010a", "\u0120 \u0120"]
    for merge in merges:
        ids[merge.replace(" ", "")] = len(ids)
    ids["<|endoftext|>"] = 299
    folder = os.path.join(HERE, "vocabulary")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "vocab.json"), "w", encoding="utf-8") as f:
        json.dump(ids, f, ensure_ascii=False)
    with open(os.path.join(folder, "merges.txt"), "w", encoding="utf-8") as f:
        f.write("#version: 0.2\n" + "\n".join(merges) + "\n")
    with open(os.path.join(folder, "added_tokens.json"), "w", encoding="utf-8") as f:
        json.dump({"<|user|>": 280}, f)
    return folder


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def expected(name, weights, kind):
    """The tensor as gguf itself would store and read it."""
    module, part = name.rsplit(".", 1)
    for ours, theirs in TOP.items():
        if module == theirs:
            w = weights[f"transformer.{ours}.{part}"]
    for ours, theirs in LAYER.items():
        if module.endswith("." + theirs):
            w = weights[f"transformer.h.{module.split('.')[1]}.{ours}.{part}"]
            w = np.ascontiguousarray(w.T) if w.ndim == 2 else w
    return dequantize(quantize(w, kind), kind)


def dump(path, weights):
    reader = GGUFReader(path)
    tensors = []
    for t in reader.tensors:
        values = dequantize(t.data, t.tensor_type)
        assert np.array_equal(values, expected(t.name, weights, t.tensor_type)), t.name
        tensors.append({"name": t.name, "shape": t.shape.tolist()[::-1], "type": t.tensor_type.name, "sha256": sha256(values.astype("<f4").tobytes())})
    keys = {name: field.contents() for name, field in reader.fields.items() if not name.startswith("GGUF.")}
    with open(path, "rb") as f:
        return {"sha256": sha256(f.read()), "keys": keys, "tensors": tensors}


def main():
    inkling = sys.argv[1]
    weights = load_file(os.path.join(TINY, "model.safetensors"))
    found = {}
    with tempfile.TemporaryDirectory() as scratch:
        source = os.path.join(scratch, "tiny")
        shutil.copytree(TINY, source)
        shutil.copytree(vocabulary(), source, dirs_exist_ok=True)
        for precision in ("f32", "f16", "q8", "q4"):
            path = os.path.join(scratch, precision + ".gguf")
            subprocess.run([inkling, "convert", source, path, "--weights", precision], check=True)
            found[precision] = dump(path, weights)
    with open(os.path.join(HERE, "dump.json"), "w", encoding="utf-8") as f:
        json.dump(found, f, ensure_ascii=False)


if __name__ == "__main__":
    main()
