"""Checks that transformers opens the folders that inkling converts to, and computes what our engine computes.

    pip install torch==2.15.0 transformers==5.23.0 safetensors==0.8.0
    python3 check_transformers.py INKLING MODEL...

MODEL is what INKLING, the program, converts: a model folder, a GGUF file or "starter". It is not part of the tests.
"""
import json
import os
import subprocess
import sys
import tempfile

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

PROMPT = 'Once, in 1823:\n\n "Naïve café!"'  # short, for models with a small context


def run(*args):
    return subprocess.run(args, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def main():
    inkling, models = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as scratch:
        for i, source in enumerate(models):
            for precision in ("f32", "f16"):
                folder = os.path.join(scratch, f"{i}-{precision}")
                run(inkling, "convert", source, folder, "--weights", precision)
                ours = json.loads(run(inkling, "generate", "--model", folder, "--weights", "f32", "--json", "--logprobs", "1", "--temperature", "0",
                                      "--max-tokens", "24", PROMPT))
                tokenizer = AutoTokenizer.from_pretrained(folder)
                model, info = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
                assert not info["missing_keys"] and not info["unexpected_keys"], info
                stored = next(model.parameters()).dtype
                prompt, ids = ours["prompt_tokens"], [t["id"] for t in ours["tokens"]]
                with torch.no_grad():
                    logits = model.float()(torch.tensor([prompt + ids[:-1]])).logits[0, len(prompt) - 1:]
                theirs = logits.log_softmax(-1)
                unknown = set(range(logits.shape[-1])) - set(tokenizer.get_vocab().values())  # padding, which our engine never chooses
                logits[:, list(unknown)] = -torch.inf
                apart = max(abs(theirs[i, id].item() - ours["tokens"][i]["logprob"]) for i, id in enumerate(ids))
                chosen = sum(logits[i].argmax().item() == id for i, id in enumerate(ids))
                same = tokenizer(PROMPT)["input_ids"] == prompt
                added = json.load(open(os.path.join(folder, "added_tokens.json"))) if os.path.exists(os.path.join(folder, "added_tokens.json")) else {}
                known = all(tokenizer.convert_tokens_to_ids(text) == id and tokenizer(text)["input_ids"] == [id] for text, id in added.items())
                end = tokenizer.eos_token_id, model.config.eos_token_id
                print(f"{source} as {precision} ({stored}): {'same' if same else 'OTHER'} tokens; log-probabilities at most {apart:.1e} apart; "
                      f"{chosen} of {len(ids)} choices agree; end of text {end}; {len(added)} added tokens{'' if known else ' NOT KNOWN'}")


if __name__ == "__main__":
    main()
