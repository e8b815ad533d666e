package config

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"testing"
)

// example is one valid value of a setting in the ways it is written.
type example struct {
	literal  string // as TOML, and as Format gives it back
	variable string
	flag     []string
}

// examples returns three values of a setting for the file, the environment and
// the flag: each differs from the one before, the first from the default.
func examples(t *testing.T, s Setting) [3]example {
	var out [3]example
	defaults := Defaults()
	v := s.bind(&defaults)
	for i := range out {
		switch v := v.(type) {
		case *text:
			plain := fmt.Sprintf("text %d", i)
			if v.choices != nil {
				var others []string
				for _, choice := range v.choices {
					if choice != *v.to && choice != "" {
						others = append(others, choice)
					}
				}
				plain = others[i%len(others)]
				if len(others) == 1 && i == 1 {
					plain = *v.to
				}
			}
			out[i] = example{quote(plain), plain, []string{plain}}
		case *number:
			plain := formatFloat(v.in.Low + (v.in.High-v.in.Low)*float64(i+1)/16)
			out[i] = example{plain, plain, []string{plain}}
		case *integer:
			plain := strconv.Itoa(int(v.in.Low) + i + 1)
			out[i] = example{plain, plain, []string{plain}}
		case *boolean:
			plain := strconv.FormatBool(*v.to == (i == 1))
			out[i] = example{plain, plain, []string{plain}}
		case *seed:
			plain := strconv.Itoa(i + 1)
			out[i] = example{plain, plain, []string{plain}}
		case *list:
			items := []string{fmt.Sprintf("end %d", i), "\n"}
			if v.choices != nil {
				items = v.choices[i : i+2]
			}
			literal := fmt.Sprintf("[%s, %s]", quote(items[0]), quote(items[1]))
			out[i] = example{literal, literal, items}
		default:
			t.Fatalf("%s: no examples for the kind %s", s.Key, s.Kind())
		}
	}
	before := s.Format(defaults)
	for _, o := range out {
		if o.literal == before {
			t.Fatalf("%s: two layers in a row have the example %s", s.Key, before)
		}
		before = o.literal
	}
	return out
}

// Every setting goes through all four layers, in all combinations of the upper
// three, alone: the other settings stay at their defaults.
func TestPrecedence(t *testing.T) {
	for _, s := range Table() {
		t.Run(s.Key, func(t *testing.T) {
			values := examples(t, s)
			path := filepath.Join(t.TempDir(), "config.toml")
			if err := os.WriteFile(path, []byte("\n"+s.Key+" = "+values[0].literal+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			for layers := range 8 {
				want, origin := s.Format(Defaults()), Origin{Source: Default}
				paths, environment, flags := Paths{}, map[string]string{}, Flags()
				if layers&1 != 0 {
					paths.Config = path
					want, origin = values[0].literal, Origin{File, "line 2"}
				}
				if layers&2 != 0 {
					environment[s.Variable()] = values[1].variable
					want, origin = values[1].literal, Origin{Environment, s.Variable()}
				}
				if layers&4 != 0 {
					for _, f := range flags {
						if f.Setting().Key == s.Key {
							for _, text := range values[2].flag {
								f.Set(text)
							}
						}
					}
					want, origin = values[2].literal, Origin{CommandLine, "--" + s.FlagName()}
				}

				c, err := Load(paths, func(name string) (string, bool) {
					text, ok := environment[name]
					return text, ok
				})
				if err != nil {
					t.Fatal(err)
				}
				if err := c.SetFlags(flags...); err != nil {
					t.Fatal(err)
				}
				if got := s.Format(c.Settings); got != want {
					t.Errorf("layers %03b: %s = %s, want %s", layers, s.Key, got, want)
				}
				if got := c.Origin(s.Key); got != origin {
					t.Errorf("layers %03b: from %q, want %q", layers, got, origin)
				}
				for _, other := range Table() {
					if other.Key == s.Key || s.Key == presetKey { // a preset is there to change others
						continue
					}
					if got, want := other.Format(c.Settings), other.Format(Defaults()); got != want {
						t.Errorf("layers %03b: %s changed to %s", layers, other.Key, got)
					}
				}
			}
		})
	}
}

// Each field of Settings has exactly one entry of the table.
func TestTableCoversSettings(t *testing.T) {
	fields := map[string]string{}
	want := slices.DeleteFunc(reflect.VisibleFields(reflect.TypeFor[Settings]()), func(f reflect.StructField) bool {
		return f.Anonymous || f.Name == "Bias" || f.Name == "Ban" // lists of token ids
	})
	for _, s := range Table() {
		settings := Defaults()
		if !s.bind(&settings).parse(examples(t, s)[0].variable) {
			t.Fatalf("%s refuses its example", s.Key)
		}
		before, after := reflect.ValueOf(Defaults()), reflect.ValueOf(settings)
		changed := 0
		for _, field := range want {
			if !reflect.DeepEqual(before.FieldByIndex(field.Index).Interface(), after.FieldByIndex(field.Index).Interface()) {
				name := field.Name
				if other, taken := fields[name]; taken {
					t.Errorf("%s and %s both set %s", s.Key, other, name)
				}
				fields[name] = s.Key
				changed++
			}
		}
		if changed != 1 {
			t.Errorf("%s sets %d fields", s.Key, changed)
		}
	}
	if len(fields) != len(want) {
		t.Errorf("the table sets %d of %d fields: %v", len(fields), len(want), fields)
	}
}

// What a setting's literal says is what a config file with it sets.
func TestLiteralsRoundTrip(t *testing.T) {
	const nasty = "\"quoted\" \\ \t\r\n\x1b[31m\x7f\u009b\u200d\U0001f44d\U000e0001 ünï"
	maximum := ^uint64(0)
	settings := Defaults()
	settings.System = nasty
	settings.Stop = []string{nasty, "\n"}
	settings.Seed = &maximum
	settings.TopP = 1e-9
	for _, s := range Table() {
		entries, err := parse("x", []byte(s.Key+" = "+s.Format(settings)))
		if err != nil {
			t.Fatalf("%s: %v", s.Key, err)
		}
		var got Settings
		if found, _ := entries[0].at(1); !s.bind(&got).decode(found) {
			t.Fatalf("%s refuses its own literal %s", s.Key, s.Format(settings))
		}
		if s.Format(got) != s.Format(settings) {
			t.Errorf("%s: %s became %s", s.Key, s.Format(settings), s.Format(got))
		}
	}
}
