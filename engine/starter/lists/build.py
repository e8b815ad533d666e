"""Make the training texts: the written ones and variants of them, fresh lists, and what else is given.

    python3 build.py OUT --written PATH... [--other KIND=FILE.jsonl.xz...] [--shards 14] [--lists 28] [--seed 1]
    python3 build.py OUT --written PATH... --learn                  learns the vocabulary on all of it first

PATH is a folder of texts in the written form, or items as JSON lines. OUT has vocab.json and merges.txt (4,096 pieces, digits one by
one). It gets, for each kind and each shard, KIND.SHARD.npz, and KIND.valid.npz, with the documents as token ids: "ids" (uint16) and "ends".
The highest bit of an id says that it is not to be learnt: exchanges that stand between others in the lists, and are learnt elsewhere.
Each shard has all written texts, the first as they are, the others as variants (other names, other typing, the program's task
lines), and its share of the lists (--lists, in millions of characters) and of the other texts. Shards are made side by side.
"""
import argparse
import collections
import glob
import gzip
import json
import lzma
import multiprocessing as mp
import os
import random
import re
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "judge"), os.path.join(HERE, "..")]
import bpe  # noqa: E402
import facts  # noqa: E402
import memory  # noqa: E402
import near  # noqa: E402
import program  # noqa: E402
import refuse  # noqa: E402
import sums  # noqa: E402
import written  # noqa: E402

SKIP = 1 << 15
SHARES = dict(memory=0.55, sums=0.16, program=0.09, refuse=0.08, facts=0.12)


def turns_text(turns):
    return "".join(f"{('User', 'Assistant')[i % 2]}: {t.strip()}\n" for i, t in enumerate(turns))


def text_of(item):
    """[(text, learnt?)]"""
    if "parts" in item:
        return [(turns_text([u, m]), not filler) for u, m, filler in item["parts"]]
    if "turns" in item:
        return [(turns_text(item["turns"]), True)]
    return [(item["text"].strip() + "\n", True)]


def pieces(item, most=1600):
    """A long text in pieces that fit the context, cut between paragraphs."""
    if len(item.get("text", "")) <= most:
        return [item]
    out = [""]
    for paragraph in re.split(r"\n(?=\n)|(?<=\n)(?=- )", item["text"]):
        if out[-1] and len(out[-1]) + len(paragraph) > most:
            out.append("")
        out[-1] += ("\n" if out[-1] and not out[-1].endswith("\n") else "") + paragraph
    return [{"text": t} for t in out if t.strip()]


def lists(r, kind, size, fillers, judged):
    talk = memory.Talk(r, fillers)
    make = dict(memory=talk.make, sums=lambda: sums.make(r), program=lambda: program.make(r), refuse=lambda: refuse.make(r), facts=lambda: facts.make(r))[kind]
    done, seen = 0, collections.Counter()
    while done < size:
        parts = make()
        own = [x for u, m, filler in parts if not filler for x in (u, m)]
        done += sum(len(u) + len(m) + 20 for u, m, filler in parts if not filler)
        key = tuple(own)
        seen[key] += 1
        if seen[key] > (3 if kind in ("sums", "facts", "program", "refuse") else 1) or any(judged.line(u) for u in own[::2]) or not judged.names.isdisjoint(near.words(" ".join(own))):
            continue
        if kind == "sums" and any(judged.sums(u) for u in own[::2]):
            continue
        yield {"parts": parts}


def lines_of(path):
    """The JSON lines of a compressed file."""
    with (gzip if path.endswith(".gz") else lzma).open(path, "rt", encoding="utf-8") as f:
        yield from map(json.loads, f)


def read(paths, judged):
    """The written items without those that come near a judged chat."""
    items, seen, dropped = [], set(), collections.Counter()
    for path in sorted(x for d in paths for x in (glob.glob(f"{d}/*.txt") or [d])):
        for item in written.parse(path) if path.endswith(".txt") else lines_of(path):
            key = json.dumps(item.get("turns") or item["text"])
            if key in seen:
                continue
            seen.add(key)
            if reason := judged.why(item):
                dropped[reason] += 1
            else:
                items.append(item)
    print(f"{len(items)} written items, left out: {dict(dropped)}", flush=True)
    return items


FAMILIAR = re.compile(r"\b(name|remember|call|who am i|i'm [A-Z]|my \w+ (is|was) (called|named)|temperature|ctrl|plus|minus)\b|\d \+|/", re.I)


def exchanges(items, renamer):
    """Those that may stand between others: short, and without what lists ask for."""
    out = []
    for item in items:
        if item["genre"] in ("talk", "questions") and len(item["turns"][0]) < 90 and len(item["turns"][1]) < 160:
            both = " ".join(item["turns"][:2])
            if not FAMILIAR.search(both) and not any(w in renamer.known for w in re.findall(r"[A-Z][a-z]+", both)):
                out.append(tuple(item["turns"][:2]))
    return out


def variant(r, item, renamer, judged, heroes):
    parts = item.get("turns") or [item["text"]]
    if item["genre"] != "questions":
        new = renamer.swap(r, parts)
        if new is not parts and judged.names.isdisjoint(near.words(" ".join(new))):
            parts = new
    if "text" in item:
        asked = written.story_line(r, parts[0], heroes) if item["genre"] == "stories" else None
        return {"turns": [asked, parts[0]]} if asked and not judged.line(asked) else {"text": parts[0]}
    asked = written.as_asked(parts) if item["genre"] == "tasks" else None
    if asked and r.random() < 0.6 and not judged.line(asked):
        return {"turns": [asked, written.unquoted(asked, parts[1])] + parts[2:]}
    return {"turns": written.retyped(r, parts) if r.random() < 0.5 else parts}


def documents(a, items, others, judged, shard):
    """{(kind, part): items} of a shard."""
    r = random.Random(1000 * a.seed + shard)
    train = [i for i in items if not written.valid(i)]
    lower = collections.Counter(w for i in items for part in (i.get("turns") or [i["text"]]) for w in re.findall(r"\b[a-z]{3,}\b", part))
    renamer = written.Names(lower)
    fillers = exchanges(train, renamer)
    heroes = written.heroes(train)
    docs = collections.defaultdict(list)
    for item in train:
        docs[item["genre"], "train"].append(variant(r, item, renamer, judged, heroes) if shard else item)
    for kind, share in SHARES.items():
        docs[kind, "train"] = list(lists(r, kind, share * a.lists * 1e6 / a.shards, fillers, judged))
    for kind, rows in others.items():
        docs[kind, "train"] = [row for row in rows[60:][shard::a.shards] if not judged.why(row)]
    if shard == 0:
        print(f"{len(fillers)} exchanges may stand between others", flush=True)
        for item in items:
            if written.valid(item):
                docs[item["genre"], "valid"].append(item)
        r = random.Random(a.seed - 1)
        for kind in SHARES:
            docs[kind, "valid"] = list(lists(r, kind, 30_000, fillers, judged))
        for kind, rows in others.items():
            docs[kind, "valid"] = rows[:60]
    return docs


def encode(a, docs, shard):
    tokenizer = bpe.Tokenizer(*bpe.load(a.out))
    for (kind, part), rows in sorted(docs.items()):
        ids, ends, characters = [], [], 0
        for row in (small for row in rows for small in pieces(row)):
            for text, learnt in text_of(row):
                new = tokenizer.encode(text)
                ids += new if learnt else [i | SKIP for i in new]
                characters += len(text)
            ids.append(tokenizer.end)
            ends.append(len(ids))
        np.savez(os.path.join(a.out, f"{kind}.{'valid' if part == 'valid' else shard}"), ids=np.array(ids, np.uint16), ends=np.array(ends, np.uint32))
        if shard == 0:
            print(f"{kind:10} {part:5} {len(ends):8,} documents {len(ids):12,} tokens {characters / max(1, len(ids)):.2f} characters a token", flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("out")
    p.add_argument("--written", nargs="+", required=True)
    p.add_argument("--other", nargs="*", default=[])
    p.add_argument("--shards", type=int, default=14)
    p.add_argument("--lists", type=float, default=28)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--learn", action="store_true")
    a = p.parse_args()
    os.makedirs(a.out, exist_ok=True)
    judged = near.Near()
    items = read(a.written, judged)
    others = {}
    for given in a.other:
        kind, path = given.split("=")
        others[kind] = list(lines_of(path))
        random.Random(0).shuffle(others[kind])
    if a.learn:
        sample = []
        for (kind, _), rows in documents(argparse.Namespace(seed=0, shards=14, lists=28), items, others, judged, 1).items():
            size = 0
            for row in rows:
                sample.append("".join(t for t, _ in text_of(row)))
                size += len(sample[-1])
                if size > (2_500_000 if kind in ("talk", "questions", "tasks", "stories") else 500_000):
                    break
        bpe.save(*bpe.learn(sample, 4096), a.out)
        return
    with mp.get_context("fork").Pool(min(a.shards, os.cpu_count())) as pool:
        pool.starmap(shard_of, [(a, items, others, judged, i) for i in range(a.shards)], chunksize=1)
    with open(f"{a.out}/ready", "w") as f:
        f.write(f"{a.shards}\n")


def shard_of(a, items, others, judged, shard):
    encode(a, documents(a, items, others, judged, shard), shard)


if __name__ == "__main__":
    main()
