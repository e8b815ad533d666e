package hub

import (
	"context"
	"sync"
)

// each calls f for all items, for at most n at a time, and returns the first error when all calls have ended. An error
// cancels the context of the others.
func each[T any](ctx context.Context, n int, items []T, f func(context.Context, T) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan T)
	var workers sync.WaitGroup
	for range min(n, len(items)) {
		workers.Go(func() {
			for item := range queue {
				if err := f(ctx, item); err != nil {
					cancel(err) // only the first counts
				}
			}
		})
	}
feeding:
	for _, item := range items {
		select {
		case queue <- item:
		case <-ctx.Done():
			break feeding
		}
	}
	close(queue)
	workers.Wait()
	return context.Cause(ctx)
}
