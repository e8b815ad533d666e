package ui

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"inkling/chat"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/hub"
	"inkling/ui/safe"
)

// Update implements tea.Model.
func (p *program) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		p.resize(msg.Width, msg.Height)
	case tea.BackgroundColorMsg:
		p.dark = msg.IsDark()
		p.restyle()
	case tea.ColorProfileMsg:
		p.plain = msg.Profile <= colorprofile.Ascii
		p.restyle()
	case tea.KeyboardEnhancementsMsg:
		p.shiftEnter = msg.SupportsKeyDisambiguation()
	case tea.KeyPressMsg:
		return p, p.pressed(msg)
	case tea.PasteMsg:
		return p, p.pasted(msg)
	case tea.MouseWheelMsg:
		p.wheel(msg)
	case openedMsg:
		return p, p.opened(msg)
	case modelsMsg:
		p.offered(msg)
	case progressMsg:
		msg.pull.shown = msg.progress
		return p, msg.pull.next
	case pulledMsg:
		return p, p.pulled(msg)
	case loadedMsg:
		return p, p.loaded(msg)
	case batchMsg:
		return p, p.batch(msg)
	case finishedMsg:
		return p, p.finished(msg)
	case sessionsMsg:
		p.listed(msg)
	case draftMsg:
		p.saveDraft()
	case coolMsg:
		if int(msg) == p.hot {
			p.hot = 0
		}
	case noticeMsg:
		p.notice = notice(msg)
	default:
		return p, p.edit(msg)
	}
	return p, nil
}

func (p *program) resize(width, height int) {
	p.width, p.height = width, height
	p.look.width = width
	p.composer.resize(width, height)
}

// pressed handles a key: those of the panel first, then those of the chat, then the input's.
func (p *program) pressed(msg tea.KeyPressMsg) tea.Cmd {
	quitting := p.quitting
	p.quitting, p.notice = false, notice{}
	keys, empty := p.keys, p.composer.empty()
	switch {
	case key.Matches(msg, keys.Warmer):
		return p.turnTemperature(+temperatureStep)
	case key.Matches(msg, keys.Colder):
		return p.turnTemperature(-temperatureStep)
	case p.panel != nil:
		return p.panel.press(p, msg)
	case key.Matches(msg, keys.Quit):
		return tea.Quit
	case key.Matches(msg, keys.Interrupt):
		return p.interrupt(quitting)
	case key.Matches(msg, keys.Stop):
		p.escape()
	case key.Matches(msg, keys.Send):
		return p.enter()
	case key.Matches(msg, keys.Newline):
		p.composer.insert("\n")
		return p.edited()
	case key.Matches(msg, keys.Complete):
		return p.complete()
	case key.Matches(msg, keys.Retry):
		return p.stopAnd(p.retry)
	case empty && key.Matches(msg, keys.Previous):
		return p.otherVersion(-1)
	case empty && key.Matches(msg, keys.Next):
		return p.otherVersion(+1)
	case empty && msg.Text == "?" || key.Matches(msg, keys.Help):
		p.panel = helpPanel(p)
	case key.Matches(msg, keys.HistoryUp):
		if p.suggest.move(-1) || p.composer.recall(-1) {
			return nil
		}
		return p.edit(msg)
	case key.Matches(msg, keys.HistoryDown):
		if p.suggest.move(+1) || p.composer.recall(+1) {
			return nil
		}
		return p.edit(msg)
	case key.Matches(msg, keys.PageUp):
		p.transcript.scroll(-p.page())
	case key.Matches(msg, keys.PageDown):
		p.transcript.scroll(+p.page())
	case key.Matches(msg, keys.Top):
		p.transcript.toTop()
	case key.Matches(msg, keys.Bottom):
		p.transcript.toEnd()
	case key.Matches(msg, keys.New):
		return p.stopAnd(p.newChat)
	case key.Matches(msg, keys.Sessions):
		return p.openSessions()
	case key.Matches(msg, keys.Suspend):
		return tea.Suspend
	default:
		return p.edit(msg)
	}
	return nil
}

// page is how far PgUp goes: a screen but for one line.
func (p *program) page() int { return max(p.transcript.height-1, 1) }

const wheelLines = 3

func (p *program) wheel(msg tea.MouseWheelMsg) {
	lines := wheelLines
	switch msg.Button {
	case tea.MouseWheelUp:
		lines = -lines
	case tea.MouseWheelDown:
	default:
		return
	}
	if s, ok := p.panel.(interface{ scroll(int) }); ok {
		s.scroll(lines)
		return
	}
	p.transcript.scroll(lines)
}

// edit hands a message to the input.
func (p *program) edit(msg tea.Msg) tea.Cmd {
	before := p.composer.area.Value()
	cmd := p.composer.update(msg)
	if p.composer.area.Value() == before {
		return cmd
	}
	return tea.Batch(cmd, p.edited())
}

func (p *program) pasted(msg tea.PasteMsg) tea.Cmd {
	if p.panel != nil {
		if in, ok := p.panel.(interface{ paste(text string) }); ok {
			in.paste(msg.Content)
		}
		return nil
	}
	p.composer.insert(safe.Text(msg.Content))
	return p.edited()
}

// draftMsg asks for the draft to be saved.
type draftMsg struct{}

const draftPause = time.Second

// edited follows every change of the input: suggestions, and the draft is saved a moment later.
func (p *program) edited() tea.Cmd {
	p.suggest = p.suggestions()
	if p.dirty || p.composer.text() == p.conv.Draft {
		return nil
	}
	p.dirty = true
	return p.later(draftPause, draftMsg{})
}

// later sends msg after a while, unless the program ends before. Without a screen there is nothing to do later.
func (p *program) later(d time.Duration, msg tea.Msg) tea.Cmd {
	if p.screenless {
		return nil
	}
	return func() tea.Msg {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return msg
		case <-p.ctx.Done():
			return nil
		}
	}
}

func (p *program) saveDraft() {
	p.dirty = false
	p.conv.Draft = p.composer.text()
	if p.conv.Leaf() != nil {
		p.journal.SaveSession(p.conv.Header())
	}
}

// escape stops the reply, or puts away what is in the way.
func (p *program) escape() {
	switch {
	case p.suggest.open():
		p.suggest = suggestions{}
	case p.reply != nil:
		p.reply.cancel()
	case p.waiting != nil:
		p.waiting = nil
	case !p.transcript.follow:
		p.transcript.toEnd()
	default:
		p.stopPull()
	}
}

// interrupt stops the reply, or else clears the input, or else stops a pull, or else quits when asked twice.
func (p *program) interrupt(again bool) tea.Cmd {
	switch {
	case p.reply != nil && !p.reply.finished:
		p.reply.cancel()
	case !p.composer.empty():
		p.composer.remember(p.composer.text())
		p.composer.clear()
		return p.edited()
	case p.pull != nil:
		p.stopPull()
	case again:
		return tea.Quit
	default:
		p.quitting = true
		p.say("press Ctrl+C again to quit")
	}
	return nil
}

// enter sends the input, runs the command in it, or, on an empty line, goes on writing.
func (p *program) enter() tea.Cmd {
	text := p.composer.text()
	if p.suggest.accepted() {
		return p.complete()
	}
	switch {
	case isCommand(text):
		p.composer.remember(text)
		p.composer.clear()
		return tea.Batch(p.run(text), p.edited())
	case p.reply != nil:
		p.say("still writing: Esc stops it")
		return nil
	case p.waiting != nil:
		p.say("the model is still being opened")
		return nil
	case blank(text):
		p.composer.clear()
		return p.goOn()
	}
	return p.send(text)
}

// openedMsg says that a model is open, or could not be.
type openedMsg struct {
	name     string
	model    *engine.Model
	template *chat.Template
	pulled   bool // it has been fetched just now
	err      error
}

func (p *program) open(name string, pulled bool) tea.Cmd {
	p.opening = name
	return func() tea.Msg {
		msg := openedMsg{name: name, pulled: pulled}
		if msg.model, msg.err = p.Open(name); msg.err == nil {
			msg.template = ChatTemplate(&msg.model.Codec)
		}
		return msg
	}
}

// switchModel has the chat go on with another model, which is fetched first where it is not on this machine. Without a name
// it shows what there is.
func (p *program) switchModel(name string) tea.Cmd {
	name = home(name)
	switch {
	case name == "":
		return p.listModels()
	case p.opening != "":
		p.say("still opening " + p.opening)
		return nil
	case p.pull != nil && same(p.pull.name, name):
		p.say(p.pull.line())
		return nil
	}
	p.stopPull()
	if p.model != nil && p.model.Info().Name == name {
		p.say("the model is " + modelLine(p.model.Info()))
		return p.drop()
	}
	return p.open(name, false)
}

// drop takes back that another model takes over after the reply.
func (p *program) drop() tea.Cmd {
	if p.coming == nil {
		return nil
	}
	dropped := p.coming.model
	p.coming = nil
	return closing(dropped)
}

// closing releases a model that nothing uses any more, which may wait for its cache to be written.
func closing(m *engine.Model) tea.Cmd {
	return func() tea.Msg {
		m.Close()
		return nil
	}
}

func (p *program) opened(msg openedMsg) tea.Cmd {
	p.opening = ""
	switch {
	case msg.err == nil:
	case p.model == nil:
		p.err = msg.err
		return tea.Quit
	case errors.Is(msg.err, hub.ErrNotLocal) && p.Pull != nil && !msg.pulled:
		return p.startPull(msg.name)
	default:
		p.problem(msg.err.Error())
		return nil
	}
	if p.model == nil {
		if told := p.use(msg.model, msg.template); told.problem || told.text != "" && p.notice.text == "" {
			p.notice = told
		}
		switch {
		case p.waiting != nil:
			answer := p.waiting
			p.waiting = nil
			return answer()
		case p.Ask != "" && p.Resume == "":
			ask := p.Ask
			p.Ask = ""
			return p.send(ask)
		}
		return nil
	}
	dropped, waits := p.drop(), p.reply != nil
	p.coming = &msg
	if waits {
		p.say(msg.name + " takes over after this reply")
	}
	return tea.Batch(dropped, p.whenIdle(p.takeOver))
}

// takeOver has the chat go on with the model that was waiting for the end of a reply. It reads the conversation when it
// answers.
func (p *program) takeOver() tea.Cmd {
	if p.coming == nil {
		return nil
	}
	old, next := p.model, p.coming
	p.coming = nil
	p.rate = 0 // of the old one
	told := p.use(next.model, next.template)
	if p.fail(p.settings.Set("model", next.name)) {
		return closing(old)
	}
	p.notice = notice{strings.TrimSuffix("the model is now "+next.name+"; "+told.text, "; "), told.problem}
	return closing(old)
}

// use makes m, with its chat template, the model of the chat, and returns what else there is to tell of that.
func (p *program) use(m *engine.Model, template *chat.Template) notice {
	p.model, p.template, p.sequence = m, template, m.NewSequence()
	changed, notes := Adopt(p.settings, m.Info())
	p.changed()
	var told []string
	for i, key := range changed {
		setting, _ := config.Find(key)
		changed[i] = key + " is " + setting.Format(p.settings.Settings)
	}
	if len(changed) > 0 {
		told = append(told, "with this model "+strings.Join(changed, ", "))
	}
	if p.noted != "" {
		notes = append(notes, p.noted)
	}
	return notice{strings.Join(append(told, notes...), "; "), len(notes) > 0}
}

// ChatTemplate is the template by which a model wants its conversations written down, nil where it brings none.
func ChatTemplate(c *engine.Codec) *chat.Template {
	info := c.Info()
	if info.ChatTemplate == "" {
		return nil
	}
	return chat.NewTemplate(c, info.ChatTemplate, info.Tokens, time.Now())
}

// loadedMsg brings a conversation from the store.
type loadedMsg struct {
	conv *chat.Conversation
	err  error
}

const storePatience = 10 * time.Second

func (p *program) load(id string) tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(p.ctx, storePatience)
		defer cancel()
		_ = p.journal.Flush(ctx, id) // what could not be written has been told
		conv, err := p.Store.Load(ctx, id)
		return loadedMsg{conv, err}
	}
}

func (p *program) loaded(msg loadedMsg) tea.Cmd {
	ask := p.Ask
	if p.Resume != "" {
		p.Ask, p.Resume = "", "" // they belong to the first conversation that is loaded
	} else {
		ask = ""
	}
	if p.fail(msg.err) {
		p.composer.set(ask)
		return p.edited()
	}
	return p.stopAnd(func() tea.Cmd {
		p.begin(msg.conv)
		p.suggest = p.suggestions()
		if ask == "" {
			return nil
		}
		return p.send(ask)
	})
}

// coolMsg ends the highlight of the temperature that the change of this number began.
type coolMsg int

const (
	temperatureStep = 0.05
	warmest         = 2.0
	highlight       = 2 * time.Second
)

// turnTemperature changes the temperature by step, in force from the next token.
func (p *program) turnTemperature(step float64) tea.Cmd {
	t := p.settings.Temperature + step
	if step > 0 && t > warmest || step < 0 && t < 0 {
		t = min(max(t, 0), max(warmest, p.settings.Temperature))
		p.say("the keys stop here; /temp takes any number")
	}
	if p.fail(p.settings.Set("temperature", strconv.FormatFloat(hundredths(t), 'f', -1, 64))) {
		return nil
	}
	p.steer()
	p.hot++
	return p.later(highlight, coolMsg(p.hot))
}

// noticeMsg is a notice that a command brings.
type noticeMsg notice

func problemMsg(format string, args ...any) noticeMsg {
	return noticeMsg{text: fmt.Sprintf(format, args...), problem: true}
}
