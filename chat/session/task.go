package session

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"inkling/chat"
	"inkling/chat/task"
	"inkling/config"
	"inkling/engine/sample"
)

// doing is a task whose reply is wanted, or is being written.
type doing struct {
	task   *task.Task
	values task.Values
	follow []string      // what is asked after the reply
	then   func() []Work // what comes after it, nil for nothing
	user   int           // ID of the message that asks for it
	tries  int
	aside  *aside // it is done by parts, beside the chat; nil: by a reply
}

// tasks are those that can be done.
func (s *Session) tasks() *task.Library {
	if s.library == nil {
		s.library = task.Open(s.folder)
	}
	return s.library
}

func taskNames(s *Session) []string { return s.tasks().Names() }

func taskHelp(s *Session, name string) string {
	t, _ := s.tasks().Find(name)
	return t.Description
}

// runTask is the command /task.
func runTask(s *Session, arg string) []Work {
	name, words := task.Word(arg)
	if name == "" {
		s.tell(TaskSheet(s.tasks()))
		return nil
	}
	t, ok := s.tasks().Find(name)
	if !ok {
		text := "unknown task " + name
		if near := config.Nearest(name, s.tasks().Names()); near != "" {
			text += "; did you mean " + near + "?"
		} else {
			text += "; /task lists them"
		}
		s.problem(text)
		return nil
	}
	if s.Chat.conv.Mode != chat.Chat {
		s.problem("tasks need the chat; /mode chat goes there")
		return nil
	}
	o := order{task: t}
	words, err := o.options(words)
	if s.fail(err) {
		return nil
	}
	if path, ok := strings.CutPrefix(words, "< "); ok { // as in the shell
		return []Work{{do: func(context.Context) Event {
			text, err := readText(Home(strings.TrimSpace(path)))
			if err != nil {
				return Notice{Words: strings.TrimSpace(path) + ": " + err.Error(), Problem: true}
			}
			return then(func() []Work { return s.order(o, text) })
		}}}
	}
	return s.order(o, unfenced(words))
}

// then is what is to be done after work.
type then func() []Work

func (then) event() {}

// order is what a line wants of a task.
type order struct {
	task    *task.Task
	named   task.Values
	follow  []string // prompts
	extract bool
	kit     bool
}

// options takes the options off the beginning of a line.
func (o *order) options(line string) (rest string, err error) {
	o.named = task.Values{}
	for {
		var named task.Values
		named, line = o.task.Options(line)
		maps.Copy(o.named, named)
		if !strings.HasPrefix(line, "--") {
			return line, nil
		}
		option, after := task.Word(line)
		i := slices.IndexFunc(o.task.Followups, func(f task.Followup) bool { return option == "--"+f.Name })
		switch {
		case i >= 0:
			o.follow = append(o.follow, o.task.Followups[i].Prompt)
		case option == "--extract" && o.task.Extract:
			o.extract = true
		case option == "--kit" && len(o.task.Kit) > 0:
			o.kit = true
		default:
			return "", fmt.Errorf("%s takes no %s; its words follow its name", o.task.Name, option)
		}
		line = after
	}
}

// order does a task with the words.
func (s *Session) order(o order, words string) []Work {
	values, err := o.task.Fill([]string{words}, o.named)
	if s.fail(err) {
		return nil
	}
	parts := []*doing{{task: o.task, values: values, follow: o.follow}}
	if o.kit {
		parts = nil
		main, _ := o.task.Main()
		for _, name := range o.task.Kit {
			part, ok := s.tasks().Find(name)
			if !ok {
				s.problem(fmt.Sprintf("%s: no task %q for its kit", o.task.Name, name))
				return nil
			}
			values, err := part.Fill([]string{values[main.Name]}, nil)
			if s.fail(err) {
				return nil
			}
			parts = append(parts, &doing{task: part, values: values})
		}
	}
	for i, next := range parts[1:] {
		parts[i].then = func() []Work { return s.do(next) }
	}
	first := parts[0]
	if o.extract {
		return s.stopAnd(func() []Work { return s.picked(first) })
	}
	if s.Engine.model == nil || s.Engine.own != "" { // how it is asked, and how much it reads, is not known
		s.Reply.waiting = func() []Work { return s.do(first) }
		s.hold("the model is still loading")
		return nil
	}
	return s.stopAnd(func() []Work { return s.do(first) })
}

// picked answers a task with sentences of its text.
func (s *Session) picked(d *doing) []Work {
	order, _, err := d.task.Prompt(task.Starter, d.values)
	if s.fail(err) {
		return nil
	}
	result, err := (&task.Job{Task: d.task, Values: d.values}).Extract()
	if s.fail(err) {
		return nil
	}
	s.tell(Asked{order})
	s.Chat.reply(s.Chat.add(order).ID, result.Text)
	return nil
}

// do begins a task, by parts where its text is too long for the model.
func (s *Session) do(d *doing) []Work {
	a, params := Asker{s: s}, s.Settings.config.Params
	d.adjust(&params, s.Settings.config)
	words, _, err := d.task.Prompt(s.chatManner(), d.values)
	if s.fail(err) {
		return nil
	}
	room := a.Room(params.MaxTokens)
	switch size := a.Count(s.Chat.conv.System) + a.Count(words); {
	case size <= room:
		return s.Reply.do(d, words)
	case d.task.Parts:
		return s.inParts(d, words)
	default:
		s.problem(fmt.Sprintf("%s: the text is too long for the model: %d tokens with the order, and %d fit; shorten it", d.task.Name, size, room))
		return nil
	}
}

// chatManner is how tasks ask in a chat, which is no text to continue: there the words of the starter are the plainest order.
func (s *Session) chatManner() task.Manner {
	if manner := s.manner(); manner != task.Plain {
		return manner
	}
	return task.Starter
}

// TaskSheet lists the tasks, with an example each.
func TaskSheet(l *task.Library) Sheet {
	sheet := Sheet{Title: "Tasks"}
	for _, t := range l.Tasks {
		sheet.add(t.Name, t.Description+": "+t.Example)
	}
	for _, err := range l.Problems {
		sheet.add("", err.Error())
	}
	return sheet
}

// do asks for what a task wants.
func (r *Reply) do(d *doing, order string) []Work {
	r.tell(Asked{order})
	d.user = r.chat.add(order).ID
	r.doing = d
	return r.answer(beginning{parent: d.user})
}

// adjust puts the sampling values of the task in force, but for what the user has set.
func (d *doing) adjust(p *sample.Params, c *config.Config) {
	d.task.Adjust(p, func(key string) bool { return UserSet(c, key) })
}

// UserSet reports whether the user has set the value himself.
func UserSet(c *config.Config, key string) bool {
	return !slices.Contains([]config.Source{config.Default, config.Model}, c.Origin(key).Source)
}

// checked holds the reply of a task against its checks, and asks for another where one fails; then comes what was asked for
// after it. A reply that was stopped is left as it is.
func (r *Reply) checked(t *chat.Turn) []Work {
	d := r.doing
	if d == nil || r.stop != nil || t.Parent != d.user {
		return nil
	}
	if t.State != chat.Done {
		r.doing = nil
		return nil
	}
	d.tries++
	wrong := d.task.Wrong(t.Text, d.values)
	if task.Again(wrong, d.tries, r.controls.Load()) {
		return r.answer(beginning{parent: d.user})
	}
	r.doing = nil
	r.judge(d.task, wrong, d.tries)
	return r.after(d)
}

// after does what comes after a task.
func (r *Reply) after(d *doing) []Work {
	r.chat.queue = slices.Concat(d.follow, r.chat.queue)
	if d.then != nil {
		return d.then()
	}
	return nil
}

// judge says what the checks of a task found after so many tries.
func (s *shared) judge(t *task.Task, wrong []string, tries int) {
	switch {
	case len(wrong) > 0:
		s.problem(fmt.Sprintf("%s: %s, after %s", t.Name, strings.Join(wrong, "; "), task.Tries(tries)))
	case tries > 1:
		s.say(fmt.Sprintf("%s: as asked for, after %s", t.Name, task.Tries(tries)))
	}
}
