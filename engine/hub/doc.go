// Package hub gets GPT-2 models from the Hugging Face hub and keeps them where every program of that ecosystem looks
// for them.
//
//	settings, err := hub.Environment(os.LookupEnv)
//	client, err := hub.New(settings)
//	ref, err := hub.Parse("distilgpt2")
//	snapshot, err := client.Pull(ctx, ref, hub.PullOptions{})
//
// A [Cache] is the read side, which needs no network: [Cache.Find], [Cache.List] and [Cache.Remove].
//
// # The protocol
//
// A repository is listed by GET /api/models/ID/revision/REVISION, which names the commit ("sha") and the files
// ("siblings"). HEAD /ID/resolve/COMMIT/FILE describes a file: X-Repo-Commit, and for a large file X-Linked-Etag (its
// sha256) and X-Linked-Size, on an answer that redirects to the host that has the bytes; for a small one ETag, which is
// git's name of the content: sha1("blob " + length + "\0" + content).
//
// # The cache
//
// The layout is that of the Python package huggingface_hub (its file_download.py and constants.py):
//
//	models--OWNER--NAME/blobs/ETAG                  the bytes
//	models--OWNER--NAME/snapshots/COMMIT/FILE       a relative symbolic link to the blob
//	models--OWNER--NAME/refs/REVISION               the commit that a branch or tag stood for
//	.locks/models--OWNER--NAME/ETAG.lock            held (flock, LockFileEx) by whoever fetches the blob
//
// Where there are no symbolic links the file itself lies in the snapshot. A blob appears under its name when all of it
// is there and its checksum is right. Until then its bytes are in ETAG.inkling.incomplete, with a journal beside it of
// the parts that have arrived.
//
// # What is not trusted
//
// Nothing that an answer says becomes a path, an amount of memory or an amount of disk before it is checked. The token
// goes to the configured endpoint and nowhere else.
//
// The Go package github.com/gomlx/go-huggingface/hub (v0.3.1) is not used: it publishes a file whose connection was cut as
// if it were whole, checks neither size nor sha256, does not resume, follows the redirect that carries X-Linked-Etag, and
// opens no complete cache offline.
package hub
