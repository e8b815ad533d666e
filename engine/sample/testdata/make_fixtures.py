"""Writes processors.json: what Hugging Face transformers' own logits processors make of random logits.

    python3 -m venv venv && venv/bin/pip install torch==2.15.0 transformers==5.23.0 numpy==2.4.6
    venv/bin/python make_fixtures.py

Each case names the parameters that are on, and holds the ids that survive and, where the processor changes values, the
survivors' values. The "pipeline" cases chain the processors in the order of this package and hold the probabilities of the
survivors. Logits are rounded to four decimals, so that JSON carries them exactly.
"""

import json
import pathlib

import numpy as np
import torch
import transformers
from transformers import (
    MinPLogitsWarper,
    NoRepeatNGramLogitsProcessor,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
    TypicalLogitsWarper,
)

# In the order of this package.
PROCESSORS = {
    "repetition_penalty": RepetitionPenaltyLogitsProcessor,
    "no_repeat_ngram": NoRepeatNGramLogitsProcessor,
    "temperature": TemperatureLogitsWarper,
    "top_k": TopKLogitsWarper,
    "typical_p": TypicalLogitsWarper,
    "top_p": TopPLogitsWarper,
    "min_p": MinPLogitsWarper,
}
SINGLE = {
    "repetition_penalty": [1.0, 1.2, 2.0, 0.7],
    "no_repeat_ngram": [1, 2, 3, 5],
    "temperature": [0.1, 0.7, 1.0, 1.5],
    "top_k": [1, 3, 40, 1000],
    "typical_p": [0.05, 0.2, 0.5, 0.9, 0.99],
    "top_p": [0.05, 0.3, 0.5, 0.9, 0.99],
    "min_p": [0.01, 0.05, 0.2, 0.9],
}
PIPELINES = [
    dict(repetition_penalty=1.3, temperature=0.8, top_k=40, top_p=0.95),
    dict(temperature=1.4, typical_p=0.9, min_p=0.05),
    dict(no_repeat_ngram=2, top_k=20, typical_p=0.8, top_p=0.9, min_p=0.02),
    dict(repetition_penalty=1.1, no_repeat_ngram=3, temperature=1.2, top_k=100, typical_p=0.95, top_p=0.9, min_p=0.01),
]
INPUTS = [(5, 1.0), (33, 0.5), (33, 4.0), (200, 1.0), (200, 3.0), (500, 2.0)]  # vocabulary size, spread of the logits


def apply(params, history, logits):
    scores = torch.tensor([logits], dtype=torch.float32)
    for name, processor in PROCESSORS.items():
        if name in params:
            scores = processor(params[name])(torch.tensor([history]), scores)
    return scores[0]


def case(source, params, history, logits, values):
    scores = apply(params, history, logits)
    ids = [i for i, x in enumerate(scores.tolist()) if x != float("-inf")]
    result = {"input": source, "params": params, "ids": ids}
    if values is not None:
        result["values"] = [float(f"{x:.8g}") for x in values(scores)[ids].tolist()]
    return result


def main():
    random = np.random.default_rng(20260801)
    inputs, single, pipeline = [], [], []
    for source, (size, spread) in enumerate(INPUTS):
        logits = [round(float(x), 4) for x in spread * random.standard_normal(size)]
        history = random.integers(0, min(size, 12), 40).tolist()  # few distinct tokens, so that sequences recur
        inputs.append({"logits": logits, "history": history})
        for name, settings in SINGLE.items():
            changes = name in ("repetition_penalty", "temperature") and size <= 200
            for setting in settings:
                single.append(case(source, {name: setting}, history, logits, (lambda s: s) if changes else None))
        for params in PIPELINES:
            pipeline.append(case(source, params, history, logits, lambda s: s.softmax(-1)))
    fixture = {
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "inputs": inputs,
        "single": single,
        "pipeline": pipeline,
    }
    path = pathlib.Path(__file__).with_name("processors.json")
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
