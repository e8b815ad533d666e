"""Perplexities by transformers' GPT2LMHeadModel in float32, for the Go tests.

    pip install torch==2.15.0 transformers==5.23.0 safetensors==0.8.0
    python3 make_perplexity.py                     writes perplexity.json

The windows are those of "Perplexity of fixed-length models" in the documentation of transformers: they move on by the
stride, and each scores the tokens that the one before has not. Where the stride is all of the window, the guide passes
over the first token of every window; here it is scored after the token before the window.

The Go tests read the committed file and never run this.
"""
import json
import os

import torch
from transformers import GPT2LMHeadModel, GPT2TokenizerFast

HERE = os.path.dirname(os.path.abspath(__file__))
TINY = f"{HERE}/../gpt2/testdata/tiny"
SMALL = f"{HERE}/../gpt2/testdata/small"


def losses(model, ids, window, stride):
    """The negative log-likelihood of every token but the first, in nats."""
    found, scored = [], 1
    for begin in range(0, len(ids), stride):
        end = min(begin + window, len(ids))
        if end > scored:
            start = min(begin, scored - 1)
            x = torch.tensor([ids[start:end]])
            with torch.no_grad():
                logprobs = model(x[:, :-1]).logits[0].double().log_softmax(-1)
            own = -logprobs.gather(1, x[0, 1:, None])[:, 0]
            found += own[scored - start - 1:].tolist()
            scored = end
        if end == len(ids):
            return found


def cases(folder, ids, sizes):
    model = GPT2LMHeadModel.from_pretrained(folder, dtype=torch.float32).eval()
    result = []
    for window, stride in sizes:
        found = losses(model, ids, window, stride)
        assert len(found) == len(ids) - 1
        result.append({"window": window, "stride": stride, "losses": [round(v, 6) for v in found]})
    return result


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.manual_seed(11)
    random = torch.randint(0, 300, (199,)).tolist()
    with open(f"{HERE}/heldout.txt", encoding="utf-8", newline="") as f:
        text = f.read()[:3000]
    tokenizer = GPT2TokenizerFast(vocab=f"{SMALL}/vocab.json", merges=f"{SMALL}/merges.txt")
    ids = tokenizer(text)["input_ids"]
    with open(f"{HERE}/perplexity.json", "w", encoding="utf-8") as f:
        json.dump({
            "tiny": {"ids": random, "cases": cases(TINY, random, [(64, 32), (64, 64), (50, 7), (2, 1), (1, 1)])},
            "small": {"characters": len(text), "ids": ids, "cases": cases(SMALL, ids, [(512, 256), (512, 512), (200, 150)])},
        }, f, separators=(",", ":"))
