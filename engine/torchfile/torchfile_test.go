package torchfile

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"inkling/engine/dtype"
)

// A saved tensor as PyTorch shows it.
type saved struct {
	DType  string    `json:"dtype"`
	Shape  []int     `json:"shape"`
	Values []float32 `json:"values"`
}

func savedTensors(t *testing.T) map[string]saved {
	t.Helper()
	var all map[string]saved
	if err := json.Unmarshal(fixture(t, "tensors.json"), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// whole reads all of a tensor.
func whole(tensor *Tensor) ([]float32, error) {
	n, elements := 1, 1
	if len(tensor.Shape) > 0 {
		n = tensor.Shape[0]
	}
	for _, d := range tensor.Shape {
		elements *= d
	}
	values := make([]float32, elements)
	return values, tensor.ReadRows(0, n, values)
}

func TestValuesEqualTorch(t *testing.T) {
	const kind = "expected F64, F32, F16 or BF16"
	refused := map[string]string{"i64": kind, "mask": kind, "u8": kind}
	dtypes := map[string]string{"float32": "F32", "float64": "F64", "float16": "F16", "bfloat16": "BF16", "int64": "I64", "bool": "BOOL", "uint8": "U8"}
	all := []string{"f32", "tied", "f64", "f16", "bf16", "i64", "mask", "u8", "scalar", "empty", "rows 1 to 3", "flat", "cube", "transposed", "column", "expanded", "", "ë\n"}
	module := []string{"0.weight", "0.bias", "1.weight", "1.bias"}
	want := savedTensors(t)
	for file, names := range map[string][]string{"zip.bin": all, "legacy.bin": all, "protocol4.bin": all, "module.bin": module, "parameters.bin": module} {
		f, err := read(fixture(t, file))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		var found []string
		for _, tensor := range f.Tensors {
			found = append(found, tensor.Name)
			w := want[tensor.Name]
			if tensor.DType != dtypes[w.DType] || !slices.Equal(tensor.Shape, w.Shape) {
				t.Errorf("%s: %q: %s %v, want %s %v", file, tensor.Name, tensor.DType, tensor.Shape, dtypes[w.DType], w.Shape)
			}
			values, err := whole(tensor)
			if message, is := refused[tensor.Name]; is {
				checkError(t, err, message)
			} else if err != nil || !slices.Equal(values, w.Values) {
				t.Errorf("%s: %q: %v, %v, want %v", file, tensor.Name, values, err, w.Values)
			}
		}
		if !slices.Equal(found, names) {
			t.Errorf("%s: tensors %q, want %q", file, found, names)
		}
	}
}

// Whatever the strides of a tensor are, its rows are the elements that they lead to.
func TestStrides(t *testing.T) {
	const n = 9000
	data := make([]byte, 0, 4*n)
	for i := range n {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(float32(i)))
	}
	for _, c := range []struct{ shape, strides []int32 }{
		{[]int32{90, 100}, []int32{1, 90}}, {[]int32{100, 90}, []int32{1, 100}}, {[]int32{45, 100}, []int32{2, 90}}, {[]int32{7}, []int32{1000}},
		{[]int32{3, 4, 5}, []int32{5, 15, 1}}, {[]int32{3, 4, 5}, []int32{1, 3, 12}}, {[]int32{4, 1, 5}, []int32{0, 7, 3}}, {[]int32{2, 2}, []int32{0, 0}},
		{[]int32{1, 6}, []int32{1, 2}}, {[]int32{6, 1}, []int32{3, 1}}, {[]int32{2, 3, 2, 2}, []int32{1, 2, 1000, 100}},
	} {
		f, err := read(zipFile(item{"r/data.pkl", pickled(rebuilt(stored("FloatStorage", "0", n), 0, numbers(c.shape...), numbers(c.strides...)))}, item{"r/data/0", data}))
		if err != nil {
			t.Fatal(err)
		}
		rows := int(c.shape[0])
		for _, r := range [][2]int{{0, rows}, {rows - 1, rows}, {rows / 2, rows}, {0, 0}} {
			width := 1
			for _, d := range c.shape[1:] {
				width *= int(d)
			}
			got := make([]float32, (r[1]-r[0])*width)
			if err := f.Tensors[0].ReadRows(r[0], r[1], got); err != nil {
				t.Fatalf("%v: %v", c, err)
			}
			for i, x := range got {
				want, rest := 0, r[0]*width+i
				for axis := len(c.shape) - 1; axis >= 0; axis-- {
					want += rest % int(c.shape[axis]) * int(c.strides[axis])
					rest /= int(c.shape[axis])
				}
				if x != float32(want) {
					t.Fatalf("%v, rows %v: element %d is %v, want %d", c, r, i, x, want)
				}
			}
		}
	}
}

func TestOtherObjects(t *testing.T) {
	_, err := read(fixture(t, "whole.bin"))
	checkError(t, err, `byte 2 of the pickle: refers to "torch.nn.modules.container.Sequential", which the weights of a model do not need and which can be a program, so the file is not read; convert the weights to model.safetensors, or get a version of the model that has it`)
	_, err = read(fixture(t, "checkpoint.bin"))
	checkError(t, err, "holds no tensors at the top level of its dictionary; save model.state_dict() from Python, or convert")
}

// Any range of rows is that part of the whole, also where it takes several chunks, and several goroutines may read.
func TestReadRows(t *testing.T) {
	const n, width = chunk/4/7 + 5, 7
	data := make([]byte, 0, 4*n*width)
	for i := range n * width {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(float32(i)))
	}
	f, err := read(zipFile(item{"r/data.pkl", pickled(rebuilt(stored("FloatStorage", "0", n*width), 0, numbers(n, width), numbers(width, 1)))}, item{"r/data/0", data}))
	if err != nil {
		t.Fatal(err)
	}
	tensor := f.Tensors[0]
	var group sync.WaitGroup
	for _, r := range [][2]int{{0, n}, {0, 0}, {0, 1}, {3, 9}, {1, n}, {n - 1, n}, {n, n}} {
		group.Go(func() {
			dst := make([]float32, (r[1]-r[0])*width)
			if err := tensor.ReadRows(r[0], r[1], dst); err != nil {
				t.Error(err)
			}
			for i, x := range dst {
				if x != float32(r[0]*width+i) {
					t.Errorf("rows %v: element %d is %v", r, i, x)
					break
				}
			}
		})
	}
	group.Wait()
	for _, r := range [][3]int{{-1, 1, 2}, {2, 1, 0}, {0, n + 1, n + 1}, {0, 1, 2}} {
		checkError(t, tensor.ReadRows(r[0], r[1], make([]float32, r[2]*width)), fmt.Sprintf("expected rows within 0 to %d of 7 values each", n))
	}
}

func TestPickleErrors(t *testing.T) {
	const (
		fetch   = "; the file is damaged, download it again"
		convert = "; convert the weights to model.safetensors, or get a version of the model that has it"
	)
	good := stored("FloatStorage", "0", 6)
	tensor := func(offset int32, shape, strides string) []byte {
		return pickled(rebuilt(good, offset, shape, strides))
	}
	raw := func(s string) []byte { return []byte("\x80\x02" + s) }
	tests := []struct {
		name   string
		pickle []byte
		want   string
	}{
		{"a program", raw(name("os", "system") + "(" + text("echo") + "tR."), `byte 2 of the pickle: refers to "os.system", which the weights of a model do not need`},
		{"a program by values", []byte("\x80\x04" + text("posix") + text("system") + "\x93."), `refers to "posix.system"`},
		{"a program in another module", raw(name("torch._utils", "_rebuild_tensor_v2.__globals__") + "."), `refers to "torch._utils._rebuild_tensor_v2.__globals__"`},
		{"control characters", raw(name("a\x1b[2J", "b") + "."), `refers to "a\x1b[2J.b"`},
		{"a name without end", raw("c" + strings.Repeat("x", 300)), "a name that begins with"},
		{"instance", raw("(i__main__\nX\n."), `instruction 0x69 ('i'), which the weights of a model do not need` + convert},
		{"extension", raw("\x82\x01."), "instruction 0x82"},
		{"object", raw("}}\x81."), "instruction 0x81"},
		{"version 1", []byte("\x80\x01."), "version 1, expected 2 to 5" + convert},
		{"version 6", []byte("\x80\x06."), "version 6, expected 2 to 5"},
		{"nothing", raw("."), "the pickle leaves 0 values, expected one" + fetch},
		{"two values", raw("}}."), "the pickle leaves 2 values, expected one"},
		{"no end", raw("}"), "the pickle ends after 3 bytes; the file is cut short, download it again"},
		{"empty", nil, "the pickle ends after 0 bytes"},
		{"cut string", raw("X\xff\xff\xff\xff"), "the pickle ends after 7 bytes"},
		{"cut number", raw("J\x01"), "the pickle ends after 4 bytes"},
		{"empty stack", raw("\x86."), "byte 2 of the pickle: an instruction without its values" + fetch},
		{"no mark", raw("}t."), "an instruction without its values"},
		{"a mark as a value", raw("(\x85."), "an instruction without its values"},
		{"a mark as a target", raw("(" + text("k") + "Ns."), "an instruction without its values"},
		{"append to a dictionary", raw("}Na."), "an instruction without its values"},
		{"item of a list", raw("]NNs."), "an instruction without its values"},
		{"odd items", raw("}(Nu."), "an instruction without its values"},
		{"attributes of a list", raw("]}b."), "an instruction without its values"},
		{"put without a value", raw("q\x00."), "an instruction without its values"},
		{"get without a put", raw("h\x07."), "value 7, which was not kept" + fetch},
		{"get far beyond", raw("j\xff\xff\xff\xff."), "value 4294967295, which was not kept"},
		{"name of numbers", raw("K\x01K\x02\x93."), "an instruction without its values"},
		{"call of a string", raw(text("x") + ")R."), "an instruction without its values"},
		{"call of a storage type", raw(name("torch", "FloatStorage") + ")R."), "torch.FloatStorage of 0 values of other kinds than expected" + convert},
		{"dictionary of values", raw(name("collections", "OrderedDict") + "N\x85R."), "collections.OrderedDict of 1 values of other kinds than expected"},
		{"parameter of a number", raw(name("torch._utils", "_rebuild_parameter") + "K\x01\x85R."), "_rebuild_parameter of 1 values of other kinds than expected"},
		{"tensor of too few values", raw(name("torch._utils", "_rebuild_tensor_v2") + "(" + good + "tR."), "_rebuild_tensor_v2 of 1 values of other kinds than expected"},
		{"tensor of other values", raw(name("torch._utils", "_rebuild_tensor_v2") + "(NNNNtR."), "a tensor of other values than a storage, an offset, a shape and strides" + convert},
		{"shape of strings", tensor(0, "("+text("6")+"t", numbers(1)), "a tensor of other values than"},

		{"no dictionary", raw("]."), "holds a list, expected a dictionary of tensors" + convert},
		{"a number", raw("K\x07."), "holds a number, expected a dictionary of tensors"},
		{"no tensors", raw("}" + text("t") + "Ns."), "holds no tensors at the top level of its dictionary"},
		{"name twice", raw("}" + text("t") + rebuilt(good, 0, numbers(1), numbers(1)) + "s" + text("t") + rebuilt(good, 0, numbers(1), numbers(1)) + "s."), `tensor "t" appears twice` + fetch},
		{"name is a number", raw("}K\x01" + rebuilt(good, 0, numbers(1), numbers(1)) + "s."), "a tensor is called by a number, expected a string" + convert},

		{"reference to a module", pickled("(" + text("module") + text("x") + "tQ"), "a reference to a tuple, expected one to a storage" + convert},
		{"reference to a string", pickled(text("0") + "Q"), `a reference to the string "0", expected one to a storage`},
		{"another type of storage", pickled("(" + text("storage") + name("collections", "OrderedDict") + text("0") + text("cpu") + number(6) + "tQ"), `a storage of "collections.OrderedDict" with the key`},
		{"untyped storage", pickled("(" + text("storage") + name("torch.storage", "UntypedStorage") + text("0") + text("cpu") + number(6) + "tQ"), `refers to "torch.storage.UntypedStorage"`},
		{"negative storage", pickled(stored("FloatStorage", "0", -6)), "a storage of"},
		{"view of a storage", pickled("(" + text("storage") + name("torch", "FloatStorage") + text("0") + text("cpu") + number(6) + numbers(0, 6) + "tQ"), "a storage that is a part of another one" + ", as PyTorch before 0.4 had them" + convert},
		{"missing storage", pickled(stored("FloatStorage", "1", 6)), `no entry "r/data/1" in the zip file` + fetch},
		{"storage elsewhere", pickled(stored("FloatStorage", "../../x", 6)), `no entry "r/data/../../x" in the zip file`},
		{"short storage", pickled(stored("FloatStorage", "0", 7)), `the entry "r/data/0" has 24 bytes, expected 7 elements of F32` + fetch},
		{"storage of another type", pickled(stored("HalfStorage", "0", 6)), `the entry "r/data/0" has 24 bytes, expected 6 elements of F16`},
		{"storage as two types", raw("}" + text("t") + rebuilt(good, 0, numbers(6), numbers(1)) + "s" + text("u") + stored("HalfStorage", "0", 12) + "s."), `the storage "0" is 6 elements of F32 and 12 of F16` + fetch},

		{"more rows", tensor(0, numbers(7), numbers(1)), `shape [7] with strides [1] at 0, but the storage "0" holds 6 elements` + fetch},
		{"offset", tensor(1, numbers(2, 3), numbers(3, 1)), `shape [2 3] with strides [3 1] at 1, but the storage "0" holds 6 elements`},
		{"stride", tensor(0, numbers(2, 2), numbers(5, 1)), `shape [2 2] with strides [5 1] at 0, but the storage "0" holds 6 elements`},
		{"scalar beyond", tensor(6, ")", ")"), `shape [] with strides [] at 6, but the storage "0" holds 6 elements`},
		{"negative offset", tensor(-1, numbers(1), numbers(1)), "shape [1] with strides [1] at -1" + fetch},
		{"negative offset of a scalar", tensor(-1, ")", ")"), "shape [] with strides [] at -1" + fetch},
		{"negative dimension", tensor(0, numbers(-1), numbers(1)), "shape [-1] with strides [1] at 0" + fetch},
		{"negative stride", tensor(5, numbers(6), numbers(-1)), "shape [6] with strides [-1] at 5" + fetch},
		{"strides without shape", tensor(0, numbers(2), numbers(3, 1)), "shape [2] with strides [3 1] at 0" + fetch},
		{"product overflows", tensor(0, numbers(1<<30, 1<<30, 1<<30), numbers(0, 0, 0)), "is larger than any file" + fetch},
		{"stride overflows", tensor(0, "\x8a\x02\xff\x7f\x85", "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f\x85"), "is larger than any file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := read(oneTensor(test.pickle))
			checkError(t, err, test.want)
		})
	}
}

// A small file must not fill the memory: by one storage in many tensors, or by one element many times.
func TestSharedStorages(t *testing.T) {
	const n = 1000
	file := func(tensors int) []byte {
		pickle := "\x80\x02}(" + text("t") + rebuilt(stored("FloatStorage", "0", n), 0, numbers(n), numbers(1)) + "q\x00"
		for i := range tensors - 1 {
			pickle += text(fmt.Sprint(i)) + "h\x00"
		}
		return zipFile(item{"r/data.pkl", []byte(pickle + "u.")}, item{"r/data/0", make([]byte, 4*n)})
	}
	if f, err := read(file(2)); err != nil || len(f.Tensors) != 2 {
		t.Errorf("two tensors with one storage: %v", err)
	}
	_, err := read(file(100))
	checkError(t, err, "tensors of 400000 bytes, in a file of")

	f, err := read(oneTensor(pickled(rebuilt(stored("FloatStorage", "0", 6), 0, numbers(1000, 1000), numbers(0, 0)))))
	if err != nil {
		t.Fatal(err)
	}
	_, err = whole(f.Tensors[0])
	checkError(t, err, `tensor "t": 4000000 bytes of the same few elements, expected at most`)
}

func TestIntegers(t *testing.T) {
	for in, want := range map[string]any{
		"\x8a\x00": int64(0), "\x8a\x01\xff": int64(-1), "\x8a\x02\x00\x80": int64(-32768), "\x8a\x03\xff\xff\x7f": int64(1<<23 - 1),
		"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\xff": int64(-1), "\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80": int64(math.MinInt64),
		"\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01": long("\x00\x00\x00\x00\x00\x00\x00\x00\x01"),
		"J\xff\xff\xff\xff":                            int64(-1), "K\xff": int64(255), "M\xff\xff": int64(65535),
		"G\x3f\xf8\x00\x00\x00\x00\x00\x00": 1.5, "\x8c\x01a": "a", "X\x02\x00\x00\x00\x0aa": "\na",
	} {
		data := in + "."
		got, err := newMachine(newSource(strings.NewReader(data), int64(len(data))), nil).run()
		if err != nil || got != want {
			t.Errorf("% x: got %v, %v, want %v", in, got, err, want)
		}
	}
}

func TestZipErrors(t *testing.T) {
	data, good := item{"r/data/0", make([]byte, 24)}, item{"r/data.pkl", pickled(rebuilt(stored("FloatStorage", "0", 6), 0, numbers(6), numbers(1)))}
	tests := []struct {
		name string
		file []byte
		want string
	}{
		{"no pickle", zipFile(data), "a zip file without an entry data.pkl, expected the weights that torch.save writes; convert"},
		{"pickle further down", zipFile(data, item{"r/x/data.pkl", good.data}), "a zip file without an entry data.pkl"},
		{"two pickles", zipFile(good, data, item{"s/data.pkl", good.data}), `the entries "r/data.pkl" and "s/data.pkl", expected one data.pkl`},
		{"entry twice", zipFile(good, data, data), `the entry "r/data/0" appears twice`},
		{"big-endian", zipFile(good, data, item{"r/byteorder", []byte("big")}), `byte order "big", expected little`},
		{"cut", zipFile(good, data)[:200], "the list of entries of the zip file: zip: not a valid zip file; the file is cut short or damaged, download it again"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := read(test.file)
			checkError(t, err, test.want)
		})
	}
	if _, err := read(zipFile(good, data, item{"r/byteorder", []byte("little")}, item{"r/version", []byte("3\n")})); err != nil {
		t.Error(err)
	}
	// The list of entries says "deflated", and then "encrypted".
	file := zipFile(good, data)
	at := bytes.LastIndex(file, []byte("PK\x01\x02"))
	file[at+10] = 8
	_, err := read(file)
	checkError(t, err, `the entry "r/data/0" is compressed or encrypted, expected it as it is`)
	file[at+10], file[at+8] = 0, file[at+8]|1
	_, err = read(file)
	checkError(t, err, `the entry "r/data/0" is compressed or encrypted`)
	// It says that the entry is longer than the file.
	file[at+8] &^= 1
	copy(file[at+20:], "\x00\x00\x00\x10\x00\x00\x00\x10")
	_, err = read(file)
	checkError(t, err, `the entry "r/data/0": 268435456 bytes from`)
}

// A list of entries that is longer than any model's is not read to its end.
func TestZipDirectoryIsBounded(t *testing.T) {
	// The same entry again and again, an end that says so.
	entry := append([]byte("PK\x01\x02"), make([]byte, 42)...)
	entry[28] = 4
	entry = append(entry, "name"...)
	n := 4 * maxDirectory / len(entry)
	file := append([]byte("PK\x03\x04"), bytes.Repeat(entry, n)...)
	end := append([]byte("PK\x05\x06"), make([]byte, 18)...)
	binary.LittleEndian.PutUint16(end[10:], uint16(n))
	binary.LittleEndian.PutUint32(end[12:], uint32(n*len(entry)))
	binary.LittleEndian.PutUint32(end[16:], 4)
	_, err := read(append(file, end...))
	checkError(t, err, "a zip file with a list of more than 8388608 bytes")
}

func TestLegacyErrors(t *testing.T) {
	const prologue = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03."
	system := "\x80\x02}" + text("little_endian") + "\x88s."
	one := string(pickled(rebuilt(stored("FloatStorage", "7", 2), 0, numbers(2), numbers(1))))
	keys := "\x80\x02](" + text("7") + "e."
	count := "\x02\x00\x00\x00\x00\x00\x00\x00"
	tests := []struct {
		name, file, want string
	}{
		{"another pickle", "\x80\x02}.", "a pickle that torch.save did not write, expected a dictionary of tensors; convert"},
		{"a tuple first", "\x80\x02)." + prologue, "a pickle that torch.save did not write"},
		{"another version", prologue[:len(prologue)-2] + "\x04.", "another version of PyTorch's legacy format than 1001"},
		{"big-endian", prologue + "\x80\x02}" + text("little_endian") + "\x89s.", "byte order big, expected little"},
		{"reference in the prologue", "\x80\x02" + stored("FloatStorage", "7", 2) + ".", "a reference to a storage where none can be"},
		{"no list", prologue + system + one + "\x80\x02}.", "the list of storages does not fit the tensors"},
		{"empty list", prologue + system + one + "\x80\x02].", "the list of storages does not fit the tensors"},
		{"another key", prologue + system + one + "\x80\x02](" + text("8") + "e.", `the list of storages names the string "8", which no tensor has or which is there twice`},
		{"key is a number", prologue + system + one + "\x80\x02](K\x07e.", "the list of storages names a number"},
		{"no elements", prologue + system + one + keys, `the file ends before the storage "7"; the file is cut short, download it again`},
		{"another count", prologue + system + one + keys + "\x03\x00\x00\x00\x00\x00\x00\x00", `the storage "7" has 3 elements, expected 2`},
		{"cut elements", prologue + system + one + keys + count + "1234567", `the storage "7": 8 bytes from`},
		{"another program", prologue + system + "\x80\x02" + name("os", "system") + ".", `refers to "os.system"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := read([]byte(test.file))
			checkError(t, err, test.want)
		})
	}
	f, err := read([]byte(prologue + system + one + keys + count + "\x00\x00\x80\x3f\x00\x00\x00\xc0"))
	if err != nil {
		t.Fatal(err)
	}
	if values, err := whole(f.Tensors[0]); err != nil || !slices.Equal(values, []float32{1, -2}) {
		t.Errorf("got %v, %v", values, err)
	}
}

func TestOtherFiles(t *testing.T) {
	for file, want := range map[string]string{
		"": `begins with "", expected a zip file or a pickle; this is not a file of PyTorch's`,
		"version https://git-lfs.github.com/spec/v1\n": "a Git LFS pointer, expected the weights themselves; fetch them with: git lfs pull",
		"<!DOCTYPE html>": `begins with "<!DOCTYP", expected a zip file or a pickle`,
	} {
		_, err := read([]byte(file))
		checkError(t, err, want)
	}
}

// A file that is cut short anywhere is an error, never a shorter model.
func TestCutFiles(t *testing.T) {
	for _, name := range []string{"zip.bin", "legacy.bin", "protocol4.bin"} {
		data := fixture(t, name)
		for n := range data {
			if _, err := read(data[:n]); err == nil {
				t.Errorf("%s: the first %d of %d bytes were read", name, n, len(data))
			}
		}
	}
}

func TestPicklesAreBounded(t *testing.T) {
	many := func(n int, s string) []byte { return []byte("\x80\x02" + strings.Repeat(s, n)) }
	for name, c := range map[string]struct {
		pickle []byte
		want   string
	}{
		"deep stack":    {many(200_000, "("), "more than a file of weights needs at byte 65539 of the pickle"},
		"dictionaries":  {many(200_000, "}"), "more than a file of weights needs"},
		"instructions":  {append(many(1, "]"), many(1_000_000, "Na")...), "more than a file of weights needs at byte"},
		"kept values":   {append(many(1, "}"), bytes.Repeat([]byte("\x94h\x00q\x01"), 400_000)...), "more than a file of weights needs at byte"},
		"length":        {append([]byte("\x80\x02X\x00\x00\x80\x00"), make([]byte, maxPickle)...), "more than 8388608 bytes of pickle; this is not a file of weights"},
		"stated length": {[]byte("\x80\x02X\xff\xff\xff\xff"), "the pickle ends after 7 bytes"},
	} {
		file := oneTensor(c.pickle)
		var err error
		if n := allocated(func() { _, err = read(file) }); n > 400<<20 {
			t.Errorf("%s: allocated %d bytes", name, n)
		}
		checkError(t, err, c.want)
	}
}

var errDisk = errors.New("disk on fire")

// faulty is a file that cannot be read between two offsets.
type faulty struct {
	*bytes.Reader
	from, to int64
	err      error
}

func (f faulty) ReadAt(p []byte, offset int64) (int, error) {
	if offset < f.to && offset+int64(len(p)) > f.from {
		n, _ := f.Reader.ReadAt(p[:max(0, f.from-offset)], offset)
		return n, f.err
	}
	return f.Reader.ReadAt(p, offset)
}

// A failure to read shows wherever it happens, and as itself.
func TestFaultyReads(t *testing.T) {
	for _, name := range []string{"module.bin", "legacy.bin"} {
		data := fixture(t, name)
		for at := int64(0); at < int64(len(data)); at += 7 {
			for _, cause := range []error{errDisk, io.EOF} {
				f, err := Read(faulty{bytes.NewReader(data), at, at + 1, cause}, int64(len(data)))
				if err == nil {
					for _, tensor := range f.Tensors {
						if _, e := whole(tensor); e != nil && !tensor.strided && dtype.Decoder(tensor.DType) != nil {
							err = e
						}
					}
				}
				if err == nil { // a byte that nothing needs
					continue
				}
				if strings.Contains(err.Error(), "\n") || cause == errDisk && !errors.Is(err, errDisk) {
					t.Errorf("%s, byte %d: %v", name, at, err)
				}
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"zip.bin", "legacy.bin", "protocol4.bin", "module.bin", "whole.bin"} {
		f.Add(fixture(f, name))
	}
	f.Add(oneTensor(pickled(rebuilt(stored("HalfStorage", "0", 12), 2, numbers(2, 3), numbers(4, 1)))))
	f.Fuzz(func(t *testing.T, data []byte) { checkRead(t, data) })
}

// FuzzPickle gets further into the pickle than FuzzRead, which has to keep the sums of the zip file right.
func FuzzPickle(f *testing.F) {
	f.Add(pickled(rebuilt(stored("FloatStorage", "0", 6), 0, numbers(2, 3), numbers(3, 1))))
	f.Add([]byte("\x80\x04}\x94(\x8c\x01a\x94" + rebuilt(stored("HalfStorage", "0", 12), 2, numbers(2, 3), numbers(4, 1)) + "\x8c\x01bh\x00u}b."))
	f.Fuzz(func(t *testing.T, data []byte) { checkRead(t, oneTensor(data)) })
}

// checkRead checks that a file is either refused in one line or holds tensors that can be read.
func checkRead(t *testing.T, data []byte) {
	var f *File
	var err error
	if n := allocated(func() { f, err = read(data) }); n > 1024*uint64(len(data))+4<<20 {
		t.Errorf("allocated %d bytes for a file of %d", n, len(data))
	}
	if err != nil {
		if strings.ContainsAny(err.Error(), "\n\r\x1b") {
			t.Errorf("the message is not one plain line: %q", err)
		}
		return
	}
	for _, tensor := range f.Tensors {
		if tensor.strided || dtype.Decoder(tensor.DType) == nil {
			continue
		}
		if _, err := whole(tensor); err != nil {
			t.Errorf("%q of %s %v: %v", tensor.Name, tensor.DType, tensor.Shape, err)
		}
	}
}
