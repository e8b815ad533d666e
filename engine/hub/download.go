package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// Sizes of the ranges that connections take one after the other, in bytes.
const (
	minRange = 1 << 20
	maxRange = 16 << 20
)

// maxPasses is how often a file is fetched whose checksum is wrong.
const maxPasses = 4

// A download brings the bytes of one file into a partial.
type download struct {
	*pull
	file    remoteFile
	partial *partial

	mu       sync.Mutex
	location *url.URL // where the hub redirects to, nil where that is not known
}

// download fetches what is missing of a file, and what is wrong with it, and publishes the blob.
func (p *pull) download(ctx context.Context, f remoteFile, blob string) error {
	p.tracker.begin(Checking, f.name)
	part, err := openPartial(ctx, blob, f.size, p.tracker.found)
	if err != nil {
		return err
	}
	defer part.close()
	d := &download{pull: p, file: f, partial: part, location: f.location}
	for range maxPasses {
		if err := d.fill(ctx); err != nil {
			return err
		}
		p.tracker.begin(Checking, f.name)
		right, err := fileMatches(ctx, part.data, f.etag, func(int64) {})
		if err != nil {
			return err
		}
		if right {
			return part.publish(ctx, blob)
		}
		// Either the disk has changed what arrived, which the journal shows, or it arrived wrong: then what arrives
		// again just the same is right, and only the rest is replaced.
		lost, err := part.recheck(ctx)
		if err != nil {
			return err
		}
		p.tracker.found(-lost)
		if lost > 0 {
			continue
		}
		suspects := part.unconfirmed()
		if len(suspects) == 0 {
			break
		}
		if err := d.fetchAgain(ctx, suspects); err != nil {
			return err
		}
	}
	part.remove()
	return fail(ErrChecksum, "%s of %s has the wrong checksum each time that it arrives, expected %s; nothing of it was kept, choose another revision or repeat the command later",
		f.name, p.ref.ID, f.etag)
}

// fill fetches what is missing.
func (d *download) fill(ctx context.Context) error {
	ranges := split(d.partial.missing(), min(max(d.file.size/int64(2*d.client.Connections), minRange), maxRange))
	if len(ranges) == 0 {
		return nil
	}
	d.tracker.begin(Fetching, d.file.name)
	err := each(ctx, d.client.Connections, ranges, d.fetch)
	if errors.Is(err, errNoRanges) {
		return d.fetchWhole(ctx)
	}
	return err
}

// split cuts spans into pieces of at most size bytes.
func split(spans []span, size int64) []span {
	var pieces []span
	for _, s := range spans {
		for s.begin < s.end {
			end := min(s.begin+size, s.end)
			pieces = append(pieces, span{s.begin, end})
			s.begin = end
		}
	}
	return pieces
}

// fetch fetches one range. After a connection has broken it goes on where that stopped.
func (d *download) fetch(ctx context.Context, s span) error {
	rec := &recorder{partial: d.partial}
	return d.retry(ctx, func() (bool, error) {
		begin := s.begin
		err := d.receive(ctx, s, func(bytes []byte) error {
			if err := rec.write(s.begin, bytes); err != nil {
				return err
			}
			s.begin += int64(len(bytes))
			d.tracker.fetched(int64(len(bytes)))
			return nil
		})
		return s.begin > begin, firstError(err, rec.flush())
	})
}

// firstError is the first of two errors. The second is not lost on the disk: it comes up again with the next write.
func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// fetchWhole fetches a file from a server that knows no ranges: all of it each time, of which it takes what is missing.
func (d *download) fetchWhole(ctx context.Context) error {
	rec := &recorder{partial: d.partial}
	return d.retry(ctx, func() (bool, error) {
		gaps := d.partial.missing()
		var offset, fresh int64
		err := d.receive(ctx, span{0, d.file.size}, func(bytes []byte) error {
			here := span{offset, offset + int64(len(bytes))}
			for _, gap := range gaps {
				begin, end := max(gap.begin, here.begin), min(gap.end, here.end)
				if begin >= end {
					continue
				}
				if err := rec.write(begin, bytes[begin-here.begin:end-here.begin]); err != nil {
					return err
				}
				fresh += end - begin
			}
			offset = here.end
			return nil
		})
		d.tracker.fetched(fresh)
		return fresh > 0, firstError(err, rec.flush())
	})
}

// fetchAgain fetches extents once more, to compare.
func (d *download) fetchAgain(ctx context.Context, extents []extent) error {
	d.tracker.begin(Fetching, d.file.name)
	return each(ctx, d.client.Connections, runs(extents), func(ctx context.Context, run []extent) error {
		buffer := make([]byte, 0, maxExtent)
		return d.retry(ctx, func() (bool, error) {
			buffer = buffer[:0]
			progress := false
			err := d.receive(ctx, span{run[0].offset, run[len(run)-1].end()}, func(bytes []byte) error {
				for len(bytes) > 0 {
					n := min(len(bytes), int(run[0].length)-len(buffer))
					buffer, bytes = append(buffer, bytes[:n]...), bytes[n:]
					if len(buffer) < int(run[0].length) {
						continue
					}
					if err := d.partial.again(run[0], buffer); err != nil {
						return err
					}
					d.tracker.received.Add(run[0].length)
					buffer, run, progress = buffer[:0], run[1:], true
				}
				return nil
			})
			return progress, err
		})
	})
}

// runs puts extents together that lie side by side, up to the size of a range.
func runs(extents []extent) [][]extent {
	var all [][]extent
	for _, e := range extents {
		if n := len(all) - 1; n >= 0 {
			last := all[n][len(all[n])-1]
			if last.end() == e.offset && e.end()-all[n][0].offset <= maxRange {
				all[n] = append(all[n], e)
				continue
			}
		}
		all = append(all, []extent{e})
	}
	return all
}

// receive makes one request for a range of the file and hands what arrives of it to take, piece by piece.
func (d *download) receive(ctx context.Context, s span, take func([]byte) error) error {
	ctx, dog := watch(ctx, d.client.Stall)
	defer dog.stop()
	response, err := d.open(ctx, s)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, buffer := dog.reader(response.Body), make([]byte, copyBuffer)
	for at := s.begin; at < s.end; {
		n, err := body.Read(buffer[:min(int64(len(buffer)), s.end-at)])
		if n > 0 {
			if err := take(buffer[:n]); err != nil {
				return err
			}
			at += int64(n)
		}
		if at == s.end {
			break
		}
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return broken(ctx, response.Request.URL, fmt.Errorf("%s breaks off at byte %d of %d: %w", d.file.name, at, d.file.size, err))
		}
	}
	return nil
}

// open asks for a range. The answer has its first byte first.
func (d *download) open(ctx context.Context, s span) (*http.Response, error) {
	whole := s.begin == 0 && s.end == d.file.size
	bytes := ""
	if !whole {
		bytes = fmt.Sprintf("%d-%d", s.begin, s.end-1)
	}
	hub := d.resolve(d.file.name)
	from := d.address()
	if from == nil {
		from = hub
	}
	response, at, err := d.get(ctx, from, bytes)
	if err != nil {
		return nil, err
	}
	switch status := response.StatusCode; {
	case status == http.StatusPartialContent && !whole:
		err = d.checkRange(response, s)
	case status == http.StatusOK && whole:
		err = d.checkLength(response)
	case status == http.StatusOK:
		err = errNoRanges
	case status == http.StatusRequestedRangeNotSatisfiable:
		err = fail(ErrProtocol, "%s of %s is shorter than the %d bytes that the hub declares; %s",
			d.file.name, d.ref.ID, d.file.size, adviseLater)
	case status < 300:
		err = fail(ErrProtocol, "%s answers %d to a request for %s; %s", at.Host, status, d.file.name, adviseEndpoint)
	default:
		d.locate(nil)
		return nil, d.refusedFile(response, d.file.name)
	}
	if encoding := response.Header.Get("Content-Encoding"); err == nil && encoding != "" && !strings.EqualFold(encoding, "identity") {
		err = fail(ErrProtocol, "%s sends %s compressed (%s) although that was not asked for; %s",
			at.Host, d.file.name, label(encoding), adviseEndpoint)
	}
	if err != nil {
		response.Body.Close()
		return nil, err
	}
	if !sameOrigin(at, hub) {
		d.locate(at)
	}
	return response, nil
}

func (d *download) address() *url.URL {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.location
}

// locate keeps the address that the hub redirects to, so that it is not asked for each range.
func (d *download) locate(at *url.URL) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.location = at
}

// checkRange checks that an answer is the range that was asked for, or the beginning of it.
func (d *download) checkRange(response *http.Response, s span) error {
	header := response.Header.Get("Content-Range")
	var begin, end int64
	var total string
	_, err := fmt.Sscanf(header, "bytes %d-%d/%s", &begin, &end, &total)
	if err != nil || begin != s.begin || end < begin {
		return fail(ErrProtocol, "%s sends the range %s of %s, expected bytes %d-%d/%d; %s",
			response.Request.URL.Host, label(header), d.file.name, s.begin, s.end-1, d.file.size, adviseEndpoint)
	}
	if total != "*" && total != fmt.Sprint(d.file.size) {
		return d.otherSize(response, total)
	}
	return nil
}

// checkLength checks that an answer has the length of the file, where it says how long it is.
func (d *download) checkLength(response *http.Response) error {
	if n := response.ContentLength; n >= 0 && n != d.file.size {
		return d.otherSize(response, fmt.Sprint(n))
	}
	return nil
}

func (d *download) otherSize(response *http.Response, size string) error {
	return &transient{error: fail(ErrProtocol, "%s has %s with %s bytes, but the hub declares %d; %s",
		response.Request.URL.Host, d.file.name, label(size), d.file.size, adviseEndpoint)}
}

// fetchSmall fetches a file of a size that the hub does not say.
func (p *pull) fetchSmall(ctx context.Context, f remoteFile) ([]byte, error) {
	var text []byte
	err := p.retry(ctx, func() (bool, error) {
		var err error
		text, err = p.fetchSmallOnce(ctx, f)
		return false, err
	})
	return text, err
}

func (p *pull) fetchSmallOnce(ctx context.Context, f remoteFile) ([]byte, error) {
	ctx, dog := watch(ctx, p.client.Stall)
	defer dog.stop()
	response, at, err := p.get(ctx, p.resolve(f.name), "")
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, p.refusedFile(response, f.name)
	}
	defer response.Body.Close()
	text, err := readBody(ctx, response, dog, limit(f.name))
	if err != nil {
		return nil, err
	}
	if !matches(text, f.etag) {
		return nil, &transient{error: fail(ErrChecksum, "%s, as it arrives from %s, has the wrong checksum, expected %s; %s",
			f.name, at.Host, f.etag, adviseLater)}
	}
	return text, nil
}
