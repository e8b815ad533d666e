"""What the Python package huggingface_hub says of a cache; see README.md.

    python.py resolve CACHE REPO REVISION FILE...   find the files without a network
    python.py fetch ENDPOINT CACHE REPO FILE...     fetch the files
    python.py hold CACHE REPO ETAG                  hold the lock of a blob until standard input ends
    python.py share CACHE REPO ETAG                 move a blob into the store that all repositories share
    python.py scan CACHE                            list the repositories

Every command but hold prints one JSON value.
"""

import json
import os
import sys

os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
os.environ["HF_HUB_DISABLE_XET"] = "1"

from huggingface_hub import hf_hub_download, scan_cache_dir, snapshot_download
from huggingface_hub.file_download import repo_folder_name


def resolve(cache, repo, revision, *files):
    paths = [hf_hub_download(repo, f, revision=revision, cache_dir=cache, local_files_only=True) for f in files]
    return {"snapshot": snapshot_download(repo, revision=revision, cache_dir=cache, local_files_only=True), "paths": paths}


def fetch(endpoint, cache, repo, *files):
    return [hf_hub_download(repo, f, endpoint=endpoint, cache_dir=cache, token=False) for f in files]


def hold(cache, repo, etag):
    from huggingface_hub.utils import WeakFileLock

    folder = os.path.join(cache, ".locks", repo_folder_name(repo_id=repo, repo_type="model"))
    os.makedirs(folder, exist_ok=True)
    with WeakFileLock(os.path.join(folder, etag + ".lock")):
        print("held", flush=True)
        sys.stdin.read()


def share(cache, repo, etag):
    from huggingface_hub.utils._shared_blobs import publish_blob_to_shared_store

    blob = os.path.join(cache, repo_folder_name(repo_id=repo, repo_type="model"), "blobs", etag)
    size = os.stat(blob).st_size
    return publish_blob_to_shared_store(blob_path=blob, xet_hash="ab" * 32, cache_dir=cache, expected_size=size)


def scan(cache):
    info = scan_cache_dir(cache)
    repos = {r.repo_id: {"size": r.size_on_disk, "revisions": {v.commit_hash: sorted(v.refs) for v in r.revisions}} for r in info.repos}
    return {"size": info.size_on_disk, "warnings": [str(w) for w in info.warnings], "repos": repos}


result = {"resolve": resolve, "fetch": fetch, "hold": hold, "share": share, "scan": scan}[sys.argv[1]](*sys.argv[2:])
if sys.argv[1] != "hold":
    print(json.dumps(result))
