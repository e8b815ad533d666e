package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"inkling/config"
	"inkling/engine"
	"inkling/ui/safe"
)

func configCommand(a *app) *cobra.Command {
	var flags []*config.Flag
	var write bool
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show the settings and where they come from",
		Long: "Show the current settings and where each comes from, and the place of the config file.\n\n" +
			"A setting comes from, later ones winning: its default, the model (generation_config.json), the config " +
			"file, an environment variable (INKLING_TEMPERATURE), a flag (--temperature). INKLING_CONFIG names " +
			"another config file.",
		Example: `  inkling config
  inkling config --init
  INKLING_SEED=7 inkling config --temperature 1`,
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			if err := noArguments(cmd, args); err != nil {
				return err
			}
			if write {
				return initConfig(a.Out, config.Locate(a.environment).Config)
			}
			c, err := a.settings(flags)
			if err != nil {
				return err
			}
			if tokenizer, err := engine.OpenTokenizer(c.Model); err == nil { // settings can be shown without the model
				adopt(a.Err, c, tokenizer.Info())
			}
			return outputError(c.Print(a.Out))
		}),
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().BoolVar(&write, "init", false, "write a commented config file")
	flags = a.addSettings(cmd)
	return cmd
}

// initConfig writes a new config file, and tells where.
func initConfig(out io.Writer, path string) error {
	if err := config.Init(path, groups()...); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, "wrote "+safe.Line(path))
	return outputError(err)
}
