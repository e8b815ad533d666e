package session

import (
	"slices"

	"inkling/chat"
	"inkling/engine"
)

// numbers are the seed and the attempt of a reply to the turn parent that begins with these ids, of the reply that goes on
// where there is one. The seed is what the user has set, or that of the reply that goes on; nil for a random one. The
// attempt is the first that has not gone on from there: a reply that was stopped goes on as if it had not been, and one that
// ended at a stop string goes on in another way.
func (r *Reply) numbers(parent int, goesOn *chat.Turn, begun []int) (seed *uint64, attempt uint32) {
	seed, attempt = r.settings.config.Seed, r.attempt
	if goesOn != nil && goesOn.Reply != nil && goesOn.Reply.Random == engine.RandomVersion {
		if seed == nil {
			seed = &goesOn.Reply.Seed
		}
		if *seed == goesOn.Reply.Seed {
			attempt = goesOn.Reply.Attempt
		}
	}
	if seed == nil {
		return nil, attempt
	}
	taken := map[uint32]bool{}
	for _, t := range r.chat.conv.Children(parent) {
		made := t.Reply
		if made == nil || t == goesOn && made.StopReason != string(engine.StopString) || made.Random != engine.RandomVersion || made.Seed != *seed {
			continue
		}
		if len(made.IDs) > len(begun) && slices.Equal(made.IDs[:len(begun)], begun) {
			taken[made.Attempt] = true
		}
	}
	for taken[attempt] {
		attempt++
	}
	return seed, attempt
}
