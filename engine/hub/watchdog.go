package hub

import (
	"context"
	"io"
	"time"
)

// A watchdog ends a request that gives no data for some time.
type watchdog struct {
	timer    *time.Timer
	patience time.Duration
	end      context.CancelCauseFunc
}

// watch returns a context for a request that ends with errStalled when nothing arrives for as long as patience.
func watch(ctx context.Context, patience time.Duration) (context.Context, *watchdog) {
	ctx, end := context.WithCancelCause(ctx)
	timer := time.AfterFunc(patience, func() { end(errStalled) })
	return ctx, &watchdog{timer, patience, end}
}

func (w *watchdog) stop() {
	w.timer.Stop()
	w.end(context.Canceled)
}

// reader is r with the watchdog looking on.
func (w *watchdog) reader(r io.Reader) io.Reader { return watched{r, w} }

type watched struct {
	io.Reader
	dog *watchdog
}

func (w watched) Read(b []byte) (int, error) {
	n, err := w.Reader.Read(b)
	if n > 0 {
		w.dog.timer.Reset(w.dog.patience)
	}
	return n, err
}
