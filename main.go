// Command inkling is a chat with a local GPT-2 in the terminal.
package main

import (
	"context"
	"os"

	"inkling/ui/cli"
)

func main() {
	streams := cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	os.Exit(cli.Main(context.Background(), os.Args[1:], streams, os.LookupEnv))
}
