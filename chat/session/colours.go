package session

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"inkling/chat"
)

// A Place is a token of a reply; Turn is nil for none.
type Place struct {
	Turn  *chat.Turn
	Token int
}

// Colours says what the tokens of replies are coloured by.
type Colours string

// The ways to colour tokens.
const (
	NoColours     Colours = "off"
	ByProbability Colours = "probability"
	ByRank        Colours = "rank" // in the four classes of GLTR (Gehrmann, Strobelt, Rush 2019)
	BySurprise    Colours = "surprise"
	ByTemperature Colours = "temperature"
	ByWriter      Colours = "writer"
)

var allColours = []Colours{NoColours, ByProbability, ByRank, BySurprise, ByTemperature, ByWriter}

// Classes is how many classes tokens fall into.
const Classes = 4

// Class is the class of a token, from 0 on, as marks and colours tell it; -1 where it is not known. All figures are of the model's own
// distribution.
func (c Colours) Class(t chat.TraceToken) int {
	x := float64(t.Logprob)
	known := t.Rank > 0 || t.Logprob != 0
	switch {
	case c == ByWriter:
		return []int{chat.Drawn: 0, chat.Given: 1, chat.Picked: 2, chat.Edited: 3}[t.Origin&3]
	case c == ByTemperature:
		return over(float64(t.Temperature), 0.5, 1, 1.5)
	case c == ByRank && t.Rank > 0:
		return over(float64(t.Rank-1), 10, 100, 1000)
	case c == ByProbability && known:
		return over(-x, -math.Log(0.25), -math.Log(0.05), -math.Log(0.01))
	case c == BySurprise && known:
		return over(-x/math.Ln2, 1, 4, 8)
	}
	return -1
}

// over counts the bounds that x reaches.
func over(x float64, bounds ...float64) (n int) {
	for _, b := range bounds {
		if x >= b {
			n++
		}
	}
	return n
}

// Marks stand before tokens of the classes where there are no colours.
var marks = [Classes]string{"", "'", "\"", "!"}

// Mark is what stands before a token of a class where there are no colours.
func (c Colours) Mark(class int) string {
	if class < 0 {
		return ""
	}
	return marks[class]
}

// Legend names the classes.
func (c Colours) Legend() [Classes]string {
	switch c {
	case ByProbability:
		return [Classes]string{"25%+", "5%+", "1%+", "less"}
	case ByRank:
		return [Classes]string{"top 10", "100", "1000", "beyond"}
	case BySurprise:
		return [Classes]string{"<1 bit", "<4", "<8", "8+"}
	case ByTemperature:
		return [Classes]string{"T <0.5", "<1", "<1.5", "1.5+"}
	case ByWriter:
		return [Classes]string{"model", "prompt", "edited", "you"}
	}
	return [Classes]string{}
}

// Colours is what tokens are coloured by.
func (t *Traces) Colours() Colours {
	if t.colours == "" {
		return NoColours
	}
	return t.colours
}

// NextColours has the tokens coloured in the next way.
func (t *Traces) NextColours() {
	at := slices.Index(allColours, t.Colours())
	t.colour(allColours[(at+1)%len(allColours)])
}

func (t *Traces) colour(c Colours) {
	t.colours = c
	t.version++
	t.say("token colours: " + string(c))
}

// runColours is the command /colors.
func runColours(s *Session, arg string) []Work {
	c := Colours(strings.ToLower(arg))
	if arg == "" {
		s.say("token colours: " + string(s.Traces.Colours()))
		return nil
	}
	if !slices.Contains(allColours, c) {
		s.problem("unknown colours " + arg + "; use " + strings.Join(colourNames(s), ", "))
		return nil
	}
	s.Traces.colour(c)
	path := s.Chat.conv.Path()
	if c == NoColours || len(path) == 0 {
		return nil
	}
	leaf := path[len(path)-1]
	if s.Traces.Of(leaf) != nil {
		s.tell(Marked{s.Traces.marked(leaf)})
		return nil
	}
	s.Traces.wanted = leaf
	return s.Traces.Read(leaf)
}

func colourNames(*Session) (names []string) {
	for _, c := range allColours {
		names = append(names, string(c))
	}
	return names
}

// Marked is a reply with marks in place of colours, for a front end without them.
type Marked struct{ Words string }

// Text is the reply with its marks.
func (m Marked) Text() string { return m.Words }

// marked is the text of a turn with marks before its tokens, and what they mean.
func (t *Traces) marked(turn *chat.Turn) string {
	trace := t.Of(turn)
	if trace == nil || len(trace.Tokens) == 0 {
		return "nothing is known of the tokens of this reply\n"
	}
	var b strings.Builder
	begin := 0
	for i, end := range trace.Ends {
		word := turn.Text[begin:end]
		blank := len(word) - len(strings.TrimLeft(word, " \n\t"))
		b.WriteString(word[:blank])
		if blank < len(word) {
			b.WriteString(t.Colours().Mark(t.Colours().Class(trace.Tokens[i])))
		}
		b.WriteString(word[blank:])
		begin = end
	}
	var legend []string
	for i, name := range t.Colours().Legend() {
		legend = append(legend, strings.TrimSpace(marks[i]+" "+name))
	}
	return fmt.Sprintf("%s%s\n[%s: %s]\n", b.String(), turn.Text[begin:], t.Colours(), strings.Join(legend, ", "))
}
