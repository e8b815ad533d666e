package ui

import (
	"os"

	tea "charm.land/bubbletea/v2"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/ui/editor"
	"inkling/ui/terminal"
)

// editOutside has the user's own editor edit the turn that the keys are on, the story, or else what is in the input.
func editOutside(p *program) tea.Cmd {
	switch focused := p.dock.Focused() == p.dock.Main; {
	case focused:
		return p.do(p.session.EditOutside(p.transcript.at.Turn))
	case p.composer.empty() && p.session.Chat.Conversation().Mode == chat.Story:
		return p.do(p.session.EditOutside(nil))
	}
	return p.do(p.session.EditInput(p.composer.text()))
}

// outsideMsg is what follows from the end of an editor.
type outsideMsg tea.Cmd

// lend has the user's own editor edit a text. The program waits for it, and takes what it leaves before any key that comes after.
func lend(p *program, e session.Editing) tea.Cmd {
	p.session.Chat.SaveDraft()
	var text string
	return terminal.Lend(func(in, out *os.File) (err error) {
		defer session.Lend(p.ctx, nil)()
		text, err = editor.Edit(e.Words, e.Name, in, out)
		return err
	}, func(err error) tea.Msg { return outsideMsg(p.take(e.Done(text, err))) })
}
