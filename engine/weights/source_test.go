package weights

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// torch writes vectors of float32 as torch.save does.
func torch(names []string, values ...[]float32) []byte {
	text := func(s string) string {
		return string(binary.LittleEndian.AppendUint32([]byte{'X'}, uint32(len(s)))) + s
	}
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	create := func(name string, data []byte) {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: "pytorch_model/" + name, Method: zip.Store})
		if err == nil {
			_, err = entry.Write(data)
		}
		if err != nil {
			panic(err)
		}
	}
	pickle := "\x80\x02}("
	for i, name := range names {
		n := string([]byte{'K', byte(len(values[i]))})
		pickle += text(name) + "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") + "ctorch\nFloatStorage\n" + text(fmt.Sprint(i)) + text("cpu") + n +
			"tQK\x00" + n + "\x85K\x01\x85\x89NtR"
		create("data/"+fmt.Sprint(i), bytesF32(values[i]...))
	}
	create("data.pkl", []byte(pickle+"u."))
	if err := w.Close(); err != nil {
		panic(err)
	}
	return file.Bytes()
}

func TestTorchFolder(t *testing.T) {
	fsys := modelFolder(nil)
	delete(fsys, weightsFile)
	fsys["pytorch_model.bin"] = &fstest.MapFile{Data: torch([]string{"transformer.ln_f.weight", "ln_f.bias"}, []float32{1, 2}, []float32{3})}
	f := mustOpen(t, fsys)
	for name, want := range map[string][]float32{"ln_f.weight": {1, 2}, "ln_f.bias": {3}} {
		got, err := f.Tensor(name, len(want))
		if err != nil || !slices.Equal(got, want) || f.DType(name) != "F32" {
			t.Errorf("%s: got %v of %s, %v, want %v", name, got, f.DType(name), err, want)
		}
	}
	_, err := f.Tensor("ln_f.weight", 3)
	checkError(t, err, "m/pytorch_model.bin: tensor transformer.ln_f.weight: shape [2], expected [3]; the file does not match its config.json")
	_, err = f.Tensor("wte.weight", 3)
	checkError(t, err, "m/pytorch_model.bin: tensor wte.weight: not in the file, expected with shape [3]; the file does not match its config.json")
	checkError(t, f.Rows("ln_f.bias", 0, 2, make([]float32, 2)), `m/pytorch_model.bin: tensor "ln_f.bias": rows 0 to 2 into 2 values, expected rows within 0 to 1 of 1 values each`)

	fsys["pytorch_model.bin"] = &fstest.MapFile{Data: []byte("\x80\x02cos\nsystem\n.")}
	_, err = Open(fsys, "m")
	if err == nil || !strings.HasPrefix(err.Error(), `m/pytorch_model.bin: byte 2 of the pickle: refers to "os.system"`) {
		t.Errorf("got %v", err)
	}
	// Where there is a choice, it is safetensors.
	fsys[weightsFile] = &fstest.MapFile{Data: safetensors(stored{"ln_f.bias", "F32", []int{1}, bytesF32(7)})}
	got, err := mustOpen(t, fsys).Tensor("ln_f.bias", 1)
	if err != nil || got[0] != 7 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestTorchShards(t *testing.T) {
	fsys := modelFolder(nil)
	delete(fsys, weightsFile)
	fsys["pytorch_model.bin.index.json"] = &fstest.MapFile{Data: []byte(`{"weight_map": {"a": "one.bin", "b": "two.bin"}}`)}
	fsys["one.bin"] = &fstest.MapFile{Data: torch([]string{"a", "b"}, []float32{1}, []float32{2})}
	fsys["two.bin"] = &fstest.MapFile{Data: torch([]string{"b"}, []float32{3})}
	f := mustOpen(t, fsys)
	for name, want := range map[string]float32{"a": 1, "b": 3} {
		if got, err := f.Tensor(name, 1); err != nil || got[0] != want {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, want)
		}
	}
	delete(fsys, "two.bin")
	_, err := Open(fsys, "m")
	checkError(t, err, "m/pytorch_model.bin.index.json: tensor b: shard two.bin: file does not exist; download it into the folder")
}

func TestShapesAndRows(t *testing.T) {
	f := mustOpen(t, modelFolder(safetensors(
		stored{"transformer.wte.weight", "F16", []int{3, 2}, []byte{0, 0x3c, 0, 0x40, 0, 0x42, 0, 0x44, 0, 0x45, 0, 0x46}},
		stored{"ln_f.bias", "F32", []int{3}, bytesF32(1, 2, 3)},
		stored{"scalar", "F32", nil, bytesF32(7)},
		stored{"cube", "F32", []int{2, 1, 2}, bytesF32(1, 2, 3, 4)},
	)))
	for _, c := range []struct {
		name   string
		shape  []int
		lo, hi int
		want   []float32
	}{
		{"wte.weight", []int{3, 2}, 0, 3, []float32{1, 2, 3, 4, 5, 6}},
		{"wte.weight", []int{3, 2}, 1, 2, []float32{3, 4}},
		{"wte.weight", []int{3, 2}, 3, 3, []float32{}},
		{"ln_f.bias", []int{3}, 1, 3, []float32{2, 3}},
		{"scalar", []int{}, 0, 1, []float32{7}},
		{"cube", []int{2, 1, 2}, 1, 2, []float32{3, 4}},
	} {
		shape, err := f.Shape(c.name)
		if err != nil || !slices.Equal(shape, c.shape) {
			t.Errorf("%s: shape %v, %v, want %v", c.name, shape, err, c.shape)
		}
		got := make([]float32, len(c.want))
		if err := f.Rows(c.name, c.lo, c.hi, got); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s, rows %d to %d: got %v, %v, want %v", c.name, c.lo, c.hi, got, err, c.want)
		}
	}
	for _, r := range [][3]int{{-1, 1, 4}, {1, 0, 0}, {2, 4, 4}, {0, 1, 3}} {
		checkError(t, f.Rows("wte.weight", r[0], r[1], make([]float32, r[2])),
			fmt.Sprintf("m/model.safetensors: tensor transformer.wte.weight: rows %d to %d into %d values, expected rows within 0 to 3 of 2 values each", r[0], r[1], r[2]))
	}
	_, err := f.Shape("x")
	checkError(t, err, "m/model.safetensors: tensor x: not in the file; the file does not match its config.json")
	checkError(t, f.Rows("x", 0, 1, nil), "m/model.safetensors: tensor x: not in the file; the file does not match its config.json")
	if f.DType("wte.weight") != "F16" || f.DType("x") != "" {
		t.Error("DType is wrong")
	}
}

func TestTransposed(t *testing.T) {
	f := mustOpen(t, modelFolder(smallWeights()))
	for name, want := range map[string]bool{"h.0.attn.c_attn.weight": true, "h.11.attn.c_proj.weight": true, "h.0.mlp.c_fc.weight": true, "h.0.mlp.c_proj.weight": true,
		"wte.weight": false, "wpe.weight": false, "lm_head.weight": false, "h.0.attn.c_attn.bias": false, "h.0.ln_1.weight": false} {
		if f.Transposed(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}
