"""Train the starter by the clock, on a GPU or a CPU. MODELCARD.md has the commands.

    pip install torch==2.15.0 numpy==2.4.6 regex==2026.11.15
    python3 lists/build.py DATA --written data/written.jsonl.gz ... &
    python3 train.py OUT --data DATA --seconds 480          compiles while the data are made
    python3 train.py OUT --data DATA --seconds 200 --init FOLDER --from 0.7        goes on from a checkpoint

Rows of 512 tokens are filled with whole documents, drawn from the kinds by odds. The rate warms up, stays, and falls to nothing
over the last part; the odds change on the way (--mix). Several models can be trained one after the other. The weights that are
written are an average over the last steps. The held-out loss of each kind is measured as it goes; at the end the judged chats are
answered and counted.
"""
import argparse
import glob
import json
import math
import multiprocessing as mp
import os
import sys
import time

import numpy as np
import torch
import torch._dynamo
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
    return out[full[:count]]


def worker(documents, kinds, odds, length, end, seed, queue):
    n = 0
    while True:
        n += 1
        queue.put(rows(documents, kinds, list(odds), length, end, seed + 7919 * n, 512))


class Batches:
    """Rows made by processes of their own, shuffled in a pool."""

    def __init__(self, documents, length, end, seed, workers):
        kinds = sorted(documents)
        self.odds = mp.Array("d", len(kinds), lock=False)
        self.kinds, self.queue, self.pool, self.random = kinds, mp.Queue(workers * 2), [], np.random.default_rng(seed)
        self.length = length
        self.processes = [mp.Process(target=worker, args=(documents, kinds, self.odds, length, end, 1000 * seed + i, self.queue), daemon=True) for i in range(workers)]

    def start(self):
        for p in self.processes:
            p.start()

    def set(self, odds):
        self.odds[:] = [odds.get(k, 0.0) for k in self.kinds]

    def take(self, size):
        while len(self.pool) < size:
            new = self.queue.get()
            self.pool.extend(new[self.random.permutation(len(new))])
        out, self.pool = self.pool[:size], self.pool[size:]
        return torch.from_numpy(np.stack(out).astype(np.int32))

    def stop(self):
        for p in self.processes:
            p.terminate()


# --- optimizers ---------------------------------------------------------------------------------------------------------

def orthogonal(g):
    """Five Newton-Schulz steps towards the nearest orthogonal matrix, for a stack of wide matrices (Jordan et al. 2024,
    github.com/KellerJordan/Muon)."""
    x = (g / (g.norm(dim=(1, 2), keepdim=True) + 1e-7)).bfloat16()
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


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("out")
    p.add_argument("--data", required=True)
    p.add_argument("--init", help="folder to go on from")
    p.add_argument("--from", dest="begin", type=float, default=0.0, help="where on the schedule (0 to 1) to begin")
    p.add_argument("--trials", default="10x256x8:0.1:200", help="LAYERSxWIDTHxHEADS:DROPOUT:MILLIONS of tokens; several, parted by commas, are trained one after the other")
    for name, value in dict(context=512, batch=64, seed=1, workers=12, judge_batch=540, judge_limit=0, seeds=3).items():
        p.add_argument("--" + name.replace("_", "-"), type=int, default=value)
    for name, value in dict(seconds=480, adam=3e-3, muon=0.02, decay=0.1, muon_decay=0.05, start=0.25, last=0.35, judge_seconds=20, eval_every=20, wait=180).items():
        p.add_argument("--" + name.replace("_", "-"), type=float, default=value)
    p.add_argument("--mix", help="a JSON file in place of the mix here")
    a = p.parse_args()
    began = time.time()
    torch.manual_seed(a.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    gpu = device == "cuda"
    torch._dynamo.config.suppress_errors = True  # what cannot be compiled runs as it is
    torch.set_float32_matmul_precision("high")
    os.makedirs(a.out, exist_ok=True)
    vocab, merges = bpe.load(a.data)
    tokenizer = bpe.Tokenizer(vocab, merges)
    bpe.save(vocab, merges, a.out)
    mix = json.load(open(a.mix)) if a.mix else MIX
    def loss_of(net, batch):
        x, y = (batch & (SKIP - 1)).long(), batch.long()
        x, y = x[:, :-1], torch.where(y[:, 1:] >= SKIP, -100, y[:, 1:])
        with torch.autocast(device, torch.bfloat16):
            logits = net(x)
        return F.cross_entropy(logits.float().flatten(0, 1), y.flatten(), ignore_index=-100)

    @torch.no_grad()
    def measure(net):
        net.eval()
        out = {k: sum(loss_of(net, rows[i:i + 8]).item() for i in range(0, len(rows), 8)) / math.ceil(len(rows) / 8) for k, rows in held.items()}
        net.train()
        return out

    held = {}

    def text(losses):
        return " ".join(f"{k} {v:.3f}" for k, v in losses.items())

    def written(losses):
        return sum(losses[k] for k in WRITTEN[:4] if k in losses) / 4

    class Run:
        def __init__(self, layers, width, heads, dropout):
            torch.manual_seed(a.seed)
            self.net = (gpt2.load(a.init, dropout) if a.init else gpt2.GPT2(len(vocab), a.context, width, layers, heads, dropout)).to(device)
            self.net.train()
            self.fast = torch.compile(self.net, dynamic=False) if gpu else self.net
            named = list(self.net.named_parameters())
            self.muon = Muon([(n, q) for n, q in named if n.startswith("h.") and q.dim() == 2], a.muon_decay, compiled=gpu)
            rest = [(n, q) for n, q in named if not (n.startswith("h.") and q.dim() == 2)]
            self.adam = torch.optim.AdamW([{"params": [q for _, q in rest if q.dim() > 1], "weight_decay": a.decay}, {"params": [q for _, q in rest if q.dim() < 2], "weight_decay": 0.0}],
                                          lr=a.adam, betas=(0.9, 0.95), fused=gpu)
            self.params = [q for _, q in named]
            self.mean = [q.detach().clone() for q in self.params]
            self.steps, self.loss = 0, None

        def step(self, rate, batch):
            self.steps += 1
            for g in self.adam.param_groups:
                g["lr"] = a.adam * rate
            loss = loss_of(self.fast, batch.to(device, non_blocking=True))
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.params, 1.0, foreach=True)
            self.adam.step()
            self.muon.step(a.muon * rate)
            self.net.zero_grad(set_to_none=True)
            torch._foreach_lerp_(self.mean, self.params, 1 - min(0.998, 1 - 1 / (self.steps + 1)))
            if self.steps % 20 == 0:
                self.loss = loss.detach()

        def averaged(self):
            """A model with the averaged weights."""
            net = gpt2.GPT2(**self.net.sizes).to(device)
            with torch.no_grad():
                for q, m in zip(net.parameters(), self.mean):
                    q.copy_(m)
            return net.eval()

    # The model is compiled while the data are made.
    first = a.trials.split(",")[0].split(":")
    run = Run(*map(int, first[0].split("x")), float(first[1]))
    for _ in range(2):
        run.step(0.0, torch.randint(0, len(vocab), (a.batch, a.context + 1), dtype=torch.int32))
    if gpu:
        torch.cuda.synchronize()
    print(f"compiled after {time.time() - began:.0f} s", flush=True)
    while not os.path.exists(f"{a.data}/ready"):
        time.sleep(0.2)
        if time.time() - began > a.wait:
            sys.exit("no data")
    kinds = sorted({os.path.basename(f).split(".")[0] for f in glob.glob(f"{a.data}/*.npz")})
    documents = {k: Documents(shards(a.data, k)) for k in kinds}
    sizes = {k: len(d.ids) for k, d in documents.items()}
    variants = int(open(f"{a.data}/ready").read())
    print(f"data after {time.time() - began:.0f} s: " + ", ".join(f"{k} {n / 1e6:.2f}M" for k, n in sizes.items()), flush=True)
    for k in kinds:
        d = {k: Documents([f"{a.data}/{k}.valid.npz"])}
        n = max(1, min(24, int(d[k].ends[-1]) // (a.context + 1)))
        held[k] = torch.from_numpy(rows(d, [k], [1.0], a.context, tokenizer.end, 5, n).astype(np.int32)).to(device)
    batches = Batches(documents, a.context, tokenizer.end, a.seed, a.workers)
    batches.set(mix["start"])
    batches.start()

    def train(name, shape, dropout, millions, seconds):
        """Trains one model until it has seen its tokens or the seconds are over; returns its held-out loss."""
        start = time.time()
        run = Run(*shape, dropout)
        batches.set(mix["start" if a.begin < a.start else "middle"])
        for _ in range(2):
            run.step(1e-3, batches.take(a.batch))  # compiles
        if gpu:
            torch.cuda.synchronize()
        print(f"{name}: {shape}, {sum(q.numel() for q in run.params):,} parameters, dropout {dropout}, on {torch.cuda.get_device_name() if gpu else 'the CPU'}, set up in {time.time() - start:.0f} s", flush=True)
        start = last = saved = time.time()
        seconds -= time.time() - began
        tokens, seen, odds, part, off = 0, dict.fromkeys(kinds, 0.0), {}, "", 0.0
        while True:
            now = time.time() - off  # measuring does not count
            done = a.begin + (1 - a.begin) * max((now - start) / max(seconds, 1), tokens / (millions * 1e6))
            if done >= 1:
                break
            new = "start" if done < a.start else "middle" if done < 1 - a.last else "end"
            if new != part:
                part, odds = new, mix[new]
                batches.set(odds)
            rate = min(1, (run.steps + 1) / 200) * min(1, max(0.005, (1 - done) / a.last))
            batch = batches.take(a.batch)
            run.step(rate, batch)
            tokens += batch.shape[0] * a.context
            whole = sum(odds.get(k, 0) for k in kinds) or 1
            for k in kinds:
                seen[k] += batch.shape[0] * a.context * odds.get(k, 0) / whole
            if time.time() - last > a.eval_every:
                last = time.time()
                if last - saved > 100:  # something comes back whatever happens
                    saved = last
                    gpt2.save(run.averaged(), tokenizer.end, f"{a.out}/{name}", "F16", 2)
                losses = measure(run.net)
                print(f"{done:5.1%} {now - start:4.0f} s step {run.steps} {tokens / 1e6:.1f}M tokens ({tokens / (now - start) / 1e3:.0f}k/s) rate {rate:.2f} loss {run.loss.item() if run.loss is not None else 0:.3f} | {written(losses):.4f} | {text(losses)}", flush=True)
                off += time.time() - last
        print("epochs: " + " ".join(f"{k} {seen[k] / sizes[k] * (variants if k in WRITTEN else 1):.1f}" for k in kinds), flush=True)
        net, plain = run.averaged(), measure(run.net)
        losses = measure(net)
        print(f"{name} last | {written(plain):.4f} | {text(plain)}\n{name} mean | {written(losses):.4f} | {text(losses)}", flush=True)
        if written(plain) < written(losses):
            net, losses = run.net, plain
        net.eval()
        gpt2.save(net, tokenizer.end, f"{a.out}/{name}", "F16", 2)
        bpe.save(vocab, merges, f"{a.out}/{name}")
        return written(losses), net, tokens / max(1, now - start)

    done, speed = [], 0.0
    trials = a.trials.split(",")
    for i, trial in enumerate(trials):
        shape, dropout, millions = trial.split(":")
        left = a.seconds - (time.time() - began)
        if i and left < 60:
            print(f"no time for {trial}", flush=True)
            continue
        share = a.seconds if i == len(trials) - 1 else time.time() - began + left * float(millions) / sum(float(t.split(":")[2]) for t in trials[i:])
        name = "model" if len(trials) == 1 else f"model{i + 1}"
        done.append((*train(name, tuple(map(int, shape.split("x"))), float(dropout), float(millions), share), name))
    batches.stop()
    done.sort(key=lambda d: d[0])
    print("best: " + ", ".join(f"{d[3]} {d[0]:.4f}" for d in done), flush=True)
    for _, net, _, name in done:
        for temperature in (0.8, 0.5, 0.3) if net is done[0][1] else (0.8,):
            if time.time() - began < a.seconds + 2.5 * a.judge_seconds:
                judge(net, tokenizer, f"{a.out}/{name}", a.seeds if temperature == 0.8 else 1, temperature, device, a.judge_batch, a.judge_limit, a.judge_seconds)
    print(f"{time.time() - began:.0f} s in all", flush=True)


if __name__ == "__main__":
    mp.set_start_method("fork")
    main()
