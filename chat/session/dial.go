package session

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"inkling/config"
	"inkling/engine/sample"
)

// A Dial is a sampling parameter that can be turned while a reply is written.
type Dial struct {
	Key, Value, Help string
	Off              bool // it changes nothing
	Changed          bool // somebody has changed it in this chat
	Missing          bool // the service does not take it
	Step             int  // of sampling that it belongs to, by its place in the order, from 1; 0 for none
}

// Dials are all of them, for the front end to show.
type Dials struct {
	All   []Dial
	Order []string // the steps of sampling
}

// Text has a line for each.
func (d Dials) Text() string {
	var b strings.Builder
	for _, dial := range d.All {
		fmt.Fprintf(&b, "%-20s%-10s%s\n", dial.Key, dial.Value, dial.Help)
	}
	fmt.Fprintf(&b, "steps: %s\n", strings.Join(d.Order, ", "))
	return b.String() + "/set NAME VALUE changes one, even during a reply.\n"
}

// Dials are the sampling parameters that are numbers, in the order in which people read them.
func (s *Session) Dials() Dials {
	config := s.Settings.config
	params := &config.Params
	missing := func(key string) bool {
		m := s.Engine.model
		return m != nil && m.Can().Param != nil && !m.Can().Param(key)
	}
	d := Dials{Order: params.Order()}
	for _, row := range sample.Table() {
		if row.Step == 0 {
			continue
		}
		dial := Dial{Key: row.Key, Value: row.Text(params), Help: row.Help, Off: row.IsOff(params) && row.Of == "" || row.Waits(params),
			Changed: s.Settings.typed(row.Key), Missing: !row.Chat && missing(row.Key), Step: slices.Index(d.Order, row.Stage) + 1}
		if dial.Missing {
			dial.Help = "not available with this model"
		}
		d.All = append(d.All, dial)
	}
	seed := Dial{Key: seedKey, Value: "random", Help: "random seed; the same seed gives the same reply", Off: true,
		Changed: s.Settings.typed(seedKey)}
	if config.Seed != nil {
		seed.Value, seed.Off = strconv.FormatUint(*config.Seed, 10), false
	}
	d.All = append(d.All, seed)
	return d
}

// typed reports whether somebody has changed a setting in this chat.
func (s *Settings) typed(key string) bool { return s.config.Origin(key).Source == config.Command }

// seedKey is the setting that is no parameter of a draw and has a dial.
const seedKey = "seed"

// MoveStep moves the step of sampling that a dial belongs to, earlier for -1 and later for +1. It reports whether it did.
func (s *Session) MoveStep(key string, by int) bool {
	params := s.Settings.config.Params
	order := slices.Clone(params.Order())
	table := sample.Table()
	i := slices.IndexFunc(table, func(r sample.Row) bool { return r.Key == key })
	if i < 0 || table[i].Stage == "" {
		return false
	}
	at := slices.Index(order, table[i].Stage)
	switch to := at + by; {
	case at < 0:
		s.say(table[i].Stage + " is not in samplers; /set samplers puts it there")
		return false
	case to < 0 || to >= len(order):
		return false
	default:
		order[at], order[to] = order[to], order[at]
	}
	list, _ := json.Marshal(order) // names: there is no error
	return s.SetDial("samplers", string(list))
}

// warmest is the temperature that Turn reaches.
const warmest = 2.0

// Turn changes a dial by so many of its steps, in force from the next token. It reports whether that was done.
func (s *Session) Turn(key string, steps int) bool {
	if key == seedKey {
		seed, _, _ := s.Reply.Seed()
		return s.SetDial(key, strconv.FormatUint(uint64(max(int64(seed)+int64(steps), 0)), 10))
	}
	table := sample.Table()
	row := &table[slices.IndexFunc(table, func(r sample.Row) bool { return r.Key == key })]
	params := s.Settings.config.Params
	if key == "temperature" {
		now := params.Temperature
		step := float64(steps) * row.Step
		if steps > 0 && now+step > warmest || steps < 0 && now+step < 0 {
			s.say("the keys stop here; /temp takes any value")
		}
		row.High = max(warmest, now)
	}
	return s.SetDial(key, row.Turned(&params, steps))
}

// SetDial gives a dial the value that somebody has typed, in force from the next token. It reports whether that was done.
func (s *Session) SetDial(key, value string) bool {
	if s.fail(s.Settings.config.Set(key, value)) {
		return false
	}
	s.dialled(key)
	return true
}

// ResetDial takes back what was changed of a dial in this chat.
func (s *Session) ResetDial(key string) {
	s.Settings.config.Unset(key)
	s.dialled(key)
}

func (s *Session) dialled(key string) {
	s.keepSettings()
	s.Reply.steer()
	if key == "max_tokens" {
		s.changed() // there is less room for the chat, or more
	}
}
