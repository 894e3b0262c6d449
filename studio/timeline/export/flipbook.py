"""The preview: the film at a small size, in pieces that play while they are still being painted.

The same painter and the same pieces as an export's, so an edit costs what it changed. A piece is a run of JPEGs, each
with its length before it (four bytes, big-endian); a length of 0 is the picture before once more.
"""

from __future__ import annotations

import io
import threading
import wave
from collections.abc import Generator, Iterator, Mapping
from itertools import count
from pathlib import Path

import numpy as np

from studio.timeline.export.codecs import Coding, Spec
from studio.timeline.export.segments import Segment, segments
from studio.timeline.export.shelf import Shelf
from studio.timeline.model import Timeline
from studio.timeline.paint.painter import Painter
from studio.timeline.paint.picture import Picture, to_rgb
from studio.types import Asset

CODING = Coding("jpeg", "rgb24", (("quality", "80"),), "pages")
SETTLED_S = 2
BUDGET = 4 * 1024**3
TIDY_EVERY = 50
RATE = 48_000
made = count(1)


def size(timeline: Timeline, width: int) -> tuple[int, int]:
    """Width and height in pixels, even, in the canvas's shape."""
    return max(2, 2 * round(width / 2)), max(2, 2 * round(width * timeline.height / timeline.width / 2))


def pieces(timeline: Timeline, media: Mapping[str, Asset], width: int) -> list[Segment]:
    """The film in order, each piece with the key of what it shows."""
    return segments(timeline, media, Spec(*size(timeline, width), timeline.fps, CODING)) if timeline.frames else []


def pages(
    timeline: Timeline, media: Mapping[str, Asset], piece: Segment, width: int, folder: Path, easel: threading.Lock
) -> Generator[bytes]:
    """A piece as it is painted, or as it is kept. `easel` is held for one picture at a time, so that others get their
    turn. Closed early, it leaves nothing behind; a piece that was heard to its end is kept in `folder`."""
    shelf = Shelf(folder)
    if (kept := shelf.get(piece.key)) is not None:
        yield from blocks(kept)
        return
    with shelf.making(piece.key, CODING.piece) as path, path.open("wb") as file:
        last: Picture | None = None
        with Painter(timeline, media, size(timeline, width)) as painter:
            for n in range(piece.start, piece.end):
                with easel:
                    picture = painter.frame(n)
                    page = b"" if picture is last else jpeg(picture)
                last = picture
                block = len(page).to_bytes(4, "big") + page
                file.write(block)
                yield block
    if next(made) % TIDY_EVERY == 0:
        shelf.tidy(BUDGET)


def blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(1 << 18):
            yield block


def jpeg(picture: Picture) -> bytes:
    import cv2

    return cv2.imencode(".jpg", to_rgb(picture)[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()


def sound(timeline: Timeline, media: Mapping[str, Asset], start: int, end: int) -> np.ndarray:
    """The mix of frames [start, end): (n, 2) float32 at 48 kHz, the very samples that the whole film has there;
    nearly those where filters are at work, which begin a while before."""
    from studio.timeline.sound.mix import Mix, Strip, add_row, sample_at

    mix = Mix(timeline, media)
    begin, finish = sample_at(start, timeline.fps), min(sample_at(end, timeline.fps), mix.samples)
    out = np.zeros((max(finish - begin, 0), 2), np.float32)

    def reach(strip: Strip) -> None:
        """Have the strip stand at `begin`: its reader opened there or, where frames cannot say that, read on to it."""
        clip, gone = strip.span.item, start - strip.span.start
        gone -= min(gone, round(SETTLED_S * timeline.fps)) if strip.filters else 0
        moved = gone * clip.speed
        if clip.reverse or clip.speed != 1 or moved.denominator != 1:
            strip.read(strip.start, begin)
        else:
            strip.open(clip.model_copy(update={"offset": clip.offset + int(moved), "frames": clip.frames - gone}))
            strip.source.read(begin - sample_at(strip.span.start + gone, timeline.fps))

    for row, ducking in mix.rows:
        live = [strip for strip in row if strip.over > begin and strip.start < finish]
        try:
            for strip in live:
                if strip.start < begin:
                    reach(strip)
            if live:
                add_row(out, list(live), ducking, begin, finish)
        finally:
            for strip in live:
                strip.close()
    return out


def wav(samples: np.ndarray) -> bytes:
    """(n, 2) float32 as a 16-bit WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return out.getvalue()
