package pages

import (
	"errors"
	"runtime"
	"runtime/debug"
)

// ErrCut says that another program has made a mapped file shorter. What is beyond its new end cannot be read any more.
var ErrCut = errors.New("another program has cut the file short that the model's weights are read from; open the model again")

// Guard calls f, and returns ErrCut where it reads what a mapped file no longer has (SIGBUS): by itself that ends a program at
// once. Goroutines that f starts are on their own.
func Guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		cause := recover()
		if cause != nil && !Fault(cause) {
			panic(cause)
		}
		if cause != nil {
			err = ErrCut
		}
	}()
	return f()
}

// Fault reports whether a panic comes of memory that cannot be read, in a goroutine with debug.SetPanicOnFault.
func Fault(cause any) bool {
	fault, ok := cause.(interface {
		runtime.Error
		Addr() uintptr
	})
	return ok && fault.Addr() != 0
}
