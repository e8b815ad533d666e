"""Help with the program. Every key and command here is checked against the program's own tables by a test."""
from grammar import cap, fill, typed

# (questions, answers)
TOPICS = [
    # Stopping.
    (["How do I stop you?", "How can I stop the reply?", "Which key stops you?", "How do I interrupt you?", "Stop writing! How?", "You write too much. How do I stop it?", "Can I stop a reply?", "What key stops the text?", "Is there a stop key?", "How do I make you stop?",
      "How do I cancel a reply?", "I want to stop you in the middle.", "What do I press to stop you?", "How do I break off your answer?", "How to halt the output?", "Please stop when I say so. How?", "stop key?", "How do I silence you?", "Can I interrupt you?"],
     ["Press Esc. [What I wrote so far stays.|I stop at once.|The text so far is kept.|]", "Esc stops me[ at once| and keeps what is there| right away|].", "[Just press|Hit|Use] Esc. [The reply ends there and stays.|Then I stop and what is there is kept.|]", "With the Esc key. [Ctrl+C stops me too.|What is there stays.]"]),
    # Another reply.
    (["How do I get another answer?", "How do I get another reply?", "Can you try again?", "How do I regenerate?", "Which key gives a new reply?", "I don't like your reply. What can I do?", "How do I retry?", "I want a different answer.", "How can I get a new version?", "How do I ask for another try?",
      "That answer was bad, what now?", "How do I reroll?", "Is there a retry key?", "What does Ctrl+R do?", "What does /retry do?", "How do I make you answer again?", "Give me another version, how?", "retry key?"],
     ["Press Ctrl+R, or type /retry. [The old reply is kept.|The old one stays.|I write another one.]", "Ctrl+R gives another reply[, and the old one is kept|].", "With Ctrl+R I answer once more. [The old reply stays.|]", "Type /retry or press Ctrl+R for another reply."]),
    # Versions.
    (["How do I see the old reply?", "How do I get the old version back?", "How do I switch between versions?", "Where is my old reply?", "Can I go back to the first reply?", "I liked the first answer more.", "How do I see the other replies?", "Is the old reply gone?", "How do I choose between replies?",
      "What do the Left and Right keys do?", "How do I go to the previous version?", "How do I flip between answers?"],
     ["On an empty line, press Left or Right to switch between versions.", "Press Left on the empty line, and the old version comes back. [Right goes forward.|]", "All versions are kept: Left and Right on an empty line switch between them.", "It is kept. Press Left on an empty line."]),
    # Going on.
    (["Your reply was cut off.", "How do I make you go on?", "Please go on writing. How?", "Can you continue?", "How do I continue your reply?", "You stopped too early.", "Which key makes you write on?", "What does /continue do?", "The text ends in the middle. What now?", "How do I get more of the reply?"],
     ["Press Enter on an empty line, or type /continue.", "With Enter on an empty line I go on writing.", "Type /continue[, and I go on with the last reply|]. Enter on an empty line does the same.", "Just press Enter while the line is empty, and I write on."]),
    # Undo.
    (["How do I take my message back?", "How do I edit my message?", "I made a typo. Can I fix it?", "How do I change my last message?", "How do I undo?", "What does /undo do?", "Can I correct what I wrote?", "I sent the wrong text.", "How can I edit what I said?", "How do I take the last message back?", "I wrote something wrong, what now?"],
     ["Type /undo. [Your last message comes back into the line, and you can change it.|Then your message is in the line again.]", "With /undo you take your last message back and edit it. [The old version is kept.|]", "/undo brings your message back so that you can change it."]),
    # Temperature.
    (["How do I change the temperature?", "How do I make you more creative?", "How do I make your answers more random?", "Which key changes the temperature?", "You are too wild. What can I do?", "You are boring. Can I change that?", "How do I raise the temperature?", "How do I lower the temperature?", "Can I change the temperature while you write?",
      "How do I make you calmer?", "How do I set the temperature?", "How can I make the replies less random?", "How do I make you less crazy?", "What does /temp do?", "How do I make you wilder?", "temperature key?", "What do Ctrl+Up and Ctrl+Down do?"],
     ["Press Ctrl+Up for more, Ctrl+Down for less[, even while I write|]. [Or type /temp and a number.|]", "Type /temp and a number, for example /temp {t}. [Ctrl+Up and Ctrl+Down work too.|]", "Ctrl+Up makes me wilder and Ctrl+Down calmer[, also while I write|].", "With /temp {t}, or with Ctrl+Up and Ctrl+Down."]),
    (["What is the temperature?", "What does temperature mean?", "Explain temperature.", "What does temperature do?", "What happens with a high temperature?", "What happens with a low temperature?", "Is temperature heat?", "What is temperature good for?", "Which temperature is good?", "What's a good temperature?", "what is temp"],
     ["It says how freely I choose my words: low is careful, high is wild.", "Temperature is how much chance there is in my words. [At 0 I always take the likeliest word.|Above 1 it gets wild.]", "With a low temperature I take the likeliest words, with a high one I dare odd words. [0.8 is a good start.|]", "0.8 is a good start. Lower is safer, higher is wilder."]),
    # New line.
    (["How do I write a new line?", "How do I make a line break?", "How do I write two lines?", "Enter sends my text, how do I get a new line?", "Which key makes a new line?", "Can I write several lines?", "How do I start a new paragraph in my message?", "How can I add a line without sending?", "newline key?"],
     ["Press Alt+Enter or Ctrl+J for a new line.", "Alt+Enter makes a new line[, and Enter alone sends|].", "With Alt+Enter, or with Ctrl+J if your terminal does not know it.", "Use Ctrl+J or Alt+Enter. [Enter alone sends the message.|]"]),
    # Quit.
    (["How do I quit?", "How do I close the program?", "How do I leave?", "How do I exit?", "How do I get out of here?", "What is the quit key?", "How do I end the chat?", "How can I close this?", "I want to leave. How?", "What does Ctrl+D do?", "Which key quits?", "How to exit?", "quit how", "What does /quit do?", "How do I shut this down?", "How do I turn you off?"],
     ["Press Ctrl+D, or type /quit. [Your chat is kept.|]", "Ctrl+D quits[, and your chat is kept|].", "Type /quit[. The chat is kept.| or press Ctrl+D.]", "With /quit or Ctrl+D. [Goodbye!|See you!|Your chat is kept.]"]),
    (["What does Ctrl+C do?", "What happens when I press Ctrl+C?", "Does Ctrl+C quit?", "Is it safe to press Ctrl+C?"],
     ["Ctrl+C stops the reply or clears the line. Twice on an empty line it quits.", "It stops my reply or clears your line. On an empty line, twice Ctrl+C quits."]),
    # Chats.
    (["How do I start a new chat?", "How do I begin a new conversation?", "Which key starts a new chat?", "I want to start over.", "How do I clear the chat?", "Can we begin again?", "What does Ctrl+N do?", "What does /new do?", "How do I open a new chat?", "How do I clear the screen?", "Start a fresh chat, how?", "new chat key?"],
     ["Press Ctrl+N, or type /new. [This chat is kept.|The old one is kept.|]", "Ctrl+N begins a new chat[, and this one is kept|].", "Type /new[ or press Ctrl+N|]. This chat is kept."]),
    (["How do I see my old chats?", "How do I load a chat?", "Where are my old chats?", "How do I open an old chat?", "Can I go back to an old conversation?", "How do I find the chat from yesterday?", "What does Ctrl+S do?", "What does /sessions do?", "How do I resume a chat?", "Show me all chats. How?", "list of chats?", "Where is the list of my conversations?"],
     ["Press Ctrl+S, or type /sessions. [There are all your chats.|It lists all chats.|]", "Ctrl+S shows all chats. [Choose one with Enter.|]", "Type /sessions to see all chats[, or press Ctrl+S|]."]),
    (["Are my chats saved?", "Do you keep our chat?", "Is the chat stored?", "Must I save the chat?", "Is anything lost when I quit?", "Will you keep this chat?"],
     ["Yes, each chat is kept on your computer. [Ctrl+S shows them all.|]", "You need not save, every chat is kept by itself.", "Nothing is lost, the chats are kept on your disk."]),
    (["How do I save the chat to a file?", "How do I export this chat?", "Can I save our chat as text?", "How do I write this chat to a file?", "What does /save do?", "How can I get the chat as Markdown?", "I want our chat as a file.", "How do I export to JSON?"],
     ["Type /save and a file name, for example /save {f}.", "With /save {f} the chat goes into a file. [It can be .md, .txt or .json.|]", "/save {f} writes this chat to a file."]),
    (["How do I copy your reply?", "How do I copy the answer?", "Can I copy the text?", "How do I put your reply in the clipboard?", "How do I copy the whole chat?", "What does /copy do?", "copy how?"],
     ["Type /copy for the last reply, or /copy all for the whole chat.", "/copy puts my last reply on the clipboard. [With /copy all it's the whole chat.|]", "With /copy. [Then paste it where you like.|]"]),
    # Models.
    (["How do I switch the model?", "How do I change the model?", "Can I use another model?", "How can I use GPT-2?", "How do I choose a model?", "Is there a bigger model?", "How do I get a better model?", "You are too small. Is there a bigger one?", "What does /model do?", "Which models are there?", "How do I use a different model?", "How do I download a model?", "I want a smarter model."],
     ["Type /model and pick one from the list[, for example /model gpt2|].", "With /model you choose another model. [Try /model gpt2.|It is downloaded if need be.]", "Type /model gpt2, for example. [It is downloaded once, then it stays.|A bigger model knows more, but is slower.]"]),
    # System text.
    (["How do I set a system text?", "What is the system text?", "How do I tell you who you should be?", "What does /system do?", "How do I give you a role?", "Can I give you instructions for the whole chat?", "How do I remove the system text?", "How do I set a system prompt?"],
     ["Type /system and your text. I always see it first. [/system off takes it away.|]", "With /system you give me a text that I always see first.", "/system TEXT sets it, and /system off takes it away."]),
    # Modes.
    (["How do I switch to story mode?", "What is story mode?", "How can I write a story with you?", "How do I change the mode?", "What does /mode do?", "Can we write a story together?", "Can you just continue my text?", "How do I get back to chat mode?", "Is there a mode for stories?"],
     ["Type /mode story. [Then we write one text in turns.|Then I go on with your text.] [/mode chat brings you back.|]", "With /mode story I go on where your text ends. [/mode chat goes back.|]", "/mode story is for writing together, /mode chat for talking."]),
    # Settings.
    (["How do I see the settings?", "Where are the settings?", "What settings are there?", "How do I show all settings?", "What does /show do?", "Which settings do I have?"], ["Type /show. [It lists all settings.|There you see all of them.]", "/show lists all settings and what I see of the chat."]),
    (["How do I change a setting?", "What does /set do?", "How do I set top_k?", "How do I set top_p?", "How do I make your replies shorter?", "Can I limit the length of replies?", "How do I change max_tokens?", "How do I stop you from repeating?"],
     ["Type /set, a name and a value, for example /set {s}.", "With /set, for example /set {s}. [Tab completes the name.|]", "/set {s} is an example: a name and a value."]),
    (["What is a seed?", "What does the seed do?", "How do I set the seed?", "How do I get the same reply again?", "What does /seed do?", "Can I repeat the same text?", "How do I fix the random choices?", "How do I free the seed?"],
     ["Type /seed and a number: the same seed gives the same reply. [/seed random frees it.|]", "The seed is where my dice begin. With /seed {k} they always fall the same way.", "/seed {k} fixes the random choices, /seed random frees them."]),
    (["What does the model see?", "How do I see the prompt?", "Show me what you see.", "What does /prompt do?", "Which text do you get?", "Can I see the exact prompt?"], ["Type /prompt: it shows the exact text that I see.", "/prompt shows the text that I get, to the letter."]),
    # Keys.
    (["How do I get help?", "Help!", "help", "I need help.", "Which keys are there?", "What commands are there?", "What can I type?", "How does this work?", "How do I use this program?", "Where is the help?", "Show me all commands.", "Which commands do you know?", "What does F1 do?", "I'm lost.", "What can I do here?", "List the keys."],
     ["Press F1 or type /help. [There are all keys and commands.|It lists all keys and commands.|]", "Type /help, or press F1, for all keys and commands.", "F1 shows all keys and commands. [Or just write to me!|Press Esc to close it.|]", "Just write to me and press Enter. [/help shows all commands.|F1 shows the keys.]"]),
    (["How do I send a message?", "Which key sends?", "How do I send this?", "What does Enter do?"], ["Press Enter.", "Enter sends your message. [On an empty line it makes me go on.|]"]),
    (["How do I scroll up?", "How do I scroll?", "How do I see the beginning?", "How do I go to the top?", "I can't see the old messages.", "How do I go to the end of the chat?", "How do I read what's further up?", "Which key goes to the start of the chat?"],
     ["With PgUp and PgDn[, or with the mouse wheel|].", "PgUp scrolls up, PgDn down. [Ctrl+Home goes to the beginning.|Ctrl+End goes to the end.]", "Ctrl+Home goes to the beginning, Ctrl+End to the end."]),
    (["How do I get my earlier message back into the line?", "How do I repeat my last message?", "What does the Up key do?", "How do I see what I typed before?", "Can I get my last input again?"], ["Press Up: it brings back earlier messages. [Down goes forward again.|]", "With Up and Down you go through your earlier messages."]),
    (["What does Tab do?", "Can you complete commands?", "How do I complete a command?", "Must I type the whole command?"], ["Tab completes a command.", "Type a part and press Tab. [For example /mo and Tab.|]"]),
    (["What does Ctrl+Z do?", "How do I suspend the program?", "How do I put you in the background?"], ["Ctrl+Z suspends the program. [Type fg in your terminal to come back.|]", "It suspends me; with fg in your terminal I come back."]),
    # Notions.
    (["What is a token?", "What are tokens?", "What does token mean?", "Explain tokens."], ["A token is a piece of text: a word or a part of a word.", "I write in tokens. A token is a word or a piece of one.", "Tokens are the pieces that I read and write, words or parts of words."]),
    (["What is the context?", "What is a context window?", "How much can you remember?", "Why do you forget things?", "How long is your memory?", "Why did you forget my name?"],
     ["I only see the last part of our chat, {w} tokens. [What is older, I forget.|]", "My context is {w} tokens long. [Older text falls out of it.|]", "What no longer fits into my context is gone for me."]),
    (["What is top-k?", "What does top_k do?", "Explain top-k."], ["I choose only among the k likeliest tokens. [With 40 it's the best forty.|]", "With top-k I look at the k likeliest words only. [Smaller is safer.|]"]),
    (["What is top-p?", "What does top_p do?", "Explain top-p."], ["I choose among the likeliest tokens that make up that share of the chance.", "With top-p of 0.9 I take the likeliest words that make up 90 percent of the chance."]),
    (["What is a language model?", "How do you work?", "How do language models work?", "What is GPT-2?", "How do you write?", "How do you make your sentences?"],
     ["I guess the next piece of text again and again, from what I learned.", "A language model reads a text and guesses the next word, again and again.", "I'm a small GPT-2: I read the text so far and guess what comes next."]),
    (["Do you need the internet?", "Are you online?", "Can I use you without internet?", "Do you work offline?", "Can you look something up online?", "Can you browse the web?"],
     ["No, I run on your computer and need no internet.", "No. I work offline, only on your computer.", "I'm not online. [Only downloading another model needs the internet.|]"]),
    (["Is this private?", "Who can read our chat?", "Do you send my data anywhere?", "Where is my text stored?", "Does somebody read this?", "Is my chat sent anywhere?"],
     ["Everything stays on your computer.", "No one but you: it all stays on your computer.", "Nothing is sent anywhere. The chats are kept on your own disk."]),
    (["What is this program?", "What is inkling?", "What is this program called?", "What's this?", "What program am I using?"], ["This is inkling, a chat with a small language model on your own computer.", "It's called inkling. You can chat and write stories with me here.", "inkling: you write, and a GPT-2 on your computer answers."]),
    (["How big are you?", "How many parameters do you have?", "Are you a big model?", "Why are you so small?", "How large are you?"], ["I'm very small: about eight million parameters.", "I have about eight million parameters. [Bigger models know more.|]", "Small! About eight million numbers are all I am."]),
    (["Are you ChatGPT?", "Are you GPT-4?", "Who made you?", "Are you an AI?", "What are you?", "Are you human?", "Are you a robot?", "Are you real?", "Who are you?", "What is your name?", "What's your name?"],
     ["I'm inkling, a small language model on your computer.", "I am a small language model, no person.", "I'm a small GPT-2 that runs on your computer. [You can call me inkling.|]", "No person, only a small language model."]),
    (["Can you make mistakes?", "Are you always right?", "Can I trust you?", "Do you know everything?", "Is what you say true?"], ["I'm often wrong, so check what matters.", "No, I'm small and make mistakes. [Please check important things.|]", "Don't rely on me. I'm a small model and get things wrong."]),
]
# What one wants to do, for the topics above that are answered by the key that comes first in their answers; put into the frames below.
WISHES = {
    "How do I stop you?": ["[stop|halt|interrupt|pause|end|cancel] [you|your reply|your answer|the reply|the text|the output|the writing|this answer]", "make you [stop|be quiet|pause|shut up]", "stop [you in the middle|you while you write|this long answer|all this text]", "get you to stop", "break off [the reply|your sentence|here]", "keep you from [writing on|going on|talking on]"],
    "How do I get another answer?": ["get [another|a different|a new|a better|one more] [answer|reply|version|response]", "make you [answer again|try again|answer once more]", "[retry|reroll|regenerate|redo] [the answer|the last reply|your answer|this]", "have [another|a second] try", "see [a different|another] reply", "ask you for [another version|a new reply]"],
    "How do I see the old reply?": ["see [the old|the earlier|the first|the previous|the other] [reply|answer|version]", "[switch|change|go|flip] between [versions|replies|answers]", "go back to [the old|the first|your earlier|the previous] [reply|answer|version]", "get [the old|the earlier] [reply|version] back", "compare [two|the] [versions|replies]"],
    "Your reply was cut off.": ["make you [go on|write on|continue|write more]", "[continue|go on with|finish] [the reply|your answer|the text|the sentence]", "get the rest of [the reply|your answer|the text]", "have you [write on|finish the sentence]", "get a longer reply"],
    "How do I take my message back?": ["[undo|take back|edit|change|correct|fix] [my message|my last message|what I wrote|my question|the last line]", "fix a [typo|mistake] [in my message|]", "go one step back", "get my [message|question] back to change it", "send my question in other words"],
    "How do I change the temperature?": ["[change|set|raise|lower|turn up|turn down] the temperature", "make you [wilder|calmer|more creative|less random|more careful|bolder|less crazy|more sensible]", "[heat you up|cool you down]", "get [wilder|calmer|more creative|more sensible] [answers|replies]", "change how [wild|random|creative] you are"],
    "How do I write a new line?": ["[write|make|get|type|start] a new line", "[add|put in|make] a line break", "write [two|several|more] lines [in one message|]", "go to the next line without sending", "write a poem of several lines to you"],
    "How do I quit?": ["[quit|exit|leave|end|close] [the program|the app|inkling|this|the chat]", "[get out|leave|quit]", "shut [the program|inkling|this] down", "stop the whole program", "go back to the [shell|terminal]"],
    "How do I start a new chat?": ["[start|begin|open] [a new|another|a fresh] [chat|conversation|talk]", "start [again|over|anew|from the beginning]", "[clear|empty] [the chat|the screen]", "begin from zero", "talk about something new in a new chat"],
    "How do I see my old chats?": ["[see|find|open|load|read] [my old chats|an old chat|an earlier chat|the chat of yesterday|our last conversation|my old conversations|a saved chat]", "[resume|continue] [an old chat|an earlier conversation]", "get a list of [my|all] chats", "go back to [another|an old] chat"],
    "How do I save the chat to a file?": ["[save|export|write] [the chat|this chat|our talk|the conversation] [to a file|as a file|as text|as Markdown|as JSON]", "get [this chat|our talk] as a file", "keep this [chat|story] in a file"],
    "How do I copy your reply?": ["copy [your reply|your answer|the text|the whole chat|the last reply|what you wrote]", "get your reply into [the clipboard|another program]", "put [the reply|your answer] on the clipboard"],
    "How do I switch the model?": ["[switch|change] [the model|to another model|to GPT-2|to a bigger model]", "[use|load|try|get|download|pick] [another|a bigger|a better|a smarter|a different] model", "talk to [another|a bigger] model", "see which models there are", "replace you by a bigger model"],
    "How do I set a system text?": ["[set|change|write|give you] a system [text|prompt]", "give you [a role|instructions|a rule for the whole chat]", "tell you [who you are|how to answer] once and for all", "make you [a teacher|a pirate for the whole chat|answer in short sentences always]"],
    "How do I switch to story mode?": ["[switch to|use|go to|start] [story mode|the story mode]", "write [a story|a tale|a novel] [with you|together|in turns]", "let you continue my [text|story]", "change the mode"],
    "How do I see the settings?": ["[see|show|list|find|look at] [the settings|all settings|my settings]"],
    "How do I change a setting?": ["[change|set] [a setting|top_k|top_p|max_tokens|min_p|the settings]", "make your replies [shorter|longer]", "limit the length of your replies"],
    "What is a seed?": ["[set|fix|change|choose] the seed", "get the same [reply|answer|text] [again|twice|each time]", "free the seed", "make you repeat the same text"],
    "What does the model see?": ["see [what you see|the prompt|the exact text you get|what the model gets]", "look at the prompt"],
    "How do I get help?": ["[get|find|see|open] [help|the help|all commands|the list of keys|the keys|the commands]", "see [what I can do|what there is|all keys and commands]", "learn the keys"],
    "How do I scroll up?": ["scroll [up|down|back|in the chat]", "[see|read] [the beginning|what is further up|the old messages|the start of the chat]", "go to the [top|beginning|end|bottom]"],
    "How do I get my earlier message back into the line?": ["get [my last|an earlier] message [back into the line|again]", "see what I typed before", "send the same message again"],
    "What does Tab do?": ["complete a command", "type a command faster"],
}
FRAMES = ["How do I {x}?", "How do I {x}?", "How can I {x}?", "Which key do I press to {x}?", "What do I press to {x}?", "Is there a key to {x}?", "What's the key to {x}?", "Can I {x}?", "I want to {x}.", "I'd like to {x}, how?", "Is it possible to {x}?", "Which command is there to {x}?", "What is the command to {x}?", "Tell me how to {x}.",
          "Show me how to {x}.", "How does one {x}?", "how to {x}", "I need to {x}.", "I don't know how to {x}.", "What must I do to {x}?", "Help me {x}.", "What do I type to {x}?", "Is there a way to {x}?", "I can't find how to {x}.", "Could you tell me how to {x}?", "Any way to {x}?", "I'm trying to {x}."]
BEFORE = ["Hey, ", "One question: ", "So, ", "Sorry, ", "I'm new here. ", "Also, ", "Tell me, ", "Quick question: ", "Please, ", "And "]
AFTER = [("Thanks", "You're welcome!"), ("ok", "Just ask if you need more."), ("Thank you!", "Gladly!"), ("good to know", "Have fun!"), ("It works!", "Wonderful!"), ("great", "Ask me any time.")]


def make(r):
    out = []
    for questions, answers in r.sample(TOPICS, r.choice([1, 1, 1, 2, 2, 3])):
        q = r.choice(questions)
        if questions[0] in WISHES and r.random() < 0.6:
            q = r.choice(FRAMES).format(x=fill(r, r.choice(WISHES[questions[0]])))
        if r.random() < 0.2:
            q = r.choice(BEFORE) + (q if q.startswith("I") else q[0].lower() + q[1:])
        v = dict(t=r.choice(["0.5", "0.6", "0.7", "0.9", "1", "1.2"]), f=r.choice(["chat.md", "talk.txt", "fox.md", "notes.txt", "chat.json", "story.md"]), k=r.randint(1, 99), w=512,
                 s=r.choice(["top_k 20", "top_p 0.9", "max_tokens 50", "top_k 10", "repetition_penalty 1.1", "max_tokens 100", "min_p 0.1"]))
        out.append((typed(r, q), cap(fill(r, r.choice(answers), v)), False))
    if r.random() < 0.15:
        u, m = r.choice(AFTER)
        out.append((typed(r, u), m, False))
    return out
