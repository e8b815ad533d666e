package kernel

import (
	"sync"
	"sync/atomic"
)

// Work is a computation that can be split by rows. Do computes rows lo..hi-1;
// it must be safe to call from several goroutines on disjoint ranges, and must
// not call Run on the pool that runs it.
type Work interface{ Do(lo, hi int) }

// A Pool splits work over goroutines that sleep between one Run and the next.
// It must be closed to let them go.
type Pool struct {
	threads int
	running sync.Mutex // held by the one Run or Close under way
	workers sync.WaitGroup

	mu      sync.Mutex // guards what follows
	wake    sync.Cond  // a job has opened, or the pool has closed
	idle    sync.Cond  // busy has fallen to 0
	open    bool       // the job has chunks left: a worker that wakes may join
	busy    int        // workers that have joined the job and not yet left
	closed  bool
	failure any // what the first panic of the job carried

	job job // set before open, unchanged until busy is 0 again
}

// A job is the work of one Run, rows 0..n-1 in chunks of grain.
type job struct {
	work     Work
	n, grain int
	next     atomic.Int64 // first row not yet handed out
}

// NewPool returns a pool for that many threads of execution, of which the
// caller of Run is one. Less than 1 counts as 1.
func NewPool(threads int) *Pool {
	p := &Pool{threads: max(threads, 1)}
	p.wake.L = &p.mu
	p.idle.L = &p.mu
	for range p.threads - 1 {
		p.workers.Go(p.serve)
	}
	return p
}

// Threads returns how many threads share the work, the caller of Run included.
func (p *Pool) Threads() int { return p.threads }

// Run has the rows 0..n-1 of w computed in chunks of grain rows, each by
// whichever goroutine is free next, the caller among them, and returns when all
// are done. No more than grain rows, or a pool of one thread, are computed in
// one piece by the caller alone.
//
// Calls from several goroutines take turns. A panic in w is raised again by
// Run once every goroutine has left the work; the pool remains usable. After
// Close the caller computes everything itself.
func (p *Pool) Run(n, grain int, w Work) {
	if n <= 0 {
		return
	}
	grain = max(grain, 1)
	if n <= grain || p.threads == 1 {
		w.Do(0, n)
		return
	}
	p.running.Lock()
	defer p.running.Unlock()

	p.start(n, grain, w)
	defer p.finish()
	p.job.drain()
}

// start opens the job and wakes as many workers as there are chunks for.
func (p *Pool) start(n, grain int, w Work) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.job.work, p.job.n, p.job.grain = w, n, grain
	p.job.next.Store(0)
	p.open = true
	chunks := (n + grain - 1) / grain
	for range min(chunks, p.threads) - 1 {
		p.wake.Signal()
	}
}

// finish waits for the workers to leave the job and raises the panic of one
// of them. It runs deferred: the caller's own chunk may be what panics.
func (p *Pool) finish() {
	p.job.stop()
	p.mu.Lock()
	p.open = false
	for p.busy > 0 {
		p.idle.Wait()
	}
	failure := p.failure
	p.failure = nil
	p.job.work = nil
	p.mu.Unlock()
	if failure != nil {
		panic(failure)
	}
}

// serve is the life of a worker.
func (p *Pool) serve() {
	for p.join() {
		p.help()
	}
}

// join sleeps until there is a job to take part in; false says that the pool
// has closed.
func (p *Pool) join() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.open && !p.closed {
		p.wake.Wait()
	}
	if p.closed {
		return false
	}
	p.busy++
	return true
}

// help computes chunks of the job and leaves it, by a panic as well.
func (p *Pool) help() {
	defer func() { p.leave(recover()) }()
	p.job.drain()
}

func (p *Pool) leave(failure any) {
	if failure != nil {
		p.job.stop()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = false // no chunk is left: nobody else need join
	if p.failure == nil {
		p.failure = failure
	}
	p.busy--
	if p.busy == 0 {
		p.idle.Signal()
	}
}

// Close stops the workers and waits for them, after the Run under way if there
// is one. Closing twice is harmless.
func (p *Pool) Close() {
	p.running.Lock()
	defer p.running.Unlock()
	p.mu.Lock()
	p.closed = true
	p.wake.Broadcast()
	p.mu.Unlock()
	p.workers.Wait()
}

// drain computes chunks until none is left.
func (j *job) drain() {
	for {
		hi := int(j.next.Add(int64(j.grain)))
		lo := hi - j.grain
		if lo >= j.n {
			return
		}
		j.work.Do(lo, min(hi, j.n))
	}
}

// stop has no further chunk handed out.
func (j *job) stop() { j.next.Store(int64(j.n)) }
