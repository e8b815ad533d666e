"""Train a small GPT-2 and write it as a Hugging Face folder. This made the starter model; MODELCARD.md has the commands.

The architecture is exactly GPT-2 (learned positions, pre-layer-norm, gelu_new, tied head), so the result loads with
transformers' GPT2LMHeadModel and with any other GPT-2 program. Dialogues become lines `User: ...` / `Assistant: ...`;
documents are separated by <|endoftext|>. Computes in bfloat16 autocast, on a CPU or a CUDA device.

    pip install torch==2.15.0 numpy==2.4.6 regex==2026.11.15
    python3 train.py OUT --corpus DIR --minutes 60
    python3 train.py OUT --corpus DIR --init FOLDER --mix synthetic=3,stories=1      goes on from a checkpoint

The corpus is a folder of KIND.NAME.jsonl.gz (or .xz) files, a document a line: {"text": ...} or {"turns": [...]}; files
with `.valid.` in their name are held out. The schedule is by wall-clock time: warm-up over 100 steps, then constant, then
linear to 2% over the last part (--cooldown). Interrupting is safe: every checkpoint is a complete folder.
"""
import argparse
import collections
import glob
import gzip
import heapq
import json
import lzma
import math
import os
import random
import time

import numpy as np
import regex
import torch
import torch.nn as nn
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
END = "<|endoftext|>"
# The pre-tokenizer of GPT-2 (github.com/openai/gpt-2, src/encoder.py).
WORDS = regex.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")


# --- byte-level BPE ---------------------------------------------------------------------------------------------

def byte_letters():
    """GPT-2's reversible map from the 256 bytes to printable characters."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {b: chr(b) for b in plain}
    spare = iter(range(256, 512))
    return {b: letters.get(b) or chr(next(spare)) for b in range(256)}


LETTERS = byte_letters()


def learn_bpe(texts, vocab_size, max_chars=30_000_000):
    """Merges learnt greedily by pair frequency over pre-tokenized words. Returns (vocab, merges)."""
    counts, seen = collections.Counter(), 0
    for text in texts:
        counts.update(WORDS.findall(text))
        seen += len(text)
        if seen > max_chars:
            break
    words = [[LETTERS[b] for b in w.encode()] for w in counts]
    freqs = list(counts.values())
    pairs, where = collections.Counter(), collections.defaultdict(set)
    for i, w in enumerate(words):
        for pair in zip(w, w[1:]):
            pairs[pair] += freqs[i]
            where[pair].add(i)
    heap = [(-n, pair) for pair, n in pairs.items()]
    heapq.heapify(heap)
    vocab, merges = list(LETTERS.values()), []
    known = set(vocab)
    while len(vocab) < vocab_size - 1 and heap:
        n, pair = heapq.heappop(heap)
        if pairs[pair] != -n:  # stale entry
            if pairs[pair] > 0:
                heapq.heappush(heap, (-pairs[pair], pair))
            continue
        if -n < 2:
            break
        merged = pair[0] + pair[1]
        merges.append(pair)
        if merged not in known:
            known.add(merged)
            vocab.append(merged)
        touched = set()
        for i in where[pair]:
            w = words[i]
            for p in zip(w, w[1:]):
                pairs[p] -= freqs[i]
            words[i] = w = merge(w, pair)
            for p in zip(w, w[1:]):
                pairs[p] += freqs[i]
                where[p].add(i)
                touched.add(p)
        pairs[pair] = 0
        for p in touched:
            heapq.heappush(heap, (-pairs[p], p))
    vocab.append(END)
    return {piece: i for i, piece in enumerate(vocab)}, merges


def merge(word, pair):
    out, i = [], 0
    while i < len(word):
        if i + 1 < len(word) and (word[i], word[i + 1]) == pair:
            out.append(word[i] + word[i + 1])
            i += 2
        else:
            out.append(word[i])
            i += 1
    return out


class Tokenizer:
    def __init__(self, vocab, merges):
        self.vocab, self.rank, self.cache = vocab, {tuple(m): i for i, m in enumerate(merges)}, {}
        self.pieces = {i: p for p, i in vocab.items()}
        self.bytes = {c: b for b, c in LETTERS.items()}
        self.end = vocab[END]

    def encode(self, text):
        ids = []
        for w in WORDS.findall(text):
            if w not in self.cache:
                parts = [LETTERS[b] for b in w.encode()]
                while len(parts) > 1:
                    best = min(zip(parts, parts[1:]), key=lambda p: self.rank.get(p, math.inf))
                    if best not in self.rank:
                        break
                    parts = merge(parts, best)
                self.cache[w] = [self.vocab[p] for p in parts]
            ids += self.cache[w]
        return ids

    def decode(self, ids):
        return bytes(self.bytes[c] for i in ids if i != self.end for c in self.pieces[i]).decode("utf-8", "replace")


# --- the model --------------------------------------------------------------------------------------------------

class Block(nn.Module):
    def __init__(self, width, heads, dropout):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.ln_1, self.ln_2 = nn.LayerNorm(width, 1e-5), nn.LayerNorm(width, 1e-5)
        self.c_attn, self.c_proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.c_fc, self.mlp_proj = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = (y.view(b, t, self.heads, -1).transpose(1, 2) for y in self.c_attn(self.ln_1(x)).split(e, 2))
        if hasattr(F, "scaled_dot_product_attention"):
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            mask = torch.full((t, t), -math.inf, device=x.device).triu(1)
            y = ((q @ k.transpose(-2, -1)) / math.sqrt(e // self.heads) + mask).softmax(-1) @ v
        x = x + F.dropout(self.c_proj(y.transpose(1, 2).reshape(b, t, e)), self.dropout, self.training)
        h = F.gelu(self.c_fc(self.ln_2(x)), approximate="tanh")
        return x + F.dropout(self.mlp_proj(h), self.dropout, self.training)


class GPT2(nn.Module):
    def __init__(self, vocab, context, width, layers, heads, dropout=0.0):
        super().__init__()
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
        for block in self.h:
            x = block(x)
        return self.ln_f(x) @ self.wte.weight.T


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


def save(model, config, folder, dtype):
    header, offset, blobs = {"__metadata__": {"format": "pt"}}, 0, []
    for name, p, transposed in hugging_face_tensors(model):
        w = p.detach().float().cpu()
        w = (w.T if transposed else w).contiguous().numpy().astype({"F32": "<f4", "F16": "<f2"}[dtype])
        header[name] = {"dtype": dtype, "shape": list(w.shape), "data_offsets": [offset, offset + w.nbytes]}
        offset += w.nbytes
        blobs.append(w.tobytes())
    blob = json.dumps(header).encode()
    blob += b" " * (-len(blob) % 8)
    with open(f"{folder}/model.safetensors.tmp", "wb") as f:
        f.write(len(blob).to_bytes(8, "little") + blob)
        f.writelines(blobs)
    os.replace(f"{folder}/model.safetensors.tmp", f"{folder}/model.safetensors")
    with open(f"{folder}/config.json", "w") as f:
        json.dump(config, f, indent=1)


def load(model, folder):
    raw = open(f"{folder}/model.safetensors", "rb").read()
    n = int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8:8 + n])
    with torch.no_grad():
        for name, p, transposed in hugging_face_tensors(model):
            h = header[name]
            a, b = h["data_offsets"]
            w = np.frombuffer(raw[8 + n + a:8 + n + b], {"F32": "<f4", "F16": "<f2"}[h["dtype"]]).reshape(h["shape"])
            w = torch.from_numpy(w.astype(np.float32))
            p.copy_(w.T if transposed else w)


def cached(path, make):
    """The array in a file, made at the first call."""
    if not os.path.exists(path):
        np.save(path, make())
    return torch.from_numpy(np.load(path))


# --- data -------------------------------------------------------------------------------------------------------

def documents(path):
    opener = {"xz": lzma.open, "gz": gzip.open}.get(path.rsplit(".", 1)[1], open)
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            d = json.loads(line)
            if "turns" in d:
                yield "".join(f"{('User', 'Assistant')[i % 2]}: {t.strip()}\n" for i, t in enumerate(d["turns"]))
            else:
                yield d["text"].strip() + "\n"


def corpus(folder):
    """{kind: (training documents, validation documents)}; a kind is the part of a file's name before the first dot."""
    kinds = {}
    for path in sorted(glob.glob(f"{folder}/*.jsonl.*")):
        kind = os.path.basename(path).split(".")[0]
        train, valid = kinds.setdefault(kind, ([], []))
        (valid if ".valid." in path else train).extend(documents(path))
    for kind, (train, valid) in kinds.items():
        random.Random(0).shuffle(train)
        if not valid:
            cut = max(1, len(train) // 100)
            valid.extend(train[-cut:])
            del train[-cut:]
    return kinds


def tokens(tokenizer, docs):
    out = [np.array(tokenizer.encode(d) + [tokenizer.end], np.uint16) for d in docs]
    return torch.from_numpy(np.concatenate(out).astype(np.int32))


class Mixture:
    """Batches drawn from several token streams with given odds; half of the rows begin where a document begins, as a
    prompt does."""

    def __init__(self, streams, odds, end, device):
        self.streams = [s.to(device) for s in streams]
        self.begins = [(s == end).nonzero().flatten() + 1 for s in streams]
        self.odds = torch.tensor(odds, dtype=torch.float)
        self.device = device

    def batch(self, size, length):
        rows = []
        for k in torch.multinomial(self.odds, size, replacement=True).tolist():
            s = self.streams[k]
            i = random.randrange(len(s) - length - 1)
            if random.random() < 0.5:
                i = min(int(random.choice(self.begins[k])), len(s) - length - 1)
            rows.append(s[i:i + length + 1])
        x = torch.stack(rows).long()
        return x[:, :-1], x[:, 1:]


class Muon(torch.optim.Optimizer):
    """Momentum, orthogonalised by five Newton-Schulz steps (Jordan et al. 2024, github.com/KellerJordan/Muon), for the
    matrices inside the blocks."""

    def __init__(self, params, lr, decay, momentum=0.95):
        super().__init__(params, dict(lr=lr, decay=decay, momentum=momentum))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state["m"] = torch.zeros_like(p)
                state["m"].lerp_(p.grad, 1 - group["momentum"])
                g = p.grad.lerp(state["m"], group["momentum"])
                wide = g if g.shape[0] <= g.shape[1] else g.T
                x = (wide / (wide.norm() + 1e-7)).bfloat16()
                for _ in range(5):
                    xx = x @ x.T
                    x = 3.4445 * x + (-4.7750 * xx + 2.0315 * xx @ xx) @ x
                x = (x if g.shape[0] <= g.shape[1] else x.T).float()
                p.mul_(1 - group["lr"] * group["decay"])
                p.add_(x, alpha=-group["lr"] * max(1, p.shape[0] / p.shape[1]) ** 0.5)


# --- training ---------------------------------------------------------------------------------------------------

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("out")
    p.add_argument("--corpus", required=True)
    p.add_argument("--mix", default="", help="kind=weight,...; default: every kind by its size")
    p.add_argument("--init", help="folder to start from (its tokenizer and sizes are kept)")
    for name, value in dict(layers=4, heads=6, width=192, vocab=4096, context=512, length=256, batch=24, seed=0).items():
        p.add_argument(f"--{name}", type=int, default=value)
    for name, value in dict(minutes=60.0, lr=2e-3, dropout=0.0, decay=0.1, cooldown=0.6, save_every=5.0).items():
        p.add_argument("--" + name.replace("_", "-"), type=float, default=value)
    p.add_argument("--muon", type=float, default=0.0, help="learning rate of Muon for the matrices inside the blocks; 0: AdamW for all")
    p.add_argument("--constant", action="store_true", help="no decay")
    p.add_argument("--compile", action="store_true")
    p.add_argument("--dtype", choices=("F32", "F16"), default="F32", help="of the file written")
    p.add_argument("--cache", help="folder for the tokenized corpus; default: OUT")
    p.add_argument("--prompts", default=os.path.join(HERE, "prompts.txt"))
    a = p.parse_args()
    random.seed(a.seed)
    torch.manual_seed(a.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    os.makedirs(a.out, exist_ok=True)
    a.cache = a.cache or a.out
    kinds = corpus(a.corpus)
    source = a.init or a.out
    if os.path.exists(f"{source}/vocab.json"):
        vocab = json.load(open(f"{source}/vocab.json", encoding="utf-8"))
        merges = [tuple(m.split(" ")) for m in open(f"{source}/merges.txt", encoding="utf-8").read().split("\n")[1:] if m]
    else:
        everything = [d for train, _ in kinds.values() for d in train]
        random.Random(1).shuffle(everything)
        vocab, merges = learn_bpe(everything, a.vocab)
    json.dump(vocab, open(f"{a.out}/vocab.json", "w", encoding="utf-8"), ensure_ascii=False)
    open(f"{a.out}/merges.txt", "w", encoding="utf-8").write("#version: 0.2\n" + "\n".join(map(" ".join, merges)) + "\n")
    tokenizer = Tokenizer(vocab, merges)
    if a.init:
        c = json.load(open(f"{a.init}/config.json"))
        a.context, a.width, a.layers, a.heads = c["n_positions"], c["n_embd"], c["n_layer"], c["n_head"]
    config = {"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "vocab_size": len(vocab),
              "n_positions": a.context, "n_ctx": a.context, "n_embd": a.width, "n_layer": a.layers, "n_head": a.heads,
              "layer_norm_epsilon": 1e-5, "activation_function": "gelu_new", "tie_word_embeddings": True,
              "bos_token_id": tokenizer.end, "eos_token_id": tokenizer.end}
    weights = {k: float(v) for k, v in (kv.split("=") for kv in a.mix.split(",") if kv)}
    streams, held, odds = [], {}, []
    for kind, (train, valid) in kinds.items():
        if weights and kind not in weights:
            continue
        streams.append(cached(f"{a.cache}/{kind}.npy", lambda: tokens(tokenizer, train).numpy()))
        held[kind] = cached(f"{a.cache}/{kind}.valid.npy", lambda: tokens(tokenizer, valid).numpy()).to(device)
        odds.append(weights.get(kind, len(streams[-1])))
        print(f"{kind}: {len(train)} documents, {len(streams[-1]):,} tokens, odds {odds[-1]:g}", flush=True)
    data = Mixture(streams, odds, tokenizer.end, device)
    model = GPT2(len(vocab), a.context, a.width, a.layers, a.heads, a.dropout).to(device)
    if a.init:
        load(model, a.init)
    print(f"{sum(q.numel() for q in model.parameters()):,} parameters on {device}", flush=True)
    inner = [q for name, q in model.named_parameters() if a.muon and name.startswith("h.") and q.dim() == 2]
    rest = [q for q in model.parameters() if not any(q is i for i in inner)]
    groups = [{"params": [q for q in rest if q.dim() > 1], "weight_decay": a.decay},
              {"params": [q for q in rest if q.dim() < 2], "weight_decay": 0.0}]
    optimizers = [torch.optim.AdamW(groups, lr=a.lr, betas=(0.9, 0.95), fused=True)]
    if inner:
        optimizers.append(Muon(inner, a.muon, a.decay))
    peaks = [[g["lr"] for g in o.param_groups] for o in optimizers]
    run = torch.compile(model) if a.compile else model
    cast = torch.autocast("cuda", torch.bfloat16) if device == "cuda" else torch.autocast("cpu", torch.bfloat16)

    def loss_of(x, y):
        with cast:
            return F.cross_entropy(run(x).float().flatten(0, 1), y.reshape(-1))

    def validation(kind):
        """Mean loss over up to 48 windows of the held-out stream."""
        s = held[kind]
        starts = range(0, min(len(s) - a.length - 1, 48 * a.length), a.length)
        total = 0.0
        model.eval()
        with torch.no_grad():
            for i in starts:
                total += loss_of(s[None, i:i + a.length].long(), s[None, i + 1:i + a.length + 1].long()).item()
        model.train()
        return total / max(1, len(starts))

    def reply(prompt, temperature=0.7, top_k=40, limit=120):
        ids = tokenizer.encode(prompt)
        model.eval()
        with torch.no_grad():
            for _ in range(limit):
                logits = model(torch.tensor([ids[-a.context:]], device=device))[0, -1].float() / temperature
                best = logits.topk(top_k)
                token = best.indices[best.values.softmax(-1).multinomial(1)].item()
                if token == tokenizer.end:
                    break
                ids.append(token)
                if tokenizer.decode(ids).endswith("\nUser:"):
                    break
        model.train()
        return tokenizer.decode(ids)

    prompts = open(a.prompts, encoding="utf-8").read().replace("\\n", "\n").strip("\n").split("\n---\n") if os.path.exists(a.prompts) else []
    start, step, saved, average = time.time(), 0, time.time(), None
    while (done := (time.time() - start) / (a.minutes * 60)) < 1:
        rate = min(1, (step + 1) / 100)
        if not a.constant:
            rate *= min(1, (1 - done) / a.cooldown) * 0.98 + 0.02
        for o, peak in zip(optimizers, peaks):
            for g, lr in zip(o.param_groups, peak):
                g["lr"] = lr * rate
        loss = loss_of(*data.batch(a.batch, a.length))
        model.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for o in optimizers:
            o.step()
        step += 1
        if step % 10 == 0:
            average = loss.item() if average is None else 0.9 * average + 0.1 * loss.item()
        if time.time() - saved > 60 * a.save_every:
            saved = time.time()
            save(model, config, a.out, a.dtype)
            seen = step * a.batch * a.length
            print(f"{done:5.1%} step {step} tokens {seen / 1e6:.2f}M ({seen / (time.time() - start):.0f}/s) loss {average:.3f} "
                  + " ".join(f"{k} {validation(k):.3f}" for k in held), flush=True)
    save(model, config, a.out, a.dtype)
    print("held-out perplexity:", {k: round(math.exp(validation(k)), 2) for k in held}, flush=True)
    for prompt in prompts:
        print("-----", reply(prompt), flush=True)


if __name__ == "__main__":
    main()
