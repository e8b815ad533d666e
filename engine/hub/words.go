package hub

import (
	"fmt"
	"strings"
	"time"
)

// Progress in words, for people.

// String is all that there is to tell: "downloading, 42%, 236 MB of 551 MB, 12 MB/s, 26s left".
func (p Progress) String() string {
	return strings.Join(append([]string{p.Doing()}, p.Figures()...), ", ")
}

// Doing says what a pull does.
func (p Progress) Doing() string {
	switch p.Phase {
	case Asking:
		return "asking the hub"
	case Waiting:
		return "waiting for another program that fetches it"
	case Checking:
		return "checking what is there"
	}
	return "downloading"
}

// Figures are its numbers: the share, the bytes, and those of Speed; none as long as the total is not known.
func (p Progress) Figures() []string {
	if p.Total == 0 {
		return nil
	}
	return append([]string{p.Share(), Bytes(p.Done) + " of " + Bytes(p.Total)}, p.Speed()...)
}

// Share is the part of the bytes that is there and right, "42%"; "" as long as the total is not known.
func (p Progress) Share() string {
	if p.Total == 0 {
		return ""
	}
	return fmt.Sprintf("%d%%", p.Done*100/p.Total)
}

// Speed is the rate and the time left, as far as they can be told while bytes come: "12 MB/s", "26s left".
func (p Progress) Speed() []string {
	var list []string
	if p.Phase == Fetching && p.Rate > 0 {
		list = append(list, Bytes(int64(p.Rate))+"/s")
	}
	if p.Phase == Fetching && p.Left >= 0 {
		list = append(list, p.Left.Round(time.Second).String()+" left")
	}
	return list
}
