"""The recipe written into the file it made, and read back, so that dropping a file in restores its settings.

One line of ASCII JSON, `{"homereel": 1, "model": ..., "revision": ..., "options": {...}}`, in the place each format has
for a comment: a PNG's iTXt chunk (PNG 3rd ed., 11.3.3.4), JPEG COM segments, a GIF comment, a WAV's LIST/INFO ICMT, the
`comment` tag of MP4, MOV, MKV, WebM, FLAC, MP3 and OGG, a WebVTT NOTE. The media itself is copied, never encoded anew;
the same recipe in the same media makes the same bytes.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

from studio.library import marks, splices
from studio.library.film import opened
from studio.library.forms import HEAD, sniff
from studio.types import Recipe

MUXERS = {
    ".mp4": "mp4",
    ".m4a": "ipod",
    ".mov": "mov",
    ".flac": "flac",
    ".mp3": "mp3",
    ".ogg": "ogg",
    ".opus": "ogg",
}
FLAGS = {
    "mp4": {"movflags": "+faststart"},
    "ipod": {"movflags": "+faststart"},
    "mov": {"movflags": "+faststart+use_metadata_tags"},  # QuickTime's older comment holds 64 kB only
}


def say(recipe: Recipe) -> bytes:
    """The recipe as it is written. `>` is escaped, for `-->` would end a WebVTT note."""
    said = json.dumps({"homereel": 1, **recipe.model_dump(mode="json")}, sort_keys=True, separators=(",", ":"))
    return said.replace(">", "\\u003e").encode("ascii")


def hear(said: bytes | str) -> Recipe | None:
    """The recipe in a comment, or None when the comment is about something else, or made to harm."""
    if len(said) > splices.MOST:
        return None
    try:
        found = json.loads(said)
        if not isinstance(found, dict) or found.pop("homereel", None) != 1:
            return None
        recipe = Recipe(**found)
        json.dumps(recipe.options, allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        return None
    return recipe if len(recipe.model) <= 200 and len(recipe.revision) <= 200 else None


def write(path: Path, suffix: str, recipe: Recipe, to: Path, origin: marks.Origin | None = None) -> bool:
    """Copy `path`, which is of the form `suffix`, to the new file `to` with the recipe in it, and how it was made.

    False, and nothing written, where the format has no place for one. An earlier recipe is replaced.
    """
    said = say(recipe)
    if suffix in MUXERS:
        write_tag(path, MUXERS[suffix], said.decode(), to, marks.tags(suffix, origin))
        if origin:
            marks.mark(to, suffix, origin)
        return True
    splice = splices.WRITERS.get(suffix)
    if splice is None:
        return False
    try:
        with path.open("rb") as source, to.open("w+b") as target:
            splice(source, target, said)
            if origin and splice is splices.matroska:
                splices.matroska_tag(target, marks.TAG, (marks.CODES + origin).encode())
    except splices.NoPlace:
        to.unlink()
        return False
    if origin:
        marks.mark(to, suffix, origin)
    return True


def read(path: Path) -> Recipe | None:
    """The recipe a file carries, or None. Never raises for what the file says."""
    try:
        with path.open("rb") as source:
            head = source.read(HEAD)
            source.seek(0)
            found = sniff(head)
            if found is None:
                return None
            if find := splices.FINDERS.get(found.format):
                return next((r for said in find(source) if (r := hear(said))), None)
            return read_tag(path, found.format) if found.reader == "film" else None
    except (OSError, ValueError, IndexError, struct.error):
        return None


def write_tag(path: Path, muxer: str, said: str, to: Path, more: dict[str, str]) -> None:
    """Every packet as it was, into a new container with a comment. The library's own muxer, and not the ffmpeg on PATH:
    an argument holds 128 kB only, and the bytes should not depend on which ffmpeg a machine has."""
    import av

    with path.open("rb") as source:
        found = sniff(source.read(HEAD))
    flags = {"fflags": "+bitexact"} | FLAGS.get(muxer, {})
    with opened(path, found.format if found else "") as film, av.open(str(to), "w", format=muxer, options=flags) as out:
        kept_tags = {k: v for k, v in film.metadata.items() if k in ("title", "artist")}
        out.metadata.update(kept_tags | {"comment": said} | more)
        kept = {
            s.index: out.add_stream_from_template(s) for s in film.streams if s.type in ("video", "audio", "subtitle")
        }
        for stream in kept.values():
            stream.metadata.pop("encoder", None)
            if muxer == "ogg":  # its comments belong to a stream
                stream.metadata.update({"comment": said} | more)
        for packet in film.demux():
            if packet.size and packet.stream_index in kept:
                packet.stream = kept[packet.stream_index]
                out.mux(packet)


def read_tag(path: Path, form: str) -> Recipe | None:
    import av

    try:
        with opened(path, form) as film:
            tags = [film.metadata, *(s.metadata for s in list(film.streams)[:8])]
            said = [v for tag in tags for k, v in tag.items() if k.lower() == "comment"]
    except (av.FFmpegError, ValueError):
        return None
    return next((r for text in said if (r := hear(text))), None)
