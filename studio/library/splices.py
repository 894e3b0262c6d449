"""Puts a comment into a file's bytes, and finds it there, the media untouched: one pair of functions a format."""

from __future__ import annotations

import re
import shutil
import struct
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from typing import BinaryIO

MOST = 2 << 20
"""Bytes of a comment read back at most."""
PNG = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"homereel\x00\x00\x00\x00\x00"  # not compressed, no language, no translated keyword
JPEG_PART = 60_000
SEGMENT, TAGS, MARKED = b"\x18\x53\x80\x67", b"\x12\x54\xc3\x67", b'{"homereel":1'


class NoPlace(Exception):
    """This file, though of the right form, has no room for a comment."""


def png_chunks(source: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Each chunk's name, where it starts and how many bytes it takes in all."""
    at = source.seek(len(PNG))
    while len(head := source.read(8)) == 8:
        size = struct.unpack(">I", head[:4])[0] + 12
        yield head[4:], at, size
        at = source.seek(at + size)


def png(source: BinaryIO, target: BinaryIO, said: bytes) -> None:
    body = b"iTXt" + KEYWORD + said
    target.write(PNG)
    written = False
    for name, at, size in png_chunks(source):
        if name == b"IDAT" and not written:
            target.write(struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body)))
            written = True
        source.seek(at)
        if name == b"iTXt" and source.read(len(KEYWORD) + 8)[8:] == KEYWORD:
            continue
        copy(source, target, at, size)


def find_png(source: BinaryIO) -> Iterator[bytes]:
    for name, at, size in png_chunks(source):
        if name == b"iTXt" and size < MOST:
            source.seek(at + 8)
            body = source.read(size - 12)
            if body.startswith(KEYWORD):
                yield body[len(KEYWORD) :]


def jpeg_segments(source: BinaryIO) -> Iterator[tuple[int, int, int]]:
    """The marker, place and size of each segment before the picture's own data."""
    at = source.seek(2)
    while len(head := source.read(4)) == 4 and head[0] == 0xFF and head[1] != 0xDA:
        size = struct.unpack(">H", head[2:])[0] + 2
        yield head[1], at, size
        at = source.seek(at + size)


def jpeg(source: BinaryIO, target: BinaryIO, said: bytes) -> None:
    """Comments hold 64 kB each, so a long recipe takes several; they go after the JFIF and Exif segments."""
    parts = [b"homereel " + said[n : n + JPEG_PART] for n in range(0, len(said), JPEG_PART)]
    ours = b"".join(b"\xff\xfe" + struct.pack(">H", len(part) + 2) + part for part in parts)
    target.write(b"\xff\xd8")
    rest, written = 2, False
    for marker, at, size in list(jpeg_segments(source)):
        if not written and not 0xE0 <= marker <= 0xEF:
            target.write(ours)
            written = True
        source.seek(at + 4)
        if not (marker == 0xFE and source.read(9) == b"homereel "):
            copy(source, target, at, size)
        rest = at + size
    target.write(b"" if written else ours)
    copy(source, target, rest, -1)


def find_jpeg(source: BinaryIO) -> Iterator[bytes]:
    said = b""
    for marker, at, size in jpeg_segments(source):
        source.seek(at + 4)
        if marker == 0xFE and len(said) < MOST and (body := source.read(size - 4)).startswith(b"homereel "):
            said += body[9:]
    yield said


def gif_head(source: BinaryIO) -> int:
    """Where the palette and the loop count end: a comment before them stops some players from looping."""
    source.seek(0)
    flags = source.read(13)[10]
    at = source.seek(13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0))
    while source.read(2) == b"\x21\xff":
        gif_blocks(source)
        at = source.tell()
    return at


def gif_blocks(source: BinaryIO) -> bytes:
    """What a row of blocks of up to 255 bytes holds, read up to the empty one that ends it."""
    said = bytearray()
    while (size := source.read(1)) not in (b"", b"\x00") and len(said) < MOST:
        said += source.read(size[0])
    return bytes(said)


def gif(source: BinaryIO, target: BinaryIO, said: bytes) -> None:
    at = gif_head(source)
    copy(source, target, 0, at)
    source.seek(at)
    if source.read(11) == b"\x21\xfe\x08homereel":
        gif_blocks(source)
        at = source.tell()
    blocks = [b"homereel", *(said[n : n + 255] for n in range(0, len(said), 255))]
    target.write(b"\x21\xfe" + b"".join(bytes([len(b)]) + b for b in blocks) + b"\x00")
    copy(source, target, at, -1)
    target.seek(0)
    target.write(b"GIF89a")


def find_gif(source: BinaryIO) -> Iterator[bytes]:
    source.seek(gif_head(source))
    if source.read(11) == b"\x21\xfe\x08homereel":
        yield gif_blocks(source)


def wav_chunks(source: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Each chunk's name, where it starts, and its size with head and padding."""
    at = source.seek(12)
    while len(head := source.read(8)) == 8:
        size = struct.unpack("<I", head[4:])[0]
        yield head[:4], at, 8 + size + size % 2
        at = source.seek(at + 8 + size + size % 2)


def wav(source: BinaryIO, target: BinaryIO, said: bytes) -> None:
    """A LIST chunk after the samples, where no reader takes it for sound."""
    said += b"\x00" * (1 + (len(said) + 1) % 2)
    ours = b"LIST" + struct.pack("<I", len(said) + 12) + b"INFOICMT" + struct.pack("<I", len(said)) + said
    copy(source, target, 0, 12)
    for name, at, size in list(wav_chunks(source)):
        source.seek(at + 8)
        if not (name == b"LIST" and source.read(8) == b"INFOICMT" and b'"homereel":1' in source.read(min(size, MOST))):
            copy(source, target, at, size)
    target.write(b"\x00" * (target.tell() % 2) + ours)
    size = target.tell() - 8
    target.seek(4)
    target.write(struct.pack("<I", min(size, 0xFFFFFFFF)))


def find_wav(source: BinaryIO) -> Iterator[bytes]:
    for name, at, size in wav_chunks(source):
        source.seek(at + 8)
        if name == b"LIST" and size < MOST and source.read(8) == b"INFOICMT":
            length = int.from_bytes(source.read(4), "little")
            yield source.read(min(length, size)).rstrip(b"\x00")


def vtt(source: BinaryIO, target: BinaryIO, said: bytes) -> None:
    head, _, rest = re.sub(rb"NOTE homereel [^\n]*\n\n", b"", source.read()).partition(b"\n\n")
    target.write(head.rstrip(b"\n") + b"\n\nNOTE homereel " + said + b"\n\n" + rest)


def find_vtt(source: BinaryIO) -> Iterator[bytes]:
    for note in re.finditer(rb"^NOTE homereel ([^\n]*)$", source.read(MOST), re.MULTILINE):
        yield note[1]


def copy(source: BinaryIO, target: BinaryIO, at: int, size: int) -> None:
    source.seek(at)
    if size < 0:
        shutil.copyfileobj(source, target, 1 << 20)
    while size > 0 and (block := source.read(min(size, 1 << 20))):
        target.write(block)
        size -= len(block)


def element(name: bytes, body: bytes) -> bytes:
    """An EBML element, its size in eight bytes."""
    return name + struct.pack(">Q", len(body) | 1 << 56) + body


def elements(source: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """Each EBML element's name, where it, its body and what follows it begin; ends at one of unknown size."""
    while at < end:
        source.seek(at)
        head = source.read(12)
        name = 9 - head[0].bit_length()
        width = 9 - head[name].bit_length()
        size = int.from_bytes(head[name : name + width], "big") & (1 << 7 * width) - 1
        if name > 4 or width > 8 or size == (1 << 7 * width) - 1:
            return
        body = at + name + width
        yield head[:name], at, body, body + size
        at = body + size


def segment(source: BinaryIO) -> tuple[int, int, int, int]:
    """Where a Matroska file's Segment says its size, where its body begins, where it ends, and where our tags begin."""
    whole = source.seek(0, 2)
    try:
        name, at, body, end = next(e for e in elements(source, 0, whole) if e[0] == SEGMENT)
        last = deque(elements(source, body, end), 1)[-1]
    except (StopIteration, IndexError):
        raise NoPlace from None
    if end != whole or last[3] != end:
        raise NoPlace
    source.seek(last[2])
    ours = last[0] == TAGS and MARKED in source.read(100)
    return at + len(name), body, end, last[1] if ours else end


def matroska(source: BinaryIO, target: BinaryIO, said: bytes) -> None:
    """Tags after everything else (RFC 9559, 5.1.8), so that no position in the file changes."""
    sized, body, _, until = segment(source)
    comment = element(b"\x67\xc8", element(b"\x45\xa3", b"COMMENT") + element(b"\x44\x87", said))
    copy(source, target, 0, until)
    target.write(element(TAGS, element(b"\x73\x73", element(b"\x63\xc0", b"") + comment)))
    width, size = body - sized, target.tell() - body
    if size >= (1 << 7 * width) - 1:
        raise NoPlace
    target.seek(sized)
    target.write((size | 1 << 7 * width).to_bytes(width, "big"))


def matroska_tag(target: BinaryIO, name: str, said: bytes) -> None:
    """One more tag in the Tags element that `matroska` has just written at the end of a file."""
    sized, body, end, tags = segment(target)
    more = element(b"\x67\xc8", element(b"\x45\xa3", name.encode()) + element(b"\x44\x87", said))
    target.seek(tags)
    written = target.read(end - tags)
    tag = written[written.index(b"\x73\x73") + 10 :]
    target.seek(tags)
    target.write(element(TAGS, element(b"\x73\x73", tag + more)))
    width, size = body - sized, target.tell() - body
    target.seek(sized)
    target.write((size | 1 << 7 * width).to_bytes(width, "big"))


def find_matroska(source: BinaryIO) -> Iterator[bytes]:
    try:
        _, _, end, at = segment(source)
    except NoPlace:
        return
    source.seek(at)
    said = source.read(min(end - at, MOST))
    if (begins := said.find(MARKED)) >= 8:  # its size is in the eight bytes before it
        size = int.from_bytes(said[begins - 8 : begins], "big") & (1 << 56) - 1
        yield said[begins : begins + size]


WRITERS: dict[str, Callable[[BinaryIO, BinaryIO, bytes], None]] = {
    ".png": png,
    ".jpg": jpeg,
    ".gif": gif,
    ".wav": wav,
    ".vtt": vtt,
    ".webm": matroska,
    ".mkv": matroska,
    ".mka": matroska,
}
FINDERS: dict[str, Callable[[BinaryIO], Iterator[bytes]]] = {
    "PNG": find_png,
    "JPEG": find_jpeg,
    "GIF": find_gif,
    "wav": find_wav,
    ".vtt": find_vtt,
    "matroska": find_matroska,
}
