"""GPT-2's byte-level byte-pair encoding: learning it, writing it, and encoding with it."""
import collections
import heapq
import json
import math

import regex

END = "<|endoftext|>"
# The pre-tokenizer of GPT-2 (github.com/openai/gpt-2, src/encoder.py).
WORDS = regex.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")


def byte_letters():
    """GPT-2's reversible map from the 256 bytes to printable characters."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {b: chr(b) for b in plain}
    spare = iter(range(256, 512))
    return {b: letters.get(b) or chr(next(spare)) for b in range(256)}


LETTERS = byte_letters()


def learn(texts, vocab_size):
    """Merges learnt greedily by pair frequency over pre-tokenized words. Returns (vocab, merges)."""
    counts = collections.Counter()
    for text in texts:
        counts.update(WORDS.findall(text))
    counts = {w: n for w, n in counts.items() if not any(c.isdigit() for c in w)}  # digits stand alone
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


def load(folder):
    vocab = json.load(open(f"{folder}/vocab.json", encoding="utf-8"))
    lines = open(f"{folder}/merges.txt", encoding="utf-8").read().split("\n")[1:]
    return vocab, [tuple(line.split(" ")) for line in lines if line]


def save(vocab, merges, folder):
    with open(f"{folder}/vocab.json", "w", encoding="utf-8") as f:
        json.dump(vocab, f, ensure_ascii=False)
    with open(f"{folder}/merges.txt", "w", encoding="utf-8") as f:
        f.write("#version: 0.2\n" + "\n".join(map(" ".join, merges)) + "\n")
