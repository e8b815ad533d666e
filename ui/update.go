package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/atotto/clipboard"
	"github.com/charmbracelet/colorprofile"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/ui/pane"
	"inkling/ui/safe"
)

// Update implements tea.Model.
func (p *program) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	defer func() {
		p.session.Chat.Typed(p.composer.text())
		p.retheme()
		p.screen.alone = p.screen.alone && p.dock.Focused() == p.dock.Main
	}()
	cmd := follows(p, msg)
	if p.transcript.coloured {
		cmd = tea.Batch(cmd, p.do(p.session.Traces.Read(visible(p)...)))
	}
	return p, cmd
}

// visible are the turns in the window.
func visible(p *program) []*chat.Turn {
	if story, ok := p.dock.Main.(*pane.Story); ok {
		return story.Visible()
	}
	return p.transcript.visible()
}

// follows does what a message asks for.
func follows(p *program, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		p.screen.width, p.screen.height = msg.Width, msg.Height
		p.composer.resize(msg.Width, msg.Height)
	case tea.BackgroundColorMsg:
		p.screen.dark = msg.IsDark()
		p.screen.paint(p.look, p.transcript.items)
	case tea.ColorProfileMsg:
		p.screen.plain, p.screen.few = msg.Profile <= colorprofile.Ascii, msg.Profile < colorprofile.ANSI256
		p.screen.paint(p.look, p.transcript.items)
	case tea.KeyboardEnhancementsMsg:
		p.screen.shiftEnter = msg.SupportsKeyDisambiguation()
	case tea.KeyPressMsg:
		return p.pressed(msg)
	case tea.PasteMsg:
		return p.pasted(msg)
	case tea.MouseMsg:
		return moused(p, msg)
	case dragMsg:
		s := &p.transcript.selection
		s.waits = false
		s.drag(&p.transcript, s.x, s.y)
		return scrolled(p)
	case session.Event:
		return p.take(msg)
	case outsideMsg:
		return tea.Cmd(msg)
	case numberMsg:
		if int(msg) == p.welcome.keys && p.welcome.typed > 0 && p.inviting() {
			return p.invite(p.welcome.typed)
		}
	case draftMsg:
		p.composer.dirty = false
		p.session.Chat.SaveDraft()
	case beatMsg:
		return p.transcript.life.move(p.ctx, awaiting(p) && !p.session.Settings.Values().ReducedMotion, p.transcript.end())
	case coolMsg:
		return p.warmth.cool(p.ctx, int(msg))
	}
	return nil
}

// take follows what has come of the session's work.
func (p *program) take(e session.Event) tea.Cmd {
	cmd := p.do(p.session.Take(e))
	if p.notice.passing && !p.session.Busy() {
		p.notice = notice{}
	}
	if last := p.transcript.end(); last != nil {
		if _, ok := e.(session.Written); ok {
			last.changed()
		}
	}
	if story, ok := p.dock.Main.(*pane.Story); ok {
		if work := story.Replay(); work != nil {
			return tea.Batch(cmd, p.do(work))
		}
	}
	return cmd
}

// pressed handles a key: those of the panel first, then those of the chat, then the input's.
func (p *program) pressed(msg tea.KeyPressMsg) tea.Cmd {
	if msg.String() == pastedEnter {
		msg.Mod = 0
		if p.dock.Dialogs.Top() == nil && !session.IsCommand(p.composer.text()) {
			msg = tea.KeyPressMsg{Code: 'j', Mod: tea.ModCtrl}
		}
	}
	return p.act(p.keys.action(msg), msg)
}

// act does what a key, or the palette in its place, asks for.
func (p *program) act(action string, msg tea.KeyPressMsg) tea.Cmd {
	quitting := p.ending.asked
	p.ending.asked, p.notice, p.transcript.selection = false, notice{}, selection{}
	p.transcript.under = session.Place{}
	typed := p.welcome.press()
	empty := p.composer.empty()
	switch {
	case action == actPalette:
		if _, open := p.dock.Dialogs.Top().(*pane.Palette); open {
			p.dock.Dialogs.Close()
		} else {
			p.dock.Dialogs.Show(pane.NewPalette(palette(p.keys, p.session)))
		}
	case action == actWarmer:
		return p.turnTemperature(+1)
	case action == actColder:
		return p.turnTemperature(-1)
	case msg.String() == pasteKey:
		return clip
	case p.dock.Dialogs.Top() != nil:
		return p.follow(p.dock.Dialogs.Top().Handle(msg))
	case p.dock.Find != nil || action == actFind:
		return find(p, msg)
	case action == actDial:
		return p.do(p.session.Run("/dial"))
	case action == actTree:
		return p.do(p.session.Run("/tree"))
	case action == actUndo || action == actRedo:
		if !empty {
			p.composer.remember(p.composer.text())
		}
		if action == actRedo {
			return p.do(p.session.Chat.Redo())
		}
		return p.do(p.session.Chat.Undo())
	case action == actEditor:
		return editOutside(p)
	case action == actFocus && p.screen.alone:
		p.screen.alone = false
		return nil
	case action == actFocus:
		return p.do(p.session.Run("/focus"))
	case action == actBack:
		p.dock.Move(-1)
		return nil
	}
	if cmd, taken := p.attend(msg); taken {
		return cmd
	}
	switch {
	case p.inviting() && typed == 0 && p.welcome.pressed(msg) > 0:
		number := p.welcome.pressed(msg)
		return tea.Batch(p.edit(msg), p.welcome.number(p.ctx, number))
	case typed > 0 && action == actSend:
		return p.invite(typed)
	case p.inviting() && p.welcome.chosen > 0 && action == actSend:
		return p.invite(p.welcome.chosen)
	case action == actQuit:
		p.session.Leave()
		return p.do(nil)
	case action == actInterrupt:
		return p.interrupt(quitting)
	case action == actStop:
		p.escape()
	case action == actSend:
		return p.enter()
	case action == actNewline:
		p.composer.insert("\n")
		return p.edited()
	case action == actComplete:
		return p.complete()
	case action == actPause && (empty || msg.Text == "") && p.session.Reply.Writing():
		return pause(p)
	case action == actColours:
		p.session.Traces.NextColours()
		return p.do(nil)
	case action == actSentence || action == actParagraph:
		caret(p)
		until := map[string]session.Stretch{actSentence: session.ToSentence, actParagraph: session.ToParagraph}[action]
		return p.do(p.session.Reply.Continue(until))
	case action == actAlternative:
		return alternatives(p)
	case action == actRetry:
		return p.do(p.session.Reply.Retry())
	case action == actPrevious && (empty || msg.String() != "left"):
		p.session.Reply.Version(-1)
		return p.do(nil)
	case action == actNext && (empty || msg.String() != "right"):
		p.session.Reply.Version(+1)
		return p.do(nil)
	case empty && msg.Text == "?" || action == actHelp:
		p.show(session.Help{})
	case action == actHistoryUp:
		if p.inviting() && p.welcome.chosen > 0 && p.welcome.move(-1) || p.suggest.move(-1) || p.composer.recall(-1) ||
			p.inviting() && p.welcome.move(-1) {
			return nil
		}
		return p.edit(msg)
	case action == actHistoryDown:
		if p.suggest.move(+1) || p.composer.recall(+1) || p.inviting() && p.welcome.move(+1) {
			return nil
		}
		return p.edit(msg)
	case p.dock.Main != &p.transcript && slices.Contains([]string{actPageUp, actPageDown, actTop, actBottom}, action):
		return p.follow(p.dock.Main.Handle(msg))
	case slices.Contains([]string{actPageUp, actPageDown, actTop, actBottom}, action):
		return scroll(p, action)
	case action == actFooters:
		p.footers = !p.footers
		p.changed()
	case action == actNew:
		return p.do(p.session.New())
	case action == actSessions:
		return p.do(p.session.Chat.List())
	case action == actSuspend:
		return tea.Suspend
	default:
		return p.edit(msg)
	}
	return nil
}

// pause has the reply wait, with what there is to choose from at hand, or go on.
func pause(p *program) tea.Cmd {
	p.transcript.unpoint()
	if !p.session.Reply.Paused() && !p.session.Reply.Choosing() && p.screen.height >= 16 {
		p.dock.Show(pane.NewChoose(p.session, p.transcript.place))
	}
	return p.do(p.session.Reply.Pause())
}

// alternatives opens the pane with what could stand in place of the token at the cursor in the text.
func alternatives(p *program) tea.Cmd {
	read := p.session.Traces.Read(visible(p)...)
	place := p.transcript.place
	if story, ok := p.dock.Main.(*pane.Story); ok {
		place = story.Place
	} else if place().Turn == nil {
		read = append(read, p.transcript.point(-1)...)
	}
	if place().Turn == nil && read == nil {
		p.notice = notice{text: "no token of the model is at the cursor"}
		return nil
	}
	p.dock.Show(pane.NewChoose(p.session, place))
	return p.do(read)
}

// attend hands a key to the pane that has them. It reports false where the chat is to take it: no pane has the keys, or the pane has
// no use for it. What writes text is never the chat's then.
func (p *program) attend(msg tea.KeyPressMsg) (cmd tea.Cmd, taken bool) {
	focused := p.dock.Focused()
	if focused == nil {
		return nil, false
	}
	a := focused.Handle(msg)
	switch {
	case !a.Passed:
		return p.follow(a), true
	case p.keys.action(msg) == actSend && focused == pane.Pane(&p.transcript):
		p.dock.Toggle(pane.NewChoose(p.session, p.transcript.place))
	case (p.keys.action(msg) == actStop || msg.String() == "esc") && p.screen.alone:
		p.screen.alone = false
	case p.keys.action(msg) == actStop || msg.String() == "esc":
		p.transcript.unpoint()
		p.dock.Leave()
	case p.keys.action(msg) == actComplete:
		p.dock.Move(+1)
	default:
		return nil, msg.Text != ""
	}
	return nil, true
}

// follow does what a dialog or a pane wants.
func (p *program) follow(a pane.Action) tea.Cmd {
	if a.Close {
		p.dock.Close()
	}
	switch {
	case a.Leave && p.screen.alone:
		p.screen.alone = false
	case a.Leave:
		p.dock.Leave()
	}
	if a.Open != nil {
		p.dock.Show(a.Open)
	}
	if a.Copy != "" {
		return copied(p, a.Copy)
	}
	switch line := a.Do.Line; {
	case a.Do.Do != "":
		p.dock.Leave()
		return p.act(a.Do.Do, tea.KeyPressMsg{})
	case strings.HasSuffix(line, " "):
		p.dock.Leave()
		p.composer.set(line)
		return p.edited()
	case line != "":
		caret(p)
		return p.do(p.session.Run(line))
	}
	return p.do(a.Work)
}

// edit hands a key to the input.
func (p *program) edit(key tea.KeyPressMsg) tea.Cmd {
	if p.dock.Focused() != nil {
		return nil
	}
	if key.String() == copyKey {
		if text := p.composer.area.Selection(); text != "" {
			return toClipboard(text)
		}
		return nil
	}
	if p.composer.update(key) {
		return p.edited()
	}
	return nil
}

func (p *program) pasted(msg tea.PasteMsg) tea.Cmd {
	if top := p.dock.Dialogs.Top(); top != nil {
		return p.follow(top.Handle(msg))
	}
	if p.dock.Find != nil {
		return p.follow(p.dock.Find.Handle(msg))
	}
	if pane := p.dock.Focused(); pane != nil {
		return p.follow(pane.Handle(msg))
	}
	p.composer.insert(safe.Text(msg.Content))
	return p.edited()
}

// clip brings what is in the system's clipboard, where there is a program that can read it.
func clip() tea.Msg {
	text, err := clipboard.ReadAll()
	if err != nil {
		return nil
	}
	return tea.PasteMsg{Content: text}
}

// toClipboard copies a text: by OSC 52, which reaches the user's own machine through SSH, and by a program of the system where there is
// one, for terminals that do not know it.
func toClipboard(text string) tea.Cmd {
	return tea.Batch(tea.SetClipboard(text), func() tea.Msg {
		_ = clipboard.WriteAll(text) // the terminal may have taken it
		return nil
	})
}

// draftMsg asks for the draft to be saved.
type draftMsg struct{}

const draftPause = time.Second

// edited follows every change of the input: suggestions, and the draft is saved a moment later.
func (p *program) edited() tea.Cmd {
	text := p.composer.text()
	p.welcome.chosen, p.welcome.typed = 0, 0
	p.suggest = newSuggestions(p.session.Completions(text))
	if p.composer.dirty || text == p.session.Chat.Conversation().Draft {
		return nil
	}
	p.composer.dirty = true
	return later(p.ctx, draftPause, draftMsg{})
}

// later sends msg after a while, unless the program ends before.
func later(ctx context.Context, d time.Duration, msg tea.Msg) tea.Cmd {
	return func() tea.Msg {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return msg
		case <-ctx.Done():
			return nil
		}
	}
}

// escape stops the reply, or puts away what is in the way.
func (p *program) escape() {
	switch {
	case p.suggest.open():
		p.suggest = suggestions{}
	case p.session.Chat.TakeBack():
		p.do(nil)
	case p.session.Chat.EndEdit():
		p.composer.clear()
		p.do(nil)
	case p.session.Reply.Writing() || p.session.Reply.Waiting():
		p.session.Reply.Stop()
	case !p.transcript.follow:
		p.transcript.toEnd()
	default:
		p.session.Engine.StopDownload()
		p.do(nil)
	}
}

// interrupt stops the reply, or else clears the input, or else stops a download, or else quits when asked twice.
func (p *program) interrupt(again bool) tea.Cmd {
	switch {
	case (p.session.Reply.Writing() || p.session.Reply.Waiting()) && p.session.Reply.Stop():
	case !p.composer.empty():
		p.composer.remember(p.composer.text())
		p.composer.clear()
		p.session.Chat.EndEdit()
		return p.edited()
	case p.session.Engine.Download() != nil:
		p.session.Engine.StopDownload()
		return p.do(nil)
	case again:
		p.ending.asked = true
		p.session.Leave()
		return p.do(nil)
	default:
		p.ending.asked = true
		p.notice = notice{text: "press Ctrl+C again to quit"}
	}
	return nil
}

// enter hands the input to the session.
func (p *program) enter() tea.Cmd {
	if p.suggest.accepted() {
		return p.complete()
	}
	text := p.composer.text()
	if session.Unfinished(text) { // Enter begins a line until the quotes are closed
		p.composer.area.Insert("\n")
		return p.edited()
	}
	caret(p)
	work, taken := p.session.Enter(text)
	if !taken {
		return p.do(work)
	}
	if session.IsCommand(text) {
		p.composer.remember(text)
	}
	p.composer.clear()
	return tea.Batch(p.do(work), p.edited())
}

// caret tells the session where in a story the cursor is.
func caret(p *program) {
	if story, ok := p.dock.Main.(*pane.Story); ok {
		p.session.Chat.Caret(story.At())
	}
}

// complete puts the chosen completion, or the first, into the input. Where there is none the keys go to the next part of the screen.
func (p *program) complete() tea.Cmd {
	s := p.suggest
	if !s.open() {
		p.dock.Move(+1)
		return nil
	}
	row, ok := s.list.Chosen()
	if !ok {
		row = s.list.Shown()[0]
	}
	p.composer.set(row.Line)
	return p.edited()
}

func blank(text string) bool { return strings.TrimSpace(text) == "" }

// turnTemperature changes the temperature by so many steps, in force from the next token.
func (p *program) turnTemperature(steps int) tea.Cmd {
	turned, turns := p.session.Turn("temperature", steps), p.warmth.turns
	cmd := p.do(nil)
	if turned && p.warmth.turns == turns {
		p.warmth.settle()
		return tea.Batch(cmd, p.warmth.highlight(p.ctx))
	}
	return cmd
}
