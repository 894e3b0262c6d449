"""What a file's first bytes say it is, and what the studio calls each form. Pure; names are never asked."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from pipelines.base import Kind

Reader = Literal["picture", "film", "text", "midi", "zip"]

FORMS: dict[str, tuple[Kind, str]] = {
    ".png": ("image", "image/png"),
    ".jpg": ("image", "image/jpeg"),
    ".webp": ("image", "image/webp"),
    ".avif": ("image", "image/avif"),
    ".tiff": ("image", "image/tiff"),
    ".bmp": ("image", "image/bmp"),
    ".gif": ("image", "image/gif"),  # one that moves is a video
    ".mp4": ("video", "video/mp4"),
    ".mov": ("video", "video/quicktime"),
    ".webm": ("video", "video/webm"),
    ".mkv": ("video", "video/x-matroska"),
    ".avi": ("video", "video/x-msvideo"),
    ".ogv": ("video", "video/ogg"),
    ".ts": ("video", "video/mp2t"),
    ".mpg": ("video", "video/mpeg"),
    ".flv": ("video", "video/x-flv"),
    ".wmv": ("video", "video/x-ms-wmv"),
    ".wav": ("audio", "audio/wav"),
    ".mp3": ("audio", "audio/mpeg"),
    ".flac": ("audio", "audio/flac"),
    ".ogg": ("audio", "audio/ogg"),
    ".opus": ("audio", "audio/ogg"),
    ".m4a": ("audio", "audio/mp4"),
    ".aac": ("audio", "audio/aac"),
    ".aiff": ("audio", "audio/aiff"),
    ".mka": ("audio", "audio/x-matroska"),
    ".wma": ("audio", "audio/x-ms-wma"),
    ".srt": ("captions", "application/x-subrip"),
    ".vtt": ("captions", "text/vtt"),
    ".ass": ("captions", "text/x-ssa"),
    ".mid": ("midi", "audio/midi"),
    ".cube": ("lut", "text/x-cube"),
    ".json": ("project", "application/json"),
    ".fcpxml": ("project", "application/xml"),
    ".mlt": ("project", "application/xml"),
    ".edl": ("project", "text/plain"),
    ".otio": ("project", "application/vnd.opentimelineio+json"),
    ".zip": ("project", "application/zip"),
}

HEAD = 4096
"""How many bytes `sniff` wants to see."""


class Sniffed(NamedTuple):
    """Who can read it, and under which of that reader's own format names: Pillow's or ffmpeg's demuxer."""

    reader: Reader
    format: str = ""


MAGIC: list[tuple[int, bytes, Sniffed]] = [
    (0, b"\x89PNG\r\n\x1a\n", Sniffed("picture", "PNG")),
    (0, b"\xff\xd8\xff", Sniffed("picture", "JPEG")),
    (0, b"GIF87a", Sniffed("picture", "GIF")),
    (0, b"GIF89a", Sniffed("picture", "GIF")),
    (0, b"II*\x00", Sniffed("picture", "TIFF")),
    (0, b"MM\x00*", Sniffed("picture", "TIFF")),
    (0, b"BM", Sniffed("picture", "BMP")),
    (8, b"WEBP", Sniffed("picture", "WEBP")),
    (8, b"WAVE", Sniffed("film", "wav")),
    (8, b"AVI ", Sniffed("film", "avi")),
    (0, b"\x1aE\xdf\xa3", Sniffed("film", "matroska")),
    (0, b"fLaC", Sniffed("film", "flac")),
    (0, b"OggS", Sniffed("film", "ogg")),
    (0, b"ID3", Sniffed("film", "mp3")),
    (0, b"FLV\x01", Sniffed("film", "flv")),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Sniffed("film", "asf")),
    (8, b"AIFF", Sniffed("film", "aiff")),
    (8, b"AIFC", Sniffed("film", "aiff")),
    (0, b"\x00\x00\x01\xba", Sniffed("film", "mpeg")),
    (0, b"MThd", Sniffed("midi")),
    (0, b"PK\x03\x04", Sniffed("zip")),
]
ATOMS = (b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot")
SRT = re.compile(r"\A\s*\d+[ \t]*\r?\n\s*\d+:\d\d:\d\d[,.]\d+\s*-->", re.ASCII)

CUBE = re.compile(r"^LUT_[13]D_SIZE[ \t]+\d+[ \t]*$", re.ASCII | re.MULTILINE)


def sniff(head: bytes) -> Sniffed | None:
    """What begins like this, or None: playlists, pages, scripts and everything else that could lead elsewhere."""
    if head[4:8] == b"ftyp":
        still = head[8:12] in (b"avif", b"avis")
        heic = head[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc")
        return Sniffed("picture", "AVIF") if still else None if heic else Sniffed("film", "mov")
    for offset, magic, found in MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return found
    if head[4:8] in ATOMS:
        return Sniffed("film", "mov")
    if len(head) > 188 and head[0] == head[188] == 0x47:
        return Sniffed("film", "mpegts")
    if head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE0 == 0xE0:
        return Sniffed("film", "aac" if head[1] & 0x06 == 0 else "mp3")
    return sniff_text(head)


def sniff_text(head: bytes) -> Sniffed | None:
    if b"\x00" in head:
        return None
    text = head.decode("utf-8-sig", errors="replace")
    if re.match(r"WEBVTT(\s|$)", text):
        return Sniffed("text", ".vtt")
    if text.lstrip().lower().startswith("[script info]"):
        return Sniffed("text", ".ass")
    if CUBE.search(text):
        return Sniffed("text", ".cube")
    if SRT.match(text):
        return Sniffed("text", ".srt")
    if xml := re.match(r"\s*<\?xml[^>]*>\s*(?:<!DOCTYPE fcpxml>\s*)?<(mlt|fcpxml)\b", text):
        return Sniffed("text", f".{xml[1]}")
    if re.match(r"TITLE: [^\n]*\nFCM: ", text):
        return Sniffed("text", ".edl")
    return Sniffed("text", ".json") if text.lstrip().startswith("{") else None
