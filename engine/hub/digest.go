package hub

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
)

// newDigest begins the checksum that an etag is: sha256, or the name that git gives a content of that size.
func newDigest(etag string, size int64) hash.Hash {
	if len(etag) == sha256Length {
		return sha256.New()
	}
	h := sha1.New()
	fmt.Fprintf(h, "blob %d\x00", size)
	return h
}

// matches says whether content is what an etag says.
func matches(content []byte, etag string) bool {
	h := newDigest(etag, int64(len(content)))
	h.Write(content)
	return hex.EncodeToString(h.Sum(nil)) == etag
}

// fileMatches says whether the content of an open file is what an etag says. read is told of the bytes as they are read.
func fileMatches(ctx context.Context, file *os.File, etag string, read func(int64)) (bool, error) {
	info, err := file.Stat()
	if err != nil {
		return false, unwritable(file.Name(), err)
	}
	h := newDigest(etag, info.Size())
	buffer := make([]byte, 1<<20)
	for offset := int64(0); ; {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		n, err := file.ReadAt(buffer, offset)
		h.Write(buffer[:n])
		offset += int64(n)
		read(int64(n))
		if err == io.EOF {
			return hex.EncodeToString(h.Sum(nil)) == etag, nil
		}
		if err != nil {
			return false, unwritable(file.Name(), err)
		}
	}
}
