package session

import "strings"

// Queued are the messages that wait for the end of the reply, in order.
func (c *Chat) Queued() []string { return c.queue }

// enqueue has a message wait for the end of the reply.
func (c *Chat) enqueue(text string) {
	c.queue = append(c.queue, text)
	c.SaveDraft() // where it is safe until it is sent
	c.version++
}

// TakeBack puts the message that was queued last back into the input: it is told as a Draft. It reports whether there was
// one.
func (c *Chat) TakeBack() bool {
	last := len(c.queue) - 1
	if last < 0 {
		return false
	}
	text := c.queue[last]
	c.queue = c.queue[:last]
	c.version++
	c.tell(Draft{Words: lines(text, c.typed)})
	return true
}

// draft is what the user has written and not sent.
func (c *Chat) draft() string { return lines(append(c.queue[:len(c.queue):len(c.queue)], c.typed)...) }

// lines joins the texts that are not empty, one below the other.
func lines(texts ...string) string {
	var some []string
	for _, t := range texts {
		if t != "" {
			some = append(some, t)
		}
	}
	return strings.Join(some, "\n")
}

// sendQueued sends the next message that has waited. Where it gets no reply the others go back to the input.
func (r *Reply) sendQueued() []Work {
	if r.stop != nil || len(r.chat.queue) == 0 {
		return nil
	}
	text := r.chat.queue[0]
	r.chat.queue = r.chat.queue[1:]
	work := r.Send(text)
	if rest := r.chat.queue; !r.Writing() && len(rest) > 0 {
		r.chat.queue = nil
		r.tell(Draft{Words: lines(append(rest, r.chat.typed)...)})
	}
	return work
}
