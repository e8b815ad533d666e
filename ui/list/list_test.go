package list

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func numbers(n int) (items []string) {
	for i := range n {
		items = append(items, fmt.Sprintf("item %d", i))
	}
	return items
}

func newList(items []string) *List[string] {
	l := &List[string]{Words: func(s string) string { return s }}
	l.Set(items)
	return l
}

func draw(item string, chosen bool) string {
	if chosen {
		return "> " + item
	}
	return item
}

func head(s string) string { return "# " + s }

func TestFilter(t *testing.T) {
	l := newList([]string{"Red apple", "Green apple", "Red pear", "小说 模型"})
	for _, c := range []struct {
		filter string
		want   []string
	}{
		{"apple", []string{"Red apple", "Green apple"}},
		{"RED ap", []string{"Red apple"}},
		{"apple red", []string{"Red apple"}},
		{"小说", []string{"小说 模型"}},
		{"nothing", nil},
		{" ", []string{"Red apple", "Green apple", "Red pear", "小说 模型"}},
	} {
		l.Filter(c.filter)
		if !slices.Equal(l.Shown(), c.want) {
			t.Errorf("%q: %q, expected %q", c.filter, l.Shown(), c.want)
		}
		if _, ok := l.Chosen(); ok != (len(c.want) > 0) {
			t.Errorf("%q: something is chosen: %t", c.filter, ok)
		}
	}
	l.Filter("red")
	l.Set([]string{"red", "blue"}) // the filter stays
	if !slices.Equal(l.Shown(), []string{"red"}) {
		t.Errorf("%q", l.Shown())
	}
}

func TestKeys(t *testing.T) {
	l := newList(numbers(30))
	for _, c := range []struct {
		keys string
		want int
	}{{"up", 0}, {"down down", 2}, {"pgdown", 12}, {"ctrl+p", 11}, {"ctrl+n pgup", 2}, {"pgup", 0}, {"pgdown pgdown pgdown pgdown", 29}} {
		for key := range strings.FieldsSeq(c.keys) {
			if !l.Press(key) {
				t.Errorf("%s chooses nothing", key)
			}
		}
		if l.chosen != c.want {
			t.Errorf("%s: %d, expected %d", c.keys, l.chosen, c.want)
		}
	}
	if l.Press("left") {
		t.Error("left chooses something")
	}
}

func TestCycle(t *testing.T) {
	l := newList(numbers(3))
	l.Choose(-1)
	var got []int
	for _, step := range []int{+1, +1, +1, +1, -1, -1} {
		l.Cycle(step)
		got = append(got, l.chosen)
	}
	l.Choose(-1)
	l.Cycle(-1)
	if got = append(got, l.chosen); !slices.Equal(got, []int{0, 1, 2, 0, 2, 1, 2}) {
		t.Errorf("%v", got)
	}
	empty := List[string]{}
	empty.Cycle(1)
	empty.Move(1)
	if _, ok := empty.Chosen(); ok || len(empty.Lines(5, draw, head)) > 0 {
		t.Error("an empty list has an item")
	}
}

func TestHeadings(t *testing.T) {
	l := newList([]string{"a1", "a2", "b1"})
	l.Heading = func(s string) string { return s[:1] }
	if got, want := l.Lines(9, draw, head), []string{"# a", "> a1", "a2", "# b", "b1"}; !slices.Equal(got, want) {
		t.Errorf("%q, expected %q", got, want)
	}
	l.Move(+2)
	if got, want := l.Lines(2, draw, head), []string{"# b", "> b1"}; !slices.Equal(got, want) {
		t.Errorf("%q, expected %q", got, want)
	}
	l.Move(-2)
	if got, want := l.Lines(2, draw, head), []string{"# a", "> a1"}; !slices.Equal(got, want) {
		t.Errorf("%q, expected %q", got, want)
	}
}

// Whatever is chosen is seen, and what is not seen is not drawn.
func TestWindow(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	l := newList(numbers(1000))
	l.Heading = func(s string) string { return s[:len("item 1")] }
	for range 2000 {
		l.Move(random.IntN(41) - 20)
		height, drawn := 1+random.IntN(20), 0
		lines := l.Lines(height, func(item string, chosen bool) string { drawn++; return draw(item, chosen) }, head)
		chosen, _ := l.Chosen()
		if !slices.Contains(lines, "> "+chosen) && !(height == 1 && l.chosen == 0) || len(lines) != height || drawn > height {
			t.Fatalf("%d lines, %d drawn, %q chosen: %q", height, drawn, chosen, lines)
		}
	}
}
