package hub

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"
)

// A partial is a blob that has arrived in part: a file with the bytes at their places, and a journal that says which of
// them are there. The journal is a sequence of records of 20 bytes, little-endian:
//
//	8  offset of the first byte; in the first record, the letters "inklpart"
//	8  length in the lower 4 bytes, CRC-32C of the bytes in the upper; in the first record, the size of the blob
//	4  CRC-32C of the 16 bytes before
//
// A record is written after its bytes. It is believed when its own checksum is right and so is that of its bytes, which
// are read again when a download is taken up: a process that is killed, or a machine that stops, loses at most what was
// not recorded yet, whatever of the two files had reached the disk.
type partial struct {
	path    string // of the bytes
	data    *os.File
	journal *os.File
	size    int64

	mu      sync.Mutex
	extents []extent // what is there, in order and without overlap
}

// An extent is a run of bytes that has arrived.
type extent struct {
	offset, length int64
	sum            uint32 // CRC-32C
	confirmed      bool   // it arrived a second time, just so
}

func (e extent) end() int64 { return e.offset + e.length }

const (
	recordSize  = 20
	maxExtent   = 1 << 20            // bytes
	maxUnsaved  = time.Second / 4    // before what has arrived is recorded
	maxJournal  = 64 << 20           // bytes
	dataEnding  = ".incomplete"      // huggingface_hub's scan of the cache counts *.incomplete as leftovers
	ourEnding   = ".inkling"         // but what it resumes, in older versions, is named ETAG.incomplete
	copyBuffer  = 256 << 10          // bytes
	journalMark = 0x747261706c6b6e69 // "inklpart"
)

func partialPath(blob string) string { return blob + ourEnding + dataEnding }

func journalPath(blob string) string { return blob + ourEnding + ".journal" + dataEnding }

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// encodeRecord is a record of the journal.
func encodeRecord(first, second uint64) []byte {
	record := binary.LittleEndian.AppendUint64(make([]byte, 0, recordSize), first)
	record = binary.LittleEndian.AppendUint64(record, second)
	return binary.LittleEndian.AppendUint32(record, checksum(record))
}

func (e extent) record() []byte {
	return encodeRecord(uint64(e.offset), uint64(e.length)|uint64(e.sum)<<32)
}

// readJournal returns the extents that the journal of a blob of that size records, as far as it can be read. What it says
// of the bytes is not checked.
func readJournal(blob string, size int64) []extent {
	file, err := os.Open(journalPath(blob))
	if err != nil {
		return nil
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxJournal))
	if err != nil {
		return nil
	}
	var extents []extent
	for i := 0; len(data) >= recordSize; i++ {
		first, second := binary.LittleEndian.Uint64(data), binary.LittleEndian.Uint64(data[8:])
		if binary.LittleEndian.Uint32(data[16:]) != checksum(data[:16]) {
			break // torn: nothing after it can be found
		}
		data = data[recordSize:]
		if i == 0 {
			if first != journalMark || second != uint64(size) {
				return nil
			}
			continue
		}
		e := extent{offset: int64(first), length: int64(second & 0xffffffff), sum: uint32(second >> 32)}
		if e.offset >= 0 && 0 < e.length && e.length <= maxExtent && e.offset <= size-e.length {
			extents = append(extents, e)
		}
	}
	return extents
}

// recorded is how many bytes of a blob its journal claims.
func recorded(blob string, size int64) int64 {
	var sum int64
	for _, e := range readJournal(blob, size) {
		sum += e.length
	}
	return min(sum, size)
}

// openPartial opens what there is of a blob, nothing included, and checks it. found is told of the bytes as they prove
// right.
func openPartial(ctx context.Context, blob string, size int64, found func(int64)) (*partial, error) {
	p := &partial{path: partialPath(blob), size: size}
	var err error
	if p.data, err = os.OpenFile(p.path, os.O_RDWR|os.O_CREATE, 0o666); err != nil {
		return nil, unwritable(p.path, err)
	}
	if err := p.recover(ctx, readJournal(blob, size), found); err != nil {
		p.close()
		return nil, err
	}
	if err := p.startJournal(journalPath(blob)); err != nil {
		p.close()
		return nil, unwritable(journalPath(blob), err)
	}
	return p, nil
}

// recover takes over those of the recorded extents whose bytes are right.
func (p *partial) recover(ctx context.Context, extents []extent, found func(int64)) error {
	info, err := p.data.Stat()
	if err == nil && info.Size() > p.size {
		err = p.data.Truncate(p.size)
	}
	if err != nil {
		return unwritable(p.path, err)
	}
	slices.SortStableFunc(extents, func(a, b extent) int { return cmp.Compare(a.offset, b.offset) })
	buffer := make([]byte, maxExtent)
	var end int64
	for _, e := range extents {
		if err := ctx.Err(); err != nil {
			return err
		}
		if e.offset >= end && p.holds(e, buffer) {
			p.extents = append(p.extents, e)
			end = e.end()
			found(e.length)
		}
	}
	return nil
}

// holds says whether the bytes of an extent are as recorded.
func (p *partial) holds(e extent, buffer []byte) bool {
	_, err := p.data.ReadAt(buffer[:e.length], e.offset)
	return err == nil && checksum(buffer[:e.length]) == e.sum
}

// startJournal writes a journal of what is there in place of the one before.
func (p *partial) startJournal(path string) error {
	content := encodeRecord(journalMark, uint64(p.size))
	for _, e := range p.extents {
		content = append(content, e.record()...)
	}
	next := path[:len(path)-len(dataEnding)] + ".new" + dataEnding
	if err := os.WriteFile(next, content, 0o666); err != nil {
		return err
	}
	if err := os.Rename(next, path); err != nil {
		return err
	}
	var err error
	p.journal, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0o666)
	return err
}

// close leaves what has arrived on disk.
func (p *partial) close() {
	p.data.Close()
	if p.journal != nil {
		p.journal.Close()
	}
}

// remove deletes everything.
func (p *partial) remove() {
	p.close()
	os.Remove(p.path)
	if p.journal != nil {
		os.Remove(p.journal.Name())
	}
}

// A span is a run of bytes from begin to before end.
type span struct{ begin, end int64 }

// missing are the runs of bytes that are not there.
func (p *partial) missing() []span {
	p.mu.Lock()
	defer p.mu.Unlock()
	var gaps []span
	var end int64
	for _, e := range p.extents {
		if e.offset > end {
			gaps = append(gaps, span{end, e.offset})
		}
		end = e.end()
	}
	if end < p.size {
		gaps = append(gaps, span{end, p.size})
	}
	return gaps
}

// record adds an extent whose bytes have been written.
func (p *partial) record(e extent) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, err := p.journal.Write(e.record()); err != nil {
		return unwritable(p.journal.Name(), err)
	}
	i, _ := p.find(e.offset)
	p.extents = slices.Insert(p.extents, i, e)
	return nil
}

func (p *partial) find(offset int64) (int, bool) {
	return slices.BinarySearchFunc(p.extents, offset, func(e extent, offset int64) int { return cmp.Compare(e.offset, offset) })
}

// recheck reads all extents again and drops those whose bytes are no longer what had arrived. lost is how many bytes that
// were.
func (p *partial) recheck(ctx context.Context) (lost int64, err error) {
	buffer := make([]byte, maxExtent)
	kept := p.extents[:0:0]
	for _, e := range p.extents {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if p.holds(e, buffer) {
			kept = append(kept, e)
		} else {
			lost += e.length
		}
	}
	p.extents = kept
	return lost, nil
}

// unconfirmed are the extents that have arrived once only.
func (p *partial) unconfirmed() []extent {
	var list []extent
	for _, e := range p.extents {
		if !e.confirmed {
			list = append(list, e)
		}
	}
	return list
}

// again takes the bytes of an extent that were fetched a second time. They confirm those that are there, or replace them.
func (p *partial) again(e extent, bytes []byte) error {
	fresh := extent{offset: e.offset, length: e.length, sum: checksum(bytes), confirmed: checksum(bytes) == e.sum}
	if !fresh.confirmed {
		if _, err := p.data.WriteAt(bytes, e.offset); err != nil {
			return unwritable(p.path, err)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !fresh.confirmed {
		// The record before it no longer holds and is dropped when the journal is read.
		if _, err := p.journal.Write(fresh.record()); err != nil {
			return unwritable(p.journal.Name(), err)
		}
	}
	if i, ok := p.find(e.offset); ok {
		p.extents[i] = fresh
	}
	return nil
}

// publish gives the bytes their name once they are on disk for certain.
func (p *partial) publish(ctx context.Context, blob string) error {
	if err := syncFile(ctx, p.data); err != nil {
		return err
	}
	p.close()
	if err := os.Rename(p.path, blob); err != nil {
		return unwritable(blob, err)
	}
	os.Remove(p.journal.Name())
	return nil
}

// syncFile has the system write a file to the disk, which may take seconds. It does not wait longer than ctx lasts.
func syncFile(ctx context.Context, file *os.File) error {
	done := make(chan error, 1)
	go func() { done <- file.Sync() }()
	select {
	case err := <-done:
		if err != nil {
			return unwritable(file.Name(), err)
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// removePartial deletes what was left behind of a blob.
func removePartial(blob string) {
	for _, path := range []string{partialPath(blob), journalPath(blob)} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return // in use; the next time
		}
	}
}

// A recorder writes bytes that arrive in order into a partial, and records them.
type recorder struct {
	partial *partial
	next    extent // written, not yet recorded
	since   time.Time
}

func (r *recorder) write(offset int64, bytes []byte) error {
	for len(bytes) > 0 {
		if r.next.length > 0 && (offset != r.next.end() || r.next.length == maxExtent || time.Since(r.since) > maxUnsaved) {
			if err := r.flush(); err != nil {
				return err
			}
		}
		if r.next.length == 0 {
			r.next.offset, r.since = offset, time.Now()
		}
		n := min(int64(len(bytes)), maxExtent-r.next.length)
		if _, err := r.partial.data.WriteAt(bytes[:n], offset); err != nil {
			return unwritable(r.partial.path, err)
		}
		r.next.sum = crc32.Update(r.next.sum, castagnoli, bytes[:n])
		r.next.length += n
		offset, bytes = offset+n, bytes[n:]
	}
	return nil
}

// flush records what has been written so far.
func (r *recorder) flush() error {
	if r.next.length == 0 {
		return nil
	}
	e := r.next
	r.next = extent{}
	return r.partial.record(e)
}
