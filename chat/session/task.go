package session

import (
	"fmt"
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
	user   int // ID of the message that asks for it
	tries  int
}

// tasks are those that can be done.
func (s *Session) tasks() *task.Library {
	if s.library == nil {
		s.library = task.Open(s.folder)
	}
	return s.library
}

func taskNames(s *Session) []string { return s.tasks().Names() }

// runTask is the command /task.
func runTask(s *Session, arg string) []Work {
	name, words, _ := strings.Cut(arg, " ")
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
	named, words := t.Options(words)
	if strings.HasPrefix(words, "--") {
		s.problem(notHere(t, words))
		return nil
	}
	values, err := t.Fill([]string{words}, named)
	if s.fail(err) {
		return nil
	}
	return s.stopAnd(func() []Work { return s.Reply.do(t, values, s.manner()) })
}

// notHere says why a task of the chat does not take the option with which words begin.
func notHere(t *task.Task, words string) string {
	option, _, _ := strings.Cut(words, " ")
	for _, f := range t.Followups {
		if option == "--"+f.Name {
			return fmt.Sprintf("%s: ask after the reply: %s", option, f.Prompt)
		}
	}
	if option == "--extract" && t.Extract || option == "--kit" && len(t.Kit) > 0 {
		return fmt.Sprintf("%s works in the shell: inkling task %s %s", option, t.Name, option)
	}
	return fmt.Sprintf("%s takes no %s; its words follow its name", t.Name, option)
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

// do asks for what a task wants. A chat is no text to continue: there the words of the starter are the plainest order.
func (r *Reply) do(t *task.Task, values task.Values, manner task.Manner) []Work {
	if manner == task.Plain {
		manner = task.Starter
	}
	order, _, err := t.Prompt(manner, values)
	if r.fail(err) {
		return nil
	}
	r.tell(Asked{order})
	user := r.chat.add(order).ID
	r.doing = &doing{task: t, values: values, user: user}
	return r.answer(beginning{parent: user})
}

// adjust puts the sampling values of the task in force, but for what the user has set.
func (d *doing) adjust(p *sample.Params, c *config.Config) {
	d.task.Adjust(p, func(key string) bool { return UserSet(c, key) })
}

// UserSet reports whether the user has set the value himself.
func UserSet(c *config.Config, key string) bool {
	return !slices.Contains([]config.Source{config.Default, config.Model}, c.Origin(key).Source)
}

// checked holds the reply of a task against its checks, and asks for another where one fails. A reply that was
// stopped is left as it is.
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
	switch {
	case len(wrong) > 0:
		r.problem(fmt.Sprintf("%s: %s, after %s", d.task.Name, strings.Join(wrong, "; "), task.Tries(d.tries)))
	case d.tries > 1:
		r.say(fmt.Sprintf("%s: as asked for, after %s", d.task.Name, task.Tries(d.tries)))
	}
	return nil
}
