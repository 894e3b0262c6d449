"""What a media file is, told by reading it: kind, form, size, length. A file that is not whole is refused here."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.base import Kind
from pipelines.faults import TooLarge, Unsupported
from studio.library.forms import FORMS, HEAD, Sniffed, sniff

READABLE = (
    "Pictures: PNG, JPEG, WebP, AVIF, TIFF, BMP, GIF. Film: MP4, MOV, WebM, MKV, AVI, MPEG. "
    "Sound: WAV, MP3, FLAC, OGG, Opus, M4A, AAC, AIFF. Captions: SRT, VTT, ASS. MIDI, look-up tables (.cube), "
    "and Homereel projects."
)
PICTURES = {
    "PNG": ".png",
    "JPEG": ".jpg",
    "WEBP": ".webp",
    "AVIF": ".avif",
    "TIFF": ".tiff",
    "BMP": ".bmp",
    "GIF": ".gif",
}
STREAMS = 64
TEXT_BYTES = 32 << 20
# Nothing a file says makes the demuxer open a second one.
ALONE = {"protocol_whitelist": "file", "enable_drefs": "0"}


class UnsupportedFile(Unsupported):
    """A file of a kind the studio does not read."""


class BrokenFile(Unsupported):
    """It begins like something the studio reads, but is damaged or cut short."""


@dataclass(frozen=True)
class Limits:
    """The most the library takes in one file: bytes, pixels of a picture, seconds of film or sound."""

    bytes: int = 8 << 30
    pixels: int = 64_000_000
    seconds: float = 6 * 3600
    gif_frames: int = 3000


@dataclass(frozen=True)
class Facts:
    """What a file is. Sizes are in pixels as seen (turned upright), time in seconds, fps in frames a second."""

    kind: Kind
    suffix: str
    mime: str
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    duration_s: float | None = None
    sound: bool = False


def probe(path: Path, limits: Limits | None = None) -> Facts:
    """Look at a file's content, its name aside.

    Raises `UnsupportedFile`, `BrokenFile` or `TooLarge`; reads no other file, whatever this one says.
    """
    limits = limits or Limits()
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise BrokenFile("The file is empty.", "Choose the file again; it may not have been copied whole.")
    if path.stat().st_size > limits.bytes:
        raise TooLarge(f"The file is larger than {limits.bytes / 2**30:.3g} GB.", "Shorten or compress it first.")
    found = sniff(head)
    if found is None:
        raise UnsupportedFile("This is not a kind of file the studio reads.", READABLE)
    look = {"picture": picture, "film": film, "text": text, "midi": midi, "zip": parcel}[found.reader]
    return look(path, found, limits)


def facts(suffix: str, **more: Any) -> Facts:
    kind, mime = FORMS[suffix]
    return Facts(**{"kind": kind, "suffix": suffix, "mime": mime} | more)


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Whatever a decoder makes of damaged bytes is said in one way."""
    import av
    from PIL import Image, UnidentifiedImageError

    try:
        yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise TooLarge(f"The {what} is too large to open.", "Make it smaller first.") from None
    except (av.FFmpegError, UnidentifiedImageError, OSError, SyntaxError, ValueError, KeyError, IndexError) as error:
        if isinstance(error, FileNotFoundError | PermissionError) and not isinstance(error, av.FFmpegError):
            raise
        raise BrokenFile(f"The {what} cannot be read: it is damaged or cut short.", "Save or copy it again.") from None


def picture(path: Path, found: Sniffed, limits: Limits) -> Facts:
    from PIL import Image, ImageOps

    with reading("picture"), Image.open(path, formats=[found.format]) as image:
        check_pixels(image.width * image.height, limits)
        if found.format == "GIF" and image.is_animated:
            return film(path, Sniffed("film", "gif"), limits)
        turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
        width, height = (image.height, image.width) if turned else image.size
        image.load()
        ImageOps.exif_transpose(image)
    return facts(PICTURES[found.format], width=width, height=height)


def check_pixels(pixels: int, limits: Limits) -> None:
    if pixels > limits.pixels:
        raise TooLarge(
            f"The picture has {pixels / 1e6:.0f} million pixels; the studio takes {limits.pixels / 1e6:.0f} million.",
            "Make it smaller first.",
        )


def film(path: Path, found: Sniffed, limits: Limits) -> Facts:
    from studio.library.film import look

    with reading("film or sound"):
        return look(path, found.format, limits)


def text(path: Path, found: Sniffed, limits: Limits) -> Facts:
    if path.stat().st_size > TEXT_BYTES:
        raise TooLarge(f"The text is larger than {TEXT_BYTES >> 20} MB.", "Split it into parts.")
    body = path.read_bytes()
    if b"\x00" in body:
        raise BrokenFile("The text holds bytes that are not text.", "Save it as UTF-8.")
    if found.format == ".json":
        return facts(check_timeline(body))
    if found.format == ".cube":
        check_cube(body)
    elif found.format in (".srt", ".vtt") and b"-->" not in body:
        raise BrokenFile("The captions hold no cue.", "Each cue needs a line such as 00:00:01.000 --> 00:00:02.000.")
    return facts(found.format)


def check_timeline(body: bytes) -> str:
    """Enough to tell a project, ours or OpenTimelineIO's, from other JSON; the timeline room reads the rest."""
    try:
        timeline = json.loads(body)
    except (ValueError, RecursionError):
        raise BrokenFile("The JSON file cannot be read.", "Export the project again.") from None
    if isinstance(timeline, dict) and str(timeline.get("OTIO_SCHEMA", "")).startswith("Timeline."):
        return ".otio"
    if not (isinstance(timeline, dict) and "version" in timeline and isinstance(timeline.get("tracks"), list)):
        raise UnsupportedFile("This JSON file is not a Homereel project.", READABLE)
    return ".json"


def check_cube(body: bytes) -> None:
    from pipelines import cube

    try:
        cube.read(body.decode("utf-8", errors="replace"))
    except (ValueError, OverflowError) as error:
        why = str(error) if str(error).startswith("it") else "it holds something that is no number"
        raise BrokenFile(f"The look-up table cannot be read: {why}.", "Save it again as a .cube file.") from None


def midi(path: Path, found: Sniffed, limits: Limits) -> Facts:
    with path.open("rb") as file:
        head = file.read(22)
    if len(head) < 22 or head[4:8] != b"\x00\x00\x00\x06" or head[14:18] != b"MTrk":
        raise BrokenFile("The MIDI file cannot be read.", "Export it again.")
    return facts(".mid")


def parcel(path: Path, found: Sniffed, limits: Limits) -> Facts:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise BrokenFile("The zip file cannot be read: it is damaged or cut short.", "Export it again.") from None
    if "timeline.json" not in names:
        raise UnsupportedFile("This zip file is not a Homereel project.", "Unpack it and bring its files in.")
    return facts(".zip")
