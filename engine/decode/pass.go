package decode

import "time"

// beside is how many positions of prompts a pass computes while so many texts wait for their next token. A pass takes a time for the
// weights and one for each position, on top of which each text's scores cost half a position: with a GPT-2 124M in q8 on two
// threads 8.5, 2 and 1 ms. So a pass that reads prompts takes at most 1.7 times as long as one that does not, whatever the number
// of texts, and nobody waits twice the usual time for a token.
func beside(texts int) int { return min(3+texts, Block-texts) }

// pass computes what the texts need, as far as one pass goes. It reports whether there was anything.
func (l *Loop) pass() bool {
	l.steps, l.parts = l.steps[:0], l.parts[:0]
	waits := 0
	for _, g := range l.going {
		if g.pending() == 1 && g.stepper.Len() > 0 {
			waits++
		}
	}
	budget := Block - waits
	if waits > 0 {
		budget = beside(waits)
	}
	scores, drafts := 0, 0
	for _, g := range l.going {
		n := g.pending()
		if n == 0 {
			continue
		}
		ids := g.stepper.ids[len(g.cache.ids):]
		step := Step{State: g.cache.state, IDs: ids, Scores: 1}
		switch {
		case n == 1 && g.stepper.Len() > 0:
			if g.accept() {
				return true // its scores are there
			}
			g.drafter.judge()
			l.clear(g)
			if len(l.going) == 1 && l.mayDraft(g) {
				step.IDs = g.draft(l.network.Context())
				drafts = len(step.IDs) - 1
				step.Scores = len(step.IDs)
			}
		case budget == 0:
			continue
		default:
			l.clear(g)
			if n > budget {
				step.IDs, step.Scores = ids[:budget], 0
			}
			budget -= len(step.IDs)
		}
		l.steps, l.parts = append(l.steps, step), append(l.parts, g)
		scores += step.Scores
	}
	if len(l.steps) == 0 {
		return false
	}
	took, err := l.forward(scores)
	if err != nil {
		for _, g := range l.parts {
			l.end(g, "", err)
		}
		return true
	}
	row, vocab := 0, l.network.Vocab()
	for i, g := range l.parts {
		step := l.steps[i]
		fed := step.IDs
		if drafts > 0 {
			fed = fed[:1]
		}
		g.cache.ids = append(g.cache.ids, fed...)
		if step.Scores == 0 {
			continue
		}
		g.stepper.logits, g.shared = l.rows[row*vocab:][:vocab], true
		row += step.Scores
		if g.began.IsZero() {
			g.began = time.Now()
			g.drawn = g.began
			g.result.Timings.Prefill = g.began.Sub(g.joined)
		}
		if len(l.parts) == 1 && len(fed) == 1 {
			g.drafter.note(took, step.IDs[1:])
		}
	}
	return true
}

// forward makes the pass of the steps.
func (l *Loop) forward(scores int) (took time.Duration, err error) {
	if l.workspace == nil {
		l.workspace = l.network.NewWorkspace()
	}
	for _, g := range l.going {
		if g.shared && g.stepper.logits != nil { // it takes no part: its scores stay what they are
			g.scores = append(g.scores[:0], g.stepper.logits...)
			g.stepper.logits, g.shared = g.scores, false
			l.clear(g) // there is no room for those of its drafts
		}
	}
	if need := scores * l.network.Vocab(); len(l.rows) < need {
		l.rows = make([]float32, need)
	}
	start := time.Now()
	err = l.network.Forward(l.workspace, l.steps, l.rows[:scores*l.network.Vocab()])
	return time.Since(start), err
}

// pending is how many ids are to be computed before the next token can be drawn.
func (g *Generation) pending() int {
	if g.ending() || g.stepper.logits != nil {
		return 0
	}
	return len(g.stepper.ids) - len(g.cache.ids)
}

// accept goes on to the scores after the next draft, where that is the token that was drawn.
func (g *Generation) accept() bool {
	d := &g.drafter
	id := g.stepper.ids[len(g.stepper.ids)-1]
	if d.ahead >= len(d.drafts) || d.drafts[d.ahead] != id {
		return false
	}
	d.ahead++
	d.right++
	g.cache.ids = append(g.cache.ids, id)
	vocab := g.loop.network.Vocab()
	g.stepper.logits, g.shared = g.loop.rows[d.ahead*vocab:][:vocab], true
	return true
}

// clear takes drafts out of the cache that were not drawn.
func (l *Loop) clear(g *Generation) {
	if len(g.drafter.drafts) > 0 {
		l.truncate(g, len(g.cache.ids))
	}
}

// mayDraft reports whether a text draws more than one token before somebody may want it otherwise.
func (l *Loop) mayDraft(g *Generation) bool {
	return !g.request.NoDrafts && !g.paused && g.left != 1 && g.drafter.pays()
}

// draft is the last id with drafts of those after it.
func (g *Generation) draft(context int) []int {
	d, ids := &g.drafter, g.stepper.ids
	step := append(d.step[:0], ids[len(ids)-1])
	n := min(d.length, context-len(ids))
	if forced := g.request.Forced; g.stepper.Len() < len(forced) {
		rest := forced[g.stepper.Len():]
		return append(step, rest[:min(len(rest), mostDrafts, context-len(ids))]...)
	}
	return lookUp(step, ids, n)
}
