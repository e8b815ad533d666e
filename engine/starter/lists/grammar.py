"""[a|b|c] chooses one, {key} is a value, {Key} the value with a capital."""
import re

CHOICE = re.compile(r"\[([^\[\]]*)\]")
VALUE = re.compile(r"\{(\w+)\}")


def cap(text):
    return text[:1].upper() + text[1:]


def fill(r, text, values=None):
    while (m := CHOICE.search(text)):
        text = text[:m.start()] + r.choice(m.group(1).split("|")) + text[m.end():]

    def value(m):
        key = m.group(1)
        return str(values[key]) if key in values else cap(str(values[key[0].lower() + key[1:]]))

    return re.sub(r"  +", " ", VALUE.sub(value, text)).strip()


def a(noun):
    return ("an " if noun[0] in "aeiou" else "a ") + noun


def typed(r, text):
    """As people type: mostly as it is, sometimes all small letters, without the last mark, with a slip."""
    roll = r.random()
    if roll < 0.58:
        return text
    if roll < 0.72:
        return text.rstrip(".?!") if text[-1] in ".?!" else text
    low = text.lower()
    if roll < 0.95:
        return low.rstrip(".") if r.random() < 0.5 else low.rstrip(".?!") or low
    for long, short in (("you", "u"), ("please", "pls"), ("what's", "whats"), ("i'm", "im"), ("don't", "dont"), ("are", "r")):
        if r.random() < 0.5:
            low = re.sub(rf"\b{long}\b", short, low)
    return low.rstrip(".?!") or low
