"""GPT-2 as transformers has it (learned positions, pre-layer-norm, gelu_new, tied head), and its Hugging Face folder."""
import json
import math
import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, width, heads, dropout):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.ln_1, self.ln_2 = nn.LayerNorm(width, 1e-5), nn.LayerNorm(width, 1e-5)
        self.c_attn, self.c_proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.c_fc, self.mlp_proj = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def heads_of(self, x):
        b, t, e = x.shape
        return [y.view(b, t, self.heads, e // self.heads).transpose(1, 2) for y in self.c_attn(self.ln_1(x)).split(e, 2)]

    def rest(self, x, y):
        x = x + F.dropout(self.c_proj(y.transpose(1, 2).flatten(2)), self.dropout, self.training)
        h = F.gelu(self.c_fc(self.ln_2(x)), approximate="tanh")
        return x + F.dropout(self.mlp_proj(h), self.dropout, self.training)

    def forward(self, x):
        q, k, v = self.heads_of(x)
        return self.rest(x, F.scaled_dot_product_attention(q, k, v, is_causal=True))

    def step(self, x, cache, mask):
        """cache: keys and values so far, or None; mask [b, 1, t, past+t] is true where one may look."""
        q, k, v = self.heads_of(x)
        if cache is not None:
            k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
        return self.rest(x, F.scaled_dot_product_attention(q, k, v, attn_mask=mask)), (k, v)


class GPT2(nn.Module):
    def __init__(self, vocab, context, width, layers, heads, dropout=0.0):
        super().__init__()
        self.sizes = dict(vocab=vocab, context=context, width=width, layers=layers, heads=heads)
        self.dropout = dropout
        self.wte, self.wpe = nn.Embedding(vocab, width), nn.Embedding(context, width)
        self.h = nn.ModuleList(Block(width, heads, dropout) for _ in range(layers))
        self.ln_f = nn.LayerNorm(width, 1e-5)
        for name, p in self.named_parameters():
            if p.dim() > 1:
                nn.init.normal_(p, 0, 0.02 / (math.sqrt(2 * layers) if name.endswith("proj.weight") else 1))
            elif name.endswith("bias"):
                nn.init.zeros_(p)

    def forward(self, ids):
        x = self.wte(ids) + self.wpe(torch.arange(ids.shape[1], device=ids.device))
        x = F.dropout(x, self.dropout, self.training)
        for block in self.h:
            x = block(x)
        return self.ln_f(x) @ self.wte.weight.T

    def step(self, ids, cache, mask, places):
        """As judge/chat.py wants it: logits of the last column, and the cache."""
        b, t = ids.shape
        total = mask.shape[1]
        look = mask.bool()[:, None, None, :].expand(b, 1, t, total)
        if t > 1:
            look = look & torch.ones(t, total, dtype=torch.bool, device=ids.device).tril(total - t)
            look = look | torch.eye(t, total, dtype=torch.bool, device=ids.device)  # a row of padding looks at itself
        x = self.wte(ids) + self.wpe(places.clamp(max=self.sizes["context"] - 1))
        out = []
        for block, past in zip(self.h, cache or [None] * len(self.h)):
            x, kept = block.step(x, past, look)
            out.append(kept)
        return self.ln_f(x[:, -1]) @ self.wte.weight.T, out


LINEARS = {"attn.c_attn": "c_attn", "attn.c_proj": "c_proj", "mlp.c_fc": "c_fc", "mlp.c_proj": "mlp_proj"}


def hugging_face_tensors(model):
    """(name, parameter, transposed): GPT-2's Conv1D stores weights input-major."""
    yield "wte.weight", model.wte.weight, False
    yield "wpe.weight", model.wpe.weight, False
    for i, block in enumerate(model.h):
        for norm in ("ln_1", "ln_2"):
            yield f"h.{i}.{norm}.weight", getattr(block, norm).weight, False
            yield f"h.{i}.{norm}.bias", getattr(block, norm).bias, False
        for name, attribute in LINEARS.items():
            yield f"h.{i}.{name}.weight", getattr(block, attribute).weight, True
            yield f"h.{i}.{name}.bias", getattr(block, attribute).bias, False
    yield "ln_f.weight", model.ln_f.weight, False
    yield "ln_f.bias", model.ln_f.bias, False


def config(model, end):
    s = model.sizes
    return {"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "vocab_size": s["vocab"], "n_positions": s["context"], "n_ctx": s["context"],
            "n_embd": s["width"], "n_layer": s["layers"], "n_head": s["heads"], "layer_norm_epsilon": 1e-5, "activation_function": "gelu_new",
            "tie_word_embeddings": True, "bos_token_id": end, "eos_token_id": end, "prompt_format": "transcript", "prompt_preamble": ""}


def write_safetensors(path, tensors, dtype):
    header, offset, blobs = {"__metadata__": {"format": "pt"}}, 0, []
    for name, w in tensors:
        w = w.astype({"F32": "<f4", "F16": "<f2"}[dtype])
        header[name] = {"dtype": dtype, "shape": list(w.shape), "data_offsets": [offset, offset + w.nbytes]}
        offset += w.nbytes
        blobs.append(w.tobytes())
    blob = json.dumps(header).encode()
    blob += b" " * (-len(blob) % 8)
    with open(path + ".tmp", "wb") as f:
        f.write(len(blob).to_bytes(8, "little") + blob)
        f.writelines(blobs)
    os.replace(path + ".tmp", path)


def save(model, end, folder, dtype="F16", shards=1):
    """A Hugging Face folder; with several shards, an index too."""
    os.makedirs(folder, exist_ok=True)
    tensors = []
    for name, p, transposed in hugging_face_tensors(model):
        w = p.detach().float().cpu()
        tensors.append((name, (w.T if transposed else w).contiguous().numpy()))
    if shards == 1:
        write_safetensors(f"{folder}/model.safetensors", tensors, dtype)
    else:
        total, parts = sum(w.size for _, w in tensors), [[] for _ in range(shards)]
        done, where = 0, {}
        for name, w in tensors:
            k = min(shards - 1, done * shards // total)
            parts[k].append((name, w))
            where[name] = f"model-{k + 1:05}-of-{shards:05}.safetensors"
            done += w.size
        for k, part in enumerate(parts):
            write_safetensors(f"{folder}/model-{k + 1:05}-of-{shards:05}.safetensors", part, dtype)
        with open(f"{folder}/model.safetensors.index.json", "w") as f:
            json.dump({"metadata": {"total_size": total * (4 if dtype == "F32" else 2)}, "weight_map": where}, f)
    with open(f"{folder}/config.json", "w") as f:
        json.dump(config(model, end), f, indent=1)


def load(folder, dropout=0.0):
    """The model of a folder that save wrote, also of several shards."""
    c = json.load(open(f"{folder}/config.json"))
    model = GPT2(c["vocab_size"], c["n_positions"], c["n_embd"], c["n_layer"], c["n_head"], dropout)
    names = sorted(f for f in os.listdir(folder) if f.endswith(".safetensors"))
    found = {}
    for name in names:
        raw = open(f"{folder}/{name}", "rb").read()
        n = int.from_bytes(raw[:8], "little")
        for key, h in json.loads(raw[8:8 + n]).items():
            if key != "__metadata__":
                a, b = h["data_offsets"]
                found[key.removeprefix("transformer.")] = np.frombuffer(raw[8 + n + a:8 + n + b], {"F32": "<f4", "F16": "<f2"}[h["dtype"]]).reshape(h["shape"]).astype(np.float32)
    with torch.no_grad():
        for name, p, transposed in hugging_face_tensors(model):
            w = torch.from_numpy(found[name])
            p.copy_(w.T if transposed else w)
    return model
