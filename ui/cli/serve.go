package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"inkling/chat/serve"
	"inkling/chat/session"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/remote"
	"inkling/ui/safe"
)

// serveFlags are those of serve that are no settings.
type serveFlags struct {
	host     string
	port     int
	parallel int
	queue    int
	keyEnv   string
	cors     []string
}

func serveCommand(a *app) *cobra.Command {
	var flags []*config.Flag
	var own serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Offer a model to other programs over HTTP",
		Long: "Offer a model to other programs over HTTP, in OpenAI's protocol: /v1/models, /v1/completions and " +
			"/v1/chat/completions, streaming or not; besides /health and /metrics (for Prometheus).\n\n" +
			"Requests that come together share passes over the weights; what one gets does not depend on the others. " +
			"Sampling parameters that a request leaves out are those of the settings. A field that is not supported " +
			"is answered by 400 and its name.\n\n" +
			"The server listens to this machine alone. Another address needs --api-key-env. Pages in a browser may not " +
			"ask unless --cors names their origin, and --cors alone lets all. Ctrl+C or SIGTERM finishes what is being " +
			"written, for at most 20 seconds.",
		Example: `  inkling serve --model gpt2
  curl http://127.0.0.1:8080/v1/completions -H 'Content-Type: application/json' \
    -d '{"prompt": "Once upon a time", "max_tokens": 40}'

  # for other machines, with a key from the environment
  INKLING_KEY=... inkling serve --host 0.0.0.0 --api-key-env INKLING_KEY`,
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 && len(own.cors) > 0 {
				return usage("serve takes no arguments; write --cors=%s", args[0])
			}
			if err := noArguments(cmd, args); err != nil {
				return err
			}
			c, err := a.settings(flags)
			if err != nil {
				return err
			}
			return own.serve(cmd.Context(), a, c)
		}),
	}
	cmd.Flags().SortFlags = false
	f := cmd.Flags()
	f.StringVar(&own.host, "host", "127.0.0.1", "address to listen at; others than this machine's own need a key")
	f.IntVar(&own.port, "port", 8080, "port to listen at; 0 is any free one")
	f.IntVar(&own.parallel, "parallel", engine.Together, "texts to write at once")
	f.IntVar(&own.queue, "queue", 64, "requests that may wait; more are answered by 429")
	f.StringVar(&own.keyEnv, "api-key-env", "", "environment variable with the key that requests must bring")
	f.StringSliceVar(&own.cors, "cors", nil, "origins of pages that may ask, with commas; alone: all")
	f.Lookup("cors").NoOptDefVal = "*"
	flags = a.addSettings(cmd, append([]string{"format"}, config.Keys(func(s config.Scope) bool { return s.Bare })...)...)
	return cmd
}

func (own serveFlags) validate() error {
	switch {
	case own.port < 0 || own.port > 65535:
		return usage("--port: found %d, expected a whole number from 0 to 65535", own.port)
	case own.parallel < 1 || own.parallel > engine.Block:
		return usage("--parallel: found %d, expected a whole number from 1 to %d", own.parallel, engine.Block)
	case own.queue < 0:
		return usage("--queue: found %d, expected a whole number, 0 or more", own.queue)
	}
	for _, origin := range own.cors {
		u, err := url.Parse(origin)
		if origin != "*" && (err != nil || u.Scheme == "" || u.Host == "" || u.Path != "") {
			return usage("--cors: found %q, expected an origin such as https://app.example, or *", origin)
		}
	}
	return nil
}

// listen opens the address. near says that it is this machine's own; others are refused without a key.
func (own serveFlags) listen(key string) (listener net.Listener, near bool, err error) {
	address, err := net.ResolveTCPAddr("tcp", net.JoinHostPort(own.host, strconv.Itoa(own.port)))
	if err != nil {
		return nil, false, fmt.Errorf("--host: %s is no address of this machine; use 127.0.0.1, or 0.0.0.0 for all", own.host)
	}
	near = address.IP.IsLoopback()
	if !near && key == "" {
		return nil, false, usage("--host %s lets other machines ask; name a key for them by --api-key-env", own.host)
	}
	listener, err = net.ListenTCP("tcp", address)
	if err != nil {
		return nil, false, fmt.Errorf("cannot listen at %s; is something else there? --port chooses another port", address)
	}
	return listener, near, nil
}

// key is the one that requests have to bring.
func (e environment) key(variable string) (string, error) {
	if variable == "" {
		return "", nil
	}
	key, _ := e(variable)
	if key = strings.TrimSpace(key); key == "" {
		return "", usage("--api-key-env: the environment variable %s is not set; put the key there", variable)
	}
	return key, nil
}

// servedID is the name of a model for programs: that of the folder or of the file.
func servedID(name string) string {
	if _, err := os.Stat(name); err != nil {
		return name
	}
	path, err := filepath.Abs(name)
	if err != nil {
		return name
	}
	return strings.TrimSuffix(filepath.Base(path), ".gguf")
}

// network gives the connections a thread beside those that compute, which otherwise have all processors most of the time: without it
// a token waits to be sent until one of them is free. What it returns takes it back.
func network() (back func()) {
	before := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(before + 1)
	return func() { runtime.GOMAXPROCS(before) }
}

// serve offers the model of the settings until a signal comes.
func (own serveFlags) serve(ctx context.Context, a *app, c *config.Config) error {
	if err := own.validate(); err != nil {
		return err
	}
	if _, _, ok := remote.Split(c.Settings.Model); ok {
		return usage("serve offers a model of this machine; ask %s itself", c.Settings.Model)
	}
	key, err := a.key(own.keyEnv)
	if err != nil {
		return err
	}
	listener, near, err := own.listen(key)
	if err != nil {
		return err
	}
	defer listener.Close()
	ctx, stop := session.Signals(ctx, os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal ends the process
	model, err := open(c.Settings.Model, c.Settings).wait(ctx)
	if err != nil {
		return session.Ended(ctx, err)
	}
	defer model.Close()
	defer network()()
	model.Serve(own.parallel)
	_, notes := session.Adopt(c, model.Info())
	choice, err := session.ChatFormat(&model.Codec, c.Settings.Format)
	if err != nil {
		return err
	}
	if choice.Warning != "" {
		notes = append(notes, choice.Warning)
	}
	for _, note := range notes {
		fmt.Fprintln(a.Err, safe.Line(note))
	}
	params := c.Params
	params.Pace, params.LoopGuard = 0, 0 // nobody reads along, and what is written is not taken back
	server := serve.New(serve.Options{Model: model, ID: servedID(c.Settings.Model), Choice: choice, Params: params,
		NoDrafts: !c.Settings.Speculation, Parallel: own.parallel, Queue: own.queue,
		Access: serve.Access{Near: near, Host: own.host, Key: key, Origins: own.cors}})
	fmt.Fprintf(a.Err, "serving %s at http://%s/v1; Ctrl+C stops\n", safe.Line(servedID(c.Settings.Model)), listener.Addr())
	err = server.Serve(ctx, listener)
	if errors.Is(err, serve.ErrGivenUp) {
		return err
	}
	if err != nil {
		return fmt.Errorf("cannot go on listening at %s; start it again", listener.Addr())
	}
	return nil
}
