"""Sums and differences up to 20, counting and comparing, in digits, words and little stories. Answers have one short form."""
import sys

import banks as B
from grammar import cap, fill, typed
from held import held_sum

N = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
     "nineteen twenty").split()

PLUS = ["What is {a} plus {b}?", "What is {a} + {b}?", "{a} + {b}?", "{a}+{b}", "{a} + {b} =", "{a}+{b}=?", "{a} plus {b}?", "{a} plus {b}", "How much is {a} plus {b}?", "How much is {a} and {b}?", "How much is {a} + {b}?", "What's {a} and {b}?",
        "What's {a} plus {b}?", "[Please add|Add|Can you add|Could you add|Add up] {a} and {b}.", "What do {a} and {b} make?", "{a} and {b} make?", "What does {a} plus {b} make?", "What does {a} + {b} equal?", "Tell me what {a} plus {b} is.", "Do you know what {a} plus {b} is?",
        "What is the sum of {a} and {b}?", "Sum of {a} and {b}?", "Calculate {a} + {b}.", "Can you calculate {a} plus {b}?", "[I need|Give me] {a} plus {b}.", "Is {a} plus {b} {c}?", "If I add {b} to {a}, what do I get?", "What number is {b} more than {a}?", "{a} and {b} more?",
        "Let's do maths: {a} plus {b}.", "My homework says {a} + {b}. What is it?", "Quick: {a} plus {b}!", "Hey, what is {a} plus {b}?", "What comes out of {a} + {b}?", "what do you get when you add {a} and {b}", "Solve {a} + {b}."]
MINUS = ["What is {a} minus {b}?", "What is {a} - {b}?", "{a} - {b}?", "{a}-{b}", "{a} - {b} =", "{a}-{b}=?", "{a} minus {b}?", "{a} minus {b}", "How much is {a} minus {b}?", "How much is {a} - {b}?", "What's {a} minus {b}?", "[Subtract|Take] {b} from {a}.",
         "What is {a} take away {b}?", "{a} take away {b}?", "If I take {b} from {a}, what is left?", "What is left of {a} if I take away {b}?", "Tell me what {a} minus {b} is.", "What does {a} minus {b} make?", "What does {a} - {b} equal?", "Calculate {a} - {b}.",
         "Can you calculate {a} minus {b}?", "Is {a} minus {b} {c}?", "What number is {b} less than {a}?", "What is the difference between {a} and {b}?", "How much more is {a} than {b}?", "Let's do maths: {a} minus {b}.", "My homework says {a} - {b}. What is it?", "Quick: {a} minus {b}!", "Solve {a} - {b}.", "What comes out of {a} - {b}?"]
SAID = {"+": ["{A} plus {b} is {c}.", "{A} plus {b} is {c}.", "{A} plus {b} is {c}."], "-": ["{A} minus {b} is {c}.", "{A} minus {b} is {c}.", "{A} minus {b} is {c}."]}

GOODS = """apples pears plums nuts eggs cookies cakes sweets buns carrots tomatoes lemons oranges cherries books pens pencils cards stamps coins shells stones marbles
balls dolls cars trains kites balloons hats socks gloves buttons beads flowers roses leaves candles cups plates spoons keys tickets letters photos stickers fish hens ducks
sheep goats cows rabbits cats dogs kittens puppies birds frogs snails bees chairs boxes bags bottles toys stars""".split()
BEASTS = "birds ducks hens sheep goats cows rabbits cats dogs frogs snails bees geese swans crows mice pigs horses owls deer".split()
SPOTS = ["on the table", "in the basket", "in the box", "on the shelf", "in the bowl", "in the bag", "on the wall", "in the garden", "in the room", "in the drawer", "on the plate"]
PLACES = ["on the roof", "in the field", "by the pond", "in the tree", "in the barn", "on the fence", "in the yard", "on the lake"]
STORY_PLUS = [
    "{n} has {a} {g}. {He} gets {b} more. How many {g} does {he} have?", "{n} has {a} {g} and {m} has {b}. How many {g} do they have together?", "{n} has {a} {g} and finds {b} more. How many are there now?",
    "I have {a} {g} and buy {b} more. How many do I have?", "I have {a} {g}. {n} gives me {b}. How many {g} do I have now?", "There are {a} {g} {s}. {n} puts {b} more there. How many {g} are there?", "There are {a} {g} {s} and {b} more come. How many are there now?",
    "{n} ate {a} {g} in the morning and {b} in the evening. How many {g} was that?", "{a} {x} are {p} and {b} more come. How many {x} are {p}?", "If you have {a} {g} and get {b} more, how many {g} do you have?", "{n} picks {a} red {g} and {b} green ones. How many {g} in all?",
    "A farmer has {a} {x}. He buys {b} more. How many {x} has he got?", "We saw {a} {x} in the morning and {b} at night. How many {x} did we see?", "{a} children play, and {b} more come. How many children play?", "{a} people sit in the bus. {b} get on. How many people sit in the bus?",
    "I put {a} {g} and {b} {g} in a box. How many {g} are in it?", "{n} is {a} years old. How old will {he} be in {b} years?", "{n} had {a} {g}, then grandma gave {him} {b}. How many {g} has {he}?",
]
STORY_MINUS = [
    "{n} has {a} {g}. {He} gives away {b}. How many {g} are left?", "{n} has {a} {g} and eats {b}. How many are left?", "{n} has {a} {g} and loses {b}. How many {g} does {he} still have?", "I have {a} {g} and give {b} to {n}. How many do I have left?",
    "I had {a} {g} and sold {b}. How many {g} do I have now?", "There are {a} {g} {s}. {n} takes {b}. How many are left?", "There were {a} {x} {p} and {b} went away. How many {x} are left?", "{a} {x} are {p}. {b} run off. How many stay?", "If you have {a} {g} and lose {b}, how many are left?",
    "A farmer has {a} {x} and sells {b}. How many {x} has he left?", "{a} people sit in the bus. {b} get off. How many people are left?", "{n} bought {a} {g} and used {b}. How many are left?", "{n} has {a} {g}, {m} has {b}. How many more {g} does {n} have?", "A box had {a} {g}. {b} broke. How many are whole?",
    "{n} is {a} years old. How old was {he} {b} years ago?", "From {a} {g} {n} takes {b}. How many stay?",
]
SOLVED = {"+": ["{A} plus {b} is {c}[, so it is {c}|, so there are {c}|]."], "-": ["{A} minus {b} is {c}[, so {c} are left|, so it is {c}|]."]}


def pairs(sign):
    out = []
    for a in range(21):
        for b in range(21):
            if (a + b <= 20 if sign == "+" else b <= a) and not held_sum(a, b, sign):
                out.append((a, b))
    return out


PAIRS = {sign: pairs(sign) for sign in "+-"}
HEAVY = {sign: [p for p in PAIRS[sign] if min(p) > 1] for sign in "+-"}


def one(r):
    """(question, answer)"""
    sign = r.choice("++-")
    a, b = r.choice(HEAVY[sign] if r.random() < 0.8 else PAIRS[sign])
    c = a + b if sign == "+" else a - b
    spell = r.random() < 0.35
    say = (lambda n: N[n]) if spell else str
    v = dict(a=say(a), b=say(b), c=say(c))
    if r.random() < 0.55:
        line = r.choice(PLUS if sign == "+" else MINUS)
        if "{c}" in line and r.random() < 0.5:
            wrong = max(0, c + r.choice([-3, -2, -1, 1, 2, 3]))
            if wrong > 20:
                wrong = c - 1
            return cap(fill(r, line, dict(v, c=say(wrong)))), cap(fill(r, "{a} " + ("plus" if sign == "+" else "minus") + " {b} is {c}, so no.", v))
        answer = fill(r, r.choice(SAID[sign]), v)
        if "{c}" in line:
            answer = answer[:-1] + ", so yes."
        return cap(fill(r, line, v)), answer
    female = r.random() < 0.5
    v.update(n=B.name(r) if r.random() < 0.3 else r.choice(B.FEMALE[:300] if female else B.MALE[:300]), m=r.choice(B.COMMON), g=r.choice(GOODS), x=r.choice(BEASTS), s=r.choice(SPOTS), p=r.choice(PLACES),
             he="she" if female else "he", him="her" if female else "him")
    line = fill(r, r.choice(STORY_PLUS if sign == "+" else STORY_MINUS), v)
    if r.random() < 0.15:
        line = r.choice(["Here is a sum. ", "A riddle: ", "Help me with this. ", "Homework: ", "Can you solve this? "]) + line
    return cap(line), fill(r, r.choice(SOLVED[sign]), v)


def other(r):
    """Counting, comparing, doubling, order."""
    k = r.randint(1, 19)
    say = (lambda n: N[n]) if r.random() < 0.35 else str
    kind = r.randrange(11)
    if kind == 0:
        return fill(r, r.choice(["What comes after {k}?", "Which number comes after {k}?", "What number is after {k}?", "Next number after {k}?", "After {k} comes?"]), dict(k=say(k))), f"After {say(k)} comes {say(k + 1)}."
    if kind == 1:
        return fill(r, r.choice(["What comes before {k}?", "Which number comes before {k}?", "What number is before {k}?", "Before {k} comes?"]), dict(k=say(k))), f"Before {say(k)} comes {say(k - 1)}."
    if kind == 2:
        a, b = r.sample(range(0, 100) if say is str else range(21), 2)
        more = r.random() < 0.6
        line = r.choice(["Which is [bigger|larger|more], {a} or {b}?", "What is [bigger|more], {a} or {b}?", "Is {a} or {b} [bigger|larger]?"] if more else ["Which is [smaller|less], {a} or {b}?", "What is [smaller|less], {a} or {b}?"])
        c, d = (max(a, b), min(a, b)) if more else (min(a, b), max(a, b))
        return fill(r, line, dict(a=say(a), b=say(b))), cap(f"{say(c)} is {'more' if more else 'less'} than {say(d)}.")
    if kind == 3:
        a, b = r.sample(range(0, 100), 2)
        true = r.random() < 0.5
        if (a > b) != true:
            a, b = b, a
        return fill(r, r.choice(["Is {a} [bigger|more|larger] than {b}?", "{a} is more than {b}, right?"]), dict(a=a, b=b)), (f"Yes, {a} is more than {b}." if a > b else f"No, {a} is less than {b}.")
    if kind == 4:
        k = r.randint(1, 10)
        return fill(r, r.choice(["What is two times {k}?", "What is the double of {k}?", "Double {k}, please.", "What is twice {k}?", "2 times {k}?", "What is {k} and {k}?", "2 x {k}?"]), dict(k=say(k))), cap(f"two times {say(k)} is {say(2 * k)}.") if say is not str else f"2 times {k} is {2 * k}."
    if kind == 5:
        k = r.randint(1, 10)
        return fill(r, r.choice(["What is half of {k}?", "Half of {k}?", "How much is half of {k}?", "What is {k} divided by 2?"]), dict(k=say(2 * k))), f"Half of {say(2 * k)} is {say(k)}."
    if kind == 6:
        a = r.randint(0, 12)
        b = a + r.randint(2, 8)
        return fill(r, r.choice(["Count from {a} to {b}.", "Can you count from {a} to {b}?", "Please count from {a} up to {b}."]), dict(a=say(a), b=say(b))), cap(", ".join(say(n) for n in range(a, b + 1)) + ".")
    if kind == 7:
        b = r.randint(3, 12)
        return fill(r, r.choice(["Count to {b}.", "Can you count to {b}?", "Please count to {b}.", "Count up to {b} for me."]), dict(b=say(b))), cap(", ".join(say(n) for n in range(1, b + 1)) + ".")
    if kind in (8, 9):
        a, b = r.randint(2, 10), r.randint(2, 10)
        return fill(r, r.choice(["What is {a} times {b}?", "{a} times {b}?", "How much is {a} times {b}?", "{a} x {b}?", "What is {a} x {b}?"]), dict(a=a, b=b)), f"{a} times {b} is {a * b}."
    word = B.name(r).lower() if r.random() < 0.5 else r.choice(GOODS)[:-1]
    return f"How many letters has {word}?" if r.random() < 0.5 else f"How many letters are in {word}?", f"{cap(word)} has {len(word)} letters: {', '.join(word)}."


def make(r):
    out = []
    for _ in range(r.choice([1, 1, 1, 2, 2, 3, 4])):
        q, a = one(r) if r.random() < 0.86 else other(r)
        out.append((typed(r, q), a, False))
    return out
