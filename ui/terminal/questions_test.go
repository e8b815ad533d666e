package terminal

import (
	"testing"
	"time"
)

func TestQuestions(t *testing.T) {
	start := time.Unix(1_000_000_000, 0)
	after := func(d time.Duration) time.Time { return start.Add(d) }
	var q questions
	if q.waiting(start) {
		t.Error("an answer is waited for that nobody has asked for")
	}
	q.ask([]byte("x\x1b[?2026$p\x1b[?2027$py\x1b]11;?\x07\x1b[?u"), start)
	if !q.waiting(after(time.Second)) || q.waiting(after(3*time.Second)) {
		t.Error("a terminal that is silent is not waited for as long as it should be")
	}
	q.answer([]byte("\x1b[A"), after(10*time.Millisecond))
	q.answer([]byte("\x1b[?2027;0$y"), after(10*time.Millisecond))
	if len(q.open) != 2 {
		t.Errorf("%d questions are open, expected those after the one that was answered: 2", len(q.open))
	}
	q.answer([]byte("\x1b]11;rgb:0/0/0\x07"), after(20*time.Millisecond))
	if !q.waiting(after(100*time.Millisecond)) || q.waiting(after(time.Second)) {
		t.Error("a terminal that answers is waited for as long as one that is silent")
	}
	q.answer([]byte("\x1b[?1u"), after(30*time.Millisecond))
	if q.waiting(after(30 * time.Millisecond)) {
		t.Error("all is answered, and something is waited for")
	}
}
