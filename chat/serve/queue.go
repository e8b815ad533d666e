package serve

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"
)

// A queue has places for texts that are being written, and room for requests that wait for some, first come, first served.
type queue struct {
	places int
	room   int

	mu      sync.Mutex
	taken   int
	waiting []*waiter
	closed  bool
	mean    time.Duration // that a request holds its places, smoothed
}

// A waiter is a request that wants so many places.
type waiter struct {
	wants int
	ready chan struct{} // closed when it has them, or when the queue is
	has   bool
}

// enter waits for places. leave gives them back. The fault is one of a queue that is full or closed, or nil with ctx's end, when
// leave is nil too.
func (q *queue) enter(ctx context.Context, wants int) (leave func(), _ *fault) {
	wants = min(wants, q.places)
	w := &waiter{wants: wants, ready: make(chan struct{})}
	q.mu.Lock()
	switch {
	case q.closed:
		q.mu.Unlock()
		return nil, stopping()
	case len(q.waiting) == 0 && q.taken+wants <= q.places:
		q.taken += wants
		w.has = true
		close(w.ready)
	case len(q.waiting) >= q.room:
		f := failing(http.StatusTooManyRequests, "queue_full", "all %d places are taken and %d requests wait; try again later", q.places, len(q.waiting))
		f.after = q.patience()
		q.mu.Unlock()
		return nil, f
	default:
		q.waiting = append(q.waiting, w)
	}
	q.mu.Unlock()
	select {
	case <-w.ready:
	case <-ctx.Done():
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case w.has:
	case q.closed:
		return nil, stopping()
	default: // ctx has ended
		q.waiting = slices.DeleteFunc(q.waiting, func(other *waiter) bool { return other == w })
		q.admit()
		return nil, nil
	}
	began := time.Now()
	return sync.OnceFunc(func() { q.leave(wants, time.Since(began)) }), nil
}

func (q *queue) leave(places int, held time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.taken -= places
	const smoothing = 8
	if q.mean == 0 {
		q.mean = held
	}
	q.mean += (held - q.mean) / smoothing
	q.admit()
}

// admit gives places to those who wait, in order. The mutex is held.
func (q *queue) admit() {
	for len(q.waiting) > 0 && q.taken+q.waiting[0].wants <= q.places {
		w := q.waiting[0]
		q.waiting = slices.Delete(q.waiting, 0, 1)
		q.taken += w.wants
		w.has = true
		close(w.ready)
	}
}

// patience is how long those who wait will take, about. The mutex is held.
func (q *queue) patience() time.Duration {
	rounds := 1 + len(q.waiting)/max(q.places, 1)
	return min(max(time.Second, time.Duration(rounds)*q.mean), time.Minute)
}

// close turns away who waits, and who comes.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	for _, w := range q.waiting {
		close(w.ready)
	}
	q.waiting = nil
}

// now tells how many places are taken and how many requests wait.
func (q *queue) now() (taken, waiting int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.taken, len(q.waiting)
}

func stopping() *fault {
	f := failing(http.StatusServiceUnavailable, "stopping", "the server is stopping; try again later")
	f.after = time.Second
	return f
}

// ended reports whether the queue is closed.
func (q *queue) ended() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.closed
}
