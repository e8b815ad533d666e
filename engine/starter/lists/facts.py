"""Facts that stand in tables, asked in many wordings. Texts of their own say much more."""
from grammar import a, cap, fill, typed

CAPITALS = dict(pair.split(":") for pair in """France:Paris|Spain:Madrid|Italy:Rome|Germany:Berlin|England:London|Scotland:Edinburgh|Wales:Cardiff|Ireland:Dublin|Portugal:Lisbon|Greece:Athens|Turkey:Ankara|Russia:Moscow|Ukraine:Kyiv|Poland:Warsaw|
Austria:Vienna|Switzerland:Bern|Belgium:Brussels|the Netherlands:Amsterdam|Denmark:Copenhagen|Norway:Oslo|Sweden:Stockholm|Finland:Helsinki|Iceland:Reykjavik|Hungary:Budapest|the Czech Republic:Prague|Romania:Bucharest|Bulgaria:Sofia|Croatia:Zagreb|Serbia:Belgrade|
Japan:Tokyo|China:Beijing|India:New Delhi|South Korea:Seoul|Thailand:Bangkok|Vietnam:Hanoi|Indonesia:Jakarta|Nepal:Kathmandu|Iran:Tehran|Iraq:Baghdad|Israel:Jerusalem|Egypt:Cairo|Morocco:Rabat|Kenya:Nairobi|Nigeria:Abuja|Ghana:Accra|Ethiopia:Addis Ababa|South Africa:Pretoria|
Canada:Ottawa|the United States:Washington, D.C.|Mexico:Mexico City|Cuba:Havana|Brazil:Brasilia|Argentina:Buenos Aires|Chile:Santiago|Peru:Lima|Colombia:Bogota|Australia:Canberra|New Zealand:Wellington""".replace("\n", "").split("|"))
ASK = ["What is the capital of {c}?", "Capital of {c}?", "What's the capital of {c}?", "Which city is the capital of {c}?", "Tell me the capital of {c}.", "Do you know the capital of {c}?", "{C}: capital?", "The capital city of {c}?", "What is {c}'s capital?", "What is the main city of {c}?", "What city is the capital of {c}?", "Name the capital of {c}.", "Where is the government of {c}?", "capital {c}"]
SAY = ["The capital of {c} is {k}.", "{k} is the capital of {c}.", "It's {k}.", "{k}.", "That is {k}, the capital of {c}."]
BACK = ["{k} is the capital of which country?", "Which country has {k} as its capital?", "Of which country is {k} the capital?", "Where is {k}?"]
BACK_SAY = ["{k} is the capital of {c}.", "{k} is in {c}.", "Of {c}."]

OPPOSITES = [p.split(":") for p in "hot:cold big:small tall:short long:short old:young old:new up:down left:right fast:slow good:bad happy:sad light:dark light:heavy day:night early:late open:shut wet:dry full:empty hard:soft loud:quiet rich:poor strong:weak thick:thin clean:dirty near:far high:low deep:shallow easy:hard black:white first:last yes:no always:never inside:outside in:out on:off begin:end start:stop buy:sell push:pull give:take come:go laugh:cry win:lose remember:forget love:hate true:false right:wrong sweet:sour sharp:blunt brave:afraid friend:enemy summer:winter before:after many:few wide:narrow smooth:rough awake:asleep sick:healthy ugly:beautiful noisy:quiet question:answer".split()]
YOUNG = dict(p.split(":") for p in "dog:puppy cat:kitten cow:calf horse:foal sheep:lamb pig:piglet goat:kid duck:duckling hen:chick goose:gosling swan:cygnet lion:cub bear:cub fox:cub deer:fawn frog:tadpole kangaroo:joey seal:pup owl:owlet eagle:eaglet elephant:calf whale:calf rabbit:kit".split())
SOUNDS = dict(p.split(":") for p in "dog:barks cat:meows cow:moos horse:neighs sheep:bleats pig:grunts duck:quacks hen:clucks rooster:crows lion:roars wolf:howls frog:croaks bee:buzzes snake:hisses owl:hoots mouse:squeaks donkey:brays bird:sings crow:caws elephant:trumpets".split())
HOMES = dict(p.split(":") for p in "bird:nest|bee:hive|dog:kennel|horse:stable|pig:sty|spider:web|fox:den|rabbit:burrow|bear:den|beaver:lodge|hen:coop|fish:water|ant:ant hill|cow:barn".split("|"))
LEGS = dict(dog=4, cat=4, horse=4, cow=4, spider=8, ant=6, bee=6, fly=6, beetle=6, bird=2, hen=2, duck=2, snake=0, fish=0, human=2, octopus=8, snail=0, elephant=4, crab=10)
COLOUR_OF = dict(p.split(":") for p in "grass:green|snow:white|the sky:blue|blood:red|a banana:yellow|a lemon:yellow|milk:white|coal:black|a tomato:red|an orange:orange|a carrot:orange|the sea:blue|a leaf:green|chocolate:brown|salt:white|a strawberry:red|a frog:green|a raven:black|the sun:yellow|an elephant:grey|a flamingo:pink|a cucumber:green|a pea:green|night:black".split("|"))
MIX = [("red", "yellow", "orange"), ("blue", "yellow", "green"), ("red", "blue", "purple"), ("black", "white", "grey"), ("red", "white", "pink")]
ORDER = [("day", "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()), ("month", "January February March April May June July August September October November December".split()), ("season", ["spring", "summer", "autumn", "winter"]), ("letter", list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))]
COUNTS = dict(p.split(":") for p in "days in a week:7 days are in a week|months in a year:12 months are in a year|hours in a day:24 hours are in a day|minutes in an hour:60 minutes are in an hour|seconds in a minute:60 seconds are in a minute|days in a year:365 days are in a year|weeks in a year:52 weeks are in a year|fingers on a hand:5 fingers are on a hand|toes on a foot:5 toes are on a foot|legs on a chair:4 legs are on most chairs|wheels on a car:4 wheels are on a car|wheels on a bike:2 wheels are on a bike|sides on a triangle:3 sides are on a triangle|corners in a square:4 corners are in a square|letters in the alphabet:26 letters are in the alphabet|eggs in a dozen:12 eggs are in a dozen|planets in the solar system:8 planets are in the solar system|continents on Earth:7 continents are on Earth|colours in a rainbow:7 colours are in a rainbow|seasons in a year:4 seasons are in a year|players in a football team:11 players are in a football team|strings on a guitar:6 strings are on a guitar|strings on a violin:4 strings are on a violin|centimetres in a metre:100 centimetres are in a metre|grams in a kilo:1,000 grams are in a kilo|years in a century:100 years are in a century|cents in a dollar:100 cents are in a dollar".split("|"))
WORK = dict(p.split(":") for p in "baker:bakes bread|teacher:teaches children|farmer:grows food and keeps animals|doctor:helps sick people|pilot:flies planes|writer:writes books|painter:paints pictures|cook:cooks meals|tailor:makes clothes|butcher:sells meat|fisherman:catches fish|gardener:looks after plants|dentist:looks after teeth|fireman:puts out fires|postman:brings letters|carpenter:builds with wood|shepherd:looks after sheep|plumber:mends water pipes|librarian:looks after books|barber:cuts hair|sailor:works on a ship|singer:sings songs|nurse:cares for the sick|potter:makes pots of clay|astronaut:flies into space|miner:digs for coal or ore|judge:decides in court|driver:drives a bus, a car or a truck".split("|"))
MADE = dict(p.split(":") for p in "bread:flour, water and yeast|cheese:milk|butter:cream|wine:grapes|paper:wood|glass:sand|honey:the nectar of flowers|chocolate:cocoa beans|jam:fruit and sugar|a book:paper|a candle:wax|a jumper:wool|a shoe:leather|a window:glass|chips:potatoes|flour:grain|ice:water|raisins:grapes|a tyre:rubber|popcorn:corn|a brick:clay|a pancake:flour, eggs and milk".split("|"))
EATS = dict(p.split(":") for p in "cow:grass|rabbit:grass and carrots|panda:bamboo|lion:meat|mouse:seeds and cheese|bird:seeds and insects|squirrel:nuts|frog:flies|cat:mice and fish|bear:berries, fish and honey|horse:hay and oats|spider:flies|owl:mice|hen:grain|shark:fish|koala:eucalyptus leaves|monkey:fruit|giraffe:leaves|snail:leaves|whale:krill and fish".split("|"))
PLAIN = [(["What do bees make?", "What comes from bees?", "What do we get from bees?"], "Bees make honey."), (["What is the biggest animal?", "Which animal is the largest?", "What's the largest animal in the world?"], "The blue whale is the biggest animal."), (["What is the tallest animal?", "Which animal is the tallest?"], "The giraffe is the tallest animal."), (["What is the fastest animal on land?", "Which animal runs fastest?"], "The cheetah is the fastest animal on land."),
         (["At what temperature does water boil?", "When does water boil?", "How hot is boiling water?"], "Water boils at 100 degrees Celsius."), (["At what temperature does water freeze?", "When does water freeze?", "How cold must it be for water to freeze?"], "Water freezes at 0 degrees Celsius."), (["What is frozen water?", "What is frozen water called?", "What does water turn into when it is cold?"], "Frozen water is called ice."), (["What does the Earth go around?", "What does the Earth move around?", "Does the Earth go around the sun?"], "The Earth goes around the sun."),
         (["What goes around the Earth?", "What moves around the Earth?"], "The moon goes around the Earth."), (["Which is the biggest planet?", "What is the largest planet?"], "Jupiter is the biggest planet."), (["Which planet is called the red planet?", "What is the red planet?", "Which planet is red?"], "Mars is called the red planet."), (["Which planet do we live on?", "What is our planet called?"], "We live on the Earth."),
         (["Which is the largest ocean?", "What is the biggest ocean?", "Which ocean is the largest?"], "The Pacific is the largest ocean."), (["Which is the longest river?", "What is the longest river in the world?"], "The Nile is often called the longest river."), (["What is the highest mountain?", "Which mountain is the highest?"], "Mount Everest is the highest mountain."), (["Where is the Sahara?", "On which continent is the Sahara?", "What is the Sahara?"], "The Sahara is a large desert in Africa."),
         (["Who wrote Romeo and Juliet?", "Who wrote Hamlet?", "Who was Shakespeare?"], "William Shakespeare was an English writer who wrote Romeo and Juliet and Hamlet."), (["Who painted the Mona Lisa?"], "Leonardo da Vinci painted the Mona Lisa."), (["Who was the first man on the moon?", "Who was first on the moon?"], "Neil Armstrong was the first man on the moon."), (["What do we see with?", "What do we use to see?", "What are eyes for?"], "We see with our eyes."),
         (["What do we hear with?", "What do we use to hear?", "What are ears for?"], "We hear with our ears."), (["What do we smell with?", "What is the nose for?"], "We smell with our nose."), (["What does the heart do?", "What is the heart for?", "What pumps blood?", "What organ pumps blood?"], "The heart pumps the blood through the body."), (["What do we breathe with?", "What are lungs for?"], "We breathe with our lungs."),
         (["Where does milk come from?", "Which animal gives milk?", "Who gives us milk?"], "Milk comes from cows, mostly."), (["Where do eggs come from?", "Which animal lays eggs?"], "Eggs come from hens, mostly."), (["Where does wool come from?", "Which animal gives wool?"], "Wool comes from sheep."), (["Where do apples grow?", "What do apples grow on?"], "Apples grow on apple trees."), (["Where do potatoes grow?"], "Potatoes grow under the ground."),
         (["What do plants need?", "What does a plant need to grow?"], "Plants need light, water and air."), (["Is a whale a fish?"], "No, a whale is a mammal."), (["Is a spider an insect?"], "No, a spider has eight legs, and an insect has six."), (["Is a tomato a fruit?"], "Yes, in botany a tomato is a fruit."), (["Can penguins fly?"], "No, penguins cannot fly, but they swim well."), (["Where do penguins live?"], "Penguins live in the south, many of them in Antarctica."), (["Where do polar bears live?"], "Polar bears live in the Arctic, in the far north."),
         (["Where does the sun rise?", "In which direction does the sun rise?"], "The sun rises in the east."), (["Where does the sun set?"], "The sun sets in the west."), (["What is the opposite direction of north?"], "South is opposite to north."), (["When is Christmas?"], "Christmas is on the 25th of December."), (["What language do they speak in Brazil?"], "In Brazil they speak Portuguese."), (["What language do they speak in Austria?"], "In Austria they speak German."), (["What language do people speak in Mexico?"], "In Mexico people speak Spanish.")]
LEAD = ["Do you know ", "Tell me, ", "Can you tell me ", "I wonder, "]


def one(r):
    kind = r.choice(["capital"] * 5 + ["opposite"] * 3 + ["young"] * 2 + ["sound", "home", "legs", "eats", "work", "work", "made", "colour", "mix", "order", "order", "order", "count", "count", "count"] + ["plain"] * 8)
    if kind == "capital":
        c = r.choice(list(CAPITALS))
        v = dict(c=c, k=CAPITALS[c])
        if r.random() < 0.15:
            return fill(r, r.choice(BACK), v), fill(r, r.choice(BACK_SAY), v)
        return cap(fill(r, r.choice(ASK), v)), fill(r, r.choice(SAY), v)
    if kind == "opposite":
        p = r.choice(OPPOSITES)
        x, y = p if r.random() < 0.6 or p in (["light", "heavy"], ["long", "short"], ["old", "new"], ["easy", "hard"], ["noisy", "quiet"]) else p[::-1]
        return fill(r, r.choice(["What is the opposite of {x}?", "What's the opposite of {x}?", "Opposite of {x}?", "The opposite of {x}?", "Tell me the opposite of {x}.", "Which word is the opposite of {x}?", "Give me the opposite of {x}.", "If it is not {x}, what is it?"]), dict(x=x)), fill(r, r.choice(["The opposite of {x} is {y}.", "It's {y}.", "{Y} is the opposite of {x}."]), dict(x=x, y=y))
    if kind == "young":
        x = r.choice(list(YOUNG))
        return fill(r, r.choice(["What is a baby {x} called?", "What do you call a baby {x}?", "What is a young {x}?", "What's the name for a young {x}?", "A baby {x} is called what?", "What is the baby of {ax}?"]), dict(x=x, ax=a(x))), fill(r, r.choice(["A baby {x} is called {y}.", "A young {x} is called {y}.", "It's called {y}."]), dict(x=x, y=a(YOUNG[x])))
    if kind == "sound":
        x = r.choice(list(SOUNDS))
        return fill(r, r.choice(["What sound does {x} make?", "What does {x} say?", "What noise does {x} make?", "How does {x} sound?", "Which sound comes from {x}?"]), dict(x=a(x))), cap(f"{a(x)} {SOUNDS[x]}.")
    if kind == "home":
        x = r.choice(list(HOMES))
        return fill(r, r.choice(["Where does {x} live?", "What is the home of {x} called?", "Where is {x} at home?"]), dict(x=a(x))), cap(f"{a(x)} lives in {HOMES[x] if HOMES[x] == 'water' else a(HOMES[x])}.")
    if kind == "legs":
        x = r.choice(list(LEGS))
        n = LEGS[x]
        return fill(r, r.choice(["How many legs has {x}?", "How many legs does {x} have?", "{X}, how many legs?"]), dict(x=a(x))), cap(f"{a(x)} has {n or 'no'} legs.") if x != "octopus" else "An octopus has eight arms."
    if kind == "eats":
        x = r.choice(list(EATS))
        return fill(r, r.choice(["What does {x} eat?", "What is the food of {x}?", "What do you feed {x}?"]), dict(x=a(x))), cap(f"{a(x)} eats {EATS[x]}.")
    if kind == "work":
        x = r.choice(list(WORK))
        if r.random() < 0.5:
            return fill(r, r.choice(["What does {x} do?", "What is {x}?", "What is the job of {x}?"]), dict(x=a(x))), cap(f"{a(x)} {WORK[x]}.")
        return fill(r, r.choice(["Who {w}?", "What do you call somebody who {w}?", "Who is it that {w}?"]), dict(w=WORK[x])), cap(f"{a(x)} {WORK[x]}.")
    if kind == "made":
        x = r.choice(list(MADE))
        return fill(r, r.choice(["What is {x} made of?", "What is {x} made from?", "What do you need to make {x}?", "What's in {x}?"]), dict(x=x)).replace("is chips", "are chips").replace("is raisins", "are raisins"), cap(f"{x} {'are' if x in ('chips', 'raisins') else 'is'} made from {MADE[x]}.")
    if kind == "colour":
        x = r.choice(list(COLOUR_OF))
        return fill(r, r.choice(["What colour is {x}?", "What color is {x}?", "Which colour has {x}?", "The colour of {x}?"]), dict(x=x)), cap(f"{x} is {COLOUR_OF[x]}.")
    if kind == "mix":
        x, y, z = r.choice(MIX)
        if r.random() < 0.5:
            x, y = y, x
        return fill(r, r.choice(["What colour do {x} and {y} make?", "What do you get when you mix {x} and {y}?", "{X} and {y} make which colour?", "If I mix {x} with {y}, what do I get?", "What is {x} plus {y} in colours?"]), dict(x=x, y=y)), cap(f"{x} and {y} make {z}.")
    if kind == "order":
        name, row = r.choice(ORDER)
        i = r.randrange(len(row))
        after = r.random() < 0.6
        ring = name != "letter"
        if not ring:
            i = min(max(i, 1), len(row) - 2)
        j = (i + (1 if after else -1)) % len(row)
        if r.random() < 0.12 and ring:
            first = r.random() < 0.5
            return f"What is the {'first' if first else 'last'} {name} of the {'week' if name == 'day' else 'year'}?" if name != "season" else "What are the seasons?", f"{row[0] if first else row[-1]} is the {'first' if first else 'last'} {name} of the {'week' if name == 'day' else 'year'}." if name != "season" else "Spring, summer, autumn and winter."
        word = "after" if after else "before"
        line = fill(r, r.choice([f"What {name} comes {word} {{x}}?", f"Which {name} comes {word} {{x}}?", f"Which {name} is {word} {{x}}?", f"What comes {word} {{x}}?", f"{word} {{x}} comes?", f"What is {word} {{x}}?"]), dict(x=row[i]))
        if name == "day" and r.random() < 0.3:
            today = fill(r, r.choice([f"Today is {row[i]}. What day is {'tomorrow' if after else 'it yesterday'}?", f"If today is {row[i]}, what {'is tomorrow' if after else 'was yesterday'}?"]))
            return today.replace("is it yesterday", "was yesterday"), f"If today is {row[i]}, {'tomorrow is' if after else 'yesterday was'} {row[j]}."
        return cap(line), f"{cap(row[j])} comes {word} {row[i]}."
    if kind == "count":
        x = r.choice(list(COUNTS))
        what, _, rest = x.partition(" ")
        return fill(r, r.choice(["How many {x}?", "How many {w} are {r}?", "How many {w} are there {r}?", "Do you know how many {w} are {r}?", "Tell me how many {w} there are {r}."]), dict(x=x, w=what, r=rest)), COUNTS[x] + "."
    questions, answer = r.choice(PLAIN)
    return r.choice(questions), answer


QUIZ = {  # subject: questions with answers
    "capitals": lambda r: (lambda c: (f"What is the capital of {c}?", CAPITALS[c]))(r.choice(list(CAPITALS))),
    "countries": lambda r: (lambda c: (f"Which country has the capital {CAPITALS[c]}?", cap(c)))(r.choice(list(CAPITALS))),
    "baby animals": lambda r: (lambda x: (f"What is a baby {x} called?", cap(a(YOUNG[x]))))(r.choice(list(YOUNG))),
    "animal sounds": lambda r: (lambda x: (f"Which animal {SOUNDS[x]}?", cap(a(x))))(r.choice(list(SOUNDS))),
    "opposites": lambda r: (lambda p: (f"What is the opposite of {p[0]}?", cap(p[1])))(r.choice(OPPOSITES)),
    "jobs": lambda r: (lambda x: (f"Who {WORK[x]}?", cap(a(x))))(r.choice(list(WORK))),
    "colours": lambda r: (lambda x: (f"What colour is {x}?", cap(COLOUR_OF[x])))(r.choice(list(COLOUR_OF))),
    "what things are made of": lambda r: (lambda x: (f"What is {x} made from?", cap(MADE[x])))(r.choice([x for x in MADE if x not in ("chips", "raisins")])),
    "numbers": lambda r: (lambda x: (f"How many {x}?", COUNTS[x].split()[0]))(r.choice(list(COUNTS))),
    "animals": lambda r: r.choice([lambda: (lambda x: (f"What does {a(x)} eat?", cap(EATS[x])))(r.choice(list(EATS))), lambda: (lambda x: (f"How many legs has {a(x)}?", str(LEGS[x] or "none")))(r.choice([x for x in LEGS if x != "octopus"])),
                                   lambda: QUIZ["baby animals"](r), lambda: QUIZ["animal sounds"](r)])(),
}
QUIZ_LINES = ["Give me a quiz about {x}.", "Give me a quiz about {x}.", "Give me a quiz about {x}.", "a quiz about {x} please", "Quiz me on {x}.", "Make a quiz about {x}.", "quiz about {x}", "Three questions about {x}, please."]


def quiz(r):
    x = r.choice(list(QUIZ))
    asked = {}
    while len(asked) < 3:
        q, answer = QUIZ[x](r)
        asked[q] = answer
    number = lambda texts: "\n".join(f"{i}. {t}" for i, t in enumerate(texts, 1))
    line = r.choice(QUIZ_LINES).format(x=x)
    out = [(line if line.startswith("Give") else typed(r, line), number(asked), False)]
    if r.random() < 0.7:
        out.append((r.choice(["What are the answers?", "What are the answers?", "the answers?", "And the answers?", "I give up. What are the answers?"]), number(asked.values()), False))
    return out


def make(r):
    if r.random() < 0.1:
        return quiz(r)
    out = []
    for _ in range(r.choice([1, 1, 1, 2, 3])):
        q, answer = one(r)
        if r.random() < 0.06 and q.startswith(("What", "Which", "How", "Who", "Where")):
            q = r.choice(["Tell me: ", "I have a question. ", "Quiz time: ", "For my homework: ", "Hey, ", "Please, "]) + q[0].lower() + q[1:]
        out.append((typed(r, q), cap(answer).replace("..", "."), False))
    return out
