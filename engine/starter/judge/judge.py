"""Let a model answer the judged chats and count its answers by RULES.md.

    pip install torch==2.15.0 transformers==5.24.0
    python3 judge.py MODEL [--seeds 3] [--temperature 0.4] [--report FILE] [--kinds names,sums] [--fraction 1]

MODEL is a Hugging Face folder, or what `inkling convert` makes one of: a GGUF file, "starter" (the one in the binary; --inkling says
where the program is). The table goes to standard output, all replies to the report.
"""
import argparse
import collections
import json
import os
import re
import subprocess
import tempfile

import chats as drawn


def faults(chat, text, ended):
    """What is wrong with a reply; nothing where it is to the point."""
    found = []
    if not text.strip():
        found.append("empty")
    if not ended:
        found.append("cut")
    if re.search(r"\b(User|Assistant):", text):
        found.append("label")
    words = re.findall(r"\w+(?:'\w+)?", text.lower())
    if len(words) > chat["words"]:
        found.append("long")
    runs = collections.Counter(zip(words, words[1:], words[2:], words[3:]))
    if runs and max(runs.values()) >= 3:
        found.append("repeats")
    for pattern in chat["want"]:
        if not re.search(pattern, text, re.I | re.S):
            found.append("lacks")
            break
    for pattern in chat["not"]:
        if re.search(pattern, text, re.I):
            found.append("has")
            break
    return found


def count(chats, replies_by_seed):
    """({kind: [right, all]}, lines of the report)."""
    table, lines = collections.defaultdict(lambda: [0, 0]), []
    for seed, replies in replies_by_seed.items():
        for chat, answered in zip(chats, replies):
            text, ended = answered[-1]
            wrong = faults(chat, text, ended)
            for row in [chat["kind"]] + (["sums held out"] if chat.get("held") else []):
                table[row][0] += not wrong
                table[row][1] += 1
            lines.append(json.dumps({"id": chat["id"], "kind": chat["kind"], "seed": seed, "right": not wrong, "faults": wrong,
                                     "chat": [x for line, (reply, _) in zip(chat["lines"], answered) for x in (line, reply)]}, ensure_ascii=False))
    return table, lines


def show(table):
    rows = [f"{kind:15} {right:4} of {n:4}  {right / n:4.0%}" for kind, (right, n) in table.items()]
    kinds = [v for k, v in table.items() if k != "sums held out"]
    right, n = sum(v[0] for v in kinds), sum(v[1] for v in kinds)
    return "\n".join(rows + [f"{'all':15} {right:4} of {n:4}  {right / n:4.0%}"])


def main():
    import torch

    import chat
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("model")
    p.add_argument("--inkling", default="inkling", help="the program")
    p.add_argument("--seeds", type=int, default=3)
    p.add_argument("--temperature", type=float)
    p.add_argument("--report")
    p.add_argument("--kinds", default="")
    p.add_argument("--batch", type=int, default=64)
    p.add_argument("--fraction", type=float, default=1, help="judge only that part of the chats, evenly spread")
    a = p.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    chosen = [c for c in drawn.everything() if not a.kinds or c["kind"] in a.kinds.split(",")]
    chosen = [c for i, c in enumerate(chosen) if int((i + 1) * a.fraction) > int(i * a.fraction)]
    with tempfile.TemporaryDirectory() as spare:
        folder = a.model
        if not os.path.isdir(folder):
            folder = os.path.join(spare, "model")
            subprocess.run([a.inkling, "convert", a.model, folder, "--weights", "f32"], check=True)
        how = chat.settings(folder)
        opened = chat.open_folder(folder, device)
    if a.temperature is not None:
        how["temperature"] = a.temperature
    replies = {seed: chat.answers(*opened, [c["lines"] for c in chosen], seed, how, a.batch, device) for seed in range(1, a.seeds + 1)}
    table, lines = count(chosen, replies)
    print(f"{a.model}: {how}")
    print(show(table))
    if a.report:
        with open(a.report, "w", encoding="utf-8") as f:
            f.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
