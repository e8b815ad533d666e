package cli

import (
	"strconv"

	"github.com/spf13/cobra"

	"inkling/config"
	"inkling/engine"
)

// addSettings gives cmd a flag for each of the keys, or for every setting when none is named. A switch that is on by
// default gets a second one, "--no-save", to turn it off.
func (e environment) addSettings(cmd *cobra.Command, keys ...string) []*config.Flag {
	flags := config.Flags(keys...)
	for _, f := range flags {
		setting := f.Setting()
		added := cmd.Flags().VarPF(f, f.Name(), shorthands[setting.Key], setting.Help)
		if choices := setting.Choices(); choices != nil {
			// The names are those of flags just added: there is no error.
			cmd.RegisterFlagCompletionFunc(f.Name(), cobra.FixedCompletions(choices, cobra.ShellCompDirectiveNoFileComp))
		}
		if setting.Key == "temperature" {
			cmd.Flags().VarPF(f, "temp", "", "the same as --temperature").Hidden = true
		}
		if setting.Key == "model" {
			cmd.RegisterFlagCompletionFunc(f.Name(), e.completeModel)
		}
		if setting.Kind() == config.Boolean {
			added.NoOptDefVal = "true"
			cmd.Flags().VarPF(negation{f}, "no-"+f.Name(), "", "the same as --"+f.Name()+"=false").NoOptDefVal = "true"
		}
	}
	return flags
}

// completeModel offers the models that can be opened, and files.
func (e environment) completeModel(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	names := []string{cobra.CompletionWithDesc(engine.Starter, "built in; /model in the chat lists more")}
	for _, name := range e.downloadedNames() {
		names = append(names, cobra.CompletionWithDesc(name, "downloaded"))
	}
	return names, cobra.ShellCompDirectiveDefault
}

// negation is a switch that turns a flag off.
type negation struct{ flag *config.Flag }

func (n negation) String() string { return "false" }
func (n negation) Type() string   { return "bool" }

func (n negation) Set(text string) error {
	off, err := strconv.ParseBool(text)
	if err != nil {
		return n.flag.Set(text) // reported with the other values
	}
	return n.flag.Set(strconv.FormatBool(!off))
}
