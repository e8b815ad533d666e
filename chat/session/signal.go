package session

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// A Signal is the error of a program that was told to end by one. Err says what went wrong beside that, nil for nothing.
type Signal struct {
	Number syscall.Signal
	Err    error
}

func (s Signal) Error() string {
	if s.Err != nil {
		return s.Err.Error()
	}
	return s.Number.String()
}

func (s Signal) Unwrap() error { return s.Err }

// Signals returns a context that ends with ctx, with stop, or with one of the signals that end a program by default, or of more;
// its cause is then a Signal.
func Signals(ctx context.Context, more ...os.Signal) (_ context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	others, keys := make(chan os.Signal, 1), listener{make(chan os.Signal, 1), append(more, syscall.SIGQUIT)}
	signal.Notify(others, syscall.SIGTERM, syscall.SIGHUP)
	keys.listen()
	go func() {
		var s os.Signal
		select {
		case s = <-others:
		case s = <-keys.signals:
		case <-ctx.Done():
		}
		if number, ok := s.(syscall.Signal); ok {
			cancel(Signal{Number: number})
		}
	}()
	return context.WithValue(ctx, listening{}, keys), func() {
		signal.Stop(others)
		signal.Stop(keys.signals)
		cancel(nil)
	}
}

// listening is the key of the listener that a context of Signals has.
type listening struct{}

// A listener listens to signals that keys send.
type listener struct {
	signals chan os.Signal
	of      []os.Signal
}

func (l listener) listen() { signal.Notify(l.signals, l.of...) }

// Lend leaves the signals of keys to another program, which has the terminal, until back is called. ctx is that of Signals; interrupts,
// nil for none, gets those of Ctrl+C.
func Lend(ctx context.Context, interrupts chan os.Signal) (back func()) {
	aside := listener{make(chan os.Signal, 1), []os.Signal{os.Interrupt, syscall.SIGQUIT}}
	aside.listen() // else they would end this program
	listeners := []listener{{interrupts, aside.of[:1]}}
	if keys, ok := ctx.Value(listening{}).(listener); ok {
		listeners = append(listeners, keys)
	}
	for _, l := range listeners {
		if l.signals != nil {
			signal.Stop(l.signals)
		}
	}
	return func() {
		last := listener{make(chan os.Signal, 1), aside.of}
		last.listen()
		signal.Stop(last.signals) // waits until those that have come are dealt with
		for _, l := range listeners {
			if l.signals != nil {
				l.listen()
			}
		}
		signal.Stop(aside.signals)
	}
}

// Ended is the error of a program that has ended with err: a Signal where one has ended ctx.
func Ended(ctx context.Context, err error) error {
	if s, ok := context.Cause(ctx).(Signal); ok {
		s.Err = err
		return s
	}
	return err
}
