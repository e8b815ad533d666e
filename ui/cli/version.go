package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"inkling/engine"
)

func versionCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Show the version",
		Long:    "Show the version, the platform, and the instruction set in use.",
		Example: `  inkling version`,
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			if err := noArguments(cmd, args); err != nil {
				return err
			}
			kernel, err := engine.Kernel()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.Out, "inkling %s\n%s %s/%s, kernel %s\n",
				version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, kernel)
			return outputError(err)
		}),
	}
}

// version is the version of the module, "devel" for one that was built outside version control.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}
