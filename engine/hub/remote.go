package hub

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"inkling/engine/jsonfile"
)

const maxListing = 32 << 20 // bytes

// A listing is the files of a repository at a commit.
type listing struct {
	commit string
	files  set
}

// list asks which commit the revision is and which files it has.
func (p *pull) list(ctx context.Context) (listing, error) {
	var l listing
	err := p.retry(ctx, func() (bool, error) {
		var err error
		l, err = p.listOnce(ctx)
		return false, err
	})
	return l, err
}

func (p *pull) listOnce(ctx context.Context) (listing, error) {
	ctx, dog := watch(ctx, p.client.Stall)
	defer dog.stop()
	response, _, err := p.get(ctx, p.client.address("/api/models/"+p.ref.ID+"/revision/"+url.PathEscape(p.ref.revision())), "")
	if err != nil {
		return listing{}, err
	}
	if response.StatusCode != http.StatusOK {
		return listing{}, p.missing(ctx, response)
	}
	defer response.Body.Close()
	text, err := readBody(ctx, response, dog, maxListing)
	if err != nil {
		return listing{}, err
	}
	var file struct {
		Commit   string `json:"sha"`
		Siblings []struct {
			Name string `json:"rfilename"`
		} `json:"siblings"`
	}
	host := p.client.endpoint.Host
	if err := jsonfile.Unmarshal(text, &file); err != nil {
		return listing{}, fail(ErrProtocol, "what %s says of %s cannot be read: %w; %s", host, p.ref.ID, err, adviseEndpoint)
	}
	if !validCommit(file.Commit) {
		return listing{}, fail(ErrProtocol, "%s names the commit %s for %s, expected 40 hexadecimal digits; %s",
			host, label(file.Commit), p.ref.ID, adviseEndpoint)
	}
	l := listing{file.Commit, set{}}
	for _, s := range file.Siblings {
		l.files[s.Name] = true
	}
	return l, nil
}

// missing is the error for a listing that there is not. Where the answer leaves open what is missing, repository or
// revision, it asks for the repository.
func (p *pull) missing(ctx context.Context, response *http.Response) error {
	err := p.refusal(response)
	if !errors.Is(err, ErrNotFound) || response.Header.Get("X-Error-Code") != "" || p.ref.revision() == Main {
		return err
	}
	repository, _, failed := p.get(ctx, p.client.address("/api/models/"+p.ref.ID), "")
	if failed != nil {
		return err
	}
	discard(repository)
	if repository.StatusCode != http.StatusOK {
		return err
	}
	return fail(ErrRevision, "%s has no revision %s; %s/%s/tree/main shows which there are",
		p.ref.ID, label(p.ref.revision()), p.client.Endpoint, p.ref.ID)
}

// readBody reads an answer of at most limit bytes.
func readBody(ctx context.Context, response *http.Response, dog *watchdog, limit int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(dog.reader(response.Body), limit+1))
	from := response.Request.URL
	if err != nil {
		return nil, broken(ctx, from, err)
	}
	if int64(len(text)) > limit {
		return nil, fail(ErrProtocol, "%s sends more than %s where at most that was expected; %s",
			from.Host, Bytes(limit), adviseEndpoint)
	}
	return text, nil
}

// A remoteFile is what the hub says of a file.
type remoteFile struct {
	name string
	etag string // its checksum, which names the blob
	size int64  // -1 where the hub does not say

	location *url.URL // the other host that has the bytes, nil if the hub has them
}

// describe asks for the checksum and the size of a file. What the hub itself says first holds; a redirect to another host
// is not followed as long as nothing is missing.
func (p *pull) describe(ctx context.Context, name string) (remoteFile, error) {
	var f remoteFile
	err := p.retry(ctx, func() (bool, error) {
		var err error
		f, err = p.describeOnce(ctx, name)
		return false, err
	})
	return f, err
}

func (p *pull) describeOnce(ctx context.Context, name string) (remoteFile, error) {
	ctx, dog := watch(ctx, p.client.Stall)
	defer dog.stop()
	u := p.resolve(name)
	var commit, etag, size string
	for range maxRedirects {
		response, err := p.send(ctx, http.MethodHead, u, "")
		if err != nil {
			return remoteFile{}, err
		}
		if response.StatusCode >= 400 {
			return remoteFile{}, p.refusedFile(response, name)
		}
		discard(response)
		target, err := redirection(response, u)
		if err != nil {
			return remoteFile{}, err
		}
		h := response.Header
		first(&commit, h.Get("X-Repo-Commit"))
		first(&etag, h.Get("X-Linked-Etag"))
		first(&size, h.Get("X-Linked-Size"))
		last := target == nil || !sameOrigin(target, u)
		if last {
			first(&etag, h.Get("Etag"))
		}
		if target == nil && size == "" && response.ContentLength >= 0 {
			size = strconv.FormatInt(response.ContentLength, 10)
		}
		if target == nil || last && commit != "" && etag != "" {
			f, err := p.described(name, commit, etag, size)
			if target == nil {
				target = u
			}
			if !sameOrigin(target, p.client.endpoint) {
				f.location = target
			}
			return f, err
		}
		u = target
	}
	return remoteFile{}, fail(ErrProtocol, "%s redirects again and again; %s", u.Host, adviseEndpoint)
}

func first(value *string, found string) {
	if *value == "" {
		*value = found
	}
}

// described checks what the headers say.
func (p *pull) described(name, commit, etag, size string) (remoteFile, error) {
	f := remoteFile{name: name, etag: normalEtag(etag), size: -1}
	host := p.client.endpoint.Host
	switch {
	case commit == "":
		return f, fail(ErrProtocol, "%s does not say of which commit %s is (X-Repo-Commit), so it is not the hub; %s",
			host, name, adviseEndpoint)
	case commit != p.commit:
		return f, fail(ErrProtocol, "%s has %s at the commit %s, expected %s; repeat the command", host, name, label(commit), p.commit)
	case !validEtag(f.etag):
		return f, fail(ErrProtocol, "%s gives %s the checksum %s, expected 40 or 64 hexadecimal digits; %s",
			host, name, label(etag), adviseEndpoint)
	}
	if size != "" {
		n, err := strconv.ParseInt(size, 10, 64)
		if err != nil || n < 0 {
			return f, fail(ErrProtocol, "%s gives %s the size %s, expected a number of bytes; %s", host, name, label(size), adviseEndpoint)
		}
		f.size = n
	}
	switch most := limit(name); {
	case f.size > most:
		return f, fail(ErrProtocol, "%s is %s large, expected at most %s; this is not the file of a GPT-2",
			name, Bytes(f.size), Bytes(most))
	case f.size < 0 && most > maxSmall:
		return f, fail(ErrProtocol, "%s does not say how large %s is (X-Linked-Size); %s", host, name, adviseEndpoint)
	}
	return f, nil
}

// normalEtag takes the quotes off, and the sign of a weak one (huggingface_hub, _normalize_etag).
func normalEtag(etag string) string {
	return strings.Trim(strings.TrimPrefix(etag, "W/"), `"`)
}

// refusedFile is the refusal of a file. The listing has it, so the repository is there.
func (p *pull) refusedFile(response *http.Response, name string) error {
	err := p.refusal(response)
	if errors.Is(err, ErrNotFound) {
		return fail(ErrProtocol, "%s lists %s among the files of %s, but does not have it (%d); %s",
			p.client.endpoint.Host, name, p.ref.ID, response.StatusCode, adviseLater)
	}
	return err
}

// resolve is the address of a file.
func (p *pull) resolve(name string) *url.URL {
	parts := strings.Split(name, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return p.client.address("/" + p.ref.ID + "/resolve/" + p.commit + "/" + strings.Join(parts, "/"))
}
