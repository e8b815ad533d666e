package kernel

import (
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Work is a computation that can be split by rows. Do computes rows lo..hi-1;
// it must be safe to call from several goroutines on disjoint ranges, and must
// not call Run on the pool that runs it. Calls that run at the same time have
// different threads, 0 to Threads-1.
type Work interface{ Do(thread, lo, hi int) }

// A Pool splits work over goroutines. Between one Run and the next they look
// out for work for some microseconds, as the steps of one token follow each
// other closely, and then sleep. It must be closed to let them go.
type Pool struct {
	threads int
	spins   int        // rounds of looking out before sleeping
	running sync.Mutex // held by the one Run or Close under way
	workers sync.WaitGroup

	job  job           // set before it opens, unchanged until nobody is busy
	gate atomic.Uint64 // who may enter the job, see the constants below
	last chan struct{} // the last worker has left a job whose caller sleeps

	asleep atomic.Int32 // workers that sleep or are about to
	mu     sync.Mutex   // guards what follows
	wake   sync.Cond
	closed bool
	cause  any // what the first panic of a worker in the job carried
}

// The gate counts the workers that are in the job in its low bits; the count
// of jobs so far stands in the upper half.
const (
	gateBusy   = 1<<16 - 1
	gateOpen   = 1 << 16 // the job has chunks left: a worker may enter
	gateWaited = 1 << 17 // the caller sleeps until the last worker leaves
	gateJob    = 1 << 32
)

// spinRounds pauses are a few tens of microseconds.
const spinRounds = 1000

// A job is the work of one Run, rows 0..n-1 in chunks of grain.
type job struct {
	work     Work
	n, grain int
	_        [64]byte     // next is written by all threads, the rest only read
	next     atomic.Int64 // first row not yet handed out
	_        [64]byte
}

// NewPool returns a pool for that many threads of execution, of which the
// caller of Run is one. Less than 1 counts as 1.
func NewPool(threads int) *Pool {
	p := &Pool{threads: max(threads, 1), last: make(chan struct{}, 1)}
	p.wake.L = &p.mu
	if p.threads <= runtime.GOMAXPROCS(0) {
		p.spins = spinRounds // otherwise looking out takes the processor from one that computes
	}
	for i := range p.threads - 1 {
		p.workers.Go(func() { p.serve(i + 1) })
	}
	return p
}

// Threads returns how many threads share the work, the caller of Run included.
func (p *Pool) Threads() int { return p.threads }

// Run has the rows 0..n-1 of w computed in chunks of grain rows, each by
// whichever thread is free next, the caller among them, and returns when all
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
	p.running.Lock()
	defer p.running.Unlock()
	grain = max(grain, 1)
	if n <= grain || p.threads == 1 {
		w.Do(0, 0, n)
		return
	}
	p.start(n, grain, w)
	defer p.finish()
	p.job.drain(0)
}

// start opens the job and wakes as many sleeping workers as there are chunks
// for.
func (p *Pool) start(n, grain int, w Work) {
	p.job.work, p.job.n, p.job.grain = w, n, grain
	p.job.next.Store(0)
	p.gate.Store((p.gate.Load()/gateJob+1)*gateJob | gateOpen)
	if p.asleep.Load() == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for range min((n+grain-1)/grain, p.threads) - 1 {
		p.wake.Signal()
	}
}

// finish waits for the workers to leave the job and raises the panic of one
// of them. It runs deferred: the caller's own chunk may be what panics.
func (p *Pool) finish() {
	p.job.stop()
	p.gate.And(^uint64(gateOpen))
	p.await()
	p.job.work = nil
	p.mu.Lock()
	cause := p.cause
	p.cause = nil
	p.mu.Unlock()
	if cause != nil {
		panic(cause)
	}
}

// await returns when no worker is busy. The gate is closed.
func (p *Pool) await() {
	for range p.spins {
		if p.gate.Load()&gateBusy == 0 {
			return
		}
		pause(1)
	}
	for {
		old := p.gate.Load()
		if old&gateBusy == 0 {
			return
		}
		if p.gate.CompareAndSwap(old, old|gateWaited) {
			<-p.last
			return
		}
	}
}

// serve is the life of a worker.
func (p *Pool) serve(thread int) {
	debug.SetPanicOnFault(true) // weights may be mapped from a file that becomes shorter; the panic is Run's
	job := uint64(0)            // the last one seen
	for {
		gate, ok := p.lookOut(job)
		if !ok {
			return
		}
		if p.gate.CompareAndSwap(gate, gate+1) {
			job = gate / gateJob
			p.help(thread)
		}
	}
}

// lookOut waits until a job after the given one is open and returns the gate;
// false says that the pool has closed.
func (p *Pool) lookOut(job uint64) (gate uint64, ok bool) {
	for range p.spins {
		if gate := p.gate.Load(); gate&gateOpen != 0 && gate/gateJob != job {
			return gate, true
		}
		pause(1)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asleep.Add(1)
	defer p.asleep.Add(-1)
	for {
		if p.closed {
			return 0, false
		}
		if gate := p.gate.Load(); gate&gateOpen != 0 && gate/gateJob != job {
			return gate, true
		}
		p.wake.Wait()
	}
}

// help computes chunks of the job and leaves it, by a panic as well.
func (p *Pool) help(thread int) {
	defer func() { p.leave(recover()) }()
	p.job.drain(thread)
}

func (p *Pool) leave(cause any) {
	p.job.stop() // no chunk is left, or none should be begun
	if cause != nil {
		p.mu.Lock()
		if p.cause == nil {
			p.cause = cause
		}
		p.mu.Unlock()
	}
	if gate := p.gate.Add(^uint64(0)); gate&gateBusy == 0 && gate&gateWaited != 0 {
		p.last <- struct{}{}
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
func (j *job) drain(thread int) {
	for {
		hi := int(j.next.Add(int64(j.grain)))
		lo := hi - j.grain
		if lo >= j.n {
			return
		}
		j.work.Do(thread, lo, min(hi, j.n))
	}
}

// stop has no further chunk handed out.
func (j *job) stop() { j.next.Store(int64(j.n)) }
