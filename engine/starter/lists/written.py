"""Reads the written texts, and makes more of them: other names, other typing, the lines in which tasks are asked."""
import hashlib
import pathlib
import re

import banks as B
from grammar import typed

DIALOGUE = ("talk", "questions", "tasks")


def parse(path):
    """Items of a file of the written form: {"genre", "turns"} or {"genre", "text"}."""
    genre = re.match(r"[a-z]+", pathlib.Path(path).stem).group()
    content = pathlib.Path(path).read_text(encoding="utf-8").replace("\r", "")
    lines = [line for line in content.split("\n") if not line.startswith("# ")]
    if any(line.startswith("U: ") for line in lines):
        if genre not in DIALOGUE:
            genre = {"refusals": "talk", "memory": "talk", "sums": "questions", "stories": "tasks", "prose": "tasks"}.get(genre, "talk")
        turns, roles = [], ""
        for line in lines + [""]:
            if line.startswith(("U: ", "A: ")):
                roles += line[0]
                turns.append(line[3:].rstrip())
            elif line.startswith("   ") and turns:
                turns[-1] += "\n" + line[3:].rstrip()
            elif not line.strip() and turns:
                if len(turns) % 2 == 0 and roles == "UA" * (len(turns) // 2) and all(t.strip() for t in turns):
                    yield {"genre": genre, "turns": turns}
                turns, roles = [], ""
        return
    for block in re.split(r"(?m)^---\s*$", "\n".join(lines)):
        if text := re.sub(r"\n{3,}", "\n\n", block).strip():
            yield {"genre": genre if genre in ("stories", "prose") else "stories", "text": text}


def first(item):
    return item["turns"][0] if "turns" in item else item["text"].split("\n")[0]


def valid(item):
    """The held-out part: 3 in 100, by hash, as the texts' own checker has it."""
    return int(hashlib.sha256(first(item).encode()).hexdigest()[:8], 16) % 1000 < 30


# --- other names ------------------------------------------------------------------------------------------------------------

PLACES = set("""Paris London Florence Sydney Victoria Charlotte Dallas Austin Jordan Israel China India Georgia Virginia Carolina Troy Chad Kenya Cuba Milan Verona Vienna Lyon Siena Adelaide
Lourdes Santiago Diego Mars Venus Mercury Saturn Apollo Jesus Mary Moses Santa Nicholas Shakespeare Juliet Romeo Einstein Newton English German French Roman Latin
January February March April May June July August September October November December Monday Tuesday Wednesday Thursday Friday Saturday Sunday Christmas Easter""".split())
KNOWN = {n: g for n, g in B.CENSUS if n not in PLACES and len(n) > 2}
KNOWN.update({n: "?" for n in B.REAL_NAMES if n not in KNOWN})
TOLD = re.compile(r"(?:named|called|name is|name's|I'm|I am|Hello|Hi|Hey|call me|Mrs?\.?|Aunt|Uncle) ([A-Z][a-z]{2,})\b")
SPELLS = re.compile(r"spell|letter|rhym|begins with|starts with|syllab|\b\w, \w, \w\b|anagram|backward|palindrom|reverse", re.I)


class Names:
    """lower is how often each word stands in small letters: a name that is a word too is left alone."""

    def __init__(self, lower):
        self.lower = lower
        self.known = {n: g for n, g in KNOWN.items() if lower.get(n.lower(), 0) < 6}

    def swap(self, r, parts):
        """The parts of an item with its people renamed, each name everywhere; the same parts where that cannot be done."""
        whole = "\n".join(parts)
        if SPELLS.search(whole):
            return parts
        told = set(TOLD.findall(whole))
        found = [w for w in dict.fromkeys(re.findall(r"\b[A-Z][a-z]{2,}\b", whole)) if w in self.known or w in told and self.lower.get(w.lower(), 0) < 3 and w not in PLACES]
        found = [w for w in found if not re.search(rf"\b{w} (?:[A-Z][a-z]+|of\b|I\b|V\b)|\b(?:Saint|St\.?|King|Queen|Lake|Mount|Street|Port) {w}\b|\b{w} (?:Street|Road|Lane|Lake)", whole)]
        if not found:
            return parts
        new, taken = {}, set(re.findall(r"\b[A-Z][a-z]+\b", whole))
        for w in found:
            for _ in range(20):
                gender = self.known.get(w, "?")
                n = B.name(r) if r.random() < 0.35 or gender not in "fm" else r.choice((B.FEMALE if gender == "f" else B.MALE)[:900])
                if n not in taken:
                    break
            new[w] = n
            taken.add(n)
        both = dict(new, **{w.lower(): n.lower() for w, n in new.items()})
        pattern = re.compile(r"\b(" + "|".join(map(re.escape, both)) + r")\b")
        return [pattern.sub(lambda m: both[m.group()], p) for p in parts]


def retyped(r, turns):
    """User lines typed another way; texts that are to be worked on stay."""
    return [typed(r, t) if i % 2 == 0 and "\n" not in t and '"' not in t and len(t) < 120 else t for i, t in enumerate(turns)]


# --- the lines in which tasks are asked ------------------------------------------------------------------------------------------

ABOUT = r"(?:about|on|of) (?P<x>[^,.!?:;\"]{2,50}?)(?: please| pls| lol)?[.!?]*$"
FOR = ABOUT.replace("about|", "about|for|")
MADE = [
    (re.compile(r"\bpoem " + ABOUT, re.I), "Write a poem about {x}."),
    (re.compile(r"\b(?:song|lullaby) " + ABOUT, re.I), "Write a song about {x}."),
    (re.compile(r"\bheadline " + FOR, re.I), "Write a headline about {x}."),
    (re.compile(r"\bslogan " + FOR, re.I), "Write a slogan for {x}."),
    (re.compile(r"\b(?:ad|advert|advertisement) " + FOR, re.I), "Write an advertisement for {x}."),
    (re.compile(r"\b(?:story|tale) " + ABOUT, re.I), "Write a story about {x}."),
    (re.compile(r"\b(?:picture|painting|drawing|photo) " + ABOUT, re.I), "Describe a picture of {x}."),
    (re.compile(r"\b(?:lesson|teach me|learn something|tell me) " + ABOUT, re.I), "Give a short lesson about {x}."),
    (re.compile(r"\bquiz(?: me)? " + ABOUT, re.I), "Give me a quiz about {x}."),
    (re.compile(r"\bideas? " + FOR, re.I), "Give me ideas for {x}."),
]


def lines(reply):
    return [line for line in reply.split("\n") if line.strip()]


def points(reply):
    return re.findall(r"(?m)^(?:\d+[.)]|[-*•]) (.+)", reply)


# What the program expects of an answer to each.
FITS = {
    "Write a poem about {x}.": lambda reply: len(lines(reply)) >= 4,
    "Write a song about {x}.": lambda reply: len(lines(reply)) >= 4,
    "Write a headline about {x}.": lambda reply: len(lines(reply)) == 1 and 3 <= len(reply.split()) <= 16,
    "Write a slogan for {x}.": lambda reply: len(lines(reply)) == 1 and 2 <= len(reply.split()) <= 16,
    "Write an advertisement for {x}.": lambda reply: len(reply.split()) >= 12,
    "Write a story about {x}.": lambda reply: len(re.findall(r"[.!?]", reply)) >= 4,
    "Describe a picture of {x}.": lambda reply: len(reply.split()) >= 10,
    "Give a short lesson about {x}.": lambda reply: len(re.findall(r"[.!?]", reply)) >= 2,
    "Give me a quiz about {x}.": lambda reply: len(points(reply)) == 3 and all(p.endswith("?") for p in points(reply)),
    "Give me ideas for {x}.": lambda reply: len(points(reply)) >= 3,
}
GIVEN = re.compile(r"^(?P<ask>[^\"]{0,120}?)[:,]?\s*\"(?P<text>[^\"]{25,})\"[.!?]*\s*(?P<more>[^\"]{0,80})$|^(?P<ask2>[^:\"]{3,100}):\s+(?P<text2>.{40,})$", re.S)


def as_asked(turns):
    """The first line of a task in the form in which the program asks it, or None."""
    line = turns[0].strip()
    if (m := GIVEN.match(line)):
        ask = ((m["ask"] or m["ask2"] or "") + " " + (m["more"] or "")).lower()
        text = (m["text"] or m["text2"]).strip().strip('"')
        reply = turns[1].strip()
        points = len(re.findall(r"(?m)^(?:\d+[.)]|[-*•]) ", reply))
        sentences = len(re.findall(r"[.!?][\"')]?(?:\s|$)", reply))
        if re.search(r"\btitle|call (?:it|this)|name for (?:it|this)", ask):
            return f"Suggest a title for this text: {text}"
        if reply.count('"') > 1 and re.search(r"\bfeedback|what do you think|comment|be kind|how is (?:it|this|my)|tell (?:him|her|me) what|praise|my pupil", ask):
            return f"Give feedback on this text: {text}"
        if re.search(r"summar|sum (?:it|this|that|up)|main (?:idea|point)|key point|in short|in (?:one|two|three|1|2|3) (?:sentence|point|line)|gist|points", ask):
            if points > 1:
                return f"Summarize this text in {points} points: {text}"
            return f"Summarize this text in {f'{sentences} sentences' if sentences > 1 else 'one sentence'}: {text}" if len(text) % 3 else f"Summarize this text: {text}"
        if re.search(r"short", ask):
            return f"Rewrite this text so that it is shorter: {text}"
        if re.search(r"friendl|kinder|nicer|polite", ask):
            return f"Rewrite this text so that it is friendlier: {text}"
        if re.search(r"formal", ask) and "informal" not in ask:
            return f"Rewrite this text so that it is formal: {text}"
        return None
    if "\n" in line or len(line) > 110:
        return None
    for pattern, form in MADE:
        if (m := pattern.search(line)):
            x = m["x"].strip()
            if x.lower() in ("it", "that", "this", "me", "us", "him", "her", "them", "you", "anything", "something") or re.search(r"\b(that|which|who|with \d|lines?|please|pls|in|4|u)\b", x) and len(x.split()) > 4:
                return None
            x = re.sub(r"^my (?=pupils|class|homework)", "my ", x)
            if not FITS[form](turns[1]):
                return None
            return form.format(x=x if not x[0].isupper() or x.split()[0] in KNOWN else x)
    return None


# --- stories as answers -----------------------------------------------------------------------------------------------------

HERO = re.compile(r"\b(?:story|tale|poem|song|picture|painting) (?:about|of|on) (?:a|an|the) (?:\w+ )?(\w{3,})[.!?]*$", re.I)
STORY_LINES = ["Write a story about {x}.", "Write a story about {x}.", "Write a story about {x}.", "Tell me a story about {x}.", "tell me a story about {x}", "story about {x}", "a story about {x} please",
               "Can you tell a story about {x}?", "I'd like a story about {x}.", "Please write a story about {x}.", "a bedtime story with {x}"]


def unquoted(asked, reply):
    """A text written again, without quotation marks around it."""
    return reply.strip()[1:-1] if asked.startswith("Rewrite") and re.fullmatch(r'"[^"]+"', reply.strip()) else reply


def heroes(items):
    """What stories and pictures are asked about, in one word."""
    return {m[1].lower() for i in items if i["genre"] == "tasks" for line in i["turns"][::2] if (m := HERO.search(line))}


def story_line(r, text, known):
    """How somebody may have asked for a story that is short enough for an answer; None where nobody can tell what it is about."""
    if len(text) > 780 or r.random() < 0.4:
        return None
    low = re.findall(r"[a-z]+", text.lower())
    for m in re.finditer(r"\b(?:a|an|the) (?:(\w+) )?(\w+)\b", text[:130].lower()):
        if m[2] in known and low.count(m[2]) > 1:
            noun = f"{m[1]} {m[2]}" if m[1] and m[1] in ADJECTIVES else m[2]
            return r.choice(STORY_LINES).format(x=("an " if noun[0] in "aeiou" else "a ") + noun)
    return None


ADJECTIVES = set("old young little small big tiny lazy brave shy lonely grey white black red blue green brown poor rich kind clever proud sad happy hungry sleepy fat thin tall lost broken wooden wild".split())
