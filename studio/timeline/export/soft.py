"""Captions as a track of their own inside a film, which a player shows or hides: in each container's own form."""

from __future__ import annotations

import subprocess
from pathlib import Path

from pipelines.ffmpeg import binary
from pipelines.vtt import Cue
from studio.timeline import captions
from studio.timeline.export.encode import failed
from studio.timeline.export.order import Order
from studio.timeline.export.segments import digest

FORMS = {"mp4": "mov_text", "mov": "mov_text", "mkv": "subrip", "webm": "webvtt"}


def cues_of(order: Order) -> list[Cue]:
    """The captions of what is exported, timed from its start; none where they are not asked for."""
    if not order.settings.soft_captions or order.kind not in FORMS:
        return []
    return captions.within(
        captions.cues(order.timeline), order.first / order.timeline.fps, order.end / order.timeline.fps
    )


def key_of(order: Order, cues: list[Cue]) -> str:
    return digest(["soft", order.kind, captions.written(cues, "srt")])


def kept_track(order: Order, cues: list[Cue]) -> Path | None:
    """A file with the captions alone, in the film's container; from the shelf, or made now."""
    if not cues:
        return None
    key = key_of(order, cues)
    if (path := order.shelf.get(key)) is not None:
        return path
    with order.shelf.making(key, order.kind) as part:
        text = part.with_suffix(".srt")
        try:
            text.write_text(captions.written(cues, "srt"), encoding="utf-8")
            convert(text, part, FORMS[order.kind])
        finally:
            text.unlink(missing_ok=True)
    return order.shelf.files[key]


def convert(text: Path, out: Path, form: str) -> None:
    command = [binary(), "-nostdin", "-v", "error", "-y", "-i", f"file:{text}", "-c:s", form, f"file:{out}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise failed(RuntimeError(done.stderr.strip()[-200:]))
