package bench

import "context"

// lastPosition is how far Once generates.
const lastPosition = 1000

// Once is what a process does whose memory is measured: it opens the model in a format, generates up to position 1000, or
// as far as the context goes, and returns the most bytes of memory that it had resident; 0 where the system does not tell.
func Once(ctx context.Context, o Options, weights string) (int64, error) {
	o.Weights = []string{weights}
	if err := o.validate(); err != nil {
		return 0, err
	}
	m, err := o.openCold(weights)
	if err != nil {
		return 0, err
	}
	defer m.Close()
	last := min(lastPosition, m.Info().Context)
	tokens := max(min(decoded, last-1), 1)
	prompt := make([]int, max(last-tokens, 1))
	for i := range prompt {
		prompt[i] = token(i, m.Info().Vocab)
	}
	if _, err := greedy(ctx, m, prompt, tokens); err != nil {
		return 0, err
	}
	return peakResident(), nil
}
