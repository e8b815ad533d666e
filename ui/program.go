package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"inkling/chat"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/sample"
	"inkling/ui/markdown"
)

// program is the tea.Model. Everything in it belongs to the goroutine of Update and View.
type program struct {
	Options
	ctx      context.Context // ends with the program
	keys     keyMap
	commands []command
	settings *config.Config
	now      func() time.Time

	screenless    bool
	width, height int
	dark, plain   bool // background and colours of the terminal
	look          *look
	shiftEnter    bool // the terminal can tell Shift+Enter from Enter

	model    *engine.Model     // nil until it is open
	template *chat.Template    // the model's, nil for none
	opening  string            // name of the model being opened, "" for none
	coming   *openedMsg        // the model that takes over after the reply, nil for none
	pull     *pulling          // the model that is being fetched, nil for none
	ending   []<-chan struct{} // closed when nothing goes on any more of a download that was stopped
	sequence *engine.Sequence
	controls *sample.Controls // of the reply being written, read by its goroutine

	journal *chat.Journal
	failing bool // the store could not take what was written last
	conv    *chat.Conversation
	format  chat.Format
	plan    chat.Plan
	noted   string           // what was said of the plan last
	reply   *reply           // the reply being written, nil for none
	waiting func() tea.Cmd   // the reply that is wanted as soon as the model is open, nil for none
	after   []func() tea.Cmd // what was put off until the reply is finished

	transcript transcript
	composer   *composer
	suggest    suggestions
	panel      panel // in place of the transcript, nil for none
	notice     notice
	dirty      bool // the draft has changed since it was saved
	lastSeed   uint64
	seeded     bool
	rate       float64
	hot        int  // counts changes of the temperature
	quitting   bool // Ctrl+C was pressed on an empty line
	err        error
}

// notice is a message of the program, shown in the rule above the input until a key is pressed.
type notice struct {
	text    string
	problem bool
}

func newProgram(ctx context.Context, o Options, journal *chat.Journal) *program {
	p := &program{
		Options:  o,
		ctx:      ctx,
		keys:     defaultKeys(),
		settings: o.Settings.Clone(),
		now:      time.Now,
		dark:     o.Settings.Theme != "light",
		journal:  journal,
		composer: newComposer(),
		look:     &look{dots: "…"},
		opening:  o.Settings.Model,
	}
	p.commands = chatCommands()
	if blank(p.Ask) {
		p.Ask = ""
	}
	p.controls = sample.NewControls(p.settings.Params)
	p.transcript.follow = true
	p.restyle()
	p.begin(p.fresh())
	if o.Unsaved != "" {
		p.problem("this chat is not saved: " + o.Unsaved)
	}
	return p
}

// fresh is an empty conversation as the settings want it.
func (p *program) fresh() *chat.Conversation {
	c := chat.New(p.now())
	c.System, c.Mode, c.Model = p.settings.System, chat.Mode(p.settings.Mode), p.settings.Model
	return c
}

// begin makes c the conversation on the screen.
func (p *program) begin(c *chat.Conversation) {
	if text := p.composer.text(); p.conv != nil && p.conv.Leaf() == nil && !blank(text) {
		p.composer.remember(text) // a conversation without turns keeps no draft
	}
	p.conv, p.waiting = c, nil
	for _, t := range c.Turns() {
		if t.Role == chat.User && !slices.Contains(p.composer.sent, t.Text) {
			p.composer.remember(t.Text)
		}
	}
	p.composer.clear()
	if c.Draft != "" {
		p.composer.set(c.Draft)
	}
	p.rate, p.seeded = 0, false
	p.recallSeed()
	p.transcript.follow = true
	p.changed()
}

// recallSeed makes the status line tell the seed of the reply that the path ends with.
func (p *program) recallSeed() {
	if leaf := p.conv.Leaf(); leaf != nil && leaf.Reply != nil {
		p.lastSeed, p.seeded = leaf.Reply.Seed, true
	}
}

// Init opens the model and asks the terminal for its background.
func (p *program) Init() tea.Cmd {
	cmds := []tea.Cmd{p.open(p.opening, false)}
	if p.settings.Theme == "auto" {
		cmds = append(cmds, tea.RequestBackgroundColor)
	}
	if p.Resume != "" {
		cmds = append(cmds, p.load(p.Resume))
	}
	return tea.Batch(cmds...)
}

// restyle builds the styles for what is known of the terminal.
func (p *program) restyle() {
	p.look.styles = newStyles(p.dark, p.plain)
	p.look.renderer = markdown.New(p.look.theme)
	p.composer.area.SetStyles(p.look.input)
	for _, it := range p.transcript.items {
		it.stream = nil
		it.changed()
	}
}

// changed brings the transcript in line with the conversation.
func (p *program) changed() {
	p.replan()
	path := p.conv.Path()
	if p.conv.Mode == chat.Story && len(path) > 0 {
		if p.reply != nil && p.reply.item != nil {
			p.reply.item.changed()
			return
		}
		p.transcript.set([]*item{p.storyItem(path)})
		return
	}
	kept := map[int]*item{}
	for _, it := range p.transcript.items {
		kept[it.turn.ID] = it
	}
	var items []*item
	for _, t := range path {
		it := kept[t.ID]
		if it == nil || it.turn != t {
			it = &item{look: p.look, turn: t}
		}
		above, footer := p.cutLine(t), p.footer(t)
		plain := !p.settings.Markdown
		if it.above != above || it.footer != footer || it.plain != plain || it.story != nil {
			it.above, it.footer, it.plain, it.story = above, footer, plain, nil
			it.changed()
		}
		items = append(items, it)
	}
	p.transcript.set(items)
}

// storyItem is a story on the screen.
func (p *program) storyItem(path []*chat.Turn) *item {
	leaf := path[len(path)-1]
	it := &item{look: p.look, turn: leaf, story: path, footer: p.footer(leaf)}
	if p.plan.Dropped == 0 {
		return it
	}
	it.above = p.cutText()
	seen := p.model.Decode(p.plan.Prompt[p.plan.Prefix:])
	if before, ok := strings.CutSuffix(chat.StoryText(path), seen); ok {
		it.cut = len(before)
	}
	return it
}

// replan works out what the model would see of the path; while a reply is being written, what it does see stays.
func (p *program) replan() {
	if p.model == nil || p.reply != nil {
		return
	}
	plan, err := p.makePlan(p.conv.Path(), false)
	if err != nil {
		plan = chat.Plan{Context: p.model.Info().Context}
	}
	p.plan = plan
}

func (p *program) say(text string) { p.notice = notice{text: text} }

func (p *program) problem(text string) { p.notice = notice{text: text, problem: true} }

// fail shows an error, if there is one, and reports whether there was.
func (p *program) fail(err error) bool {
	if err != nil {
		p.problem(err.Error())
	}
	return err != nil
}
