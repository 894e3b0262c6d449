"""Brings in what a client names instead of sending: our own file by its address, a data: URI, or a remote file."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from pipelines.faults import Invalid, TooLarge
from studio.library.outside import Outside, Unreachable
from studio.library.store import Library
from studio.types import Asset

OURS = re.compile(r"(?:/api/v1/(?:assets|files)/)?([0-9a-f]{64})(?:/file)?")
DATA = re.compile(r"data:([^,]{0,200}),", re.ASCII)
MOST_BYTES = 2 << 30
MOST_S = 120.0
MOST_DATA = 48 << 20


class BadData(Invalid):
    """A data: URI that does not hold what it says."""


@dataclass(frozen=True)
class Fetcher:
    """`own` is asked first: what a door has given out under addresses of its own."""

    library: Library
    outside: Outside
    own: Callable[[str], Asset | None] = lambda said: None

    def asset(self, said: str) -> Asset:
        """The asset that is meant. Raises `Invalid`, `TooLarge` or `Unsupported`; then nothing of it is kept."""
        if said.startswith("data:"):
            return self.from_data(said)
        return self.own(said) or self.ours(said) or self.remote(said)

    def ours(self, said: str) -> Asset | None:
        """One of the library, whatever the studio is called there: the id is the hash of the bytes."""
        try:
            path = urlsplit(said).path
        except ValueError:
            return None
        found = OURS.fullmatch(path)
        return self.library.get(found[1]) if found else None

    def from_data(self, said: str) -> Asset:
        head = DATA.match(said)
        if head is None:
            raise BadData("The data: URI has no comma.", "Write data:image/png;base64,...")
        if len(said) > MOST_DATA:
            raise TooLarge(f"The data: URI is larger than {MOST_DATA >> 20} MB.", "Upload the file instead.")
        try:
            body = said[head.end() :]
            plain = b64decode(unquote(body)) if head[1].endswith(";base64") else unquote_to_bytes(body)
        except (binascii.Error, ValueError):
            raise BadData("The data: URI is not base64.", "Write data:image/png;base64,...") from None
        return self.library.upload([plain], "")

    def remote(self, url: str) -> Asset:
        """A file from the open internet: of a kind that the library keeps, within two minutes."""
        name = unquote(self.outside.check(url).path.rpartition("/")[2])
        with self.outside.get(url, MOST_S) as answer, self.library.intake(name) as intake:
            if answer.status != 200:
                raise Unreachable(f"The address answers {answer.status}.", "See whether it is right.")
            length = dict(answer.headers).get(b"content-length", b"0")
            if length.isdigit() and int(length) > MOST_BYTES:
                raise too_large()
            for chunk in answer.iter_stream():
                intake.write(chunk)
                if intake.size > MOST_BYTES:
                    raise too_large()
            return intake.finish()


def too_large() -> TooLarge:
    return TooLarge(f"The file is larger than {MOST_BYTES >> 30} GB.", "Upload it instead.")
