package chat

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

// randomToken is any token, with that many alternatives by their ids or by texts.
func randomToken(r *rand.Rand, texts bool, alternatives int) TraceToken {
	text := func() []byte {
		b := make([]byte, r.IntN(20))
		if r.IntN(10) == 0 {
			b = make([]byte, r.IntN(400))
		}
		for i := range b {
			b[i] = "aé字🙂"[r.IntN(len("aé字🙂"))]
		}
		return b
	}
	t := TraceToken{
		Origin: Origin(r.IntN(4)), Back: r.IntN(2) == 0, Logprob: -float32(r.ExpFloat64()), Rank: r.IntN(traceID + 1),
		Entropy: float32(r.IntN(math.MaxUint16+1)) / natParts, Temperature: float32(r.IntN(math.MaxUint16+1)) / warmthParts,
	}
	if texts {
		t.Text = text()
	} else {
		t.ID = r.IntN(traceID + 1)
	}
	for range alternatives {
		a := TraceAlternative{Logprob: -float32(r.IntN(math.MaxUint16+1)) / natParts}
		if texts {
			a.Text = clip(text(), 30)
		} else {
			a.ID = r.IntN(traceID + 1)
		}
		t.Alternatives = append(t.Alternatives, a)
	}
	return t
}

// What is written is read, in no more bytes than are promised; of texts, as much as there is room for.
func TestTrace(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var all []TraceToken
	var data []byte
	for range 5000 {
		texts := r.IntN(2) == 0
		token := randomToken(r, texts, r.IntN(12))
		size := len(AppendTrace(nil, []TraceToken{token}))
		if most := 15 + 5*len(token.Alternatives); !texts && size > most || size > traceToken || len(token.Alternatives) == 10 && !texts && size > 65 {
			t.Fatalf("%d bytes for %+v", size, token)
		}
		data = AppendTrace(data, []TraceToken{token})
		if texts {
			kept := clip(token.Text, traceText)
			token.Cut, token.Text = len(token.Text)-len(kept), kept
		}
		all = append(all, token)
	}
	got, err := ParseTrace(data)
	if err != nil || len(got) != len(all) {
		t.Fatalf("%d tokens of %d, %v", len(got), len(all), err)
	}
	for i, want := range all {
		if n := len(got[i].Alternatives); want.Text != nil && n < len(want.Alternatives) {
			if n < 1 && len(want.Text) < 30 {
				t.Errorf("token %d: no alternative has room beside %q", i, want.Text)
			}
			want.Alternatives = want.Alternatives[:n]
		}
		if len(want.Alternatives) == 0 {
			want.Alternatives = nil
		}
		if !reflect.DeepEqual(got[i], want) {
			t.Fatalf("token %d:\n%+v, want\n%+v", i, got[i], want)
		}
	}
	for cut := range 200 {
		if cut > 0 && cut < len(data) {
			if part, err := ParseTrace(data[:cut]); err == nil && len(AppendTrace(nil, part)) != cut {
				t.Errorf("the first %d bytes are read as %d tokens", cut, len(part))
			}
		}
	}
}

// What no number of 16 bits says becomes the end of the range.
func TestTraceOutOfRange(t *testing.T) {
	inf := float32(math.Inf(1))
	got, err := ParseTrace(AppendTrace(nil, []TraceToken{{ID: 1 << 30, Logprob: -inf, Rank: -1, Entropy: -1, Temperature: inf,
		Alternatives: []TraceAlternative{{Logprob: -inf}}}}))
	if err != nil {
		t.Fatal(err)
	}
	want := TraceToken{ID: traceID, Logprob: -inf, Temperature: math.MaxUint16 / float32(warmthParts),
		Alternatives: []TraceAlternative{{Logprob: -math.MaxUint16 / float32(natParts)}}}
	if !reflect.DeepEqual(got[0], want) {
		t.Errorf("%+v, want %+v", got[0], want)
	}
}

func FuzzParseTrace(f *testing.F) {
	f.Add(AppendTrace(nil, []TraceToken{{ID: 7, Alternatives: []TraceAlternative{{ID: 8}}}, {Text: []byte("x")}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		if tokens, err := ParseTrace(data); err == nil && len(data) > 0 && len(tokens) == 0 {
			t.Error("bytes without a token")
		}
	})
}
