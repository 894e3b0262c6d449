"""Writes a timeline to a file. The suffix picks the format; the file appears whole, and checked, or not at all."""

from __future__ import annotations

import errno
import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import av.error

from pipelines.faults import DiskFull, Invalid
from studio.timeline import captions
from studio.timeline.export import ass, check, gif
from studio.timeline.export.encode import failed
from studio.timeline.export.handover import HANDOVERS
from studio.timeline.export.movie import to_film, to_sound
from studio.timeline.export.order import EmptyFilm, Order, Progress, Report
from studio.timeline.export.poster import frame as frame
from studio.timeline.export.poster import to_still, with_poster
from studio.timeline.export.presets import ExportSettings, framed
from studio.timeline.export.shelf import Shelf
from studio.timeline.media import check_against
from studio.timeline.model import Timeline
from studio.timeline.paint.painter import Painter
from studio.timeline.paint.sources import MissingMedia
from studio.timeline.values import SUNG
from studio.types import Asset


class UnknownFormat(Invalid):
    """Nobody here writes files with that suffix."""


class NoCaptions(Invalid):
    """There is no caption to write."""


def to_gif(order: Order) -> Report:
    timeline, settings = order.timeline, order.settings
    order.some()
    wide = gif.size(timeline, settings)
    numbers = gif.frame_numbers(timeline.fps, settings.gif_fps, order.first, order.end)
    with Painter(timeline, order.media, wide, settings.burn_captions) as painter:
        gif.write(order.out, painter, numbers, order.end, timeline.fps, order.progress)
    check.pictures(order.out, len(numbers), float(order.frames / timeline.fps))
    return Report(order.out, frames=len(numbers), width=wide[0], height=wide[1])


def to_captions(order: Order) -> Report:
    cues = captions.cues(order.timeline)
    if not cues:
        raise NoCaptions("This timeline has no captions.", "Add a captions track, or make speech with captions.")
    order.out.write_text(captions.written(cues, order.kind), encoding="utf-8")
    return Report(order.out)


def to_ass(order: Order) -> Report:
    cues, film = captions.cues(order.timeline), order.timeline
    if not cues:
        raise NoCaptions("This timeline has no captions.", "Add a captions track, or make speech with captions.")
    sung = any(track.kind == "captions" and track.style in SUNG for track in film.live)
    order.out.write_text(ass.write(cues, film.width, film.height, sung), encoding="utf-8")
    return Report(order.out)


def to_json(order: Order) -> Report:
    order.out.write_text(json.dumps(order.timeline.dump(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return Report(order.out)


FILMS, SOUNDS, STILLS = ("mp4", "mov", "webm", "mkv"), ("wav", "mp3", "flac", "m4a", "ogg"), ("png", "jpg", "webp")
EXPORTERS: dict[str, Callable[[Order], Report]] = {
    **dict.fromkeys(FILMS, to_film),
    "gif": to_gif,
    **dict.fromkeys(SOUNDS, to_sound),
    **dict.fromkeys(STILLS, to_still),
    "srt": to_captions,
    "vtt": to_captions,
    "ass": to_ass,
    "json": to_json,
    **HANDOVERS,
}
NEEDS_MEDIA = {*FILMS, "gif", *SOUNDS, *STILLS}
ALSO = {"jpeg": "jpg"}


def export(
    timeline: Timeline,
    media: Mapping[str, Asset],
    out: Path,
    *,
    workdir: Path,
    cache: Path | None = None,
    settings: ExportSettings | None = None,
    progress: Progress = lambda fraction, note: None,
) -> Report:
    """Write `timeline` to `out` in the format its suffix names.

    `media` has the asset of every clip; `cache` keeps finished pieces for the next export, `workdir` holds them when
    there is none. `progress(fraction, note)` may raise `Cancelled`: everything stops, and nothing is left at `out`.
    Raises `UnknownFormat`, `MissingMedia`, `BrokenMedia`, `Invalid` with the path of a clip that does not fit its
    media, `EmptyFilm`, `WrongContainer`, `DiskFull`, and `CheckFailed` should the file not be what was asked for."""
    began, kind, settings = time.monotonic(), kind_of(out), settings or ExportSettings()
    timeline = framed(timeline, settings)
    if kind in NEEDS_MEDIA:
        ready(timeline, media)
    workdir.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{out.stem[:60]}.{os.getpid()}-{threading.get_ident()}.part.{kind}")
    order = Order(timeline, media, part, kind, Shelf(cache or workdir / "pieces"), settings, steady(progress))
    try:
        progress(0.0, "Starting")
        report = EXPORTERS[kind](order)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        report = with_poster(order, report, out) if kind in FILMS else report
        part.replace(out)
    except (OSError, av.error.FFmpegError) as error:
        if getattr(error, "errno", 0) == errno.ENOSPC:
            raise DiskFull("The disk is full.", "Make room, then export again: finished pieces are kept.") from None
        raise failed(error) from error
    finally:
        part.unlink(missing_ok=True)
    progress(1.0, "Done")
    seconds, took = float(order.frames / timeline.fps), round(time.monotonic() - began, 3)
    return replace(
        report, path=out, bytes=out.stat().st_size, fps=str(timeline.fps), seconds=seconds, took_s=took
    )  # fmt: skip


def kind_of(out: Path) -> str:
    """The format that a file's name asks for: its last two suffixes, such as .mlt.zip, or its last."""
    both = "".join(out.suffixes[-2:]).lower().removeprefix(".")
    return both if both in EXPORTERS else format_of(out.suffix)


def format_of(said: str) -> str:
    """A format's name from what someone calls it, with a dot or without. Raises `UnknownFormat`."""
    kind = said.lower().removeprefix(".")
    kind = ALSO.get(kind, kind)
    if kind not in EXPORTERS:
        raise UnknownFormat(f"“{said}” is not a format films are written in.", f"Choose {', '.join(EXPORTERS)}.")
    return kind


def ready(timeline: Timeline, media: Mapping[str, Asset]) -> None:
    """Whether it can be exported at all; told before anything is begun."""
    if not timeline.frames:
        raise EmptyFilm("There is nothing on the timeline.", "Add a clip or a title first.")
    missing = sorted(timeline.assets() - {key for key in media if media[key].path.is_file()})
    if missing:
        raise MissingMedia(
            f"{len(missing)} of the film's files are missing: {', '.join(id[:12] for id in missing[:5])}.",
            "Restore or import them, or put other takes in their places.",
        )
    check_against(timeline, media)


def steady(progress: Progress) -> Progress:
    """Progress that never goes back; a fraction below 0 only asks whether to go on."""
    reached = [0.0]

    def report(fraction: float, note: str) -> None:
        reached[0] = max(reached[0], fraction)
        progress(reached[0], note)

    return report
