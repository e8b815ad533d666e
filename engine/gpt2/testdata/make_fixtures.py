"""Reference results of transformers' GPT2LMHeadModel in float32, for the Go tests.

    pip install torch==2.15.0 transformers==5.24.0 safetensors==0.8.0
    python3 make_fixtures.py                       writes tiny/ (a random model) and tiny.json, and variants/
    python3 make_fixtures.py FOLDER OUT.json       the same results for another model folder: small.json for small/

The Go tests read the committed files and never run this.
"""
import copy
import json
import os
import shutil
import sys
import tempfile

import torch
from safetensors.torch import save_file, save_model
from transformers import GPT2Config, GPT2LMHeadModel

HERE = os.path.dirname(os.path.abspath(__file__))


def random_model(config, deviation):
    model = GPT2LMHeadModel(config).eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            center = 1.0 if "ln_" in name and name.endswith("weight") else 0.0
            p.copy_(center + deviation * torch.randn_like(p))
    return model


def tiny():
    """A model of uneven sizes with every parameter random, norms and biases included."""
    torch.manual_seed(20240229)
    config = GPT2Config(vocab_size=300, n_positions=64, n_embd=80, n_layer=3, n_head=5, bos_token_id=299, eos_token_id=299)
    model = random_model(config, 0.15)
    model.save_pretrained(f"{HERE}/tiny")
    for extra in ("generation_config.json",):
        if os.path.exists(f"{HERE}/tiny/{extra}"):
            os.remove(f"{HERE}/tiny/{extra}")


# What the models of variants/ have in common. No size is a multiple of 16, the width of a head is 12, and the vocabulary of
# engine/convert/testdata leaves ids without a token.
SIZES = {"model_type": "gpt2", "vocab_size": 300, "n_positions": 24, "n_embd": 36, "n_layer": 2, "n_head": 3, "n_inner": 40,
         "bos_token_id": 299, "eos_token_id": 299}

# As cerebras/Cerebras-GPT-111M has it, which came as pytorch_model.bin, but for the sizes.
CEREBRAS = {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "activation_function": "gelu", "attn_pdrop": 0.0,
            "bos_token_id": 299, "embd_pdrop": 0.0, "eos_token_id": 299, "initializer_range": 0.02, "layer_norm_epsilon": 1e-05,
            "n_embd": 36, "n_head": 3, "n_inner": 40, "n_layer": 2, "n_positions": 24, "resid_pdrop": 0.0, "use_cache": True,
            "vocab_size": 300}

ACTIVATIONS = ["gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_accurate", "gelu_python_tanh", "gelu", "gelu_python", "relu",
               "silu", "swish", "quick_gelu", "relu2", "leaky_relu", "tanh", "sigmoid", "mish", "linear"]


def variants():
    """Files of weights. The same numbers, in float16, are in base.safetensors, in base.bin as PyTorch stores them, in old.bin as
    models of 2019 have them, in sharded/ in several files, and in head.safetensors with the output head as the one name of the
    token embedding. untied.safetensors is in bfloat16 and has an output head of its own. In loud.safetensors the activations get numbers so large that
    their bounds tell. variants.json has the configurations
    to read them with, and what comes out: the last logits, and all log-probabilities."""
    folder = f"{HERE}/variants"
    os.makedirs(folder, exist_ok=True)
    torch.manual_seed(20240301)
    sizes = {k: v for k, v in SIZES.items() if k != "model_type"}
    base = random_model(GPT2Config(**sizes), 0.25).half()
    untied = random_model(GPT2Config(**sizes, tie_word_embeddings=False), 0.25).bfloat16()
    torch.save(base.state_dict(), f"{folder}/base.bin")
    with tempfile.TemporaryDirectory() as temporary:
        for model, name in (base, "base"), (untied, "untied"):
            model.save_pretrained(temporary)
            shutil.move(f"{temporary}/model.safetensors", f"{folder}/{name}.safetensors")
        base.save_pretrained(f"{temporary}/sharded", max_shard_size="25KB")
        os.makedirs(f"{folder}/sharded", exist_ok=True)
        for name in os.listdir(f"{temporary}/sharded"):
            if name.startswith("model"):
                shutil.move(f"{temporary}/sharded/{name}", f"{folder}/sharded/{name}")
    save_model(base, f"{folder}/head.safetensors")
    loud = copy.deepcopy(base)
    for block in loud.transformer.h:
        block.mlp.c_fc.weight.data *= 8
    save_file({k: v for k, v in loud.state_dict().items() if k != "lm_head.weight"}, f"{folder}/loud.safetensors", {"format": "pt"})
    torch.save(old(base), f"{folder}/old.bin", _use_new_zipfile_serialization=False)

    cases = [(name, "base.safetensors", {"activation_function": name}) for name in ACTIVATIONS]
    cases += [(f"{name}, loud", "loud.safetensors", {"activation_function": name}) for name in ("gelu", "gelu_10", "relu", "relu6")]
    cases += [
        ("by layer", "base.safetensors", {"scale_attn_by_inverse_layer_idx": True}),
        ("unscaled", "base.safetensors", {"scale_attn_weights": False}),
        ("unscaled by layer", "base.safetensors", {"scale_attn_weights": False, "scale_attn_by_inverse_layer_idx": True}),
        ("cross attention", "base.safetensors", {"add_cross_attention": True}),
        ("reordered", "base.safetensors", {"reorder_and_upcast_attn": True}),
        ("epsilon", "base.safetensors", {"layer_norm_epsilon": 1e-3}),
        ("untied", "untied.safetensors", {"tie_word_embeddings": False}),
        ("pytorch", "base.bin", {}),
        ("sharded", "sharded", {}),
        ("old", "old.bin", {"n_ctx": 16}),
        ("head", "head.safetensors", {}),
    ]
    cases = [(name, weights, SIZES | config) for name, weights, config in cases] + [("Cerebras-GPT", "base.bin", CEREBRAS)]
    out = []
    for name, weights, config in cases:
        with tempfile.TemporaryDirectory() as temporary:
            with open(f"{temporary}/config.json", "w") as f:
                json.dump(config, f)
            if weights == "sharded":
                shutil.copytree(f"{folder}/{weights}", temporary, dirs_exist_ok=True)
            else:
                shutil.copy(f"{folder}/{weights}", f"{temporary}/" + ("pytorch_model.bin" if weights.endswith("bin") else "model.safetensors"))
            model, report = GPT2LMHeadModel.from_pretrained(temporary, dtype=torch.float32, output_loading_info=True)
        unexpected = [key for key in report["unexpected_keys"] if not key.endswith("attn.masked_bias")]
        missing = [key for key in report["missing_keys"] if "cross" not in key]  # not used without an encoder
        if missing or unexpected or report["mismatched_keys"]:
            raise SystemExit(f"{name}: {report}")
        torch.manual_seed(7)
        ids = torch.randint(0, 300, (1, 24))
        out.append({"name": name, "weights": weights, "config": config} | scores(model.eval(), ids, [23]))
    with open(f"{folder}/variants.json", "w") as f:
        f.write("[\n" + ",\n".join(json.dumps(case) for case in out) + "\n]\n")


def old(model):
    """The weights as the first releases have them: names without a prefix, the masks of attention, and no output head."""
    state = {k.removeprefix("transformer."): v for k, v in model.state_dict().items() if k != "lm_head.weight"}
    n = model.config.n_positions
    for i in range(model.config.n_layer):
        state[f"h.{i}.attn.bias"] = torch.ones(n, n, dtype=torch.uint8).tril().view(1, 1, n, n)
        state[f"h.{i}.attn.masked_bias"] = torch.tensor(-1e4)
    return state


def scores(model, ids, positions):
    with torch.no_grad():
        logits = model(ids).logits[0]
    chosen = logits[:-1].log_softmax(-1).gather(1, ids[0, 1:, None])[:, 0]
    return {
        "ids": ids[0].tolist(),
        "logits": {str(i): [round(v, 6) for v in logits[i].tolist()] for i in positions},
        "logprobs": [round(v, 6) for v in chosen.tolist()],
    }


def results(folder, length, greedy):
    model = GPT2LMHeadModel.from_pretrained(folder, dtype=torch.float32).eval()
    torch.manual_seed(7)
    ids = torch.randint(0, model.config.vocab_size - 1, (1, length))
    with torch.no_grad():
        out = model.generate(ids[:, :8], attention_mask=torch.ones_like(ids[:, :8]), do_sample=False,
                             max_new_tokens=greedy, min_new_tokens=greedy, pad_token_id=0)
    return scores(model, ids, [0, 1, 7, length // 2, length - 1]) | {
        "greedy_prompt": ids[0, :8].tolist(),
        "greedy": out[0, 8:].tolist(),
    }


if __name__ == "__main__":
    torch.set_num_threads(2)
    if len(sys.argv) > 1:
        folder, path, length, greedy = sys.argv[1], sys.argv[2], 200, 100
    else:
        tiny()
        variants()
        folder, path, length, greedy = f"{HERE}/tiny", f"{HERE}/tiny.json", 64, 40
    with open(path, "w") as f:
        json.dump(results(folder, length, greedy), f)
