package task

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"inkling/engine/sample"
)

// A Model writes what tasks ask for.
type Model interface {
	// Manner is how the model is asked.
	Manner() Manner
	// Room is how many tokens a prompt may have beside a reply of so many.
	Room(reply int) int
	// Count is how many tokens a text has.
	Count(text string) int
	// Write asks for one reply and waits for it. Another attempt with the same request is another reply.
	Write(ctx context.Context, r Request) (string, error)
}

// A Request is one prompt.
type Request struct {
	// Turns are what the person and the model have said, by turns; the last is the person's. In the manner Plain it is one
	// text to continue.
	Turns []string
	// Begin is what the reply begins with; Write returns it with the rest.
	Begin   string
	Params  sample.Params
	Attempt uint32
}

// A Result is what has come of a task.
type Result struct {
	Text  string
	Tries int      // replies that were written for it, at most three
	Wrong []string // what is wrong with the text still, nothing where all checks hold
}

// tries is how often a reply is asked for until the checks hold.
const tries = 3

// Again reports whether another reply is worth asking for, after so many with the parameters. Without chance it would be the
// same.
func Again(wrong []string, after int, p *sample.Params) bool {
	return len(wrong) > 0 && after < tries && p.Temperature > 0
}

// Tries says how many replies it took.
func Tries(n int) string {
	if n == 1 {
		return "1 try"
	}
	return strconv.Itoa(n) + " tries"
}

// A Job is one run of a task.
type Job struct {
	Task     *Task
	Model    Model
	Values   Values
	Params   sample.Params      // those of the user with those of the task, see Adjust
	Attempt  uint32             // the first one with the seed
	Progress func(part, of int) // before each part of a text that is worked off in parts; nil for none
	asked    []string           // turns so far
}

// Run does the task. The error is of the model, or says that the text is too long.
func (j *Job) Run(ctx context.Context) (Result, error) {
	prompt, begin, err := j.Task.Prompt(j.Model.Manner(), j.Values)
	if err != nil {
		return Result{}, err
	}
	room := j.Model.Room(j.Params.MaxTokens)
	if size := j.Model.Count(prompt + begin); size > room {
		if main, ok := j.Task.Main(); ok && j.Task.Parts {
			return j.inParts(ctx, main.Name, room)
		}
		return Result{}, fmt.Errorf("the text is too long for the model: %d tokens with the order, and %d fit; shorten it", size, room)
	}
	return j.write(ctx, prompt, begin)
}

// write asks until the checks hold, and keeps the reply with the fewest faults.
func (j *Job) write(ctx context.Context, prompt, begin string) (Result, error) {
	r := Request{Turns: append(slices.Clone(j.asked), prompt), Begin: begin, Params: j.Params, Attempt: j.Attempt}
	r.Params.Stop = append(slices.Clone(r.Params.Stop), j.Task.form(j.Model.Manner()).stop...)
	var best Result
	for n := 1; ; n++ {
		text, err := j.Model.Write(ctx, r)
		if err != nil {
			return best, err
		}
		text = strings.TrimSpace(text)
		wrong := j.Task.Wrong(text, j.Values)
		if n == 1 || len(wrong) < len(best.Wrong) {
			best = Result{Text: text, Wrong: wrong}
		}
		best.Tries = n
		if !Again(wrong, n, &r.Params) {
			break
		}
		r.Attempt++
	}
	j.asked = append(r.Turns, best.Text)
	return best, nil
}

// inParts does the task with pieces of the text, then with what came of them.
func (j *Job) inParts(ctx context.Context, name string, room int) (Result, error) {
	text := j.Values[name]
	empty, _, err := j.Task.Prompt(j.Model.Manner(), j.with(name, ""))
	if err != nil {
		return Result{}, err
	}
	// A piece takes what the order leaves, less a little, as tokens at the seam may fall otherwise.
	left := room - j.Model.Count(empty) - 8
	if left < minPiece {
		return Result{}, fmt.Errorf("the context has no room for a part of the text: %d tokens are left", max(0, left))
	}
	pieces := Pieces(text, left, j.Model.Count)
	if len(pieces) < 2 {
		return Result{}, errors.New("the text is too long for the model, and cannot be cut into parts")
	}
	var parts []string
	total := Result{}
	for i, piece := range pieces {
		if j.Progress != nil {
			j.Progress(i+1, len(pieces))
		}
		// Counts that are asked for hold for the whole, not for its parts.
		values := j.without(name, piece)
		part := &Job{Task: j.Task, Model: j.Model, Values: values, Params: j.Params, Attempt: j.Attempt}
		result, err := part.Run(ctx)
		if err != nil {
			return Result{}, err
		}
		total.Tries = max(total.Tries, result.Tries)
		if len(result.Wrong) > 0 {
			// What a part gets wrong would stand in the whole: its most telling sentence cannot be wrong.
			result.Text = strings.Join(Extract(piece, 1), " ")
		}
		parts = append(parts, result.Text)
	}
	joined := strings.Join(parts, "\n\n")
	if len(joined) >= len(text) {
		return Result{}, errors.New("the parts of the text do not get shorter; ask for fewer tokens with --max-tokens")
	}
	whole := &Job{Task: j.Task, Model: j.Model, Values: j.with(name, joined), Params: j.Params, Attempt: j.Attempt, Progress: j.Progress}
	result, err := whole.Run(ctx)
	if err != nil {
		return Result{}, err
	}
	j.asked = whole.asked
	result.Wrong = j.Task.Wrong(result.Text, j.Values)
	result.Tries = max(result.Tries, total.Tries)
	return result, nil
}

// minPiece is the fewest tokens that are worth a part.
const minPiece = 32

// with is the values with another one under the name.
func (j *Job) with(name, value string) Values {
	values := Values{}
	for k, v := range j.Values {
		values[k] = v
	}
	values[name] = value
	return values
}

// without is the values of a part: its piece of the text, and no numbers.
func (j *Job) without(name, piece string) Values {
	values := j.with(name, piece)
	for _, v := range j.Task.Variables {
		if v.Number {
			values[v.Name] = v.Default
		}
	}
	return values
}

// Followup asks the further request with the name after Run.
func (j *Job) Followup(ctx context.Context, f Followup) (string, error) {
	r := Request{Turns: append(slices.Clone(j.asked), f.Prompt), Params: j.Params, Attempt: j.Attempt}
	if j.Model.Manner() == Plain {
		between := f.Plain
		if between == "" {
			between = f.Prompt
		}
		r.Turns = []string{strings.Join(j.asked, "") + "\n\n" + between + "\n"}
	}
	text, err := j.Model.Write(ctx, r)
	return strings.TrimSpace(text), err
}

// Extract does the task by picking sentences of the text in place of writing.
func (j *Job) Extract() (Result, error) {
	main, ok := j.Task.Main()
	if !ok || !j.Task.Extract {
		return Result{}, fmt.Errorf("%s cannot pick sentences; summary can", j.Task.Name)
	}
	count, points := 3, false
	for _, v := range j.Task.Variables {
		if n, err := strconv.Atoi(j.Values[v.Name]); v.Number && err == nil {
			count, points = n, v.Name == "points"
		}
	}
	picked := Extract(j.Values[main.Name], count)
	if !points {
		return Result{Text: strings.Join(picked, " "), Tries: 1}, nil
	}
	for i := range picked {
		picked[i] = strconv.Itoa(i+1) + ". " + picked[i]
	}
	return Result{Text: strings.Join(picked, "\n"), Tries: 1}, nil
}
