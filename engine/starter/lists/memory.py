"""Something is said and asked back, with other talk between. Wordings are lists; the talk between is composed text."""
import banks as B
from grammar import a, cap, fill, typed

HI = "[Hi|Hello|Hey|Hi there|Good morning|Good evening|Hello there|Good day]"
SAY_NAME = [
    "My name is {n}.", "I am {n}.", "I'm {n}.", HI + ", I'm {n}.", HI + ", I am {n}.", HI + "! My name is {n}.", HI + ", my name is {n}. [What's yours?|Who are you?|And you?]", "[By the way, |So, |Just so you know, |]my name is {n}.",
    "[You can|You may|Please|Just] call me {n}.", "They call me {n}.", "People call me {n}.", "[Everybody|Everyone] calls me {n}.", "My friends call me {n}.", "I'm called {n}.", "I am called {n}.",
    "My name's {n}.", "{n} is my name.", "{n} is what they call me.", HI + ", {n} here.", "It's {n}.", "It's me, {n}.", "This is {n}.", "This is {n} [writing|speaking|typing].", "I go by {n}.", "The name is {n}.", "The name's {n}.",
    "Name: {n}.", "I'm {n}, nice to meet you.", HI + ". I am {n} and I am new here.", "My name is {n}, [remember that|please remember it|don't forget it|keep it in mind].", "Remember my name: {n}.", "I want you to know my name: {n}.",
    "Let me tell you my name. It's {n}.", "My first name is {n}.", "I was named {n}.", "My full name is long, so just say {n}.", "[Mum|My mother|Grandma|My wife] calls me {n}.", "Do you know my name? It's {n}.", "Guess my name! No? It is {n}.",
    "I'm {n} and I [am|feel] [fine|tired|happy|bored|hungry|in a good mood] today.", "I'm {n}, I am {age} years old.", "I'm {n} from {town}.", "Hi, I'm {n} and I like {hobby}.", "I am {n}, a {job} from {town}.", "my name is {n}, u?",
    "ok so my name is {n}", "me {n}. you?", "Let us begin: I am {n}.", "Nice to meet you, I'm {n}.", "I should have said: I'm {n}.", "I forgot to say my name. It's {n}.", "Before I forget, I'm {n}.", "Sorry, I did not introduce myself. I'm {n}.",
    "You don't know me yet. I am {n}.", "Who am I? I am {n}!", "Write this down: my name is {n}.", "I'm the one named {n}.", "Here is {n}.", "You're talking to {n}.", "You are chatting with {n}.", "May I introduce myself? {n}.",
    "Say hello to {n}! That's me.", "In my passport it says {n}.", "Just {n}, please.", "Use my name: {n}.", "Can you call me {n}?", "Would you call me {n}?", "Could you please call me {n}?", "Will you remember that I'm {n}?",
    "At home they say {n} to me.", "My nickname is {n}.", "Others know me as {n}.", "At school I'm {n}.", "I sign my letters with {n}.", "{n}, that's me.", "{n}. That is my name.", "Me? I'm {n}.",
]
PASSING = ["I'm {n}. {line}", "{n} here. {line}", "Hi, my name is {n}. {line}", "My name is {n} and I have a question. {line}", "This is {n}. {line}", "Hello, I'm {n}! {line}", "I am {n}, by the way. {line}"]
LEAD = ["Thanks.", "Thank you.", "I see.", "Ok.", "Nice.", "Haha.", "Good.", "Hm.", "Great!", "Right.", "Interesting.", "Lovely.", "Cool.", "Fine.", "Ah.", "Thanks for that.", "Now something else.", "Listen."]
GREET = [
    "[Hello|Hi|Hey], {n}!", "[Hello|Hi|Hey], {n}! [Nice to meet you.|How are you today?|What shall we talk about?|What is on your mind?|I'm glad you are here.|How can I help?|What's new?|How is your day going?]",
    "Nice to meet you, {n}.", "Nice to meet you, {n}! [What shall we do today?|What would you like to talk about?|How are you?]", "It's good to meet you, {n}.", "Welcome, {n}!", "Welcome, {n}! [What brings you here?|Make yourself at home.]",
    "{n}, what a [nice|lovely|fine|good] name!", "{n} it is.", "{n} it is. [How can I help you?|What's up?|Tell me something.]", "All right, {n}.", "Good to know, {n}.", "Then I'll call you {n}.", "Pleased to meet you, {n}.", "Thank you, {n}. [I'll remember it.|What's next?]",
    "Of course, {n}.", "I'm happy to meet you, {n}.", "Hello {n}, I'm a small language model.", "Hi {n}! I'm inkling, a small model.",
]
ASK_NAME = [
    "What is my name?", "What's my name?", "[And what|So what|Now what|What then] is my name?", "Do you [know|remember|still know|still remember|recall] my name?", "[Can|Could] you tell me my name?", "Tell me my name.", "Say my name.", "Say my name[, please|!|].",
    "Who am I?", "[So who|And who|Who exactly] am I?", "Who am I again?", "What was my name?", "What was my name again?", "What's my name again?", "What do you call me?", "What should you call me?", "What am I called?", "How am I called?",
    "What did I say my name was?", "What did I say my name is?", "What name did I tell you?", "What name did I give you?", "Which name did I tell you?", "My name?", "My name is?", "And my name?", "Name?", "Did I tell you my name?", "Did I say my name?",
    "You know my name, right?", "I bet you forgot my name.", "I hope you remember my name.", "Let's see if you know my name.", "Let me test you: what is my name?", "Test: what's my name?", "Do you know who I am?",
    "Do you know who you are talking to?", "Who are you talking to?", "Who is talking to you?", "With whom are you talking?", "Who is this?", "Who's here?", "Who told you that?", "Who is writing to you?", "Guess who is here.", "What do my friends call me?", "What do people call me?",
    "Can you say my name?", "Can you write my name?", "Please write my name.", "Spell out who I am.", "How did I introduce myself?", "What name do I go by?", "I said my name before. What is it?", "I told you my name. What is it?", "I told you who I am. Do you remember?",
    "Do you have my name?", "Repeat my name.", "Repeat my name, please.", "Greet me with my name.", "Say hello to me with my name.", "Say good night to me by name.", "Wish me luck and use my name.", "Address me by my name.", "Call me by my name.",
    "Quick, my name?", "One more thing: what is my name?", "Before I go, what's my name?", "I have to go. But what was my name?", "Back again! Who am I?", "Still know who I am?", "what is my name bro", "whats my name", "who m i", "remember me?", "Remember who I am?",
    "If I ask you who I am, what do you say?", "Which name is mine?", "My name is what?", "What's the name of the person you're talking with?", "What is the name I told you?", "What's the name I told you at the start?", "At the beginning I told you my name. What was it?",
]
TELL_NAME = [
    "Your name is {n}.", "Your name is {n}.", "You are {n}.", "You're {n}.", "You're {n}!", "{n}.", "{n}!", "It's {n}.", "It is {n}.", "You told me that your name is {n}.", "You said your name is {n}.", "You're called {n}.", "Your name is {n}, [of course|as you told me|I remember|I haven't forgotten].",
    "You are {n}, [of course|I remember|as you told me].", "Yes, you are {n}.", "That's easy: {n}.", "Of course, you're {n}.", "I remember: {n}.", "I call you {n}.", "You said it's {n}.", "{n}, isn't it?", "{n}. [I remember it well.|You told me so.|I didn't forget.]",
]
TELL_NAME_YES = ["Yes, your name is {n}.", "Yes, you're {n}.", "Yes, you are {n}.", "I do: {n}.", "I do. You're {n}.", "Sure, {n}.", "Of course. Your name is {n}.", "Yes, {n}."]
FORGOT = ["Did you forget my name?", "Have you forgotten my name?", "You forgot my name, didn't you?", "You don't know my name any more, do you?", "You have forgotten who I am, right?"]
NOT_FORGOT = ["No, you're {n}.", "No, your name is {n}.", "Not at all, {n}.", "I haven't forgotten: {n}.", "No. You are {n}."]
UNKNOWN = ["You haven't told me your name yet.", "I don't know your name yet. What is it?", "I don't know, you haven't told me. What's your name?", "You did not tell me your name yet. [What is it?|Would you tell me?]", "I can't know that, since you haven't said it yet.",
           "We haven't got to names yet. What's yours?"]
CORRECT = ["[Sorry|No wait|No|Oops], my name is {n}, not {m}.", "I lied, my name is not {m}. It's {n}.", "From now on call me {n}.", "I changed my name to {n}.", "Actually, it's {n}.", "Actually I prefer {n}.", "{m} was a joke. I'm {n}."]
CORRECTED = ["All right, {n} it is.", "Then I'll call you {n}.", "Sorry, {n}!", "{n}, got it.", "Good, from now on you are {n}."]
THANKS = [("[Right|Correct|Yes|Exactly|Well done|Good]!", "[I'm glad I remembered.|Good!|I was listening.|Happy to hear it.]"), ("Thanks!", "You're welcome, {n}!"), ("[Wow|Good memory|Nice], you remembered!", "[Of course, {n}.|It was easy, {n}.|You said it, {n}, and I listened.]"),
          ("Bye!", "Goodbye, {n}!"), ("Good night.", "Good night, {n}!"), ("See you.", "See you soon, {n}!"), ("Bye bye", "Bye, {n}! Take care.")]

OK = ["I see.", "Good to know.", "I'll remember that.", "All right.", "Nice!", "Thank you for telling me.", "Got it.", "That's good to know.", "How nice!", "Okay, I'll keep it in mind.", "I'll keep that in mind.", "Noted!"]

# (says, asks, answers, reactions besides OK, values made from a random source)
TOPICS = []


def topic(values, says, asks, tells, reacts=()):
    TOPICS.append((values, says, asks, tells, list(reacts)))


topic(lambda r: dict(p=r.choice(B.PETS), n=B.name(r)),
      ["My {p} is called {n}.", "I have a {p} called {n}.", "I have a {p} named {n}.", "We have a {p}. [His|Her|Its] name is {n}.", "My {p}'s name is {n}.", "Our {p} is called {n}.", "I got a {p} and called it {n}.", "The name of my {p} is {n}.", "My {p} {n} is [ill|asleep|hungry|so funny|very old|still young].", "Do you know my {p} {n}?", "We named our {p} {n}.", "Yesterday I got a new {p}, {n}."],
      ["What is my {p} called?", "What's the name of my {p}?", "What is my {p}'s name?", "How is my {p} called?", "Do you remember my {p}'s name?", "What did I call my {p}?", "Name my {p}.", "What do I call my {p}?", "And the {p}'s name?", "Which name has my {p}?", "Do you know what my {p} is called?", "What was my {p}'s name again?", "Who is my {p}?", "What pet's name did I tell you?"],
      ["Your {p} is called {n}.", "{n}.", "Your {p}'s name is {n}.", "It's {n}.", "{n}, your {p}.", "The name of your {p} is {n}.", "You said your {p} is called {n}."],
      ["{n} is a good name for a {p}.", "Say hello to {n} from me!", "A {p} called {n}, how nice!", "How old is {n}?", "I'd like to meet {n}."])
topic(lambda r: dict(p=r.choice(B.PETS), n=B.name(r)),
      ["I have a {p} called {n}.", "I have a {p}, {n}.", "My {p} {n} is here with me.", "{n} is my {p}.", "This morning {n}, my {p}, woke me up."],
      ["What animal is {n}?", "What kind of animal do I have?", "Who is {n}?", "What pet do I have?", "Which animal is {n}?", "What is {n}?"],
      ["{n} is your {p}.", "{n} is a {p}.", "You have a {p}.", "A {p}.", "You have a {p} called {n}."], ["A {p}, how nice!", "Give {n} a pat from me."])
topic(lambda r: dict(p=r.choice(B.KIN + B.OTHERS), n=B.name(r)),
      ["My {p} is called {n}.", "My {p}'s name is {n}.", "I have a {p} named {n}.", "{n} is my {p}.", "My {p} {n} [is coming tomorrow|lives next door|is very tall|sings well|called me today|is a baker].", "The name of my {p} is {n}.", "I met my {p} {n} today.", "I'm waiting for {n}, my {p}."],
      ["What is my {p} called?", "What's the name of my {p}?", "What is my {p}'s name?", "Do you remember my {p}'s name?", "Who is {n}?", "And my {p}'s name?", "What did I say my {p} is called?", "How is my {p} called?"],
      ["Your {p} is called {n}.", "{n} is your {p}.", "Your {p}'s name is {n}.", "{n} is the name of your {p}.", "You said that {n} is your {p}."], ["Greetings to {n}!", "{n}, I'll remember that.", "I hope {n} is well."])
topic(lambda r: dict(p=r.choice(B.THINGS), n=B.name(r)),
      ["My {p} is called {n}.", "I named my {p} {n}.", "Our {p} is called {n}.", "We gave our {p} the name {n}.", "The {p} has a name: {n}.", "My {p}'s name is {n}."],
      ["What is my {p} called?", "What's the {p} called?", "What's the name of my {p}?", "What did I name my {p}?", "Which name has the {p}?", "What do I call my {p}?"],
      ["Your {p} is called {n}.", "{n}.", "It's called {n}.", "The {p} is called {n}.", "You named it {n}."], ["A {p} called {n}, I like it."])
topic(lambda r: dict(t=B.town(r)),
      ["I live in {t}.", "I'm from {t}.", "I come from {t}.", "I was born in {t}.", "My home is in {t}.", "I'm writing from {t}.", "We live in {t}.", "I have lived in {t} all my life.", "My town is called {t}.", "Greetings from {t}!", "I'm at home in {t}.", "I grew up in {t}, and I still live there."],
      ["Where do I live?", "Where am I from?", "Which town do I live in?", "What is my town called?", "Where do I come from?", "Do you remember where I live?", "Do you know where I am from?", "In which city do I live?", "What's my home town?", "Where is my home?", "Where did I say I live?", "And where do I live?", "Which place did I tell you about?", "What city am I in?"],
      ["You live in {t}.", "In {t}.", "{t}.", "You're from {t}.", "You told me that you live in {t}.", "Your home is in {t}.", "It's {t}."], ["{t}! What is it like there?", "Is it nice in {t}?", "I've never been to {t}.", "How is the weather in {t}?"])
topic(lambda r: dict(t=B.town(r)),
      ["[Tomorrow|Next week|In summer|On Sunday|Next year] I'm going to {t}.", "I'm on my way to {t}.", "We fly to {t} on Friday.", "I'm taking the train to {t}.", "I'm moving to {t}.", "I want to visit {t}.", "My holiday this year is in {t}.", "I was in {t} last week.", "I'm going to see my aunt in {t}."],
      ["Where am I going?", "Where was I going to go?", "Which town did I talk about?", "Where is my trip going?", "What place did I name?", "What city did I tell you about?", "Do you remember where I'm going?", "Where did I say I'm going?"],
      ["To {t}.", "You're going to {t}.", "{t}.", "You talked about {t}.", "It was {t}.", "You said {t}."], ["Have a good trip!", "What will you do in {t}?", "Is {t} far from you?", "{t} sounds nice."])
topic(lambda r: dict(k=r.choice([r.randint(4, 99), r.randint(6, 40)])),
      ["I am {k} years old.", "I'm {k}.", "I'm {k} years old.", "I turned {k} [today|yesterday|last week|on Monday].", "My age is {k}.", "I will soon be {k}.", "Today is my birthday, I'm {k} now.", "I am already {k}.", "I'm only {k}.", "I just turned {k}."],
      ["How old am I?", "What is my age?", "Do you remember how old I am?", "Do you know my age?", "What age did I say?", "And how old am I?", "My age?", "How old did I say I am?", "How many years old am I?", "Guess how old I am."],
      ["You are {k} years old.", "You're {k}.", "{k}.", "You are {k}.", "You told me that you're {k}.", "You said {k}."], ["{k} is a good age.", "A good age!", "{k}, how nice."])
topic(lambda r: dict(k=r.randint(2, 99), p=r.choice(B.KIN + B.OTHERS)),
      ["My {p} is {k} years old.", "My {p} is {k}.", "My {p} turned {k}.", "My {p} will be {k} tomorrow."], ["How old is my {p}?", "What age is my {p}?", "Do you remember my {p}'s age?", "And how old is my {p}?"],
      ["Your {p} is {k} years old.", "{k}.", "Your {p} is {k}.", "{k} years old."], ["Best wishes to your {p}!", "{k} is a fine age."])
topic(lambda r: dict(k=r.randint(2, 399), p=r.choice(["room", "bus", "house", "seat", "ticket", "table", "locker", "platform", "door", "page", "shirt", "queue", "cabin", "tram", "flight"])),
      ["My {p} number is {k}.", "The number of my {p} is {k}.", "I have {p} number {k}.", "I'm waiting for {p} {k}.", "It's {p} {k}.", "I need {p} {k}.", "{p} {k} is mine."],
      ["What is my {p} number?", "Which {p} is it?", "What {p} number did I say?", "What's the number of my {p}?", "Which number has my {p}?", "Which {p} did I say?", "My {p} number?"],
      ["It's {k}.", "Number {k}.", "{k}.", "It is {p} {k}.", "Your {p} number is {k}."])
topic(lambda r: dict(k=r.randint(2, 60), p=r.choice(["books", "cats", "cousins", "apples", "pens", "hens", "stamps", "plants", "eggs", "chairs", "marbles", "coins", "hats", "pages", "cards", "stones", "shells", "spoons", "sheep", "roses", "candles", "friends", "cups"])),
      ["I have {k} {p}.", "I own {k} {p}.", "I counted {k} {p}.", "There are {k} {p} on my table.", "I bought {k} {p}.", "We have {k} {p} at home."],
      ["How many {p} do I have?", "How many {p} did I say?", "How many {p} are there?", "How many {p} was it?", "Do you remember how many {p}?", "What was the number of {p}?"],
      ["{k}.", "{k} {p}.", "You have {k} {p}.", "It was {k} {p}.", "You said {k}."], ["{k} {p}, that's quite a few!", "So many {p}!"])
topic(lambda r: dict(c=r.choice(B.COLOURS), o=r.choice(B.WEAR)),
      ["My {o} is {c}.", "I have a {c} {o}.", "I bought a {c} {o}.", "I painted my {o} {c}.", "I'd like a {c} {o}.", "My new {o} is {c}.", "The {o} is {c}.", "I lost my {c} {o}.", "Do you like my {c} {o}?", "Mum gave me a {c} {o}."],
      ["What colour is my {o}?", "Which colour is my {o}?", "What color is my {o}?", "What colour was the {o}?", "What colour does my {o} have?", "Do you remember the colour of my {o}?", "The colour of my {o}?", "Is my {o} {d} or {c}?", "Is my {o} {c} or {d}?"],
      ["Your {o} is {c}.", "{c}.", "It's {c}.", "The {o} is {c}.", "It is {c}.", "You said it's {c}."], ["{c} is a nice colour for a {o}.", "A {c} {o}, how pretty!", "I like {c}."])
topic(lambda r: dict(c=r.choice(B.COLOURS[:13])),
      ["My favourite colour is {c}.", "I like {c} best.", "{c} is my favourite colour.", "My favorite color is {c}.", "The colour I love most is {c}.", "I love {c}."],
      ["What is my favourite colour?", "Which colour do I like best?", "What's my favorite color?", "Do you remember my favourite colour?", "What colour do I like?", "My favourite colour is?", "Which colour do I love?"],
      ["Your favourite colour is {c}.", "{c}.", "You like {c} best.", "It's {c}.", "You said {c}."], ["{c} is a beautiful colour.", "I like {c} too."])
topic(lambda r: dict(f=r.choice(B.FOODS), m=r.choice(["breakfast", "lunch", "dinner", "supper"])),
      ["I had {f} for {m}.", "For {m} I had {f}.", "Today's {m} was {f}.", "I ate {f} for {m}.", "We had {f} for {m}.", "We will have {f} for {m}."],
      ["What did I have for {m}?", "What did I eat?", "What was for {m}?", "Do you remember what I ate?", "What was my {m}?", "What did I say I had for {m}?", "Which food did I talk about?"],
      ["You had {f}.", "{f}.", "You had {f} for {m}.", "It was {f}.", "You told me about {f}."], ["Mmm, {f}! Was it good?", "I hope it tasted good.", "That sounds tasty."])
topic(lambda r: dict(f=r.choice(B.FOODS + B.DRINKS)),
      ["My favourite food is {f}.", "I love {f}.", "I like {f} most of all.", "The best thing in the world is {f}.", "I could eat {f} every day.", "I'd like some {f} now.", "There is nothing better than {f}."],
      ["What is my favourite food?", "What do I like to eat?", "What food do I love?", "What do I love?", "Do you remember what I like?", "Which food do I like most?", "What could I eat every day?"],
      ["{f}.", "You love {f}.", "It's {f}.", "You like {f}.", "Your favourite is {f}.", "You said {f}."], ["{f} is a good choice.", "Who doesn't like {f}?"])
topic(lambda r: dict(f=r.choice(B.FOODS)),
      ["I don't like {f}.", "I hate {f}.", "I can't stand {f}.", "I never eat {f}.", "{f} makes me ill."], ["What do I hate?", "What don't I like?", "Which food do I not like?", "What do I never eat?", "What can't I stand?"],
      ["{f}.", "You don't like {f}.", "You said that you don't like {f}.", "That's {f}."], ["Then leave it on the plate.", "Not everybody likes {f}."])
topic(lambda r: dict(j=r.choice(B.JOBS)),
      ["I am {aj}.", "I'm {aj}.", "I work as {aj}.", "My job is {j}.", "I'm {aj} by trade.", "I earn my money as {aj}.", "I want to become {aj}.", "I'd like to be {aj}."],
      ["What is my job?", "What do I do for a living?", "What's my job?", "What do I work as?", "Do you remember my job?", "Which job did I tell you?", "What am I by trade?", "What did I say about my work?"],
      ["You are {aj}.", "You're {aj}.", "{Aj}.", "You said {j}.", "Your job is {j}."], ["{Aj}, that sounds interesting.", "Do you like the work?"])
topic(lambda r: dict(h=r.choice(B.HOBBIES)),
      ["My hobby is {h}.", "I like {h}.", "I love {h}.", "In my free time I like {h}.", "I'm good at {h}.", "I started with {h} last year.", "On Sundays I go for {h}."],
      ["What is my hobby?", "What do I like to do?", "What's my hobby?", "Do you remember my hobby?", "What do I love to do?", "What did I say I like?", "What am I good at?"],
      ["Your hobby is {h}.", "{h}.", "You like {h}.", "It's {h}.", "You told me that you like {h}."], ["{h} is a fine hobby.", "How did you come to {h}?"])
topic(lambda r: dict(i=r.choice(B.INSTRUMENTS)),
      ["I play the {i}.", "I'm learning the {i}.", "I've got a new {i}.", "I play the {i} in a band.", "I practise the {i} every day."],
      ["What do I play?", "Which instrument do I play?", "What instrument is mine?", "What am I learning?", "Do you remember my instrument?", "What do I practise?"],
      ["You play the {i}.", "The {i}.", "It's the {i}.", "You told me it's the {i}."], ["The {i} sounds lovely.", "Do you practise a lot?"])
topic(lambda r: (lambda o: dict(o=o, be="are" if o in B.PLURAL else "is", it="They're" if o in B.PLURAL else "It's", s=r.choice(B.SPOTS)))(r.choice(B.OBJECTS)),
      ["My {o} {be} {s}.", "I put my {o} {s}.", "I left my {o} {s}.", "I hid the {o} {s}.", "Remember: the {o} {be} {s}.", "The {o} {be} {s}.", "I found my {o} {s}."],
      ["Where {be} my {o}?", "Where did I put my {o}?", "Where did I leave the {o}?", "Do you know where my {o} {be}?", "Where {be} the {o}?", "I can't find my {o}. Where {be} my {o}?", "Tell me where the {o} {be}.", "I need my {o}, where did I put the {o}?"],
      ["{S2}.", "{it} {s2}.", "Your {o} {be} {s2}.", "You said {s2}.", "The {o} {be} {s2}."])
topic(lambda r: dict(d=r.choice(B.DAYS), e=r.choice(B.EVENTS)),
      ["On {d} I have {e}.", "{E} is on {d}.", "I have {e} on {d}.", "Don't let me forget {e} on {d}.", "Remind me: {e}, {d}."],
      ["When is {e}?", "What day is {e}?", "On which day is {e}?", "Which day was {e}?", "Do you remember when {e} is?"],
      ["On {d}.", "{d}.", "{E} is on {d}.", "It's on {d}.", "You said {d}."], ["{d}, I'll remember.", "Good luck on {d}!"])
topic(lambda r: dict(d=r.choice(B.DAYS), e=r.choice(B.EVENTS)),
      ["On {d} I have {e}.", "I have {e} on {d}.", "There is {e} on {d}."], ["What do I have on {d}?", "What is on {d}?", "What's happening on {d}?", "What was on {d}?"],
      ["On {d} you have {e}.", "{E}.", "You have {e}.", "{E} is on {d}."], ["Have fun on {d}!"])
topic(lambda r: dict(d=f"{r.choice(['at', 'at', 'at half past'])} {r.choice('one two three four five six seven eight nine ten eleven twelve 3 4 5 6 7 8 9 10 11'.split())}", e=r.choice(["my train", "my bus", "the film", "the lesson", "dinner", "the show", "the match", "the boat", "my class"])),
      ["{E} [starts|goes|is|begins] {d}.", "{E} is {d}."], ["When is {e}?", "At what time is {e}?", "What time is {e}?", "When did I say {e} is?"], ["{D}.", "It's {d}.", "{E} is {d}."], ["Then don't be late!", "You still have time."])
topic(lambda r: dict(m=r.choice(B.MONTHS), k=r.randint(1, 28)),
      ["My birthday is in {m}.", "I was born in {m}.", "My birthday is on {m} {k}.", "I have my birthday in {m}."], ["When is my birthday?", "In which month is my birthday?", "Do you know my birthday?", "Which month was I born in?", "What's my birth month?"],
      ["In {m}.", "Your birthday is in {m}.", "{m}.", "It's in {m}."], ["{m} is a good month for a birthday."])
topic(lambda r: dict(w=r.choice("banana rocket pepper window tiger marble thunder button pillow candle violin dragon pumpkin ladder feather island turnip walrus pocket biscuit hammer pebble puddle lantern noodle teapot comet acorn zebra igloo".split())),
      ["The secret word is {w}.", "Remember this word: {w}.", "Our password is {w}.", "I am thinking of the word {w}. Keep it.", "Keep the word {w} in mind.", "The magic word is {w}."],
      ["What is the secret word?", "What was the word?", "Which word should you remember?", "What's our password?", "What is the magic word?", "Say the word.", "Do you still have the word?", "Which word did I tell you?"],
      ["{w}.", "The word is {w}.", "It's {w}.", "The word was {w}.", "You told me: {w}."], ["All right, {w}.", "{w}, I'll remember."])


class Talk:
    """Dialogues of said and asked, with exchanges of composed text between: fillers is a list of (user, model)."""

    def __init__(self, r, fillers):
        self.r, self.fillers = r, fillers

    def say(self, text, values):
        return typed(self.r, cap(fill(self.r, text, values)))

    def reply(self, text, values):
        return cap(fill(self.r, text, values))

    def between(self, most):
        n = self.r.choice([0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8][:most + 6 if most < 8 else None])
        out = []
        for _ in range(min(n, most)):
            out.append(self.r.choice(self.fillers))
        return out

    def name(self):
        """[(user, model, filler?)]"""
        r = self.r
        n = B.name(r)
        v = dict(n=n, age=r.randint(7, 80), town=B.town(r), hobby=r.choice(B.HOBBIES), job=r.choice(B.JOBS))
        out = []
        if r.random() < 0.06:  # asked before it was said
            out.append((self.say(r.choice(ASK_NAME[:22]), v), r.choice(UNKNOWN).replace("[What is it?|Would you tell me?]", "What is it?"), False))
        if r.random() < 0.15:  # in passing, with something else to answer
            line, answer = r.choice(self.fillers)
            out.append((self.say(r.choice(PASSING), dict(v, line=line)), answer, False))
        else:
            out.append((self.say(r.choice(SAY_NAME), v), self.reply(r.choice(GREET), v), False))
        out += [(*f, True) for f in self.between(8)]
        if r.random() < 0.08:
            v["m"], v["n"] = n, B.name(r)
            out.append((self.say(r.choice(CORRECT), v), self.reply(r.choice(CORRECTED), v), False))
            out += [(*f, True) for f in self.between(3)]
        ask = r.choice(ASK_NAME)
        if r.random() < 0.05:
            out.append((self.say(r.choice(FORGOT), v), self.reply(r.choice(NOT_FORGOT), v), False))
            return out
        yes = ask.startswith(("Do you", "Can you", "Did I", "You know", "Could", "[Can"))
        if r.random() < 0.12:
            ask = r.choice(LEAD) + " " + ask
        out.append((self.say(ask, v), self.reply(r.choice(TELL_NAME_YES if yes and r.random() < 0.6 else TELL_NAME), v), False))
        if r.random() < 0.15:
            u, m = r.choice(THANKS)
            out.append((self.say(u, v), self.reply(m, v), False))
        return out

    def topics(self, count):
        """Several things are said, and some of them asked."""
        r = self.r
        said, out = [], []
        if r.random() < 0.35:
            v = dict(n=B.name(r), age=r.randint(7, 80), town=B.town(r), hobby=r.choice(B.HOBBIES), job=r.choice(B.JOBS))
            out.append((self.say(r.choice(SAY_NAME), v), self.reply(r.choice(GREET), v), False))
            said.append((ASK_NAME, TELL_NAME, v))
        for values, says, asks, tells, reacts in r.sample(TOPICS, count):
            v = values(r)
            if "c" in v:
                v["d"] = r.choice([c for c in B.COLOURS if c != v["c"]])
            if "j" in v:
                v["aj"] = a(v["j"])
            if "s" in v:
                v["s2"] = v["s"].replace("my ", "your ")
            if any(set(x[2].items()) & set(v.items()) for x in said):
                continue
            out.append((self.say(r.choice(says), v), self.reply(r.choice(reacts if reacts and r.random() < 0.6 else OK), v), False))
            out += [(*f, True) for f in self.between(4 if count == 1 else 2)]
            said.append((asks, tells, v))
        r.shuffle(said)
        for asks, tells, v in said[:r.choice([1, 1, 2, 3])]:
            out.append((self.say(r.choice(asks), v), self.reply(r.choice(tells), v), False))
            if r.random() < 0.2:
                out += [(*f, True) for f in self.between(1)]
        return out

    def make(self):
        return self.name() if self.r.random() < 0.45 else self.topics(self.r.choice([1, 1, 1, 2, 2, 3]))
