package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/ui/markdown"
	"inkling/ui/pane"
	"inkling/ui/safe"
	"inkling/ui/style"
)

// program is the tea.Model: a session on the screen. Everything in it belongs to the goroutine of Update and View.
type program struct {
	ctx     context.Context // ends with the program
	session *session.Session
	first   []session.Work // what the session begins with

	keys       keyMap
	screen     screen
	look       *look
	transcript transcript
	welcome    welcome // in place of an empty transcript
	composer   *composer
	suggest    suggestions
	dock       pane.Dock // the transcript, other panes, and the dialogs in place of them
	notice     notice
	footers    bool // all replies tell everything about how they were made
	warmth     warmth
	ending     ending
}

// ending is how the program ends.
type ending struct {
	asked bool // Ctrl+C was pressed on an empty line
	err   error
}

// screen is what is known of the terminal.
type screen struct {
	width, height int
	below, input  int // the lines where what is below the panes begins, and the input
	themes        func(name string) style.Theme
	named         string // the theme in force
	theme         style.Theme
	dark, plain   bool // background and colours
	few           bool // it has 16 colours at most
	shiftEnter    bool // it can tell Shift+Enter from Enter
	alone         bool // the text is all there is to see, while it has the keys
}

// notice is a message of the program, shown in the rule above the input until a key is pressed.
type notice struct {
	text    string
	problem bool
	passing bool // until the session is not busy any more
}

func newProgram(ctx context.Context, o session.Options, c Custom) *program {
	p := &program{
		ctx:      ctx,
		keys:     defaultKeys(),
		screen:   screen{themes: c.Theme, dark: true},
		composer: newComposer(),
		look:     &look{},
	}
	if c.Theme == nil {
		p.screen.themes = func(name string) style.Theme { return style.Theme{Base: name} }
	}
	p.keys.bind(c.Keys)
	p.welcome.tips = tips(p.keys)
	p.session, p.first = session.New(o)
	p.transcript.follow, p.transcript.look = true, p.look
	p.transcript.session = p.session
	p.transcript.empty = func(width, height int) []string {
		return p.welcome.lines(p.session, p.look, width, height, p.screen.height, p.screen.few)
	}
	p.dock.Main = &p.transcript
	p.warmth.last = p.session.Settings.Values().Temperature
	p.retheme()
	p.do(nil)
	return p
}

// Init opens the model and asks the terminal for its background.
func (p *program) Init() tea.Cmd {
	first := p.do(p.first)
	p.first = nil
	return tea.Batch(first, tea.RequestBackgroundColor)
}

// do brings the screen in line with the session and has its work done.
func (p *program) do(work []session.Work) tea.Cmd {
	var cmds []tea.Cmd
	for _, a := range p.session.Answers() {
		cmds = append(cmds, p.show(a))
	}
	if version := p.session.Version(); version != p.transcript.seen {
		p.transcript.seen = version
		p.changed()
	}
	now := p.session.Settings.Values()
	cmds = append(cmds, p.warmth.follow(p.ctx, now.Temperature, now.ReducedMotion, p.transcript.end()),
		p.transcript.life.follow(p.ctx, awaiting(p) && !now.ReducedMotion))
	for _, w := range work {
		cmds = append(cmds, func() tea.Msg {
			if e := w.Run(p.ctx); e != nil {
				return e
			}
			return nil
		})
	}
	return tea.Batch(cmds...)
}

// show shows an answer.
func (p *program) show(a session.Answer) tea.Cmd {
	switch a := a.(type) {
	case session.Notice:
		if !a.Yields || p.notice.text == "" {
			p.notice = notice{a.Words, a.Problem, a.Passing}
		}
	case session.Asked:
		if a.Words != "" {
			p.composer.remember(a.Words)
		}
		p.transcript.toEnd()
	case session.First:
		if p.notice.text == "" {
			p.notice = notice{text: p.keys.hint()}
		}
	case session.Sent:
		p.composer.precede(a.Texts)
	case session.Began:
		p.composer.begin(p.session.Chat.Conversation(), a.Lost)
		p.dock.Find = nil
		p.transcript.toEnd()
		return p.edited()
	case session.Draft:
		if a.File != "" && session.IsCommand(a.Words) {
			a.Words = session.Fenced(a.Words)
		}
		p.composer.set(a.Words)
		return p.edited()
	case session.Editing:
		return lend(p, a)
	case session.Help:
		p.dock.Dialogs.Show(pane.NewSheet(helpSheet(p.keys, p.screen.shiftEnter), p.look.Look))
	case session.Keys:
		p.dock.Dialogs.Show(pane.NewSheet(p.keys.sheet(), p.look.Look))
	case session.Sheet:
		p.dock.Dialogs.Show(pane.NewSheet(a, p.look.Look))
	case session.Chats:
		if s, ok := p.dock.Dialogs.Top().(*pane.Chats); ok {
			s.Set(a.All)
		} else {
			p.dock.Dialogs.Show(pane.NewChats(p.session, a, time.Now()))
		}
	case session.Focus:
		p.dock.FocusMain()
		p.screen.alone = true
	case session.Found:
		if h, ok := p.dock.Dialogs.Top().(*pane.Hits); ok {
			h.Set(a)
		} else if !a.Typing {
			p.dock.Dialogs.Show(pane.NewHits(p.session, a))
		}
	case session.Jumped:
		jumped(p, a)
	case session.Dials:
		p.dock.Toggle(pane.NewDial(p.session))
		return p.do(p.session.Reply.Peek())
	case session.Outline:
		p.dock.Toggle(pane.NewTree(p.session))
	case session.Shown:
		p.changed()
		toTurn(&p.transcript, a.Turn)
		if story, ok := p.dock.Main.(*pane.Story); ok {
			story.GoTo(a.Turn)
		}
	case session.Notes:
		p.dock.Toggle(pane.NewNotes(p.session, a.Kind))
	case session.Candidates:
		if p.session.Reply.Writing() { // the pane is there at the end
			p.dock.Show(pane.NewCandidates(p.session))
		}
	case session.Models:
		p.dock.Dialogs.Show(pane.NewModels(p.session, a))
	case session.Bell:
		return tea.Raw("\a")
	case session.Clip:
		return toClipboard(a.Words)
	case session.Quit:
		if p.ending.err == nil {
			p.ending.err = a.Err
		}
		return tea.Quit
	}
	return nil
}

// retheme puts the theme in force: that of the settings, or the one that is picked among the completions of /theme, to be looked at.
func (p *program) retheme() {
	name := p.session.Settings.Values().Theme
	if shown, ok := p.suggest.argument("/theme "); ok {
		name = shown
	}
	if name != p.screen.named {
		p.screen.named, p.screen.theme = name, p.screen.themes(name)
		p.screen.paint(p.look, p.transcript.items)
	}
}

// paint builds the styles for what is known of the terminal, and has the items drawn anew.
func (s *screen) paint(look *look, items []*item) {
	theme := s.theme
	if s.few && theme.Base == "auto" {
		theme.Base = "terminal"
	}
	look.Look = theme.Look(s.dark, s.plain)
	look.renderer = markdown.New(look.Markdown)
	for _, it := range items {
		it.stream = nil
		it.changed()
	}
}

// changed brings the transcript in line with the conversation.
func (p *program) changed() {
	if colours := p.session.Traces.Colours(); colours != session.NoColours || p.transcript.coloured {
		p.transcript.coloured = colours != session.NoColours
		for _, it := range p.transcript.items {
			it.changed()
		}
	}
	conv, seen, settings := p.session.Chat.Conversation(), p.session.Context(), p.session.Settings.Values()
	path := conv.Path()
	if p.session.Reply.Choosing() {
		path = path[:len(path)-1] // the candidates are in a pane
	}
	if p.look.widest != settings.TextWidth {
		p.look.widest = settings.TextWidth
		for _, it := range p.transcript.items {
			it.changed()
		}
	}
	_, story := p.dock.Main.(*pane.Story)
	switch {
	case conv.Mode == chat.Story && !story:
		p.dock.Main = pane.NewStory(p.session, p.transcript.empty)
		p.dock.FocusMain()
		p.dock.Find = nil
	case conv.Mode != chat.Story && story:
		focused := p.dock.Focused() == p.dock.Main
		if p.dock.Main = &p.transcript; focused {
			p.dock.Leave()
		}
		p.dock.Find = nil
	}
	if conv.Mode == chat.Story { // the pane has the text
		p.transcript.set(nil)
		if len(path) > 0 {
			p.transcript.set([]*item{{look: p.look, turn: path[len(path)-1]}})
		}
		return
	}
	kept := map[int]*item{}
	for _, it := range p.transcript.items {
		kept[it.turn.ID] = it
	}
	var items []*item
	atHand := max(len(path)-2, 0) // the last message and its reply
	for i, t := range path {
		it := kept[t.ID]
		if it == nil || it.turn != t {
			it = &item{look: p.look, turn: t, tokens: tokens{traces: p.session.Traces}}
		}
		above, footer := "", ""
		if p.footers || i >= atHand {
			footer = safe.Line(p.session.Chat.Footer(t, p.footers))
		} else {
			footer = safe.Line(t.Label)
		}
		if t.ID == seen.First {
			above = cutText(seen, conv.Mode)
		}
		plain := !settings.Markdown
		dim := p.session.Chat.Thought(t)
		if it.above != above || it.footer != footer || it.plain != plain || it.dim != dim {
			it.above, it.footer, it.plain, it.dim = above, footer, plain, dim
			it.changed()
		}
		items = append(items, it)
	}
	p.transcript.set(items)
	if last := p.transcript.end(); last != nil {
		last.changed() // its text may be finished
	}
}
