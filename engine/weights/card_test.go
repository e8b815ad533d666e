package weights

import (
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

func TestLicence(t *testing.T) {
	for name, c := range map[string]struct{ card, want string }{
		"a name":            {"---\nlanguage: en\nlicense: mit\ntags:\n- exbert\n---\n\n# GPT-2\nlicense: apache-2.0\n", "mit"},
		"in quotes":         {"---\nlicense: \"cc-by-4.0\"  # see below\n---\n", "cc-by-4.0"},
		"a comment":         {"---\nlicense: mit # as the code\n---\n", "mit"},
		"a list":            {"---\nlicense:\n- mit\n- 'apache-2.0'\nlanguage:\n- en\n---\n", "mit, apache-2.0"},
		"an indented list":  {"---\nlicense:\n  - mit\n  - bsd\n---\n", "mit, bsd"},
		"a list in a line":  {"---\nlicense: [mit, \"bsd\"]\n---\n", "mit, bsd"},
		"another":           {"---\nlicense: other\nlicense_name: openrail-gpt\nlicense_link: LICENSE\n---\n", "openrail-gpt"},
		"another, no name":  {"---\nlicense: other\n---\n", "other"},
		"another system":    {"\ufeff---\r\nlicense: mit\r\n---\r\n", "mit"},
		"of something else": {"---\nbase_model:\n  license: gpl\ndatasets:\n- a\n---\n", ""},
		"no front matter":   {"# GPT-2\n---\nlicense: mit\n---\n", ""},
		"no licence":        {"---\nlanguage: en\n---\nlicense: mit\n", ""},
		"an empty card":     {"", ""},
	} {
		if got := licence(c.card); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestCardOfAFolder(t *testing.T) {
	files := modelFolder(safetensors())
	if f := mustOpen(t, files); f.Licence() != "" {
		t.Errorf("a folder without a card has the licence %q", f.Licence())
	}
	files["README.md"] = &fstest.MapFile{Data: []byte("---\nlicense: mit\n---\n")}
	files["generation_config.json"] = &fstest.MapFile{Data: []byte("{}")}
	f := mustOpen(t, files)
	if data, err := f.Generation(); f.Licence() != "mit" || string(data) != "{}" || err != nil {
		t.Errorf("licence %q, generation %q, %v", f.Licence(), data, err)
	}
	files["generation_config.json"] = &fstest.MapFile{Data: []byte(strings.Repeat(" ", maxConfig+1))}
	_, err := mustOpen(t, files).Generation()
	checkError(t, err, "m/generation_config.json: 1048577 bytes, expected at most 1048576; this is not the file of a GPT-2 model")
}

func TestCardOfAGGUF(t *testing.T) {
	files := fstest.MapFS{"x.gguf": {Data: ggufFile(smallMetadata())}}
	open := func() *GGUF {
		g, err := OpenGGUF(files, "x.gguf", "m/x.gguf")
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	if data, err := open().Generation(); open().Licence() != "" || data != nil || err != nil {
		t.Errorf("nothing says anything: %q, %q, %v", open().Licence(), data, err)
	}
	files["README.md"] = &fstest.MapFile{Data: []byte("---\nlicense: mit\n---\n")}
	if got := open().Licence(); got != "mit" {
		t.Errorf("the card beside it says mit: %q", got)
	}
	files["x.gguf"].Data = ggufFile(with(KeyLicence, "apache-2.0"))
	if got := open().Licence(); got != "apache-2.0" {
		t.Errorf("the metadata say apache-2.0: %q", got)
	}
}

func TestTensorsAreListed(t *testing.T) {
	names := []string{"transformer.h.10.ln_1.bias", "transformer.h.9.ln_1.bias", "lm_head.weight", "transformer.h.9", "transformer.h.09.x"}
	var all []stored
	for _, name := range names {
		all = append(all, stored{name, "F32", []int{1, 2}, bytesF32(1, 2)})
	}
	all[1] = stored{names[1], "F16", []int{}, []byte{0, 0}}
	got := mustOpen(t, modelFolder(safetensors(all...))).Tensors()
	want := []Tensor{
		{"lm_head.weight", "F32", []int{1, 2}}, {"transformer.h.09.x", "F32", []int{1, 2}}, {"transformer.h.9", "F32", []int{1, 2}},
		{"transformer.h.9.ln_1.bias", "F16", []int{}}, {"transformer.h.10.ln_1.bias", "F32", []int{1, 2}},
	}
	for i := range got {
		if got[i].Shape == nil {
			got[i].Shape = []int{}
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	g, err := openGGUF(ggufFile(smallMetadata()))
	if err != nil {
		t.Fatal(err)
	}
	want = []Tensor{{"blk.0.attn_qkv.weight", "F32", []int{12, 4}}, {"token_embd.weight", "F16", []int{6, 4}}}
	if got := g.Tensors(); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// The tokenizer of a folder can be had without weights.
func TestOpenTokenizer(t *testing.T) {
	files := modelFolder([]byte("damaged"))
	for _, name := range []string{"with damaged weights", "without weights"} {
		f, err := OpenTokenizer(files, "m")
		if err != nil {
			t.Fatal(name, err)
		}
		v, err := f.Vocabulary()
		if err != nil || len(v.Pieces) != 4 || string(f.Config()) != `{"model_type": "gpt2"}` {
			t.Errorf("%s: %v, %v", name, v, err)
		}
		delete(files, weightsFile)
	}
	delete(files, configFile)
	_, err := OpenTokenizer(files, "m")
	checkError(t, err, "m/config.json: file does not exist; "+adviseNeeds)
}
