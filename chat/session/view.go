package session

import (
	"fmt"
	"slices"
	"strings"

	"inkling/chat"
	"inkling/chat/prompt"
	"inkling/engine"
)

// view is what the model sees of the chat.
type view struct {
	*shared
	chat     *Chat
	engine   *Slot
	settings *Settings

	writer *prompt.Writer // in the format that was chosen for the model, nil before
	choice prompt.Choice
	reads  *engine.Codec // whom it writes for
	prompt prompt.Prompt
	packed prompt.Packed
	noted  string // what was said of the prompt last
	warned string // of what leaves the view
	place  *int   // of a story, where the model goes on; nil: after the last change
}

// work works out what the model would see of the path; while a reply is being written, what it does see stays.
func (v *view) work() {
	if v.engine.model == nil || v.stop != nil {
		return
	}
	p, packed, err := v.make(v.chat.conv.Path(), false)
	if err != nil {
		p, packed = prompt.Prompt{}, prompt.Packed{Context: v.engine.model.Info().Context}
	}
	v.prompt, v.packed = p, packed
	v.warn()
}

// make writes path down for the model. With open the model goes on with the last turn.
func (v *view) make(path []*chat.Turn, open bool) (prompt.Prompt, prompt.Packed, error) {
	if !v.edited(path) {
		return v.write(path, open)
	}
	turns, dropped := v.passages(path)
	p, packed, err := v.write(turns, false)
	packed.Dropped, packed.About = packed.Dropped+dropped, packed.About || dropped > 0
	return p, packed, err
}

// write writes turns down.
func (v *view) write(path []*chat.Turn, open bool) (prompt.Prompt, prompt.Packed, error) {
	model := v.engine.codec
	if model == nil {
		return v.elsewhere(path, open)
	}
	format := v.chat.conv.Format
	if format == "" {
		format = v.settings.config.Format
	}
	choice, err := prompt.Choose(format, v.chat.conv.Mode, hint(model.Info(), v.engine.template))
	if err != nil {
		return prompt.Prompt{}, prompt.Packed{}, err
	}
	if v.writer == nil || v.choice != choice || v.reads != model {
		v.writer, v.choice, v.reads = prompt.NewWriter(choice, model), choice, model
	}
	p, packed, err := v.writer.Write(v.blocks(choice, path, open), model.Info().Context, v.reserve())
	if err == nil && p.Warning != v.noted {
		v.noted = p.Warning
		if v.noted != "" {
			v.problem(v.noted)
		}
	}
	return p, packed, err
}

// elsewhere writes path down for a service, which makes the model's tokens of it itself: a chat as messages, a story as text.
func (v *view) elsewhere(path []*chat.Turn, open bool) (prompt.Prompt, prompt.Packed, error) {
	mode := v.chat.conv.Mode
	choice, err := prompt.Choose("plain", mode, prompt.Hint{})
	if err != nil {
		return prompt.Prompt{}, prompt.Packed{}, err
	}
	v.writer, v.choice, v.reads = nil, choice, nil
	return prompt.Elsewhere(v.blocks(choice, path, open), mode == chat.Story, v.engine.model.Info().Context, v.reserve())
}

// blocks are what the prompt is made of.
func (v *view) blocks(choice prompt.Choice, path []*chat.Turn, open bool) []prompt.Block {
	return v.chat.book().Add(choice.Blocks(v.chat.conv.System, path, open))
}

// reserve is the room kept for a reply: what it may have, but no more than a quarter of the context.
func (v *view) reserve() int {
	quarter := v.engine.model.Info().Context / 4
	if limit := v.settings.config.MaxTokens; limit != 0 {
		return min(limit, quarter)
	}
	return quarter
}

// A Context says how the model's context is filled, in tokens.
type Context struct {
	Size    int  // of the model's context; 0: no model is open
	Used    int  // by what the model sees, and by the reply that it writes
	Dropped int  // left out of the chat
	First   int  // ID of the first turn that the model sees; 0: it sees all
	Cut     bool // it does not see the beginning of that turn
}

// Context says how the model's context is filled.
func (s *Session) Context() Context {
	packed := s.view.packed
	c := Context{Used: packed.Prefix + packed.History + packed.Note + packed.Cue, Dropped: packed.Dropped, First: packed.FirstKept, Cut: packed.CutTurn}
	if s.Engine.model != nil {
		c.Size = s.Engine.model.Info().Context
	}
	if w := s.Reply.writing; w != nil {
		c.Used += w.tokens
	} else {
		c.Used -= packed.Cue
	}
	return c
}

// Unseen is how many bytes at the beginning of a story the model does not see.
func (s *Session) Unseen() int {
	if s.view.packed.Dropped == 0 {
		return 0
	}
	path := s.Chat.conv.Path()
	whole := ""
	if len(path) > 0 && s.view.edited(path) {
		whole = strings.TrimRight(s.view.ahead(path), " \t")
	} else {
		whole = chat.StoryText(path)
	}
	if s.Engine.codec == nil {
		if s.view.edited(path) {
			return max(len(whole)-len(s.view.prompt.Text), 0)
		}
		first := slices.IndexFunc(path, func(t *chat.Turn) bool { return t.ID == s.view.packed.FirstKept })
		return len(chat.StoryText(path[:max(first, 0)]))
	}
	seen := s.Engine.codec.Decode(s.view.prompt.IDs[s.view.packed.Prefix:])
	for _, n := range s.Chat.Notes(prompt.AuthorNote).All {
		seen = strings.Replace(seen, n.Text+"\n", "", 1)
	}
	before, _ := strings.CutSuffix(whole, seen)
	return len(before)
}

// showSheet lists the settings and how the context is filled.
func (s *Session) showSheet() Sheet {
	t := Sheet{Title: "Settings", Rows: s.Settings.rows()}
	t.add("", "")
	if s.Engine.model == nil {
		t.add("The model is still loading.", "")
		return t
	}
	info, conv := s.Engine.model.Info(), s.Chat.conv
	if s.Engine.codec == nil {
		t.add("model", info.Name+", by a service: counts of tokens are about")
		if missing := Missing(s.Settings.config, s.Engine.model.Can()); len(missing) > 0 {
			t.add("", "not available with this model: "+strings.Join(missing, ", "))
		}
	} else {
		t.add("model", fmt.Sprintf("%s, %s parameters in %s, kernel %s, %d threads", info.Name, info.Size(), info.Weights, info.Kernel, info.Threads))
	}
	if s.view.writer != nil {
		t.add("prompt format", s.view.choice.Format.Name())
	}
	if note := s.view.prompt.Warning; note != "" {
		t.add("", note)
	}
	t.add("mode", string(conv.Mode))
	if conv.System != "" {
		t.add("system prompt", conv.System)
	}
	t.Rows = append(t.Rows, s.contextSheet().Rows...)
	return t
}

// promptSheet shows the prompt to the letter: that of the reply that is being written, or that the next one would have.
// Special tokens are shown as their text.
func (s *Session) promptSheet() Sheet {
	t := Sheet{Title: "Prompt"}
	if s.Engine.model == nil {
		t.add("The model is still loading.", "")
		return t
	}
	p := s.view.prompt
	if s.Reply.writing == nil {
		var err error
		if p, _, err = s.view.make(s.Chat.conv.Path(), false); err != nil {
			t.add(err.Error(), "")
			return t
		}
	}
	if s.Engine.codec == nil {
		t.Title = "Prompt, as the service gets it"
		t.Rows = append(t.Rows, Row{Name: p.Text, Exact: true})
		for _, m := range p.Messages {
			t.Rows = append(t.Rows, Row{Name: m.Role + ": " + m.Text, Exact: true})
		}
		return t
	}
	t.Title = fmt.Sprintf("Prompt: %s, format %s", Tokens(len(p.IDs)), s.view.choice.Format.Name())
	if p.Warning != "" {
		t.add(p.Warning, "")
		t.add("", "")
	}
	t.Rows = append(t.Rows, Row{Name: s.Engine.codec.Show(p.IDs), Exact: true})
	return t
}
