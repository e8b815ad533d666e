package config_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"inkling/config"
)

// Keys are bare TOML keys and help texts are single lines that stay comments.
func TestTable(t *testing.T) {
	key := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	seen := map[string]bool{"config": true} // INKLING_CONFIG is taken
	for _, s := range config.Table() {
		if !key.MatchString(s.Key) || seen[s.Key] {
			t.Errorf("%q is no key, or one that is taken", s.Key)
		}
		seen[s.Key] = true
		if s.Help == "" || strings.ContainsAny(s.Help, "\n\r`") || strings.HasSuffix(s.Help, ".") {
			t.Errorf("%s: help %q", s.Key, s.Help)
		}
	}
}

func TestNames(t *testing.T) {
	s, ok := config.Find("top_k")
	if !ok {
		t.Fatal("no top_k")
	}
	if s.Variable() != "INKLING_TOP_K" || s.FlagName() != "top-k" || s.Format(config.Defaults()) != "40" {
		t.Errorf("top_k is %s, --%s, %s", s.Variable(), s.FlagName(), s.Format(config.Defaults()))
	}
	if s.Kind() != config.Integer || s.Choices() != nil || s.Expected() != "a whole number, 0 or more" {
		t.Errorf("top_k is %s, %v, %s", s.Kind(), s.Choices(), s.Expected())
	}
	if _, ok := config.Find("top-k"); ok {
		t.Error("top-k is a key")
	}
	theme, _ := config.Find("theme")
	if !slices.Equal(theme.Choices(), []string{"auto", "dark", "light", "high-contrast", "terminal"}) {
		t.Errorf("themes are %q", theme.Choices())
	}
}

func TestSet(t *testing.T) {
	c := &config.Config{Settings: config.Defaults()}
	if err := c.Set("top_k", "12"); err != nil || c.TopK != 12 {
		t.Errorf("top_k is %d, %v", c.TopK, err)
	}
	err := c.Set("top_k", "many")
	if want := `top_k: found "many", expected a whole number, 0 or more`; err == nil || err.Error() != want {
		t.Errorf("\ngot  %v\nwant %s", err, want)
	}
	if c.TopK != 12 {
		t.Errorf("a refused text set top_k to %d", c.TopK)
	}
	for text, want := range map[string][]string{
		"The": {"The"}, "The end": {"The end"}, `\n\n`: {"\n\n"}, `a\tb \"q\" \u00e9 \d \`: {"a\tb \"q\" é \\d \\"},
		`["a", "\n"]`: {"a", "\n"}, "[]": {}, "": {}, "null": {"null"},
	} {
		if err := c.Set("stop", text); err != nil || !slices.Equal(c.Stop, want) {
			t.Errorf("stop %s is %q, %v, want %q", text, c.Stop, err, want)
		}
	}
	if c.Set("stop", `["a"`) == nil {
		t.Error("half a list was taken")
	}
}
