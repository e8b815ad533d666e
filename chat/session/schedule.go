package session

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"inkling/config"
	"inkling/engine/sample"
)

// runRamp is the command /ramp.
func runRamp(s *Session, arg string) []Work {
	params := s.Settings.config.Params
	parts := strings.Fields(arg)
	switch {
	case len(parts) == 0 && params.Ramp == 0:
		s.say("no ramp; /ramp 0.4 1.2 warms up over a reply")
	case len(parts) == 0:
		s.say("temperature " + ramp(params.Temperature, params.Ramp) + " over a reply")
	case len(parts) == 1 && parts[0] == "off":
		s.setValue("ramp", "0")
	case len(parts) == 2:
		from, err := temperatureOf(parts[0])
		to, errTo := temperatureOf(parts[1])
		if err != nil {
			errTo = err
		}
		if s.fail(errTo) || s.fail(s.Settings.config.Set("temperature", parts[0])) {
			return nil
		}
		rise := math.Round((to-from)*1e6) / 1e6
		if s.fail(s.Settings.config.Set("ramp", strconv.FormatFloat(rise, 'f', -1, 64))) {
			return nil
		}
		s.keepSettings()
		s.Reply.steer()
		s.changed()
		text := "temperature " + ramp(from, rise) + " over a reply"
		if n := params.MaxTokens; n > 0 {
			text += " of " + Tokens(n)
		}
		s.say(text)
	default:
		s.say("usage: /ramp FROM TO, or /ramp off")
	}
	return nil
}

// ramp writes where the temperature begins and ends.
func ramp(from, rise float64) string { return fmt.Sprintf("%.4g to %.4g", from, max(from+rise, 0)) }

// temperatureOf reads a temperature.
func temperatureOf(text string) (float64, error) {
	setting, _ := config.Find("temperature")
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || !(number >= 0 && number <= 100) {
		return 0, fmt.Errorf("temperature: found %q, expected %s", text, setting.Expected())
	}
	return number, nil
}

// presetSheet lists the presets with what each sets.
func (s *Session) presetSheet() Sheet {
	sheet := Sheet{Title: "Presets"}
	for _, name := range presetNames(s) {
		mark := ""
		if name == s.Settings.config.Preset {
			mark = " (in force)"
		}
		sheet.Rows = append(sheet.Rows, Row{Name: name + mark, Words: s.Settings.config.PresetHelp(name) + ": " + s.Settings.config.PresetText(name)})
	}
	return sheet
}

// mostSwept is how many temperatures a sweep takes.
const mostSwept = 8

// runSweep is the command /sweep: the same reply at several temperatures, with the same random numbers, to choose from.
func runSweep(s *Session, arg string) []Work {
	temperatures := strings.Fields(arg)
	if len(temperatures) < 2 || len(temperatures) > mostSwept {
		s.say(fmt.Sprintf("usage: /sweep 0.2 0.6 1.0 1.4, 2 to %d temperatures", mostSwept))
		return nil
	}
	var variants []Variant
	for _, text := range temperatures {
		number, err := temperatureOf(text)
		if s.fail(err) {
			return nil
		}
		variants = append(variants, Variant{Name: "T " + text, Vary: func(p *sample.Params) { p.Temperature, p.Ramp = number, 0 }})
	}
	if s.Chat.conv.Leaf() == nil {
		s.say("write something first")
		return nil
	}
	return s.Reply.several(variants)
}
