"""Says in a file, in words of the IPTC that machines know, how it was made: XMP where the form has a place for it, else
a tag. The media is not touched, and the same mark makes the same bytes.

The words are the IPTC's NewsCodes for the digital source type (property Iptc4xmpExt:DigitalSourceType of the IPTC Photo
Metadata Standard 2023.2); where XMP goes is in XMP Specification Part 3 and, for MP4, ISO 16684-1 annex.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

Origin = Literal[
    "trainedAlgorithmicMedia",
    "algorithmicMedia",
    "compositeWithTrainedAlgorithmicMedia",
    "compositeSynthetic",
    "algorithmicallyEnhanced",
]
"""Made by a trained model; by an algorithm that was trained on nothing, as the draft models are; a film in which one of
the two lies beside what was given; a given film that a model improved."""
CODES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
TAG = "DIGITALSOURCETYPE"
XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\x00"
PNG_XMP = b"XML:com.adobe.xmp\x00\x00\x00\x00\x00"
GIF_XMP = b"\x21\xff\x0bXMP DataXMP"
GIF_END = (
    b"\x01" + bytes(range(255, -1, -1)) + b"\x00"
)  # whichever byte of it a reader of blocks lands on, it ends here
TAGGED = (".mp3", ".flac", ".ogg", ".opus")


def composed(origins: Sequence[str | None]) -> Origin | None:
    """How a film was made, by how its files were; None for one that was given, or not known."""
    made = [origin for origin in origins if origin]
    if not made:
        return None
    trained = any("rained" in origin for origin in made)
    if len(made) == len(origins) and not any("omposite" in origin or "nhanced" in origin for origin in made):
        return "trainedAlgorithmicMedia" if trained else "algorithmicMedia"
    return "compositeWithTrainedAlgorithmicMedia" if trained else "compositeSynthetic"


def packet(origin: Origin) -> bytes:
    """An XMP packet with nothing in it but the mark."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="Homereel"'
        f' Iptc4xmpExt:DigitalSourceType="{CODES}{origin}"/></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def tags(suffix: str, origin: Origin | None) -> dict[str, str]:
    """The mark as a tag, for forms that have tags and no place for XMP that readers look in."""
    return {TAG: CODES + origin} if origin and suffix in TAGGED else {}


def mark(path: Path, suffix: str, origin: Origin) -> None:
    """Put the mark into a file of ours, which has none yet. Forms with no place for it are left alone."""
    if writer := WRITERS.get(suffix):
        writer(path, packet(origin))


def box(path: Path, said: bytes) -> None:
    """A uuid box at the end of an MP4: readers pass over what they do not know."""
    with path.open("ab") as file:
        file.write(struct.pack(">I", len(said) + 24) + b"uuid" + XMP_BOX + said)


def png(path: Path, said: bytes) -> None:
    """An iTXt chunk before the picture's data."""
    data, body = path.read_bytes(), b"iTXt" + PNG_XMP + said
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    at = 33  # after the signature and IHDR
    path.write_bytes(data[:at] + chunk + data[at:])


def jpeg(path: Path, said: bytes) -> None:
    """An APP1 segment, after JFIF's own."""
    data, body = path.read_bytes(), JPEG_XMP + said
    at = 2
    while data[at : at + 1] == b"\xff" and data[at + 1] in (0xE0, 0xE1):
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    path.write_bytes(data[:at] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[at:])


def gif(path: Path, said: bytes) -> None:
    """An application extension after the palette."""
    data = path.read_bytes()
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    while data[at : at + 2] == b"\x21\xff":  # the loop count, before which some players want nothing
        at += 14
        while size := data[at]:
            at += 1 + size
        at += 1
    path.write_bytes(data[:at] + GIF_XMP + said + GIF_END + data[at:])


def wav(path: Path, said: bytes) -> None:
    """A _PMX chunk at the end of the RIFF."""
    said += b" " * (len(said) % 2)
    with path.open("r+b") as file:
        size = file.seek(0, 2)
        file.write(b"\x00" * (size % 2) + b"_PMX" + struct.pack("<I", len(said)) + said)
        total = file.tell() - 8
        file.seek(4)
        file.write(struct.pack("<I", min(total, 0xFFFFFFFF)))


WRITERS: dict[str, Callable[[Path, bytes], None]] = {
    **dict.fromkeys((".mp4", ".mov", ".m4a"), box),
    ".png": png,
    ".jpg": jpeg,
    ".gif": gif,
    ".wav": wav,
}
