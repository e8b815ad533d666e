package torchfile

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// Bounds of a pickle. That of GPT-2 XL, whose 48 layers have 16 tensors each, has 130 kB and 30,000 instructions.
const (
	maxPickle       = 8 << 20 // bytes
	maxInstructions = 1 << 20
	maxStack        = 1 << 16
	maxGlobal       = 255 // bytes of the name of a module or of something in it
	maxRank         = 64  // dimensions, PyTorch's limit
)

// The instructions that are run, by the names of pickletools.py.
const (
	opMark            = '('
	opStop            = '.'
	opNone            = 'N'
	opNewTrue         = 0x88
	opNewFalse        = 0x89
	opBinInt          = 'J'
	opBinInt1         = 'K'
	opBinInt2         = 'M'
	opLong1           = 0x8a
	opBinFloat        = 'G'
	opBinUnicode      = 'X'
	opShortBinUnicode = 0x8c
	opEmptyTuple      = ')'
	opTuple           = 't'
	opTuple1          = 0x85
	opTuple2          = 0x86
	opTuple3          = 0x87
	opEmptyList       = ']'
	opAppend          = 'a'
	opAppends         = 'e'
	opEmptyDict       = '}'
	opSetItem         = 's'
	opSetItems        = 'u'
	opBinPut          = 'q'
	opLongBinPut      = 'r'
	opMemoize         = 0x94
	opBinGet          = 'h'
	opLongBinGet      = 'j'
	opGlobal          = 'c'
	opStackGlobal     = 0x93
	opReduce          = 'R'
	opBuild           = 'b'
	opBinPersID       = 'Q'
	opProto           = 0x80
	opFrame           = 0x95
)

// The values of a pickle are nil, bool, int64, float64, string, and:
type (
	tuple  []any
	list   struct{ items []any }
	dict   struct{ entries []entry }
	entry  struct{ key, value any }
	global string // the name of a module, a point, the name of something in it
	long   string // the bytes of an integer that does not fit an int64, little-endian
	mark   struct{}
)

// describe is the kind of a value for a message.
func describe(value any) string {
	switch x := value.(type) {
	case nil:
		return "None"
	case bool:
		return "a truth value"
	case int64, float64, long:
		return "a number"
	case string:
		return fmt.Sprintf("the string %.60q", x)
	case tuple:
		return "a tuple"
	case *list:
		return "a list"
	case *dict:
		return "a dictionary"
	case global:
		return fmt.Sprintf("%.60q", string(x))
	case *Tensor:
		return "a tensor"
	case *storage:
		return "a storage"
	}
	return "nothing"
}

// source reads the bytes of pickles.
type source struct {
	r    *bufio.Reader
	at   int64 // bytes read
	size int64 // bytes that can be read
	cut  bool  // the file goes on after them
}

func newSource(r io.Reader, size int64) *source {
	size, cut := min(size, maxPickle), size > maxPickle
	return &source{r: bufio.NewReaderSize(io.LimitReader(r, size), 64<<10), size: size, cut: cut}
}

// bytes reads n bytes, n at most 64 KiB, that are valid until the next call.
func (s *source) bytes(n int) ([]byte, error) {
	if err := s.left(int64(n)); err != nil {
		return nil, err
	}
	data, err := s.r.Peek(n)
	if err != nil {
		return nil, s.failed(err)
	}
	s.r.Discard(n)
	s.at += int64(n)
	return data, nil
}

// left checks that n bytes follow.
func (s *source) left(n int64) error {
	if n <= s.size-s.at {
		return nil
	}
	if s.cut {
		return fmt.Errorf("more than %d bytes of pickle; this is not a file of weights", s.size)
	}
	return fmt.Errorf("the pickle ends after %d bytes; the file is cut short, download it again", s.size)
}

func (s *source) failed(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF // the file is shorter than its stated size
	}
	return fmt.Errorf("reading byte %d of the pickle: %w", s.at, err)
}

func (s *source) text(n int64) (string, error) {
	if err := s.left(n); err != nil {
		return "", err
	}
	data := make([]byte, n)
	if _, err := io.ReadFull(s.r, data); err != nil {
		return "", s.failed(err)
	}
	s.at += n
	return string(data), nil
}

// line reads up to a line feed.
func (s *source) line() (string, error) {
	var text []byte
	for {
		b, err := s.bytes(1)
		if err != nil {
			return "", err
		}
		if b[0] == '\n' {
			return string(text), nil
		}
		if len(text) == maxGlobal {
			return "", fmt.Errorf("a name that begins with %.60q, expected at most %d bytes; %s", text, maxGlobal, adviseFetch)
		}
		text = append(text, b[0])
	}
}

// machine runs pickles.
type machine struct {
	*source
	stack []any
	memo  map[uint32]any
	left  int // instructions that may still be run
	// persistent returns what a persistent id stands for; nil where there are none.
	persistent func(id any) (any, error)
}

func newMachine(s *source, persistent func(any) (any, error)) *machine {
	return &machine{source: s, left: maxInstructions, persistent: persistent}
}

// run runs one pickle and returns the value that it stands for.
func (m *machine) run() (any, error) {
	m.stack, m.memo = nil, make(map[uint32]any)
	for {
		begin := m.at
		op, err := m.bytes(1)
		if err != nil {
			return nil, err
		}
		if m.left--; m.left < 0 || len(m.stack) > maxStack {
			return nil, fmt.Errorf("more than a file of weights needs at byte %d of the pickle; %s", begin, adviseConvert)
		}
		if op[0] == opStop {
			break
		}
		if err := m.step(op[0]); err != nil {
			return nil, fmt.Errorf("byte %d of the pickle: %w", begin, err)
		}
	}
	if len(m.stack) != 1 {
		return nil, fmt.Errorf("the pickle leaves %d values, expected one; %s", len(m.stack), adviseFetch)
	}
	return m.stack[0], nil
}

func (m *machine) push(value any) { m.stack = append(m.stack, value) }

// errStack is the error for an instruction that needs values which are not there, or are of another kind.
var errStack = errors.New("an instruction without its values; " + adviseFetch)

func (m *machine) pop() (any, error) {
	if len(m.stack) == 0 {
		return nil, errStack
	}
	value := m.stack[len(m.stack)-1]
	if _, is := value.(mark); is {
		return nil, errStack
	}
	m.stack = m.stack[:len(m.stack)-1]
	return value, nil
}

// popMark takes the values down to the last mark, and the mark.
func (m *machine) popMark() ([]any, error) {
	for i := len(m.stack) - 1; i >= 0; i-- {
		if _, is := m.stack[i].(mark); is {
			values := append([]any{}, m.stack[i+1:]...)
			m.stack = m.stack[:i]
			return values, nil
		}
	}
	return nil, errStack
}

// popN takes n values.
func (m *machine) popN(n int) ([]any, error) {
	values := make([]any, n)
	for i := n - 1; i >= 0; i-- {
		var err error
		if values[i], err = m.pop(); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func (m *machine) step(op byte) error {
	switch op {
	case opProto:
		version, err := m.bytes(1)
		if err == nil && (version[0] < 2 || version[0] > 5) {
			err = fmt.Errorf("version %d, expected 2 to 5; %s", version[0], adviseConvert)
		}
		return err
	case opFrame: // how many bytes to read ahead
		_, err := m.bytes(8)
		return err
	case opMark:
		m.push(mark{})
	case opNone:
		m.push(nil)
	case opNewTrue:
		m.push(true)
	case opNewFalse:
		m.push(false)
	case opBinInt, opBinInt1, opBinInt2, opLong1, opBinFloat, opBinUnicode, opShortBinUnicode:
		value, err := m.literal(op)
		m.push(value)
		return err
	case opEmptyTuple, opTuple1, opTuple2, opTuple3, opTuple:
		return m.tuple(op)
	case opEmptyList:
		m.push(&list{})
	case opEmptyDict:
		m.push(&dict{})
	case opAppend, opAppends, opSetItem, opSetItems, opBuild:
		return m.fill(op)
	case opBinPut, opLongBinPut, opMemoize, opBinGet, opLongBinGet:
		return m.remember(op)
	case opGlobal, opStackGlobal:
		return m.global(op)
	case opReduce:
		return m.reduce()
	case opBinPersID:
		id, err := m.pop()
		if err != nil {
			return err
		}
		if m.persistent == nil {
			return fmt.Errorf("a reference to a storage where none can be; %s", adviseFetch)
		}
		value, err := m.persistent(id)
		m.push(value)
		return err
	default:
		return fmt.Errorf("instruction %#02x (%q), which the weights of a model do not need; %s", op, rune(op), adviseConvert)
	}
	return nil
}

// literal reads a number or a string.
func (m *machine) literal(op byte) (any, error) {
	size := map[byte]int{opBinInt: 4, opBinInt1: 1, opBinInt2: 2, opLong1: 1, opBinFloat: 8, opBinUnicode: 4, opShortBinUnicode: 1}[op]
	b, err := m.bytes(size)
	if err != nil {
		return nil, err
	}
	switch op {
	case opBinInt:
		return int64(int32(binary.LittleEndian.Uint32(b))), nil
	case opBinInt1, opShortBinUnicode, opLong1:
		switch n := int64(b[0]); op {
		case opShortBinUnicode:
			return m.text(n)
		case opLong1:
			return m.long(int(n))
		default:
			return n, nil
		}
	case opBinInt2:
		return int64(binary.LittleEndian.Uint16(b)), nil
	case opBinFloat:
		return math.Float64frombits(binary.BigEndian.Uint64(b)), nil
	}
	return m.text(int64(binary.LittleEndian.Uint32(b)))
}

// long reads an integer of n bytes in two's complement.
func (m *machine) long(n int) (any, error) {
	b, err := m.bytes(n)
	if err != nil {
		return nil, err
	}
	if n > 8 {
		return long(b), nil
	}
	var x int64
	for i := n - 1; i >= 0; i-- {
		x = x<<8 | int64(b[i])
	}
	if n > 0 && n < 8 && b[n-1]&0x80 != 0 {
		x -= 1 << (8 * n)
	}
	return x, nil
}

func (m *machine) tuple(op byte) error {
	var values []any
	var err error
	switch op {
	case opTuple1, opTuple2, opTuple3:
		values, err = m.popN(int(op) - opTuple1 + 1)
	case opTuple:
		values, err = m.popMark()
	}
	m.push(tuple(values))
	return err
}

// fill runs the instructions that put values into the list or the dictionary below them.
func (m *machine) fill(op byte) error {
	var values []any
	var err error
	switch op {
	case opAppend, opBuild:
		values, err = m.popN(1)
	case opSetItem:
		values, err = m.popN(2)
	default:
		values, err = m.popMark()
	}
	if err != nil {
		return err
	}
	target, err := m.pop()
	if err != nil {
		return err
	}
	m.push(target)
	switch target := target.(type) {
	case *list:
		if op == opAppend || op == opAppends {
			target.items = append(target.items, values...)
			return nil
		}
	case *dict:
		if op == opBuild {
			return nil // the attributes of an OrderedDict: the versions of the modules
		}
		if (op == opSetItem || op == opSetItems) && len(values)%2 == 0 {
			for i := 0; i < len(values); i += 2 {
				target.entries = append(target.entries, entry{values[i], values[i+1]})
			}
			return nil
		}
	}
	return errStack
}

// remember runs the instructions that keep a value and fetch it again.
func (m *machine) remember(op byte) error {
	var index uint32
	switch op {
	case opBinPut, opBinGet:
		b, err := m.bytes(1)
		if err != nil {
			return err
		}
		index = uint32(b[0])
	case opLongBinPut, opLongBinGet:
		b, err := m.bytes(4)
		if err != nil {
			return err
		}
		index = binary.LittleEndian.Uint32(b)
	case opMemoize:
		index = uint32(len(m.memo))
	}
	if op == opBinGet || op == opLongBinGet {
		value, ok := m.memo[index]
		if !ok {
			return fmt.Errorf("value %d, which was not kept; %s", index, adviseFetch)
		}
		m.push(value)
		return nil
	}
	value, err := m.pop()
	if err != nil {
		return err
	}
	m.push(value)
	m.memo[index] = value
	return nil
}

// The names that a state dict may refer to, beside those of the storages.
const (
	orderedDict      = "collections.OrderedDict"
	rebuildTensor    = "torch._utils._rebuild_tensor_v2"
	rebuildParameter = "torch._utils._rebuild_parameter"
)

// storages are the types of the elements of PyTorch's storages.
var storages = map[global]string{
	"torch.DoubleStorage": "F64", "torch.FloatStorage": "F32", "torch.HalfStorage": "F16", "torch.BFloat16Storage": "BF16",
	"torch.LongStorage": "I64", "torch.IntStorage": "I32", "torch.ShortStorage": "I16", "torch.CharStorage": "I8",
	"torch.ByteStorage": "U8", "torch.BoolStorage": "BOOL",
}

// global looks a name up. One that is not known is refused: to load it, Python would import and run it.
func (m *machine) global(op byte) error {
	var module, name string
	var err error
	if op == opGlobal {
		if module, err = m.line(); err == nil {
			name, err = m.line()
		}
	} else {
		var values []any
		if values, err = m.popN(2); err == nil {
			var isText, isName bool
			module, isText = values[0].(string)
			name, isName = values[1].(string)
			if !isText || !isName {
				err = errStack
			}
		}
	}
	if err != nil {
		return err
	}
	g := global(module + "." + name)
	if _, ok := storages[g]; !ok && g != orderedDict && g != rebuildTensor && g != rebuildParameter {
		return fmt.Errorf("refers to %.100q, which the weights of a model do not need and which can be a program, so the file is not read; %s", string(g), adviseConvert)
	}
	m.push(g)
	return nil
}

// reduce calls a function: an empty dictionary, a tensor, or a parameter, which is a tensor.
func (m *machine) reduce() error {
	values, err := m.popN(2)
	if err != nil {
		return err
	}
	g, isGlobal := values[0].(global)
	args, isTuple := values[1].(tuple)
	if !isGlobal || !isTuple {
		return errStack
	}
	switch {
	case g == orderedDict && len(args) == 0:
		m.push(&dict{})
		return nil
	case g == rebuildParameter && len(args) >= 1:
		if t, ok := args[0].(*Tensor); ok {
			m.push(t)
			return nil
		}
	case g == rebuildTensor && len(args) >= 4:
		t, err := rebuild(args)
		m.push(t)
		return err
	}
	return fmt.Errorf("%s of %d values of other kinds than expected; %s", strings.TrimPrefix(string(g), "torch._utils."), len(args), adviseConvert)
}

// rebuild makes a tensor from a storage, an offset, a shape and strides; what follows is of use in training.
func rebuild(args tuple) (*Tensor, error) {
	s, isStorage := args[0].(*storage)
	offset, isOffset := args[1].(int64)
	shape, isShape := integers(args[2])
	strides, isStrides := integers(args[3])
	if !isStorage || !isOffset || !isShape || !isStrides {
		return nil, fmt.Errorf("a tensor of other values than a storage, an offset, a shape and strides; %s", adviseConvert)
	}
	return newTensor(s, offset, shape, strides)
}

func integers(value any) ([]int64, bool) {
	values, ok := value.(tuple)
	numbers := make([]int64, len(values))
	for i := range values {
		n, is := values[i].(int64)
		numbers[i], ok = n, ok && is
	}
	return numbers, ok
}

// newStorage reads a persistent id: ("storage", type, key, location, number of elements, and in the legacy container what
// it is a view of).
func newStorage(id any) (*storage, error) {
	parts, _ := id.(tuple)
	if len(parts) != 5 && len(parts) != 6 || parts[0] != "storage" {
		return nil, fmt.Errorf("a reference to %s, expected one to a storage; %s", describe(id), adviseConvert)
	}
	if len(parts) == 6 && parts[5] != nil {
		return nil, fmt.Errorf("a storage that is a part of another one, as PyTorch before 0.4 had them; %s", adviseConvert)
	}
	kind, isGlobal := parts[1].(global)
	key, isText := parts[2].(string)
	elements, isNumber := parts[4].(int64)
	s := &storage{key: key, dtype: storages[kind], elements: elements}
	if !isGlobal || s.dtype == "" || !isText || !isNumber || elements < 0 || elements > math.MaxInt64/8 {
		return nil, fmt.Errorf("a storage of %s with the key %s and %s elements; %s", describe(parts[1]), describe(parts[2]), describe(parts[4]), adviseConvert)
	}
	return s, nil
}
