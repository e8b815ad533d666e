"""Train the starter, on a CPU or a GPU. data/README.md has the commands.

    pip install torch==2.15.0 numpy==2.4.6 regex==2026.11.19
    python3 train.py OUT --data DATA                                            trains until it is stopped
    python3 train.py OUT --data DATA --resume OUT/checkpoint.pt                 goes on where that was written
    python3 train.py END --data DATA --resume OUT/checkpoint.pt --anneal 12     lets the rate fall over 12 million tokens, and judges
    python3 train.py OUT --data DATA --init MODEL                               from the weights of a Hugging Face folder
    python3 train.py OUT --data DATA --seconds 480 --batch 64 --workers 12      all of it by the clock

The rate warms up and stays (windows are short at first), until it is to fall to nothing: so a run can go on for as long as there are
hours, and be annealed from any checkpoint. The kinds of text are drawn by odds, which change on the way (--mix). OUT gets
checkpoint.pt (weights, what the optimizers remember, tokens seen, the place in the stream of texts), every --save seconds and on an
interrupt, and model, a Hugging Face folder with an average of the last weights, whenever the held-out loss is measured.
"""
import argparse
import concurrent.futures as cf
import glob
import json
import math
import multiprocessing as mp
import os
import signal
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "judge")]
import bpe  # noqa: E402
import model as gpt2  # noqa: E402

SKIP = 1 << 15
WRITTEN = ("talk", "questions", "tasks", "stories", "prose")
# Odds of a token of each kind, in the first part, the middle, and the last part, in which the rate falls.
MIX = {
    "start": dict(talk=8, questions=6, tasks=7, stories=5, prose=1, memory=13, sums=5, program=2, refuse=2, facts=3, patterns=8, dialogues=20, books=16),
    "middle": dict(talk=14, questions=11, tasks=14, stories=8, prose=2, memory=22, sums=8, program=4, refuse=4, facts=4, patterns=5, dialogues=2, books=2),
    "end": dict(talk=16, questions=13, tasks=16, stories=9, prose=1, memory=20, sums=8, program=5, refuse=4, facts=4, patterns=2, dialogues=0, books=0),
}


# --- data -------------------------------------------------------------------------------------------------------------

class Documents:
    """Of one or several files."""

    def __init__(self, paths):
        ids, ends, total = [], [], 0
        for path in sorted(paths):
            with np.load(path) as f:
                ids.append(f["ids"])
                ends.append(f["ends"].astype(np.int64) + total)
                total += len(ids[-1])
        self.ids, self.ends = np.concatenate(ids), np.concatenate(ends)
        self.starts = np.concatenate([[0], self.ends[:-1]])


def shards(folder, kind):
    return [f for f in glob.glob(f"{folder}/{kind}.*.npz") if not f.endswith(".valid.npz")]


def rows(documents, kinds, odds, length, end, seed, count):
    """[count, length+1] ids. Whole documents, each into the fullest row that has room; one that fits no row opens a new one. What
    stays free is filled with end, not to be learnt."""
    r = np.random.default_rng(seed)
    sizes = {k: len(documents[k].ids) / len(documents[k].ends) for k in kinds}
    p = np.array([odds[i] / sizes[k] for i, k in enumerate(kinds)])  # a document's odds: a token's over its length
    p /= p.sum()
    out = np.full((count + 48, length + 1), end | SKIP, np.uint16)
    open_rows, used, at = [], 0, np.zeros(count + 48, np.int64)
    full = []
    while len(full) < count:
        for k in r.choice(len(kinds), 256, p=p):
            d = documents[kinds[k]]
            i = r.integers(len(d.ends))
            a, b = d.starts[i], d.ends[i]
            n = min(int(b - a), length + 1)
            best, room = -1, 1 << 30
            for j in open_rows:
                free = length + 1 - at[j]
                if n <= free < room:
                    best, room = j, free
            if best < 0:
                if len(open_rows) >= 48:
                    j = max(open_rows, key=lambda j: at[j])
                    open_rows.remove(j)
                    full.append(j)
                if used == len(out):
                    break
                best = used
                open_rows.append(best)
                used += 1
            out[best, at[best]:at[best] + n] = d.ids[a:a + n]
            at[best] += n
            if at[best] > length - 12:
                open_rows.remove(best)
                full.append(best)
        if used == len(out):
            full += open_rows
            break
    return r.permutation(out[full[:count]])


class Batches:
    """Blocks of 512 rows by number, each with its own seed, so that the stream can be gone on with anywhere. Workers make them ahead."""

    def __init__(self, documents, end, seed, workers, block, at):
        self.documents, self.kinds, self.end, self.seed, self.block, self.at = documents, sorted(documents), end, seed, block, at
        self.pool = cf.ProcessPoolExecutor(workers, mp.get_context("fork")) if workers else None
        self.ahead, self.workers, self.current, self.way = [], workers, None, None

    def make(self, n, odds, length):
        return rows(self.documents, self.kinds, odds, length, self.end, [self.seed, n], 512)

    def load(self, odds, length):
        way = [odds.get(k, 0.0) for k in self.kinds], length
        if not self.pool:
            self.current = self.make(self.block, *way)
            return
        if way != self.way:
            self.way, self.ahead = way, []
        while len(self.ahead) <= 2 * self.workers:
            self.ahead.append(self.pool.submit(block, self.block + len(self.ahead), *way))
        self.current = self.ahead.pop(0).result()

    def take(self, size, odds, length):
        if self.current is None or self.current.shape[1] != length + 1:
            self.load(odds, length)
        if self.at + size > len(self.current):
            self.block, self.at = self.block + 1, 0
            self.load(odds, length)
        self.at += size
        return torch.from_numpy(self.current[self.at - size:self.at].astype(np.int32))


batches = None  # what the forked workers see


def block(n, odds, length):
    return batches.make(n, odds, length)


# --- optimizers ---------------------------------------------------------------------------------------------------------

def half():
    """bfloat16 where the processor can multiply it; elsewhere it is far slower than float32."""
    if torch.cuda.is_available():
        return torch.bfloat16
    try:
        flags = open("/proc/cpuinfo").read()
    except OSError:
        flags = ""
    return torch.bfloat16 if "avx512_bf16" in flags or "amx_bf16" in flags else torch.float32


HALF = half()


def orthogonal(g):
    """Five Newton-Schulz steps towards the nearest orthogonal matrix, for a stack of wide matrices (Jordan et al. 2024,
    github.com/KellerJordan/Muon)."""
    x = (g / (g.norm(dim=(1, 2), keepdim=True) + 1e-7)).to(HALF)
    for _ in range(5):
        xx = x @ x.transpose(1, 2)
        x = 3.4445 * x + (-4.7750 * xx + 2.0315 * xx @ xx) @ x
    return x.float()


class Muon:
    """Momentum, orthogonalised, for the matrices inside the blocks; those of one shape go as a stack. Queries, keys and values count
    as three matrices."""

    def __init__(self, named, decay, momentum=0.95, compiled=False):
        self.groups = {}
        for name, p in named:
            self.groups.setdefault((name.split(".", 2)[2], tuple(p.shape)), []).append(p)
        self.m = {k: torch.zeros(len(ps), *k[1], device=ps[0].device) for k, ps in self.groups.items()}
        self.decay, self.momentum = decay, momentum
        self.orthogonal = torch.compile(orthogonal) if compiled else orthogonal

    @torch.no_grad()
    def step(self, lr):
        for (name, shape), ps in self.groups.items():
            g = torch.stack([p.grad for p in ps])
            m = self.m[name, shape]
            m.lerp_(g, 1 - self.momentum)
            g = g.lerp(m, self.momentum)
            if "c_attn" in name:
                g = g.view(3 * len(ps), shape[0] // 3, shape[1])
            tall = g.shape[1] > g.shape[2]
            x = self.orthogonal(g.transpose(1, 2).contiguous() if tall else g)
            x = (x.transpose(1, 2) if tall else x) * max(1, g.shape[1] / g.shape[2]) ** 0.5
            x = x.reshape(len(ps), *shape)
            torch._foreach_mul_(ps, 1 - lr * self.decay)
            torch._foreach_add_(ps, list(x.unbind()), alpha=-lr)


# --- training -----------------------------------------------------------------------------------------------------------

def judge(net, tokenizer, out, seeds, temperature, device, batch, limit=None, seconds=60.0):
    """The judged chats, answered by the model as it is, counted; the report goes to out."""
    import chat
    import chats as drawn
    import judge as counting
    chosen = drawn.everything()[:: max(1, 360 // limit) if limit else 1]
    how = dict(chat.DEFAULTS, temperature=temperature)
    net.eval()
    began, replies = time.time(), {}
    for seed in range(1, seeds + 1):
        if time.time() - began > seconds:
            break
        replies[seed] = chat.answers(net.step, tokenizer.encode, tokenizer.decode, tokenizer.end, net.sizes["context"], [c["lines"] for c in chosen], seed, how, batch, device)
    table, lines = counting.count(chosen, replies)
    with open(f"{out}/judged-{temperature}.jsonl", "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
    print(f"judged at temperature {temperature}, {len(replies)} seeds, {time.time() - began:.0f} s\n{counting.show(table)}", flush=True)


class Run:
    """A model in training: the weights, their running average, the optimizers, and how far it is."""

    def __init__(self, a, net, device, gpu):
        self.a, self.net = a, net.to(device).train()
        self.fast = torch.compile(self.net, dynamic=False) if gpu or a.compile else self.net
        named = list(net.named_parameters())
        inner = [(n, q) for n, q in named if n.startswith("h.") and q.dim() == 2]
        rest = [q for n, q in named if not (n.startswith("h.") and q.dim() == 2)]
        self.muon = Muon(inner, a.muon_decay, compiled=gpu)
        self.adam = torch.optim.AdamW([{"params": [q for q in rest if q.dim() > 1], "weight_decay": a.decay}, {"params": [q for q in rest if q.dim() < 2], "weight_decay": 0.0}],
                                      lr=a.adam, betas=(0.9, 0.95), fused=True)
        self.params = [q for _, q in named]
        self.mean = [q.detach().clone() for q in self.params]
        self.steps, self.tokens, self.began_to_fall, self.seen, self.core_hours = 0, 0, None, {}, 0.0

    def loss_of(self, net, batch):
        x, y = (batch & (SKIP - 1)).long(), batch.long()
        x, y = x[:, :-1], torch.where(y[:, 1:] >= SKIP, -100, y[:, 1:])
        with torch.autocast(x.device.type, torch.bfloat16, enabled=HALF == torch.bfloat16):
            logits = net(x)
        return F.cross_entropy(logits.float().flatten(0, 1), y.flatten(), ignore_index=-100)

    def step(self, rate, batch):
        self.steps += 1
        rate *= min(1, self.steps / 200)
        for g in self.adam.param_groups:
            g["lr"] = self.a.adam * rate
        loss = self.loss_of(self.fast, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.params, 1.0, foreach=True)
        self.adam.step()
        self.muon.step(self.a.muon * rate)
        self.net.zero_grad(set_to_none=True)
        with torch.no_grad():
            torch._foreach_lerp_(self.mean, self.params, 1 - min(0.998, 1 - 1 / (self.steps + 1)))
        self.tokens += batch.shape[0] * (batch.shape[1] - 1)
        return loss.detach()

    def averaged(self):
        """A model with the averaged weights."""
        net = gpt2.GPT2(**self.net.sizes).to(self.params[0].device)
        with torch.no_grad():
            for q, m in zip(net.parameters(), self.mean):
                q.copy_(m)
        return net.eval()

    @torch.no_grad()
    def measure(self, net, held):
        """Nats a token of each kind."""
        net.eval()
        return {k: sum(self.loss_of(net, rows[i:i + 4]).item() * len(rows[i:i + 4]) for i in range(0, len(rows), 4)) / len(rows) for k, rows in held.items()}

    OWN = ("mean", "steps", "tokens", "began_to_fall", "seen", "core_hours")

    def save(self, path, batches):
        torch.save(dict({k: getattr(self, k) for k in self.OWN}, sizes=self.net.sizes, net=self.net.state_dict(), adam=self.adam.state_dict(),
                        muon=list(self.muon.m.values()), block=batches.block, at=batches.at), path + ".tmp")
        os.replace(path + ".tmp", path)

    def restore(self, found):
        self.net.load_state_dict(found["net"])
        self.adam.load_state_dict(found["adam"])
        for m, was in zip(self.muon.m.values(), found["muon"]):
            m.copy_(was)
        for k in self.OWN:
            setattr(self, k, found.get(k, getattr(self, k)))
        self.mean = [m.detach().to(q.device) for m, q in zip(self.mean, self.params)]


def text(losses):
    mean = sum(losses.get(k, 0) for k in WRITTEN[:4]) / 4
    return f"written {mean:.4f} | " + " ".join(f"{k} {v:.3f}" for k, v in losses.items())


def main():
    global batches
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("out")
    p.add_argument("--data", required=True, help="what lists/build.py wrote")
    p.add_argument("--resume", help="a checkpoint to go on from")
    p.add_argument("--init", help="a Hugging Face folder whose weights and sizes to begin with; DATA has its vocabulary")
    p.add_argument("--shape", default="9x256x8", help="LAYERSxWIDTHxHEADS")
    p.add_argument("--compile", action="store_true", help="compile on the CPU too")
    for name, value in dict(context=512, batch=16, seed=1, workers=0, threads=0, held=12, judge_batch=64, judge_limit=0, seeds=3).items():
        p.add_argument("--" + name.replace("_", "-"), type=int, default=value)
    for name, value in dict(dropout=0.0, adam=2e-3, muon=0.012, decay=0.1, muon_decay=0.05, judge_seconds=1e9, measure=1800, save=600).items():
        p.add_argument("--" + name.replace("_", "-"), type=float, default=value)
    p.add_argument("--short", type=float, default=12, help="millions of tokens at the beginning with windows of half the length")
    p.add_argument("--start", type=float, default=25, help="millions of tokens with the first odds")
    p.add_argument("--anneal", type=float, default=0, help="millions of tokens over which the rate falls, from here on")
    p.add_argument("--seconds", type=float, default=0, help="the end, by the clock")
    p.add_argument("--last", type=float, default=0.35, help="part of the seconds in which the rate falls")
    p.add_argument("--mix", help="a JSON file in place of the odds here")
    a = p.parse_args()
    if a.threads:
        torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    gpu = torch.cuda.is_available()
    device = "cuda" if gpu else "cpu"
    torch.set_float32_matmul_precision("high")
    os.makedirs(a.out, exist_ok=True)
    vocab, merges = bpe.load(a.data)
    tokenizer = bpe.Tokenizer(vocab, merges)
    mix = json.load(open(a.mix)) if a.mix else MIX
    kinds = sorted({os.path.basename(f).split(".")[0] for f in glob.glob(f"{a.data}/*.npz")})
    documents = {k: Documents(shards(a.data, k)) for k in kinds}
    print("data: " + ", ".join(f"{k} {len(d.ids) / 1e6:.2f}M" for k, d in documents.items()), flush=True)
    held = {}
    for k in kinds:
        d = {k: Documents([f"{a.data}/{k}.valid.npz"])}
        n = max(1, min(a.held, int(d[k].ends[-1]) // (a.context + 1)))
        held[k] = torch.from_numpy(rows(d, [k], [1.0], a.context, tokenizer.end, 5, n).astype(np.int32)).to(device)

    found = torch.load(a.resume, map_location=device, weights_only=True) if a.resume else None
    layers, width, heads = map(int, a.shape.split("x"))
    if a.init and not found:
        net = gpt2.load(a.init, a.dropout)
    else:
        net = gpt2.GPT2(**(found["sizes"] if found else dict(vocab=len(vocab), context=a.context, width=width, layers=layers, heads=heads)), dropout=a.dropout)
    sizes = net.sizes
    if sizes["vocab"] != len(vocab):
        sys.exit(f"{a.init or a.resume} has {sizes['vocab']} pieces, {a.data} {len(vocab)}; make the data with the vocabulary of the model")
    run = Run(a, net, device, gpu)
    if found:
        run.restore(found)
    batches = Batches(documents, tokenizer.end, a.seed, a.workers, found["block"] if found else 0, found["at"] if found else 0)
    print(f"{sizes}, {sum(q.numel() for q in run.params):,} parameters, {HALF}, from step {run.steps}, {run.tokens / 1e6:.2f}M tokens", flush=True)

    stop = []
    for s in (signal.SIGTERM, signal.SIGINT):
        signal.signal(s, lambda *_: stop.append(True))
    began = said = saved = measured = time.time()
    tokens, fallen = run.tokens, 0.0

    def report():
        net = run.averaged()
        gpt2.save(net, tokenizer.end, f"{a.out}/model", "F16")
        bpe.save(vocab, merges, f"{a.out}/model")
        print(f"held out at {run.tokens / 1e6:.2f}M tokens, {run.core_hours:.2f} core hours: {text(run.measure(net, held))}", flush=True)
        return net

    while not stop and fallen < 1:
        if a.anneal:
            run.began_to_fall = run.tokens if run.began_to_fall is None else run.began_to_fall
            fallen = (run.tokens - run.began_to_fall) / (a.anneal * 1e6)
        elif a.seconds:
            fallen = max(0, 1 - (1 - (time.time() - began) / a.seconds) / a.last)
        part = "end" if fallen > 0 or a.anneal else "start" if run.tokens < a.start * 1e6 else "middle"
        odds, short = mix[part], run.tokens < a.short * 1e6
        size, length = (2 * a.batch, a.context // 2) if short else (a.batch, a.context)
        step_began = time.process_time()
        loss = run.step(max(0.005, 1 - fallen), batches.take(size, odds, length).to(device, non_blocking=True))
        whole = sum(odds.get(k, 0) for k in kinds)
        for k in kinds:
            run.seen[k] = run.seen.get(k, 0) + size * length * odds.get(k, 0) / whole
        now = time.time()
        run.core_hours += (time.process_time() - step_began) / 3600
        if now - said > 60:
            print(f"step {run.steps} {run.tokens / 1e6:.2f}M tokens {part} {(run.tokens - tokens) / (now - said):.0f} tokens/s rate {1 - fallen:.2f} loss {loss.item():.3f}", flush=True)
            said, tokens = now, run.tokens
        if now - saved > a.save:
            run.save(f"{a.out}/checkpoint.pt", batches)
            saved = now
        if now - measured > a.measure:
            report()
            run.net.train()
            measured = said = time.time()
            tokens = run.tokens
    run.save(f"{a.out}/checkpoint.pt", batches)
    print("millions of tokens seen: " + " ".join(f"{k} {n / 1e6:.2f}" for k, n in run.seen.items()), flush=True)
    if stop:
        return
    net = report()
    for temperature in (0.8, 0.5, 0.3):
        judge(net, tokenizer, a.out, a.seeds if temperature == 0.8 else 1, temperature, device, a.judge_batch, a.judge_limit, a.judge_seconds)


if __name__ == "__main__":
    main()
