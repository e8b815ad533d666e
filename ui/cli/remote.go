package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"inkling/chat/session"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/remote"
	"inkling/ui/safe"
)

// server is the service of that name in the config file.
func (e environment) server(t config.Section) remote.Server {
	text := func(key string) string {
		s, _ := t.Value(key).(string)
		return s
	}
	s := remote.Server{Name: t.Name, URL: text("url"), Kind: remote.Kind(text("kind")), KeyEnv: text("key_env"),
		KeyCommand: text("key_command"), Lookup: e}
	s.Models, _ = t.Value("models").([]string)
	s.Headers, _ = t.Value("headers").(map[string]string)
	s.Live, _ = t.Value("live").(bool)
	seconds, _ := t.Value("timeout").(float64)
	s.Timeout = time.Duration(seconds * float64(time.Second))
	return s
}

// elsewhere opens the model of a service, "NAME:model-id". ok is false where the name is none of such a model: what is there as a file
// is no service.
func (e environment) elsewhere(c *config.Config, name string) (service engine.Engine, ok bool, err error) {
	server, model, ok := remote.Split(name)
	if !ok {
		return nil, false, nil
	}
	t, known := c.Section("remotes", server)
	if !known {
		if _, err := os.Stat(name); err == nil {
			return nil, false, nil
		}
		var names []string
		for _, t := range c.Sections("remotes") {
			names = append(names, t.Name)
		}
		line := fmt.Sprintf("model %s: there is no service %q; describe it in the config file, [remotes.%s]", name, server, server)
		if near := config.Nearest(server, names); near != "" {
			line = fmt.Sprintf("model %s: there is no service %q; did you mean %q?", name, server, near)
		}
		return nil, true, errors.New(line)
	}
	s := e.server(t)
	if s.URL == "" {
		return nil, true, fmt.Errorf("remotes.%s has no url; add its address to the config file", server)
	}
	opened, err := remote.Open(context.Background(), s, model)
	if err != nil {
		return nil, true, err
	}
	return opened, true, nil
}

// listing is how long a list of models waits for the services.
const listing = 3 * time.Second

// services are the models that the services of the config offer. One that does not answer soon offers none, and the error says so.
func (e environment) services(c *config.Config) (choices []session.Choice, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), listing)
	defer cancel()
	var silent []string
	for _, t := range c.Sections("remotes") {
		s := e.server(t)
		ids, problem := s.List(ctx)
		if problem != nil {
			silent = append(silent, t.Name)
		}
		for _, id := range ids {
			choices = append(choices, session.Choice{Name: t.Name + ":" + id, Elsewhere: true})
		}
	}
	if len(silent) > 0 {
		err = fmt.Errorf("no list of models from %s", strings.Join(silent, ", "))
	}
	return choices, err
}

// noting tells what there is to know of a text at its end.
type noting struct {
	writer
	notes io.Writer
}

func (n noting) end(r engine.Result) error {
	for _, note := range r.Notes {
		fmt.Fprintln(n.notes, safe.Line(note))
	}
	return n.writer.end(r)
}

// generateElsewhere has a service continue the prompt as it is. It counts the tokens of the prompt, and says itself what is too long.
func (a *app) generateElsewhere(ctx context.Context, service engine.Engine, c *config.Config, output outputFlags, prompt string) error {
	switch {
	case prompt == "":
		return errors.New("the prompt is empty; a service needs some text to continue")
	case output.special || output.keepEnd || output.endless:
		return usage("--special, --keep-end and --ignore-eos are not available with a service")
	case output.json:
		return usage("--json is not available with a service")
	}
	job := continuations{model: service, text: prompt, params: c.Params, seed: engine.RandomSeed(), attempt: output.attempt,
		sequences: output.sequences}
	job.params.Pace, job.params.LoopGuard = 0, 0
	if c.Seed != nil {
		job.seed = *c.Seed
	}
	if missing := session.Missing(c, service.Can()); len(missing) > 0 {
		fmt.Fprintln(a.Err, "not available with this model: "+strings.Join(missing, ", "))
	}
	err := job.write(ctx, noting{&textWriter{out: a.Out, clean: terminal(a.Out)}, a.Err})
	if err == nil || errors.Is(err, errInterrupted) {
		fmt.Fprintln(a.Err, a.dim("seed "+strconv.FormatUint(job.seed, 10)))
	}
	return err
}
