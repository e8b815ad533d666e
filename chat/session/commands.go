package session

import (
	"bytes"
	"slices"
	"strings"
	"unicode"

	"inkling/chat"
	"inkling/chat/prompt"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/hub"
)

// A Command is what a line that begins with a slash asks for.
type Command struct {
	Names []string // the first is shown, the others work too
	Args  string   // as the help writes them
	Help  string

	run    func(s *Session, arg string) []Work
	values func(s *Session) []string             // that complete the argument; nil where there is nothing to offer
	about  func(s *Session, value string) string // says what such an argument means; nil where that is plain
	after  string                                // follows a completed argument
}

// Commands are all commands, in the order of the help.
func Commands() []Command {
	return []Command{
		{Names: []string{"/help", "/?"}, Help: "keys and commands", run: func(s *Session, _ string) []Work {
			s.tell(Help{})
			return nil
		}},
		{Names: []string{"/retry", "/regen"}, Help: "write another reply; the old one is kept", run: func(s *Session, _ string) []Work { return s.Reply.Retry() }},
		{Names: []string{"/continue"}, Args: "[to]", Help: "continue; to the end of a sentence, paragraph", run: runContinue,
			values: values("sentence", "paragraph")},
		{Names: []string{"/pause"}, Help: "pause the reply, or let it go on", run: func(s *Session, _ string) []Work { return s.Reply.Pause() }},
		{Names: []string{"/step"}, Args: "[n]", Help: "write one token, or n, and pause", run: runStep},
		{Names: []string{"/colors"}, Args: "[by]", Help: "colour tokens by rank, probability ...; off", run: runColours, values: colourNames},
		{Names: []string{"/pick"}, Args: "[n|words]", Help: "paused: take candidate n, or your own words", run: runPick},
		{Names: []string{"/back"}, Args: "[n]", Help: "paused: take the last token back, or n", run: runBack},
		{Names: []string{"/undo", "/revert"}, Help: "undo the last change; a message can be edited", run: func(s *Session, _ string) []Work { return s.Chat.Undo() }},
		{Names: []string{"/redo"}, Help: "do again what was undone", run: func(s *Session, _ string) []Work { return s.Chat.Redo() }},
		{Names: []string{"/tree"}, Args: "[verb] [number]", Help: "all versions: show, prune, label, bookmark, copy one", run: runTree, values: treeVerbs, about: treeHelp, after: " "},
		{Names: []string{"/edit"}, Args: "[n|reply]", Help: "edit your last message, turn n, or the reply", run: runEdit, values: values("reply")},
		{Names: []string{"/editor"}, Args: "[n]", Help: "write a message in $EDITOR, or edit turn n there", run: runEditor, values: values("-1", "-2")},
		{Names: []string{"/temp", "/temperature"}, Args: "[number]", Help: "show or set the temperature", run: func(s *Session, arg string) []Work {
			s.setValue("temperature", arg)
			return nil
		}},
		{Names: []string{"/dial"}, Help: "turn the sampling parameters, even during a reply", run: func(s *Session, _ string) []Work {
			s.tell(s.Dials())
			return nil
		}},
		{Names: []string{"/ramp"}, Args: "[from to|off]", Help: "let the temperature rise or fall over each reply", run: runRamp, values: values("off")},
		{Names: []string{"/sweep"}, Args: "[temperatures]", Help: "write the reply at several temperatures, to choose from", run: runSweep},
		{Names: []string{"/preset"}, Args: "[name]", Help: "choose a sampling preset; no name lists them", run: func(s *Session, arg string) []Work {
			if arg == "" {
				s.tell(s.presetSheet())
				return nil
			}
			s.setValue("preset", arg)
			return nil
		}, values: presetNames, about: presetHelp},
		{Names: []string{"/set"}, Args: "[name value]", Help: "change a setting, even during a reply", run: runSet, values: settingNames, about: settingHelp, after: " "},
		{Names: []string{"/show"}, Help: "show all settings and what the model sees", run: func(s *Session, _ string) []Work {
			s.tell(s.showSheet())
			return nil
		}},
		{Names: []string{"/prompt"}, Help: "show the exact prompt", run: func(s *Session, _ string) []Work {
			s.tell(s.promptSheet())
			return nil
		}},
		{Names: []string{"/seed"}, Args: "[number|random]", Help: "set the seed; random picks one for each reply", run: func(s *Session, arg string) []Work {
			s.setValue("seed", arg)
			return nil
		}, values: values("random")},
		{Names: []string{"/system"}, Args: "[text|off]", Help: "set the system prompt, or turn it off", run: runSystem, values: values("off")},
		{Names: []string{"/memory"}, Args: "[text|off]", Help: "text that the model always sees", run: only(prompt.MemoryNote, "memory"), values: values("off")},
		{Names: []string{"/note"}, Args: "[text|depth N|off]", Help: "author's note: a text a few lines before the end", run: only(prompt.AuthorNote, "author's note"), values: values("off", "depth")},
		{Names: []string{"/world"}, Args: "[keys: text]", Help: "notes that come in when a key appears: words or /regex/", run: runWorld},
		{Names: []string{"/import"}, Args: "[file]", Help: "a chat, world info or a character card", run: runImport},
		{Names: []string{"/context"}, Help: "show what the model sees, in tokens", run: func(s *Session, _ string) []Work {
			s.tell(s.contextSheet())
			return nil
		}},
		{Names: []string{"/model"}, Args: "[name]", Help: "choose a model; downloads it if needed", run: (*Session).Switch, values: modelNames},
		{Names: []string{"/theme"}, Args: "[name]", Help: "choose the colours", run: runTheme, values: themeNames, about: themeHelp},
		{Names: []string{"/keys"}, Help: "list the keys and their names in the config file", run: func(s *Session, _ string) []Work {
			s.tell(Keys{})
			return nil
		}},
		{Names: []string{"/mode"}, Args: "[chat|story]", Help: "switch between a chat and a story", run: runMode, values: values("chat", "story")},
		{Names: []string{"/replace"}, Args: "[old new]", Help: "in a story: replace words everywhere, as one change", run: runReplace},
		{Names: []string{"/focus"}, Help: "the text alone on the screen, and back", run: runFocus},
		{Names: []string{"/task"}, Args: "[name words]", Help: "do a task: poem, summary, quiz ...; no name lists them", run: runTask, values: taskNames, about: taskHelp, after: " "},
		{Names: []string{"/new", "/clear"}, Help: "start a new chat", run: func(s *Session, _ string) []Work { return s.New() }},
		{Names: []string{"/sessions", "/load", "/resume"}, Args: "[filter|n]", Help: "list chats; #tag and * filter, a number of a list opens", run: runSessions},
		{Names: []string{"/search"}, Args: "[words]", Help: "search all chats, and open one at the place", run: runSearch},
		{Names: []string{"/tag"}, Args: "[words]", Help: "tag this chat; -word takes a tag away", run: runTag},
		{Names: []string{"/star"}, Help: "star this chat, or take the star away", run: runStar},
		{Names: []string{"/save", "/export"}, Args: "[file] [--bare]", Help: "save this chat: .md, .txt, .json or .html", run: runSave},
		{Names: []string{"/read"}, Args: "file", Help: "put a text file into the message", run: runRead},
		{Names: []string{"/n"}, Args: "[number]", Help: "write several replies at once, to choose from", run: runSeveral, values: values("2", "4")},
		{Names: []string{"/copy"}, Args: "[all]", Help: "copy the last reply or the whole chat", run: runCopy, values: values("all")},
		{Names: []string{"/quit", "/exit", "/bye"}, Help: "quit; the chat is saved", run: func(s *Session, _ string) []Work {
			s.Leave()
			return nil
		}},
	}
}

func values(values ...string) func(*Session) []string {
	return func(*Session) []string { return values }
}

func settingHelp(_ *Session, key string) string {
	setting, _ := config.Find(key)
	return setting.Help
}

func presetHelp(s *Session, name string) string { return s.Settings.config.PresetHelp(name) }

func presetNames(s *Session) []string {
	preset, _ := config.Find("preset")
	return slices.DeleteFunc(s.Settings.config.Choices(preset), blank)
}

func themeNames(s *Session) []string {
	theme, _ := config.Find("theme")
	return s.Settings.config.Choices(theme)
}

func themeHelp(_ *Session, name string) string {
	return map[string]string{
		"auto": "as the terminal is", "dark": "for a dark background", "light": "for a light background",
		"high-contrast": "easier to read, on either", "terminal": "the terminal's own 16 colours",
	}[name]
}

// runTheme is the command /theme. Without a name the input offers those that there are.
func runTheme(s *Session, name string) []Work {
	s.setValue("theme", name)
	if name == "" {
		s.tell(Draft{Words: "/theme "})
	}
	return nil
}

func modelNames(*Session) []string {
	names := []string{engine.Starter}
	for _, k := range hub.Known() {
		names = append(names, k.Name)
	}
	return names
}

// A Completion is what a line may become.
type Completion struct {
	Line string
	Name string // what is shown of it
	Help string
}

// Completions are what could complete a line that begins a command.
func (s *Session) Completions(line string) (found []Completion) {
	if !strings.HasPrefix(line, "/") || strings.Contains(line, "\n") {
		return nil
	}
	name, arg, hasArg := strings.Cut(line, " ")
	name = strings.ToLower(name)
	for _, c := range Commands() {
		if !hasArg {
			for _, n := range c.Names {
				if strings.HasPrefix(n, name) {
					found = append(found, Completion{Line: n + " ", Name: strings.TrimSpace(n + " " + c.Args), Help: c.Help})
					break
				}
			}
			continue
		}
		if c.values == nil || !slices.Contains(c.Names, name) {
			continue
		}
		for _, v := range c.values(s) {
			if strings.HasPrefix(config.Fold(v), config.Fold(arg)) && v != arg {
				completion := Completion{Line: name + " " + v + c.after, Name: v}
				if c.about != nil {
					completion.Help = c.about(s, v)
				}
				found = append(found, completion)
			}
		}
	}
	return found
}

// IsCommand tells a command from a message: a slash, a letter or a question mark, no second slash in the first word. A
// message that looks like one is sent with a blank before it.
func IsCommand(text string) bool {
	word, _, _ := strings.Cut(text, " ")
	if len(word) < 2 || word[0] != '/' || strings.Contains(word[1:], "/") || strings.Contains(word, "\n") {
		return false
	}
	return word[1] == '?' || unicode.IsLetter(rune(word[1]))
}

func blank(text string) bool { return strings.TrimSpace(text) == "" }

// Run does what the line of a command says. Names match as whole words, in any case.
func (s *Session) Run(line string) []Work {
	name, arg, _ := strings.Cut(strings.TrimSpace(line), " ")
	name = strings.ToLower(name)
	var known []string
	for _, c := range Commands() {
		if slices.Contains(c.Names, name) {
			if c.Args == "" && !blank(arg) {
				s.problem(c.Names[0] + " takes no argument")
				return nil
			}
			return c.run(s, strings.TrimSpace(arg))
		}
		known = append(known, c.Names...)
	}
	text := "unknown command " + name
	if near := config.Nearest(name, known); near != "" {
		text += "; did you mean " + near + "?"
	} else {
		text += "; /help shows them all"
	}
	s.problem(text)
	return nil
}

// runSet is the command /set.
func runSet(s *Session, arg string) []Work {
	arg = strings.TrimPrefix(arg, "parameter ") // as ollama has it
	name, value, _ := strings.Cut(arg, " ")
	if name == "" {
		s.tell(s.showSheet())
	} else if setting, ok := s.Settings.find(name); ok {
		s.setValue(setting.Key, strings.TrimSpace(value))
	}
	return nil
}

// setValue changes one setting, or shows it when there is no value.
func (s *Session) setValue(key, value string) {
	setting, _ := config.Find(key)
	if value == "" {
		s.Settings.show(setting)
		return
	}
	if value == `""` {
		value = "" // the empty text
	}
	if s.fail(s.Settings.config.Set(key, value)) {
		return
	}
	s.keepSettings()
	s.Reply.steer()
	s.changed()
	text := key + " is now " + setting.Format(s.Settings.config.Settings)
	if parts := s.Settings.preset(); key == "preset" && len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	s.say(text)
}

// runSystem is the command /system.
func runSystem(s *Session, arg string) []Work {
	switch arg {
	case "":
		if text := s.Chat.conv.System; text == "" {
			s.say("no system prompt; /system TEXT sets one")
		} else {
			s.say("system prompt: " + text)
		}
		return nil
	case "off":
		arg = ""
	}
	return s.Chat.setSystem(arg)
}

// runMode is the command /mode.
func runMode(s *Session, arg string) []Work {
	switch mode := chat.Mode(arg); mode {
	case "":
		s.say("mode is " + string(s.Chat.conv.Mode))
	case chat.Chat, chat.Story:
		return s.Chat.setMode(mode)
	default:
		s.problem("unknown mode " + arg + "; use chat or story")
	}
	return nil
}

// runCopy is the command /copy.
func runCopy(s *Session, arg string) []Work {
	if arg != "" && arg != "all" {
		s.problem("usage: /copy [all]")
		return nil
	}
	if arg == "all" {
		var text bytes.Buffer
		if s.fail(chat.Export(&text, chat.Record{Conversation: s.Chat.conv}, chat.ExportOptions{Kind: "txt"})) {
			return nil
		}
		s.say("copied the chat to the clipboard")
		s.tell(Clip{text.String()})
		return nil
	}
	for _, t := range slices.Backward(s.Chat.conv.Path()) {
		if t.Role == chat.Assistant && !blank(t.Text) {
			s.say("copied the last reply to the clipboard")
			s.tell(Clip{t.Text})
			return nil
		}
	}
	s.say("no reply to copy yet")
	return nil
}
