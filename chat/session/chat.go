package session

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"inkling/chat"
	"inkling/chat/prompt"
	"inkling/engine"
	"inkling/engine/sample"
)

// A Chat is the conversation and the journal that keeps it.
type Chat struct {
	*shared
	store   chat.Store
	journal *chat.Journal
	conv    *chat.Conversation
	typed   string   // what is in the input
	entered []string // in this run
	listing []goal   // the last list that was shown, by its numbers
	queue   []string // messages that wait for the end of the reply
	steps   steps
	earlier map[string]steps // of other conversations, by their IDs
	editing int              // ID of the turn that the next text is a version of, 0 for none
	records []record         // of replies, by the ID of the turn
	thought map[*chat.Turn]string

	notebook *prompt.Notebook // of the conversation's notes; nil: to be made
	folded   folded           // of a story
	typing   *string          // the text of a story that is not a change of it yet
	caret    *int             // in the story, where somebody has just asked for something; nil: nobody has
	saving
}

// Conversation is the conversation itself. It is the session's to change.
func (c *Chat) Conversation() *chat.Conversation { return c.conv }

// add adds a message of the user to the path.
func (c *Chat) add(text string) *chat.Turn {
	parent := 0
	if leaf := c.conv.Leaf(); leaf != nil {
		parent = leaf.ID
	}
	if c.conv.Mode == chat.Chat {
		text = strings.TrimSpace(text)
	}
	turn := c.conv.Add(parent, chat.User, text, c.now())
	c.conv.Draft = c.draft()
	c.saveHeader()
	c.journal.SaveTurn(c.conv.ID, turn)
	c.changed()
	return turn
}

// reply adds a whole reply that no model wrote into the chat.
func (c *Chat) reply(parent int, text string) {
	turn := c.conv.Add(parent, chat.Assistant, text, c.now())
	turn.State = chat.Done
	c.journal.SaveTurn(c.conv.ID, turn)
	c.changed()
}

// saveHeader writes down everything about the conversation but its turns.
func (c *Chat) saveHeader() {
	c.steps.note(c.conv)
	c.journal.SaveSession(c.conv.Header())
}

// Typed notes what is in the input, and reports whether that is another draft than the one that was saved.
func (c *Chat) Typed(text string) (changed bool) {
	c.typed = text
	return text != c.conv.Draft
}

// SaveDraft keeps what was written and not sent. A conversation without turns keeps no draft.
func (c *Chat) SaveDraft() {
	c.conv.Draft = c.draft()
	if c.conv.Leaf() != nil {
		c.saveHeader()
	}
}

// setMode makes it a chat or a story.
func (c *Chat) setMode(mode chat.Mode) []Work {
	return c.stopAnd(func() []Work {
		c.commit()
		if mode == chat.Story && c.conv.Mode != mode {
			c.part()
		}
		c.conv.Mode = mode
		c.saveHeader()
		c.changed()
		c.say("mode is now " + string(mode))
		return nil
	})
}

// setSystem gives the chat a text that the model always sees first; "" for none.
func (c *Chat) setSystem(text string) []Work {
	return c.stopAnd(func() []Work {
		c.conv.System = text
		c.saveHeader()
		c.changed()
		if text == "" {
			c.say("system prompt removed")
		} else {
			c.say("system prompt is now: " + text)
		}
		return nil
	})
}

// loaded brings a conversation from the store.
type loaded struct {
	conv *chat.Conversation
	goal goal
	err  error
}

// listed brings the list of conversations.
type listed struct {
	chats  []chat.Summary
	filter string
	err    error
}

func (loaded) event() {}
func (listed) event() {}

// load reads a conversation.
func (c *Chat) load(to goal) Work {
	return c.ask(to.session, func(ctx context.Context) Event {
		conv, err := c.store.Load(ctx, to.session)
		return loaded{conv, to, err}
	})
}

// ask asks the store for something, when what was written of a conversation has been dealt with. What could not be written
// has been told; what is there can be read and changed all the same.
func (c *Chat) ask(session string, do func(context.Context) Event) Work {
	return Work{do: func(ctx context.Context) Event {
		ctx, cancel := context.WithTimeout(ctx, storePatience)
		defer cancel()
		_ = c.journal.Flush(ctx, session)
		return do(ctx)
	}}
}

// List lists the chats.
func (c *Chat) List() []Work { return c.filtered("") }

// filtered lists the chats that a filter leaves.
func (c *Chat) filtered(filter string) []Work {
	return []Work{c.ask(c.conv.ID, func(ctx context.Context) Event {
		e := c.list(ctx)
		e.filter = filter
		return e
	})}
}

func (c *Chat) list(ctx context.Context) listed {
	chats, err := c.store.Sessions(ctx)
	return listed{chats: chats, err: err}
}

// listed tells the list, of which the chats that the filter leaves have numbers.
func (c *Chat) listed(e listed) {
	if c.fail(e.err) {
		return
	}
	c.listing = nil
	for _, m := range sift(e.chats, e.filter) {
		c.listing = append(c.listing, goal{session: m.ID})
	}
	c.tell(Chats{e.chats, e.filter})
}

// Rename gives a chat another title. The chats are listed again.
func (c *Chat) Rename(id, title string) []Work {
	if id == c.conv.ID {
		c.conv.Title = title
		c.version++
	}
	return c.change(func(ctx context.Context) error { return c.store.Rename(ctx, id, title) })
}

// change does something to the store and lists it again.
func (c *Chat) change(do func(context.Context) error) []Work {
	return []Work{c.ask(c.conv.ID, func(ctx context.Context) Event {
		if err := do(ctx); err != nil {
			return Notice{Words: err.Error(), Problem: true}
		}
		return c.list(ctx)
	})}
}

// Footer says what a person has called a turn, which version a reply is, why it ended, how long it is and how fast it came; with whole, everything about how it was
// made.
func (c *Chat) Footer(t *chat.Turn, whole bool) string {
	var parts []string
	if t.Label != "" {
		parts = append(parts, t.Label)
	}
	if ids, i := c.conv.Siblings(t.ID); len(ids) > 1 {
		parts = append(parts, fmt.Sprintf("version %d of %d", i+1, len(ids)))
	}
	if t.ID == c.editing {
		parts = append(parts, "being edited")
	}
	switch {
	case t.State == chat.Stopped && t.Reply != nil && t.Reply.StopReason == "":
		parts = append(parts, "interrupted")
	case t.State == chat.Stopped:
		parts = append(parts, "stopped")
	}
	if t.Role == chat.User || t.Reply == nil {
		return strings.Join(parts, Separator)
	}
	if t.State == chat.Writing {
		return strings.Join(append(parts, paidFor(t.Reply)...), Separator)
	}
	switch engine.StopReason(t.Reply.StopReason) {
	case engine.Length:
		parts = append(parts, "stopped at max_tokens; Enter continues")
	case engine.ContextFull:
		parts = append(parts, "context full; Enter continues")
	}
	if strings.TrimSpace(t.Text) == "" {
		parts = append(parts, "empty; Ctrl+R retries")
	}
	parts = append(parts, Tokens(t.Reply.Tokens))
	parts = append(parts, paidFor(t.Reply)...)
	if t.Reply.TokensPerSecond > 0 && t.Reply.Tokens >= telling {
		parts = append(parts, fmt.Sprintf("%.0f/s", t.Reply.TokensPerSecond))
	}
	if !whole {
		return strings.Join(parts, Separator)
	}
	if t.Reply.Drafted > 0 {
		parts = append(parts, fmt.Sprintf("%d drafted", t.Reply.Drafted))
	}
	if t.Reply.Prefill > 0 {
		parts = append(parts, fmt.Sprintf("prefill %.2f s", t.Reply.Prefill))
	}
	if made := c.made(t); made != "" {
		parts = append(parts, made)
	}
	switch n := len(t.Reply.Changes) - 1; {
	case n == 1:
		parts = append(parts, "1 dial change")
	case n > 1:
		parts = append(parts, fmt.Sprintf("%d dial changes", n))
	}
	if t.Reply.Logprob < 0 {
		parts = append(parts, fmt.Sprintf("mean logprob %.2f", t.Reply.Logprob), fmt.Sprintf("perplexity %.1f", math.Exp(-t.Reply.Logprob)))
	}
	switch engine.StopReason(t.Reply.StopReason) {
	case engine.EndOfText:
		parts = append(parts, "end of text")
	case engine.StopString:
		parts = append(parts, "stop string")
	}
	seed := "seed " + strconv.FormatUint(t.Reply.Seed, 10)
	if t.Reply.Attempt > 0 {
		seed += ", attempt " + strconv.FormatUint(uint64(t.Reply.Attempt), 10)
	}
	return strings.Join(append(parts, seed), Separator)
}

// paidFor says how long the prompt of a service's reply was: prompts are paid for.
func paidFor(r *chat.Reply) []string {
	switch service := r.Random == 0 && strings.Contains(r.Model, ":"); {
	case !service || r.PromptTokens == 0:
		return nil
	case r.Counted:
		return []string{Tokens(r.PromptTokens) + " of prompt"}
	}
	return []string{"about " + Tokens(r.PromptTokens) + " of prompt"}
}

// Thought is how the model came to a reply, where a service tells: it is shown, but neither kept nor sent back.
func (c *Chat) Thought(t *chat.Turn) string { return c.thought[t] }

// think adds to that.
func (c *Chat) think(t *chat.Turn, text string) {
	if c.thought == nil {
		c.thought = map[*chat.Turn]string{}
	}
	const most = 64 << 10 // of which more is no help to anybody
	if len(c.thought[t]) < most {
		c.thought[t] += text
	}
	c.version++
}

// made is the temperature of a reply for its footer. All footers are asked for at every change of the chat: records that have
// been read are kept.
func (c *Chat) made(t *chat.Turn) string {
	if len(t.Reply.Params) == 0 {
		return ""
	}
	if t.ID >= len(c.records) {
		c.records = append(c.records, make([]record, t.ID+1-len(c.records)+64)...)
	}
	r := &c.records[t.ID]
	if r.params != &t.Reply.Params[0] {
		r.params, r.made = &t.Reply.Params[0], ""
		var made sample.Params
		if json.Unmarshal(t.Reply.Params, &made) == nil {
			r.made = fmt.Sprintf("T %.2f", made.Temperature)
		}
	}
	return r.made
}

// A record is what was read of the parameters of a reply.
type record struct {
	params *byte // where they begin
	made   string
}

// Separator stands between facts on a line.
const Separator = " · "

// Tokens is a number of tokens in words.
func Tokens(n int) string {
	if n == 1 {
		return "1 token"
	}
	return strconv.Itoa(n) + " tokens"
}

// select shows the turn with that ID.
func (c *Chat) choose(id int) {
	c.conv.Select(id)
	c.saveHeader()
	c.changed()
}

// versions finds the last turn on the path that has several versions: their IDs, and which of them is on the path.
func (c *Chat) versions() (ids []int, at int) {
	for _, t := range slices.Backward(c.conv.Path()) {
		if ids, at := c.conv.Siblings(t.ID); len(ids) > 1 {
			return ids, at
		}
	}
	return nil, 0
}
