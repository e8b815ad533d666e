"""Keep the judged chats out of training texts.

    python3 near.py FILE.jsonl...      say which items come near a judged chat

A training item comes near when one of its user lines (or, in a text, any seven words in a row) is a judged line, shares
seven words in a row with one, or has nearly the same words; when it has a held-out name that a judged chat has; or
when it is about a held-out sum.
"""
import json
import re
import sys

import chats as drawn
from held import held_sum

RUN = 7
ALIKE = 0.8  # of the words of both, in lines of at least five words
NUMBER = {w: i for i, w in enumerate(drawn.NUMBERS)}


# The lines in which the program asks for work on a text. What stands before the colon is the same for everyone.
FRAME = re.compile(r"^(rewrite this text so that it is \w+|summarize this text( in \w+ (sentences?|points))?|give feedback on this text|suggest a title for this text):", re.I)


def words(text):
    text = FRAME.sub("", text)
    return re.findall(r"[a-z0-9]+(?:'[a-z]+)?", text.lower())


class Near:
    def __init__(self, chats=None):
        chats = chats or drawn.everything()
        # Every wording of the generator counts, drawn or not.
        lines = [line for c in chats for line in c["lines"]] + drawn.SAY_NAME + drawn.ASK_NAME + drawn.FILL + drawn.BOTH + drawn.PLUS + drawn.MINUS
        lines += drawn.ASK_CAPITAL + drawn.HARM + [x for pair in drawn.OTHER for x in pair[:2]] + [x for asked in drawn.FACTS + drawn.HELP for x in asked[0]]
        self.names = {v.lower() for c in chats for v in c["values"]}
        self.lines, self.runs, self.by_word = set(), set(), {}
        self.sets = []
        for line in lines:
            w = [x for x in words(re.sub(r"\{\w\}", " ", line))]
            if len(w) < 3:
                continue
            self.lines.add(tuple(w))
            self.runs.update(zip(*(w[i:] for i in range(RUN))))
            if len(w) >= 5:
                s = frozenset(w)
                for x in s:
                    self.by_word.setdefault(x, []).append(len(self.sets))
                self.sets.append(s)

    def line(self, text):
        """Why a user line comes near, or ""."""
        w = words(text)
        if tuple(w) in self.lines:
            return "same line"
        if any(run in self.runs for run in zip(*(w[i:] for i in range(RUN)))):
            return "seven words"
        s = frozenset(w)
        if 5 <= len(w) <= 40:
            shared = {}
            for x in s:
                for i in self.by_word.get(x, ()):
                    shared[i] = shared.get(i, 0) + 1
            for i, n in shared.items():
                if n >= ALIKE * len(s | self.sets[i]):
                    return "same words"
        return ""

    def sums(self, text):
        low = text.lower()
        if len(low) < 240 and re.search(r"plus|minus|\+|add|take|less|left|how many|how much|together|sum|-", low):
            found = [int(x) if x.isdigit() else NUMBER[x] for x in re.findall(r"\b(?:\d{1,2}|" + "|".join(drawn.NUMBERS) + r")\b", low)]
            if len(found) == 2:
                a, b = max(found), min(found)
                plus = held_sum(a, b, "+") and not re.search(r"minus|take|less|left|away|-", low)
                return plus or held_sum(a, b, "-") and bool(re.search(r"minus|take|less|left|away|difference|\d ?- ?\d|eats?|gives?|lose|gone", low))
        return False

    def why(self, item):
        """Why an item of the written form comes near a judged chat, or ""."""
        parts = item["turns"] if "turns" in item else [item["text"]]
        for i, part in enumerate(parts):
            if self.names and not self.names.isdisjoint(words(part)):
                return "held-out name"
            if "text" in item:
                w = words(part)
                if any(run in self.runs for run in zip(*(w[j:] for j in range(RUN)))):
                    return "seven words"
            elif i % 2 == 0:
                if reason := self.line(part):
                    return reason
                if self.sums(part):
                    return "held-out sum"
        return ""


def main():
    near, total, dropped = Near(), 0, 0
    for path in sys.argv[1:]:
        for line in open(path, encoding="utf-8"):
            item = json.loads(line)
            total += 1
            if reason := near.why(item):
                dropped += 1
                print(f"{reason}: {(item.get('turns') or [item['text']])[0][:100]!r}")
    print(f"{dropped} of {total} items come near a judged chat")


if __name__ == "__main__":
    main()
