"""Reference results of transformers' GPT2LMHeadModel in float32, for the Go tests.

    pip install torch==2.15.0 transformers==5.23.0 safetensors==0.8.0
    python3 make_fixtures.py                       writes tiny/ (a random model) and tiny.json
    python3 make_fixtures.py FOLDER OUT.json       the same results for another model folder

The Go tests read the committed files and never run this.
"""
import json
import os
import sys

import torch
from transformers import GPT2Config, GPT2LMHeadModel

HERE = os.path.dirname(os.path.abspath(__file__))


def tiny():
    """A model of uneven sizes with every parameter random, norms and biases included."""
    torch.manual_seed(20240229)
    config = GPT2Config(vocab_size=300, n_positions=64, n_embd=80, n_layer=3, n_head=5, bos_token_id=299, eos_token_id=299)
    model = GPT2LMHeadModel(config).eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            center = 1.0 if "ln_" in name and name.endswith("weight") else 0.0
            p.copy_(center + 0.15 * torch.randn_like(p))
    model.save_pretrained(f"{HERE}/tiny")
    for extra in ("generation_config.json",):
        if os.path.exists(f"{HERE}/tiny/{extra}"):
            os.remove(f"{HERE}/tiny/{extra}")


def results(folder, length, greedy):
    model = GPT2LMHeadModel.from_pretrained(folder, dtype=torch.float32).eval()
    torch.manual_seed(7)
    ids = torch.randint(0, model.config.vocab_size - 1, (1, length))
    with torch.no_grad():
        logits = model(ids).logits[0]
        out = model.generate(ids[:, :8], attention_mask=torch.ones_like(ids[:, :8]), do_sample=False,
                             max_new_tokens=greedy, min_new_tokens=greedy, pad_token_id=0)
    chosen = logits[:-1].log_softmax(-1).gather(1, ids[0, 1:, None])[:, 0]
    positions = [0, 1, 7, length // 2, length - 1]
    return {
        "ids": ids[0].tolist(),
        "logits": {str(i): [round(v, 6) for v in logits[i].tolist()] for i in positions},
        "logprobs": [round(v, 6) for v in chosen.tolist()],
        "greedy_prompt": ids[0, :8].tolist(),
        "greedy": out[0, 8:].tolist(),
    }


if __name__ == "__main__":
    torch.set_num_threads(2)
    if len(sys.argv) > 1:
        folder, path, length, greedy = sys.argv[1], sys.argv[2], 200, 100
    else:
        tiny()
        folder, path, length, greedy = f"{HERE}/tiny", f"{HERE}/tiny.json", 64, 40
    with open(path, "w") as f:
        json.dump(results(folder, length, greedy), f)
