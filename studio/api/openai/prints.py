"""A made picture as it was asked for: its size, its file format, and how finely it is compressed."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any, NamedTuple

from studio.api.openai.errors import Refused
from studio.library.store import Library
from studio.types import Asset

FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP", "gif": "GIF"}
QUALITIES = ("low", "medium", "high", "xhigh", "max")


class Finish(NamedTuple):
    """How pictures are to go out. No size is the one they have; no compression the format's own."""

    size: tuple[int, int] | None
    format: str
    compression: int | None = None
    quality: str | None = None


class Print(NamedTuple):
    """One picture as it goes out; `same` when it is the file that was made, byte by byte."""

    data: bytes
    width: int
    height: int
    clear: bool
    same: bool

    @property
    def b64(self) -> str:
        return base64.b64encode(self.data).decode()


def format_of(said: str | None) -> str:
    said = {"jpg": "jpeg"}.get(said := (said or "png").lower(), said)
    if said not in FORMATS:
        raise Refused(f"output_format: {said[:40]!r} is not made here; take {', '.join(FORMATS)}.", "output_format")
    return said


def printed(path: Path, finish: Finish) -> Print:
    """The picture in that size and format: its very bytes, where it has both already."""
    from PIL import Image, ImageOps

    size, format, compression, _ = finish
    with Image.open(path) as image:
        image.load()
        same = image.format == FORMATS[format] and size in (None, image.size) and compression is None
        clear = "A" in image.getbands()
        if size and image.size != size:
            image = ImageOps.fit(image, size, Image.Resampling.LANCZOS)
    if same:
        return Print(path.read_bytes(), image.width, image.height, clear, True)
    out, fine = io.BytesIO(), dict[str, Any]()
    if format in ("jpeg", "webp"):
        fine["quality"] = 95 if compression is None else max(1, compression)
    if format == "jpeg":
        image, clear = image.convert("RGB"), False
    image.save(out, FORMATS[format], **fine)
    return Print(out.getvalue(), image.width, image.height, clear, False)


def filed(library: Library, asset: Asset, made: Print, format: str) -> Asset:
    """The print as an asset, which has an address of its own."""
    if made.same:
        return asset
    with library.scratch(f".{format}") as path:
        path.write_bytes(made.data)
        name = f"{asset.name.rpartition('.')[0] or asset.name}.{format}"
        return library.add(path, name=name, recipe=asset.recipe, tags=asset.tags)


def about(made: Print, finish: Finish) -> dict[str, Any]:
    """What came, whatever was asked for."""
    return {
        "size": f"{made.width}x{made.height}",
        "quality": finish.quality if finish.quality in QUALITIES else "high",
        "output_format": finish.format,
        "background": "transparent" if made.clear else "opaque",
    }
