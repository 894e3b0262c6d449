"""Talks to a hub: which files a model has there, and their bytes, however often the line breaks. Nothing else does.

The hub's protocol is huggingface_hub's business; the bytes are fetched here, because its own downloads start a file
anew after every interruption, and because each file is held against its hash before anybody sees it.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from pipelines.faults import Fault, Unavailable, Unknown

PAUSES = (0.2, 1, 2, 4, 8, 15, 30, 30, 30, 60, 60, 60)  # between tries while not one new byte comes
PATIENCE_S = 20  # without a byte, before the line counts as broken
CHUNK = 2**20
COMMIT = re.compile(r"[0-9a-f]{40}")
TOKENS = "https://huggingface.co/settings/tokens"


class Offline(Unavailable):
    """The studio has been told to ask nothing of other machines."""


class Gated(Unavailable):
    """Its licence has to be accepted first, by a person, on its page."""


class HubSilent(Unavailable):
    """The hub cannot be reached, or broke off again and again."""


class NotOnHub(Unknown):
    """The hub has no such model, revision or file."""


class Damaged(Fault):
    """What came, or what lies there, is not what its hash says it should be."""


@dataclass(frozen=True)
class File:
    """One file of a model: its path there, its size, its hash (SHA-256 for large files, git's SHA-1 for others)."""

    path: str
    size: int
    hash: str

    def hasher(self) -> Any:
        if len(self.hash) == 64:
            return hashlib.sha256()
        return hashlib.sha1(b"blob %d\0" % self.size, usedforsecurity=False)

    def sound(self) -> bool:
        """Whether its name and hash can be used as names on this disk: a hub's answer is not to be trusted blindly."""
        path = PurePosixPath(self.path)
        plain = not path.is_absolute() and ".." not in path.parts and "\\" not in self.path and "\0" not in self.path
        return plain and self.size >= 0 and re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", self.hash) is not None


Arrived = Callable[[int, str], None]
"""Called with how many bytes of the file are there, and with words when the line is down. What it raises stops it."""


def endpoint() -> str:
    return os.environ.get("HF_ENDPOINT", "").rstrip("/") or "https://huggingface.co"


def listing(repo: str, revision: str) -> tuple[str, list[File]]:
    """The commit a revision stands for, and the files it has. Raises `Gated`, `NotOnHub`, `HubSilent`, `Offline`."""
    import httpx2
    from huggingface_hub import HfApi
    from huggingface_hub.hf_api import RepoFile

    api, commit = HfApi(endpoint=endpoint()), revision
    try:
        with worded(repo):
            if not COMMIT.fullmatch(revision):
                commit = api.model_info(repo, revision=revision, timeout=PATIENCE_S).sha or ""
            found = [e for e in api.list_repo_tree(repo, revision=commit, recursive=True) if isinstance(e, RepoFile)]
    except httpx2.TransportError as error:
        words = "See whether this machine is online, and try again."
        raise HubSilent(f"The hub cannot be reached: {type(error).__name__}.", words) from None
    files = [File(e.path, e.lfs.size if e.lfs else e.size, e.lfs.sha256 if e.lfs else e.blob_id) for e in found]
    if not COMMIT.fullmatch(commit) or not all(file.sound() for file in files):
        raise Damaged(f"The hub's list of {repo}'s files makes no sense.", "Try again later, or from another hub.")
    return commit, files


def head(repo: str, commit: str, path: str, most: int) -> bytes:
    """The first bytes of a file, to see what it is. Raises what `listing` raises."""
    import httpx2
    from huggingface_hub import hf_hub_url
    from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status

    headers = build_hf_headers() | {"Accept-Encoding": "identity", "Range": f"bytes=0-{most - 1}"}
    url, read = hf_hub_url(repo, path, revision=commit, endpoint=endpoint()), b""
    try:
        with worded(repo), get_session().stream("GET", url, headers=headers, timeout=PATIENCE_S) as answer:
            hf_raise_for_status(answer)
            for chunk in answer.iter_raw():
                read += chunk
                if len(read) >= most:
                    break
    except httpx2.TransportError as error:
        raise HubSilent(f"The hub broke off: {type(error).__name__}.", "Try again.") from None
    return read[:most]


def fetch(repo: str, commit: str, file: File, part: Path, arrived: Arrived) -> None:
    """Bring a file's bytes into `part`, going on where it ends, until they are whole and what their hash says.
    Raises `Damaged` when they are not, twice, and what `listing` raises."""
    for last in (False, True):
        grown = gathered(repo, commit, file, part, arrived)
        if grown == file.hash:
            return
        part.unlink(missing_ok=True)
        if last:
            raise Damaged(
                f"{file.path} of {repo} arrived damaged, twice: its hash is not the one that the hub names.",
                "Try again later. Nothing of it was kept.",
            )


def gathered(repo: str, commit: str, file: File, part: Path, arrived: Arrived) -> str:
    """The hash of the whole file once it is all in `part`. Each new byte gives the line all its tries back."""
    part.parent.mkdir(parents=True, exist_ok=True)
    tries = 0
    with part.open("ab+") as out:
        digest = so_far(file, out, arrived)
        while (had := out.tell()) < file.size:
            try:
                digest = stream(repo, commit, file, out, digest, arrived)
            except Broken as broken:
                tries = 0 if out.tell() > had else tries + 1
                if tries >= len(PAUSES):
                    raise HubSilent(
                        f"The line to the hub broke at {file.path} of {repo}: {broken}.",
                        "What has come is kept. Download it again to go on from there.",
                    ) from None
                out.flush()
                wait(PAUSES[tries], lambda: arrived(out.tell(), "the line broke; trying again"))
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


class Broken(Exception):
    """The line gave out; what has come so far is good."""


def stream(repo: str, commit: str, file: File, out: Any, digest: Any, arrived: Arrived) -> Any:
    """Ask for what is still missing and write it down as it comes. Raises `Broken`."""
    import httpx2
    from huggingface_hub import hf_hub_url
    from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status

    had = out.tell()
    headers = build_hf_headers() | {"Accept-Encoding": "identity"} | ({"Range": f"bytes={had}-"} if had else {})
    url = hf_hub_url(repo, file.path, revision=commit, endpoint=endpoint())
    try:
        with worded(repo), get_session().stream("GET", url, headers=headers, timeout=PATIENCE_S) as answer:
            if answer.status_code in (408, 429) or answer.status_code >= 500:
                raise Broken(f"it answers {answer.status_code}")
            if had and not goes_on(answer, had):
                out.truncate(0)
                digest, had = file.hasher(), 0
                if answer.status_code == 416:
                    raise Broken("it has less than it said")
            hf_raise_for_status(answer)
            for chunk in answer.iter_raw():
                if out.tell() + len(chunk) > file.size:
                    out.truncate(0)
                    raise Damaged(f"{file.path} of {repo} is longer than the hub says.", "Try again later.")
                out.write(chunk)
                digest.update(chunk)
                arrived(out.tell(), "")
    except httpx2.TransportError as error:
        raise Broken(type(error).__name__) from None
    if out.tell() < file.size:
        raise Broken("it ended early")
    return digest


def goes_on(answer: Any, had: int) -> bool:
    """Whether the answer is the rest of the file, and not all of it."""
    return answer.status_code == 206 and answer.headers.get("content-range", "").startswith(f"bytes {had}-")


def so_far(file: File, out: Any, arrived: Arrived) -> Any:
    """The hash of what an earlier try left, which the next byte goes on."""
    if out.tell() > file.size:
        out.truncate(0)
    digest = file.hasher()
    out.seek(0)
    while chunk := out.read(CHUNK):
        digest.update(chunk)
        arrived(out.tell(), "looking at what is there")
    return digest


def wait(seconds: float, still: Callable[[], None]) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        still()
        time.sleep(min(left, 0.2))
    still()


@contextmanager
def worded(repo: str) -> Iterator[None]:
    """What the hub's client raises, as faults in our words: its own carry addresses that are nobody's business."""
    from huggingface_hub import errors

    if os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes", "on"):
        raise Offline("The studio is offline: nothing can be downloaded.", "Start it without STUDIO_OFFLINE.")
    try:
        yield
    except errors.HfHubHTTPError as error:
        status = getattr(error.response, "status_code", 0)
        if isinstance(error, errors.GatedRepoError) or status in (401, 403):
            raise Gated(
                f"The hub keeps {repo} for those who have accepted its licence.",
                f"Accept it at {page(repo)}, make a token with read access at {TOKENS}, set it as HF_TOKEN"
                ' (or hf_token = "..." in HOME/settings.toml), start the studio again and download it again.',
            ) from None
        if status == 404:
            raise NotOnHub(f"The hub has no {repo}, or not this revision of it.", "Is its name right?") from None
        raise HubSilent(f"The hub answers {status} for {repo}.", "Try again later.") from None
    except errors.OfflineModeIsEnabled:
        raise Offline("The studio is offline: nothing can be downloaded.", "Start it without HF_HUB_OFFLINE.") from None
    except errors.HFValidationError:
        raise NotOnHub(f"{repo!r} is no name that a hub could have.", "It looks like maker/model.") from None


def page(repo: str) -> str:
    """Where a person reads about it, and accepts its licence."""
    return f"{endpoint()}/{repo}"
