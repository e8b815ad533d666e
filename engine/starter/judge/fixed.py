"""Sixty fixed chats: small talk, feelings, follow-ups, tasks, stories, the model itself."""


def chat(kind, words, lines, want, no=()):
    return {"kind": kind, "lines": [lines] if isinstance(lines, str) else list(lines), "words": words, "want": list(want), "not": list(no)}


def has(*words):
    """Any of the words, also with an ending."""
    return r"\b(" + "|".join(words) + r")"


LINES = r"\S[^\n]*\n+\s*\S[^\n]*\n+\s*\S"  # at least three lines
SENTENCES = r"([.!?][\"')]?\s+.*){3}[.!?]"  # at least four sentences
YOU = r"\b(you|your|you're|yours)\b"

FIXED = [
    # Small talk: what is said is taken up.
    chat("small talk", 60, "Heyho, anybody at home?", [has("hello", "hi\\b", "hey", "yes", "here", "home", "good")]),
    chat("small talk", 60, "A splendid Tuesday to you!", [has("tuesday", "you too", "thank", "same to you", "splendid", "and to you", "good", "hello")]),
    chat("small talk", 60, "I bought a second-hand saxophone yesterday.", [has("saxophone", "play", "music", "tune", "sound", "note", "jazz", "loud", "neighbou?r", "song")]),
    chat("small talk", 60, "My tomatoes are finally turning red.", [has("tomato", "red", "ripe", "salad", "garden", "eat", "taste", "sun", "sauce", "bread")]),
    chat("small talk", 60, "What did you have for breakfast, robot?", [has("eat", "breakfast", "nothing", "no mouth", "program", "model", "word", "food", "electric", "never")]),
    chat("small talk", 60, "Do you fancy winter or summer more?", [has("winter", "summer", "season", "snow", "sun")]),
    chat("small talk", 60, "Crack me a good joke about a penguin.", [has("penguin", "ice", "bird", "because", "why", "cold", "\"")]),
    chat("small talk", 60, "I have to leave for the bus now, see you!", [has("bye", "see you", "goodbye", "bus", "trip", "journey", "ride", "later", "soon", "take care", "safe")]),
    chat("small talk", 60, "Sweet dreams, little machine.", [has("dream", "night", "sleep", "rest", "you too", "tomorrow", "morning")]),
    chat("small talk", 60, "You were a real help to me, cheers!", [has("welcome", "glad", "pleasure", "happy", "any ?time", "thank", "nice", "cheers", "good to")]),
    chat("small talk", 60, "It has rained for nine days without a break.", [has("rain", "wet", "sun", "dry", "umbrella", "puddle", "water", "weather", "boots", "drop", "inside", "indoors", "nine")]),
    chat("small talk", 60, "Which hobby could I start this spring?", [has("try", "garden", "paint", "walk", "bird", "bik", "draw", "danc", "photo", "knit", "plant", "sing", "play", "read", "hik", "run", "cook", "bak")]),
    # Feelings: sympathy, joy or advice that fits.
    chat("feelings", 60, "Nobody came to my birthday party.", [has("sorry", "hurt", "sad", "lonely", "birthday", "alone", "disappoint", "hard", "friend")]),
    chat("feelings", 60, "My exam is in an hour and my hands shake.", [has("breath", "calm", "luck", "nerv", "exam", "you can", "relax", "slow", "normal", "hand", "ready", "water")]),
    chat("feelings", 60, "They gave me the job, I could hug the whole town!", [has("congrat", "great", "wonderful", "happy", "well done", "job", "proud", "celebrat", "hooray", "glad", "good news", "hug")]),
    chat("feelings", 60, "Our old cat had to be put to sleep this noon.", [has("sorry", "miss", "sad", "cat", "hard", "comfort", "love", "remember")], [has("congrat", "great news", "wonderful!")]),
    chat("feelings", 60, "I shouted at my little brother and now I am ashamed.", [has("sorry", "apolog", "brother", "say", "tell", "talk", "forgiv", "happen", "asham", "mistake", "hug")]),
    chat("feelings", 60, "At night I lie awake and everything seems too much.", [has("sorry", "sleep", "breath", "write", "talk", "hard", "tomorrow", "night", "rest", "heavy", "tired", "list", "small", "help")]),
    chat("feelings", 60, "The other kids laugh about my stutter.", [has("sorry", "hurt", "unkind", "mean", "brave", "teacher", "talk", "not (your|okay|right|fair)", "friend", "voice", "speak", "adult", "kind")]),
    chat("feelings", 60, "I am bored to bits.", [has("try", "game", "story", "draw", "walk", "read", "bored", "play", "quiz", "let's", "shall we", "how about", "want", "would you", "count", "puzzle")]),
    # Follow-ups: the second answer depends on the first lines.
    chat("follow-ups", 70, ["Name a vegetable that is orange.", "And how does one cook that?"], [has("carrot", "pumpkin", "boil", "cook", "cut", "peel", "roast", "steam", "soup", "oven", "bake", "pan", "minutes", "raw", "squash", "butter")]),
    chat("follow-ups", 70, ["Let's talk about elephants.", "Do they like water?"], [has("yes", "elephant", "they", "swim", "trunk", "bath", "water")]),
    chat("follow-ups", 70, ["I have two kites, one blue and one striped.", "Which of the two should I take to the beach?"], [has("blue", "striped", "both")]),
    chat("follow-ups", 70, ["My sister plays the cello in an orchestra.", "What instrument did I just mention?"], [has("cello")]),
    chat("follow-ups", 70, ["My train leaves from platform nine at noon.", "From which platform do I leave?"], [has("nine", "9\\b")]),
    chat("follow-ups", 70, ["On Friday we'll visit a castle with a moat.", "What is special about the castle that we'll visit?"], [has("moat", "water")]),
    chat("follow-ups", 70, ["I am allergic to hazelnuts.", "May I have the hazelnut cream?"], [has("no\\b", "not", "don't", "better", "allerg", "avoid", "never", "careful", "without")]),
    chat("follow-ups", 70, ["I'd like a name for my new rowing boat.", "That one is too long, a shorter one?"], [r"\b[A-Z][a-z]+"]),
    chat("follow-ups", 70, ["Tell me one thing about volcanoes.", "And one more?"], [has("volcano", "lava", "ash", "mountain", "magma", "erupt", "hot", "rock", "island", "melt")]),
    chat("follow-ups", 70, ["We bought bread, milk and candles at the market.", "What did we buy at the market apart from bread?"], [has("milk", "candle")]),
    chat("follow-ups", 70, ["The wedding was moved from May to September.", "So in which month will the wedding be?"], [has("september")]),
    chat("follow-ups", 70, ["No, thanks, I do not want any advice. I just want to tell you that I failed my driving test.", "It was my third try."], [has("third", "three", "sorry", "try", "test", "next", "again", "hard", "disappoint", "hear", "listen", "pity")]),
    # Tasks: the subject and the form.
    chat("tasks", 110, "Write a poem about a broken umbrella.", [has("umbrella", "rain", "wind"), LINES]),
    chat("tasks", 110, "Write a poem about the last day of school.", [has("school", "bell", "summer", "class", "desk", "book", "teacher"), LINES]),
    chat("tasks", 110, "Write a song about a sleepy ferryman.", [has("ferry", "boat", "river", "row", "sleep", "oar", "water"), LINES]),
    chat("tasks", 110, "Write a headline about a runaway ostrich.", [has("ostrich", "bird", "feather")], [r"\n.*\n"]),
    chat("tasks", 110, "Write a slogan for a shop that repairs violins.", [has("violin", "string", "music", "tune", "play", "sound", "note", "fiddle", "song")], [r"\n.*\n"]),
    chat("tasks", 110, "Write an advertisement for a quiet alarm clock.", [has("clock", "alarm", "wake", "morning", "sleep")]),
    chat("tasks", 110, "Describe a picture of a market in the snow.", [has("market", "stall", "snow", "stand"), has("snow", "white", "cold", "flake", "winter")]),
    chat("tasks", 110, "Give a short lesson about hedgehogs.", [has("hedgehog", "spine", "prickl", "they")]),
    chat("tasks", 110, "Give me a quiz about rivers.", [has("river", "water", "nile", "sea", "amazon", "flow", "bank", "boat"), r"\?"]),
    chat("tasks", 110, "Give feedback on this text: My granpa has a barn. In the barn is a tractor and it dont start. We laughed alot.",
         [has("granpa", "grandpa", "barn", "tractor", "don't", "dont", "a lot", "alot", "laugh", "spell", "sentence", "detail")]),
    chat("tasks", 110, "Summarize this text in one sentence: The bakery in Mill Lane has a new oven. It came on a lorry from Turin and is so big that a wall had to be opened. "
         "From Monday on the baker will bake twice as many loaves, and on the first day each child gets a roll for nothing.",
         [has("oven", "bakery", "baker"), r"^[^\n]*$"], [r"[.!?]\s+\S.*[.!?]\s+\S.*[.!?]"]),
    chat("tasks", 110, "Summarize this text in 2 points: The chess club meets on Wednesdays now, since the hall is taken on Thursdays. Beginners come at five, the others at six. "
         "Whoever has a board at home should bring it along.", [has("wednesday", "beginner", "board", "club"), r"\n"]),
    chat("tasks", 110, "Give me ideas for a treasure hunt in a museum.", [has("museum", "treasure", "hunt", "clue", "find", "picture", "map", "riddle", "hide", "paint", "statue")]),
    chat("tasks", 110, "Suggest a title for this text: At low tide the boys walked over to the island and forgot the time. When they wanted to go home, the sea was back. "
         "They sat by a fire all night, and in the morning their mother came in a boat and did not say a word.", [has("tide", "island", "sea", "night", "boy", "water", "boat", "fire", "mother")], [r"\n.*\n"]),
    chat("tasks", 110, "Rewrite this text so that it is shorter: I am writing to you in order to let you know that it will sadly not be possible for me to come to the dinner which you are giving on Friday evening.",
         [has("friday", "dinner", "come", "can't", "cannot"), r"^.{1,140}$"]),
    chat("tasks", 110, "Rewrite this text so that it is friendlier: Get your bike out of my way at once.", [has("bike"), has("please", "could you", "would you", "kind", "thank", "mind", "can you")]),
    # Stories: a hero, at least four sentences, an end.
    chat("stories", 150, "Write a story about a lazy dragon.", [r"dragon", SENTENCES]),
    chat("stories", 150, "Write a story about two brothers and a raft.", [r"\b(raft|brother)", r"brother|raft", SENTENCES]),
    chat("stories", 150, "Write a story about a violin that nobody wanted.", [r"violin", SENTENCES]),
    chat("stories", 150, "Write a story about a night watchman in a zoo.", [r"watchman|zoo|night", SENTENCES]),
    chat("stories", 150, "Write a story about a lost letter.", [r"letter", SENTENCES]),
    chat("stories", 150, "Will you spin me a yarn about a timid heron?", [r"heron", SENTENCES]),
    chat("stories", 150, "I want a goodnight tale with a tiny submarine in it.", [r"submarine", SENTENCES]),
    chat("stories", 150, "Make up a funny tale of a cook who lost her sense of taste.", [r"cook|taste", SENTENCES]),
    # Itself.
    chat("itself", 60, "Is there flesh and blood behind these answers?", [has("no\\b", "model", "program", "machine", "computer", "not a person", "not human", "numbers")]),
    chat("itself", 60, "In which way do you produce your sentences?", [has("word", "token", "guess", "next", "likel", "learn", "numbers", "predict", "chance")]),
    chat("itself", 60, "Can I rely on what you claim?", [has("no\\b", "not", "check", "wrong", "mistake", "careful", "small", "sometimes", "error", "never", "don't")]),
    chat("itself", 60, "Have you got a body that gets cold?", [has("no\\b", "not", "model", "program", "body", "never", "don't", "only")]),
]

assert len(FIXED) == 60, len(FIXED)
