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
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, append(more, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)...)
	go func() {
		select {
		case s := <-signals:
			number, _ := s.(syscall.Signal)
			cancel(Signal{Number: number})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
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
