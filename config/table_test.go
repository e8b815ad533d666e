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
	if !slices.Equal(theme.Choices(), []string{"auto", "dark", "light"}) {
		t.Errorf("themes are %q", theme.Choices())
	}
}

func TestSet(t *testing.T) {
	settings := config.Defaults()
	s, _ := config.Find("top_k")
	if err := s.Set(&settings, "12"); err != nil || settings.TopK != 12 {
		t.Errorf("top_k is %d, %v", settings.TopK, err)
	}
	err := s.Set(&settings, "many")
	if want := `top_k: found "many", expected a whole number, 0 or more`; err == nil || err.Error() != want {
		t.Errorf("\ngot  %v\nwant %s", err, want)
	}
	if settings.TopK != 12 {
		t.Errorf("a refused text set top_k to %d", settings.TopK)
	}
}
