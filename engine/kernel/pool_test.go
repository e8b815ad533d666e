package kernel

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"
)

type workFunc func(lo, hi int)

func (f workFunc) Do(_, lo, hi int) { f(lo, hi) }

// counter counts how often each row was computed.
type counter struct {
	rows   []atomic.Int32
	widest atomic.Int64
	calls  atomic.Int64
}

func newCounter(n int) *counter { return &counter{rows: make([]atomic.Int32, n)} }

func (c *counter) Do(_, lo, hi int) {
	c.calls.Add(1)
	for {
		widest := c.widest.Load()
		if int64(hi-lo) <= widest || c.widest.CompareAndSwap(widest, int64(hi-lo)) {
			break
		}
	}
	for i := lo; i < hi; i++ {
		c.rows[i].Add(1)
	}
}

func (c *counter) check(t *testing.T) {
	t.Helper()
	for i := range c.rows {
		if n := c.rows[i].Load(); n != 1 {
			t.Fatalf("row %d was computed %d times, want once", i, n)
		}
	}
}

// meeting is work of one row per thread in which each row waits for all others
// to have begun: it ends only if that many goroutines take part.
type meeting struct {
	sync.WaitGroup
	then func(row int)
}

func newMeeting(n int, then func(row int)) *meeting {
	m := &meeting{then: then}
	m.Add(n)
	return m
}

func (m *meeting) Do(_, lo, hi int) {
	m.Done()
	m.Wait()
	m.then(lo)
}

func TestPoolComputesEachRowOnce(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, threads := range []int{-1, 0, 1, 2, 3, 8} {
		p := NewPool(threads)
		for _, n := range []int{-1, 0, 1, 2, 7, 64, 1000} {
			for _, grain := range []int{-1, 0, 1, 3, 64, 5000} {
				c := newCounter(max(n, 0))
				p.Run(n, grain, c)
				c.check(t)
				if p.Threads() > 1 && c.widest.Load() > int64(max(grain, 1)) {
					t.Errorf("threads=%d n=%d grain=%d: a chunk of %d rows", threads, n, grain, c.widest.Load())
				}
			}
		}
		p.Close()
	}
}

// A worker may wake when its job is long over and the next one is set up.
func TestPoolManyShortRuns(t *testing.T) {
	p := NewPool(4)
	defer p.Close()
	for i := range 5000 {
		n := 2 + i%3
		c := newCounter(n)
		p.Run(n, 1, c)
		c.check(t)
	}
}

func TestPoolComputesSmallWorkInOnePiece(t *testing.T) {
	tests := []struct{ threads, n, grain int }{{4, 10, 10}, {4, 10, 11}, {1, 1000, 10}, {0, 1000, 10}}
	for _, test := range tests {
		p := NewPool(test.threads)
		c := newCounter(test.n)
		p.Run(test.n, test.grain, c)
		c.check(t)
		if calls := c.calls.Load(); calls != 1 {
			t.Errorf("threads=%d n=%d grain=%d: %d calls, want 1", test.threads, test.n, test.grain, calls)
		}
		p.Close()
	}
}

func TestPoolUsesAllItsThreads(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, threads := range []int{2, 3, 8} {
		p := NewPool(threads)
		for range 20 {
			p.Run(threads, 1, newMeeting(threads, func(int) {}))
		}
		p.Close()
	}
}

func TestPoolTakesCallersInTurn(t *testing.T) {
	p := NewPool(3)
	defer p.Close()
	var inside [4]atomic.Int32 // chunks being computed, by caller
	var callers sync.WaitGroup
	for caller := range inside {
		callers.Go(func() {
			for range 50 {
				c := newCounter(40)
				p.Run(40, 4, workFunc(func(lo, hi int) {
					inside[caller].Add(1)
					runtime.Gosched()
					for other := range inside {
						if other != caller && inside[other].Load() != 0 {
							t.Error("two Runs were under way at once")
						}
					}
					c.Do(0, lo, hi)
					inside[caller].Add(-1)
				}))
				if n := inside[caller].Load(); n != 0 {
					t.Errorf("Run returned while %d chunks were being computed", n)
				}
				c.check(t)
			}
		})
	}
	callers.Wait()
}

func TestPoolRaisesThePanicOfItsWork(t *testing.T) {
	defer goleak.VerifyNone(t)
	p := NewPool(2)
	defer p.Close()
	// Each of the two rows is on its own goroutine, one of them the caller's.
	for range 30 {
		for _, bad := range []int{0, 1} {
			func() {
				defer func() {
					if got, want := recover(), fmt.Sprint("row ", bad); got != want {
						t.Errorf("Run panicked with %v, want %q", got, want)
					}
				}()
				p.Run(2, 1, newMeeting(2, func(row int) {
					if row == bad {
						panic(fmt.Sprint("row ", row))
					}
				}))
			}()
			c := newCounter(100)
			p.Run(100, 3, c)
			c.check(t)
		}
		mustPanic(t, func() { p.Run(2, 1, newMeeting(2, func(int) { panic("both") })) })
	}
}

func TestPoolAfterClose(t *testing.T) {
	defer goleak.VerifyNone(t)
	p := NewPool(4)
	p.Close()
	p.Close()
	c := newCounter(100)
	p.Run(100, 3, c)
	c.check(t)
}

func TestPoolCloseLetsTheRunEnd(t *testing.T) {
	defer goleak.VerifyNone(t)
	p := NewPool(3)
	c := newCounter(1000)
	begun := make(chan struct{})
	var others sync.WaitGroup
	others.Go(func() {
		<-begun
		p.Close()
	})
	var once sync.Once
	p.Run(1000, 1, workFunc(func(lo, hi int) {
		once.Do(func() { close(begun) })
		c.Do(0, lo, hi)
	}))
	others.Wait()
	c.check(t)
}

// Within a bubble Wait returns when every other goroutine is asleep, and never
// if one of them looks for work over and over.
func TestPoolSleepsWhenIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPool(4)
		synctest.Wait()
		for range 10 {
			p.Run(100, 3, newCounter(100))
			synctest.Wait()
		}
		p.Close()
	})
}

func TestPoolRunDoesNotAllocate(t *testing.T) {
	p := NewPool(4)
	defer p.Close()
	c := newCounter(100)
	if n := testing.AllocsPerRun(200, func() { p.Run(100, 3, c) }); n != 0 {
		t.Errorf("Run allocates %v times, want 0", n)
	}
}
