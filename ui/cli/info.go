package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"inkling/chat/session"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/hub"
	"inkling/ui/safe"
)

func infoCommand(a *app) *cobra.Command {
	var tensors, asJSON bool
	cmd := &cobra.Command{
		Use:     "info name",
		Aliases: []string{"show"},
		Short:   "Describe a model",
		Long: "Describe a model: sizes, tensors, tokenizer, prompt format, suggested settings, licence, files, and the " +
			"memory it takes in each weight format, for the weights and for the keys and values of a full context. " +
			"The weights are not loaded.\n\n" +
			"The name is \"starter\", a downloaded model, a model folder or a GGUF file.\n\n" +
			"With --json the result is one object:\n" +
			"  {\"name\", \"path\", \"parameters\", \"layers\", \"heads\", \"width\", \"inner\", \"context\", \"vocabulary\",\n" +
			"   \"activation\", \"tied\", \"tensors\": {\"count\", \"types\": {\"F32\": 148, ...}, \"list\": [...]},\n" +
			"   \"tokenizer\": {\"kind\", \"pieces\", \"special_tokens\": [{\"id\", \"text\"}, ...], \"chat_template\"},\n" +
			"   \"prompt_format\", \"generation\": {\"temperature\": 0.7, ...}, \"licence\", \"size\",\n" +
			"   \"files\": [{\"name\", \"size\"}, ...], \"memory\": [{\"format\", \"weights\", \"cache\"}, ...]}\n" +
			"Sizes are in bytes. \"list\" (with --tensors) has {\"name\", \"type\", \"shape\"} for each tensor. " +
			"\"generation\" holds the settings suggested in generation_config.json.",
		Example: `  inkling info gpt2
  inkling info --tensors ~/models/gpt2
  inkling info --json gpt2-Q4_K_M.gguf`,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return append(a.downloadedNames(), engine.Starter), cobra.ShellCompDirectiveDefault
		},
		RunE: a.run(func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("%q takes the name of one model, found %d arguments; see %q", cmd.CommandPath(), len(args), cmd.CommandPath()+" --help")
			}
			d, err := engine.Describe(args[0])
			if err != nil {
				return err
			}
			suggested := suggested(a.Err, d)
			if asJSON {
				return writeJSON(a.Out, describeJSON(d, suggested, tensors))
			}
			_, err = fmt.Fprint(a.Out, safe.Text(describeText(d, suggested, tensors)))
			return outputError(err)
		}),
	}
	cmd.Flags().BoolVar(&tensors, "tensors", false, "list all tensors")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// suggested are the settings that the model suggests in generation_config.json, with their values as TOML, which is JSON as
// well for what models suggest.
func suggested(notes io.Writer, d *engine.Description) map[string]string {
	c := &config.Config{Settings: config.Defaults()}
	adopt(notes, c, d.Info())
	values := map[string]string{}
	for _, s := range config.Table() {
		if c.Origin(s.Key).Source == config.Model {
			values[s.Key] = s.Format(c.Settings)
		}
	}
	return values
}

// types counts the tensors of each type.
func types(d *engine.Description) map[string]int {
	counts := map[string]int{}
	for _, t := range d.Tensors {
		counts[t.DType]++
	}
	return counts
}

// describeText is a description for people. Whatever a file says in it stays within its line.
func describeText(d *engine.Description, suggested map[string]string, tensors bool) string {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	line := func(name, format string, args ...any) {
		fmt.Fprintf(table, "%s\t%s\n", name, safe.Line(fmt.Sprintf(format, args...)))
	}
	info := d.Info()
	line("name", "%s", info.Name)
	if d.Path == "" {
		line("path", "inside the program")
	} else {
		line("path", "%s", d.Path)
	}
	line("parameters", "%s (%d)", info.Size(), info.Parameters)
	line("layers", "%d", info.Layers)
	line("heads", "%d", info.Heads)
	line("width", "%d", info.Width)
	line("inner width", "%d", info.Inner)
	line("context", "%d", info.Context)
	line("vocabulary", "%d", info.Vocab)
	line("activation", "%s", d.Activation)
	head := "the token embedding (tied)"
	if !info.Tied {
		head = "its own (not tied)"
	}
	line("output head", "%s", head)
	var kinds []string
	counts := types(d)
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		kinds = append(kinds, fmt.Sprintf("%d %s", counts[kind], kind))
	}
	line("tensors", "%d: %s", len(d.Tensors), strings.Join(kinds, ", "))
	line("tokenizer", "%s, %d pieces", d.Tokenizer, d.Pieces)
	line("special tokens", "%s", some(specialTexts(d), 12))
	template := "no"
	if info.ChatTemplate != "" {
		template = "yes"
	}
	line("chat template", "%s", template)
	line("prompt format", "%s", session.PromptFormat(d.Codec))
	var settings []string
	for _, key := range slices.Sorted(maps.Keys(suggested)) {
		settings = append(settings, key+" "+suggested[key])
	}
	line("suggests", "%s", cmp.Or(strings.Join(settings, ", "), "nothing"))
	line("licence", "%s", cmp.Or(d.Licence, "not named"))
	line("size on disk", "%s", hub.Bytes(d.Size()))
	for i, f := range d.Files {
		name := ""
		if i == 0 {
			name = "files"
		}
		line(name, "%s, %s", f.Name, hub.Bytes(f.Size))
	}
	// Nothing of this can fail: the text takes all of it.
	table.Flush()
	table = tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\nMEMORY\tWEIGHTS\tFULL CONTEXT\tTOGETHER")
	for _, m := range d.Memory {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", m.Format, hub.Bytes(int64(m.Weights)), hub.Bytes(int64(m.Cache)), hub.Bytes(int64(m.Weights+m.Cache)))
	}
	table.Flush()
	if tensors {
		table = tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "\nTENSOR\tTYPE\tSHAPE")
		for _, t := range d.Tensors {
			fmt.Fprintf(table, "%s\t%s\t%s\n", safe.Line(t.Name), safe.Line(t.DType), shape(t.Shape))
		}
		table.Flush()
	}
	return text.String()
}

// shape is "768 x 2304", or "1" for a single number.
func shape(dimensions []int) string {
	if len(dimensions) == 0 {
		return "1"
	}
	var numbers []string
	for _, n := range dimensions {
		numbers = append(numbers, strconv.Itoa(n))
	}
	return strings.Join(numbers, " x ")
}

// some joins the first of many texts.
func some(texts []string, most int) string {
	switch {
	case len(texts) == 0:
		return "none"
	case len(texts) > most:
		return fmt.Sprintf("%s and %d more", strings.Join(texts[:most], " "), len(texts)-most)
	}
	return strings.Join(texts, " ")
}

// specialTexts are the special tokens in the order of their ids.
func specialTexts(d *engine.Description) []string {
	texts := slices.Clone(d.SpecialTokens())
	slices.SortFunc(texts, func(a, b string) int {
		x, _ := d.SpecialID(a)
		y, _ := d.SpecialID(b)
		return x - y
	})
	return texts
}

// describeJSON is a description for programs.
func describeJSON(d *engine.Description, suggested map[string]string, tensors bool) any {
	type file struct {
		Name string `json:"name"`
		Size int64  `json:"size"`
	}
	type token struct {
		ID   int    `json:"id"`
		Text string `json:"text"`
	}
	type tensor struct {
		Name  string `json:"name"`
		Type  string `json:"type"`
		Shape []int  `json:"shape"`
	}
	type memory struct {
		Format  string `json:"format"`
		Weights int    `json:"weights"`
		Cache   int    `json:"cache"`
	}
	type listing struct {
		Count int            `json:"count"`
		Types map[string]int `json:"types"`
		List  []tensor       `json:"list,omitempty"`
	}
	type tokenizer struct {
		Kind     string  `json:"kind"`
		Pieces   int     `json:"pieces"`
		Special  []token `json:"special_tokens"`
		Template bool    `json:"chat_template"`
	}
	info := d.Info()
	object := struct {
		Name         string    `json:"name"`
		Path         string    `json:"path"` // "" for the starter
		Parameters   int       `json:"parameters"`
		Layers       int       `json:"layers"`
		Heads        int       `json:"heads"`
		Width        int       `json:"width"`
		Inner        int       `json:"inner"`
		Context      int       `json:"context"`
		Vocabulary   int       `json:"vocabulary"`
		Activation   string    `json:"activation"`
		Tied         bool      `json:"tied"`
		Tensors      listing   `json:"tensors"`
		Tokenizer    tokenizer `json:"tokenizer"`
		PromptFormat string    `json:"prompt_format"`

		Generation map[string]json.RawMessage `json:"generation"`
		Licence    string                     `json:"licence"` // "" where none is named
		Size       int64                      `json:"size"`
		Files      []file                     `json:"files"`
		Memory     []memory                   `json:"memory"`
	}{
		Name: info.Name, Path: d.Path, Parameters: info.Parameters,
		Layers: info.Layers, Heads: info.Heads, Width: info.Width, Inner: info.Inner, Context: info.Context, Vocabulary: info.Vocab,
		Activation: d.Activation, Tied: info.Tied,
		Tensors:      listing{Count: len(d.Tensors), Types: types(d)},
		Tokenizer:    tokenizer{Kind: d.Tokenizer, Pieces: d.Pieces, Special: []token{}, Template: info.ChatTemplate != ""},
		PromptFormat: session.PromptFormat(d.Codec), Licence: d.Licence, Size: d.Size(),
		Generation: map[string]json.RawMessage{}, Files: []file{},
	}
	for key, value := range suggested {
		object.Generation[key] = json.RawMessage(value)
	}
	for _, text := range specialTexts(d) {
		id, _ := d.SpecialID(text)
		object.Tokenizer.Special = append(object.Tokenizer.Special, token{id, text})
	}
	for _, f := range d.Files {
		object.Files = append(object.Files, file{f.Name, f.Size})
	}
	for _, m := range d.Memory {
		object.Memory = append(object.Memory, memory{m.Format, m.Weights, m.Cache})
	}
	if tensors {
		for _, t := range d.Tensors {
			object.Tensors.List = append(object.Tensors.List, tensor{t.Name, t.DType, append([]int{}, t.Shape...)})
		}
	}
	return object
}
