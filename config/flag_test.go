package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"inkling/config"
)

// The flags work as those of a command: defaults in the help, values after = or
// a space, booleans without a value, lists repeated.
func TestFlagsOfACommand(t *testing.T) {
	given := config.Flags()
	command := &cobra.Command{Use: "x", RunE: func(*cobra.Command, []string) error { return nil }}
	for _, f := range given {
		flag := command.Flags().VarPF(f, f.Name(), "", f.Setting().Help)
		if f.Setting().Kind() == config.Boolean {
			flag.NoOptDefVal = "true"
		}
	}
	usage := command.Flags().FlagUsages()
	for _, s := range config.Table() {
		if !strings.Contains(usage, "--"+s.FlagName()) || !strings.Contains(usage, s.Help) {
			t.Errorf("no help for --%s in\n%s", s.FlagName(), usage)
		}
	}
	for _, want := range []string{"--temperature number ", "(default 0.8)", "--top-k int ", "(default \"starter\")", "--stop strings ", "(default random)"} {
		if !strings.Contains(usage, want) {
			t.Errorf("no %q in\n%s", want, usage)
		}
	}

	command.SetArgs([]string{"--temperature", "0.2", "--top-k=5", "--mouse=false", "--save", "--stop", "a,b", "--stop=[c]"})
	if err := command.Execute(); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(config.Paths{}, lookup("INKLING_SAVE=false"))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SetFlags(given...); err != nil {
		t.Fatal(err)
	}
	if c.Temperature != 0.2 || c.TopK != 5 || c.Mouse || !c.Save || !slices.Equal(c.Stop, []string{"a,b", "[c]"}) {
		t.Errorf("the flags gave %+v", c.Settings)
	}
}

func TestFlagsOfSomeKeys(t *testing.T) {
	some := config.Flags("seed", "top_k")
	if len(some) != 2 || some[0].Name() != "seed" || some[1].Name() != "top-k" {
		t.Errorf("got %v", some)
	}
	defer func() {
		if recover() == nil {
			t.Error("a key that is no setting does not panic")
		}
	}()
	config.Flags("top-k")
}
