package ui

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"inkling/chat"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/hub"
	"inkling/ui/safe"
)

// command is a slash command.
type command struct {
	names []string // the first is shown, the others work too
	args  string   // as the help writes them
	help  string
	run   func(p *program, arg string) tea.Cmd
	// values completes the argument; nil where there is nothing to offer.
	values func(p *program, arg string) []string
	after  string // follows a completed argument
}

func chatCommands() []command {
	return []command{
		{names: []string{"/help", "/?"}, help: "keys and commands", run: func(p *program, _ string) tea.Cmd {
			p.panel = helpPanel(p)
			return nil
		}},
		{names: []string{"/retry", "/regen"}, help: "another reply; the old one is kept", run: func(p *program, _ string) tea.Cmd {
			return p.stopAnd(p.retry)
		}},
		{names: []string{"/continue"}, help: "go on with the last reply", run: func(p *program, _ string) tea.Cmd { return p.goOn() }},
		{names: []string{"/undo", "/revert"}, help: "take the last message back to edit it", run: func(p *program, _ string) tea.Cmd {
			return p.stopAnd(p.undo)
		}},
		{names: []string{"/temp", "/temperature"}, args: "[number]", help: "show or set the temperature", run: func(p *program, arg string) tea.Cmd {
			return p.setValue("temperature", arg)
		}},
		{names: []string{"/set"}, args: "[name value]", help: "change a setting, also while a reply is written", run: (*program).set, values: settingNames, after: " "},
		{names: []string{"/show"}, help: "all settings, and what the model sees", run: func(p *program, _ string) tea.Cmd {
			p.panel = showPanel(p)
			return nil
		}},
		{names: []string{"/prompt"}, help: "the exact text that the model sees", run: func(p *program, _ string) tea.Cmd {
			p.panel = promptPanel(p)
			return nil
		}},
		{names: []string{"/seed"}, args: "[number|random]", help: "fix the random choices (further versions count on from it), or free them", run: func(p *program, arg string) tea.Cmd {
			return p.setValue("seed", arg)
		}, values: choices("random")},
		{names: []string{"/system"}, args: "[text|off]", help: "text that the model always sees first", run: (*program).setSystem, values: choices("off")},
		{names: []string{"/model"}, args: "[name]", help: "pick a model from a list, or name one; downloads it if need be", run: (*program).switchModel, values: modelNames},
		{names: []string{"/mode"}, args: "[chat|story]", help: "question and answer, or one text that goes on", run: (*program).setMode, values: choices("chat", "story")},
		{names: []string{"/new", "/clear"}, help: "begin a new chat; this one is kept", run: func(p *program, _ string) tea.Cmd { return p.stopAnd(p.newChat) }},
		{names: []string{"/sessions", "/load", "/resume"}, help: "all chats", run: func(p *program, _ string) tea.Cmd { return p.openSessions() }},
		{names: []string{"/save", "/export"}, args: "[file.md|.txt|.json]", help: "write this chat to a file", run: (*program).save},
		{names: []string{"/copy"}, args: "[all]", help: "copy the last reply, or the whole chat, to the clipboard", run: (*program).copyText, values: choices("all")},
		{names: []string{"/quit", "/exit", "/bye"}, help: "leave; the chat is kept", run: func(*program, string) tea.Cmd { return tea.Quit }},
	}
}

func choices(values ...string) func(*program, string) []string {
	return func(*program, string) []string { return values }
}

// settingNames are the settings that /set takes.
func settingNames(*program, string) []string {
	return config.Keys(func(s config.Scope) bool { return s.Live })
}

func modelNames(*program, string) []string {
	names := []string{engine.Starter}
	for _, k := range hub.Known() {
		names = append(names, k.Name)
	}
	return names
}

// isCommand tells a command from a message: a slash, a letter or a question mark, no second slash in the first word. A
// message that looks like one is sent with a blank before it.
func isCommand(text string) bool {
	word, _, _ := strings.Cut(text, " ")
	if len(word) < 2 || word[0] != '/' || strings.Contains(word[1:], "/") || strings.Contains(word, "\n") {
		return false
	}
	return word[1] == '?' || unicode.IsLetter(rune(word[1]))
}

func blank(text string) bool { return strings.TrimSpace(text) == "" }

// run does what the command line says. Names match as whole words, in any case.
func (p *program) run(line string) tea.Cmd {
	name, arg, _ := strings.Cut(strings.TrimSpace(line), " ")
	name = strings.ToLower(name)
	var known []string
	for _, c := range p.commands {
		if slices.Contains(c.names, name) {
			if c.args == "" && !blank(arg) {
				p.problem(c.names[0] + " takes nothing after it")
				return nil
			}
			return c.run(p, strings.TrimSpace(arg))
		}
		known = append(known, c.names...)
	}
	text := "unknown command " + safe.Line(name)
	if near := config.Nearest(name, known); near != "" {
		text += "; did you mean " + near + "?"
	} else {
		text += "; /help shows them all"
	}
	p.problem(text)
	return nil
}

func (p *program) undo() tea.Cmd {
	text, ok := p.conv.Undo()
	if !ok {
		p.say("there is nothing to take back")
		return nil
	}
	p.composer.set(text)
	p.journal.SaveSession(p.conv.Header())
	p.changed()
	p.say("taken back; the old version is kept")
	return p.edited()
}

func (p *program) newChat() tea.Cmd {
	p.saveDraft()
	p.begin(p.fresh())
	return p.edited()
}

func (p *program) set(arg string) tea.Cmd {
	arg = strings.TrimPrefix(arg, "parameter ") // as ollama has it
	name, value, _ := strings.Cut(arg, " ")
	if name == "" {
		p.panel = showPanel(p)
		return nil
	}
	name = strings.ReplaceAll(strings.ToLower(name), "-", "_")
	if name == "temp" {
		name = "temperature"
	}
	if setting, ok := config.Find(name); !ok || !setting.Scope.Live {
		text := "no setting " + safe.Line(name)
		if ok {
			text = name + " cannot be set here: it is read at the start, or has a command of its own"
		} else if near := config.Nearest(name, settingNames(p, "")); near != "" {
			text += "; did you mean " + near + "?"
		}
		p.problem(text)
		return nil
	}
	return p.setValue(name, strings.TrimSpace(value))
}

// setValue changes one setting, or shows it when there is no value.
func (p *program) setValue(name, value string) tea.Cmd {
	setting, _ := config.Find(name)
	if value == "" {
		p.say(name + " is " + setting.Format(p.settings.Settings) + p.from(name) + ": " + setting.Help)
		return nil
	}
	if value == `""` {
		value = "" // the empty text
	}
	if p.fail(p.settings.Set(name, value)) {
		return nil
	}
	p.steer()
	p.changed()
	p.say(name + " is now " + setting.Format(p.settings.Settings))
	return nil
}

func (p *program) setSystem(arg string) tea.Cmd {
	switch arg {
	case "":
		if p.conv.System == "" {
			p.say("no system text; /system TEXT sets one")
		} else {
			p.say("system text: " + p.conv.System)
		}
		return nil
	case "off":
		arg = ""
	}
	return p.stopAnd(func() tea.Cmd {
		p.conv.System = arg
		p.journal.SaveSession(p.conv.Header())
		p.changed()
		if arg == "" {
			p.say("the system text is gone")
		} else {
			p.say("the model now always sees this first: " + arg)
		}
		return nil
	})
}

func (p *program) setMode(arg string) tea.Cmd {
	mode := chat.Mode(arg)
	switch mode {
	case "":
		p.say("the mode is " + string(p.conv.Mode))
		return nil
	case chat.Chat, chat.Story:
	default:
		p.problem("no mode " + safe.Line(arg) + "; there are chat and story")
		return nil
	}
	return p.stopAnd(func() tea.Cmd {
		p.conv.Mode = mode
		p.journal.SaveSession(p.conv.Header())
		p.changed()
		p.say("the mode is now " + arg)
		return nil
	})
}

// save writes the conversation to a file that does not exist yet.
func (p *program) save(name string) tea.Cmd {
	if p.conv.Leaf() == nil {
		p.say("there is nothing to save yet")
		return nil
	}
	switch {
	case name == "":
		name = freeName(p.conv.Title)
	case filepath.Ext(name) == "":
		name += ".md"
	}
	name = home(name)
	kind, err := chat.ExportKind(name)
	if p.fail(err) {
		return nil
	}
	var text bytes.Buffer
	if p.fail(chat.Export(&text, p.conv, kind)) {
		return nil
	}
	return func() tea.Msg {
		file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			return problemMsg("%s exists already; give another name", name)
		}
		if err == nil {
			_, err = file.Write(text.Bytes())
			err = errors.Join(err, file.Close())
		}
		if err != nil {
			return problemMsg("not saved: %v", err)
		}
		if whole, err := filepath.Abs(name); err == nil {
			name = whole
		}
		return noticeMsg{text: "written to " + name}
	}
}

// home replaces a leading ~ by the user's home directory.
func home(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
	folder, err := os.UserHomeDir()
	if !ok || err != nil {
		return path
	}
	return filepath.Join(folder, rest)
}

// freeName makes a file name of a title that no file has yet.
func freeName(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		} else if b.Len() > 0 && !strings.HasSuffix(b.String(), "-") {
			b.WriteByte('-')
		}
		if b.Len() > 40 {
			break
		}
	}
	stem := strings.Trim(b.String(), "-")
	if stem == "" {
		stem = "chat"
	}
	name := stem + ".md"
	for n := 2; ; n++ {
		if _, err := os.Lstat(name); err != nil {
			return name
		}
		name = stem + "-" + strconv.Itoa(n) + ".md"
	}
}

// copyText puts text into the clipboard by way of the terminal (OSC 52).
func (p *program) copyText(arg string) tea.Cmd {
	if arg != "" && arg != "all" {
		p.problem("/copy takes nothing, or all")
		return nil
	}
	if arg == "all" {
		var text bytes.Buffer
		if p.fail(chat.Export(&text, p.conv, "txt")) {
			return nil
		}
		p.say("the chat is sent to the terminal's clipboard")
		return tea.SetClipboard(text.String())
	}
	for _, t := range slices.Backward(p.conv.Path()) {
		if t.Role == chat.Assistant && !blank(t.Text) {
			p.say("the last reply is sent to the terminal's clipboard")
			return tea.SetClipboard(t.Text)
		}
	}
	p.say("there is no reply to copy yet")
	return nil
}

// sessionsMsg brings the list of conversations.
type sessionsMsg struct {
	sessions []chat.Summary
	err      error
}

func (p *program) openSessions() tea.Cmd {
	session := p.conv.ID
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(p.ctx, storePatience)
		defer cancel()
		// What could not be written has been told; what is there can be listed all the same.
		_ = p.journal.Flush(ctx, session)
		sessions, err := p.Store.Sessions(ctx)
		return sessionsMsg{sessions, err}
	}
}
