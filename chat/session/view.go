package session

import (
	"fmt"
	"strings"

	"inkling/chat"
)

// view is what the model sees of the chat.
type view struct {
	*shared
	chat     *Chat
	engine   *Slot
	settings *Settings

	plan   chat.Plan
	format chat.Format
	noted  string // what was said of the plan last
}

// replan works out what the model would see of the path; while a reply is being written, what it does see stays.
func (v *view) work() {
	if v.engine.model == nil || v.stop != nil {
		return
	}
	plan, err := v.make(v.chat.conv.Path(), false)
	if err != nil {
		plan = chat.Plan{Context: v.engine.model.Info().Context}
	}
	v.plan = plan
}

// make writes path down for the model.
func (v *view) make(path []*chat.Turn, continueLast bool) (chat.Plan, error) {
	info := v.engine.model.Info()
	format := v.chat.conv.Format
	if format == "" {
		format = v.settings.config.Format
	}
	hint := chat.ModelHint{Template: v.engine.template, PromptFormat: info.PromptFormat, Conversational: info.Conversational}
	if info.Preamble != nil {
		hint.Preamble = *info.Preamble
	}
	f, err := chat.ChooseFormat(format, v.chat.conv.Mode, hint)
	if err != nil {
		return chat.Plan{}, err
	}
	v.format = f
	plan, err := chat.MakePlan(v.engine.model, f, v.chat.conv.System, path, continueLast, info.Context, v.reserve())
	if err == nil && plan.Note != v.noted {
		v.noted = plan.Note
		if v.noted != "" {
			v.problem(v.noted)
		}
	}
	return plan, err
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
	plan := s.view.plan
	c := Context{Used: len(plan.Prompt), Dropped: plan.Dropped, First: plan.FirstKept, Cut: plan.CutTurn}
	if s.Engine.model != nil {
		c.Size = s.Engine.model.Info().Context
	}
	if w := s.Reply.writing; w != nil {
		c.Used += w.tokens
	} else {
		c.Used -= plan.Cue
	}
	return c
}

// Unseen is how many bytes at the beginning of a story the model does not see.
func (s *Session) Unseen() int {
	plan := s.view.plan
	if plan.Dropped == 0 {
		return 0
	}
	seen := s.Engine.model.Decode(plan.Prompt[plan.Prefix:])
	before, _ := strings.CutSuffix(chat.StoryText(s.Chat.conv.Path()), seen)
	return len(before)
}

// showSheet lists the settings and how the context is filled.
func (s *Session) showSheet() Sheet {
	t := Sheet{Title: "Settings", Rows: s.Settings.rows()}
	t.add("", "")
	if s.Engine.model == nil {
		t.add("The model is not open yet.", "")
		return t
	}
	info, plan, conv := s.Engine.model.Info(), s.view.plan, s.Chat.conv
	t.add("the model now", fmt.Sprintf("%s, %s parameters in %s, kernel %s, %d threads", info.Name, info.Size(), info.Weights, info.Kernel, info.Threads))
	if s.view.format != nil {
		t.add("prompt format", s.view.format.Name())
	}
	if plan.Note != "" {
		t.add("", plan.Note)
	}
	t.add("mode", string(conv.Mode))
	if conv.System != "" {
		t.add("system text", conv.System)
	}
	t.add("context", Tokens(plan.Context))
	t.add("  system, preamble", Tokens(plan.Prefix))
	t.add("  of the chat", Tokens(plan.History))
	t.add("  left out", fmt.Sprintf("%s, %d whole turns", Tokens(plan.Dropped), plan.DroppedTurns))
	t.add("  kept for the reply", Tokens(plan.Reserve))
	return t
}

// promptSheet shows the prompt to the letter: that of the reply that is being written, or that the next one would have.
// Special tokens are shown as their text.
func (s *Session) promptSheet() Sheet {
	t := Sheet{Title: "Prompt"}
	if s.Engine.model == nil {
		t.add("The model is not open yet.", "")
		return t
	}
	plan := s.view.plan
	if s.Reply.writing == nil {
		var err error
		if plan, err = s.view.make(s.Chat.conv.Path(), false); err != nil {
			t.add(err.Error(), "")
			return t
		}
	}
	t.Title = fmt.Sprintf("Prompt: %s, format %s", Tokens(len(plan.Prompt)), s.view.format.Name())
	if plan.Note != "" {
		t.add(plan.Note, "")
		t.add("", "")
	}
	t.Rows = append(t.Rows, Row{Name: s.Engine.model.Show(plan.Prompt), Exact: true})
	return t
}
