"""Several assets as one zip, written while it is being sent: nothing is gathered in memory or on the disk."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence

from studio.library.names import on_disk
from studio.types import Asset


class Pipe(io.RawIOBase):
    """What has been written and not yet fetched."""

    def __init__(self) -> None:
        self.held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.held += data
        return len(data)

    def fetch(self) -> bytes:
        fetched, self.held = bytes(self.held), bytearray()
        return fetched


def packed(assets: Sequence[Asset]) -> Iterator[bytes]:
    """The zip's bytes. Media is packed already, so it is stored as it is; dates are the assets' own."""
    pipe = Pipe()
    names = on_disk((asset.name, asset.path.suffix) for asset in assets)
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for asset, name in zip(assets, names, strict=True):
            made = asset.created.timetuple()[:6]
            info = zipfile.ZipInfo(name, made)
            with asset.path.open("rb") as source, archive.open(info, "w", force_zip64=asset.bytes > 1 << 30) as target:
                while block := source.read(1 << 20):
                    target.write(block)
                    yield pipe.fetch()
    yield pipe.fetch()
