"""Writes a timeline to a file. The suffix picks the format; the file appears whole, and checked, or not at all."""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import Empty, Full, Queue
from typing import Any

import av.error
import numpy as np

from pipelines.faults import Cancelled, DiskFull, Invalid
from studio.timeline import captions, check, gif
from studio.timeline.encode import failed, join, write_piece
from studio.timeline.media import check_against
from studio.timeline.model import Timeline
from studio.timeline.painter import Painter
from studio.timeline.picture import Picture, to_rgb
from studio.timeline.presets import QUALITIES, ExportSettings, Spec, coding, size
from studio.timeline.segments import Segment, segments, sound_key
from studio.timeline.shelf import Shelf
from studio.timeline.sources import MissingMedia
from studio.types import Asset

Progress = Callable[[float, str], None]
AHEAD = 6
"""Frames painted before the encoder wants them."""


@dataclass(frozen=True)
class Report:
    """What was written. Loudness in LUFS and peak in dBTP as measured on the file; None where there is no sound."""

    path: Path
    bytes: int = 0
    frames: int = 0
    fps: str = ""
    seconds: float = 0
    width: int = 0
    height: int = 0
    loudness_lufs: float | None = None
    true_peak_dbtp: float | None = None
    pieces: int = 0
    made: int = 0
    notes: tuple[str, ...] = ()


@dataclass
class Order:
    """One export while it is under way."""

    timeline: Timeline
    media: Mapping[str, Asset]
    out: Path
    kind: str
    shelf: Shelf
    settings: ExportSettings
    progress: Progress
    stopped: threading.Event = field(default_factory=threading.Event)

    def alive(self) -> None:
        """Called from the helping threads: ends them soon after the export has been stopped."""
        if self.stopped.is_set():
            raise Cancelled


class UnknownFormat(Invalid):
    """Nobody here writes files with that suffix."""


class EmptyFilm(Invalid):
    """A timeline with nothing on it has no film."""


class NoCaptions(Invalid):
    """There is no caption to write."""


# -- the film -----------------------------------------------------------------------------------------------------


def to_film(order: Order) -> Report:
    timeline, settings = order.timeline, order.settings
    codec = "vp9" if order.kind == "webm" else settings.codec if order.kind == "mov" and settings.codec else "h264"
    spec = Spec(*size(timeline, settings), timeline.fps, coding(codec, settings.preset, timeline.fps))
    plan = segments(timeline, order.media, spec, settings.burn_captions)
    with ThreadPoolExecutor(1) as helper:
        try:
            sound = helper.submit(kept_sound, order)
            made = make_pieces(order, plan, spec)
            sound_path, level = sound.result()
        except BaseException:
            order.stopped.set()
            helper.shutdown(cancel_futures=True)
            raise
    pieces = [(order.shelf.files[piece.key], piece.frames) for piece in plan]
    order.progress(0.97, "Joining")
    join(order.out, pieces, sound_path, timeline.fps, timeline.title, order.kind)
    order.progress(0.99, "Checking")
    check.film(order.out, timeline.frames, timeline.fps, sound=True)
    check.decodes(order.out, timeline.frames)
    report = Report(order.out, frames=timeline.frames, width=spec.width, height=spec.height)
    lufs, peak = level
    return replace(report, loudness_lufs=lufs, true_peak_dbtp=peak, pieces=len(plan), made=made)


def make_pieces(order: Order, plan: list[Segment], spec: Spec) -> int:
    """Paint and encode what the shelf does not have; says how many pieces that was."""
    wanted = {piece.key: piece for piece in plan if order.shelf.get(piece.key) is None}
    todo = sorted(wanted.values())
    total, done = sum(piece.frames for piece in todo), 0
    with painted(order, todo, (spec.width, spec.height)) as pictures:
        for piece in todo:
            with order.shelf.making(piece.key, spec.coding.piece) as path:
                frames = counted(pictures, piece.frames, done, total, order.progress)
                if write_piece(path, frames, spec) != piece.frames:
                    raise failed(RuntimeError("a piece came out short"))
            done += piece.frames
    return len(todo)


def counted(pictures: Iterator[Picture], frames: int, done: int, total: int, progress: Progress) -> Iterator[Picture]:
    for n in range(frames):
        progress(0.96 * (done + n) / total, f"Frame {done + n} of {total}")
        yield next(pictures)


@contextmanager
def painted(order: Order, todo: list[Segment], wide: tuple[int, int]) -> Iterator[Iterator[Picture]]:
    """The pictures of these pieces, painted in a thread of their own a few frames ahead of whoever takes them."""
    ready: Queue[Any] = Queue(AHEAD)
    stop = threading.Event()

    def hand_over(thing: Any) -> None:
        while not stop.is_set():
            with suppress(Full):
                ready.put(thing, timeout=0.1)
                return

    def paint() -> None:
        try:
            with Painter(order.timeline, order.media, wide, order.settings.burn_captions) as painter:
                for piece in todo:
                    for n in range(piece.start, piece.end):
                        if stop.is_set():
                            return
                        hand_over(painter.frame(n))
        except BaseException as error:  # whoever takes the pictures raises it
            hand_over(error)

    def taken() -> Iterator[Picture]:
        while True:
            try:
                thing = ready.get(timeout=1)
            except Empty:
                order.progress(-1, "")
                continue
            if isinstance(thing, BaseException):
                raise thing
            yield thing

    thread = threading.Thread(target=paint, name="painter", daemon=True)
    thread.start()
    try:
        yield taken()
    finally:
        stop.set()
        thread.join()


def kept_sound(order: Order) -> tuple[Path, tuple[float | None, float | None]]:
    """The film's sound from the shelf, or made now; with its loudness and peak, which are kept beside it."""
    from studio.timeline.master import master, voice  # brings scipy, which a still or a preview frame does not need

    how = voice(order.kind, QUALITIES[order.settings.preset].audio_kbps)
    key = sound_key(order.timeline, order.media, f"{how.encoder}-{how.kbps}")
    path, levels = order.shelf.get(key), order.shelf.get(key + "levels")
    if path is None or levels is None:
        with order.shelf.making(key, how.suffix) as part:
            found = master(order.timeline, order.media, part, how, order.alive)
        with order.shelf.making(key + "levels", "json") as part:
            part.write_text(json.dumps(found))
        path, levels = order.shelf.files[key], order.shelf.files[key + "levels"]
    lufs, peak = json.loads(levels.read_text())
    return path, (lufs, peak)


# -- everything else ----------------------------------------------------------------------------------------------


def to_sound(order: Order) -> Report:
    path, (lufs, peak) = kept_sound(order)
    order.out.write_bytes(path.read_bytes())
    check.sound(order.out, order.timeline.seconds)
    return Report(order.out, frames=order.timeline.frames, loudness_lufs=lufs, true_peak_dbtp=peak)


def to_gif(order: Order) -> Report:
    timeline, settings = order.timeline, order.settings
    wide = gif.size(timeline, settings)
    numbers = gif.frame_numbers(timeline, settings.gif_fps)
    with Painter(timeline, order.media, wide, settings.burn_captions) as painter:
        gif.write(order.out, painter, numbers, timeline.fps, order.progress)
    check.pictures(order.out, len(numbers), float(timeline.seconds))
    return Report(order.out, frames=len(numbers), width=wide[0], height=wide[1])


def to_captions(order: Order) -> Report:
    cues = captions.cues(order.timeline)
    if not cues:
        raise NoCaptions("This timeline has no captions.", "Add a captions track, or make speech with captions.")
    order.out.write_text(captions.written(cues, order.kind), encoding="utf-8")
    return Report(order.out)


def to_json(order: Order) -> Report:
    order.out.write_text(json.dumps(order.timeline.dump(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return Report(order.out)


EXPORTERS: dict[str, Callable[[Order], Report]] = {
    "mp4": to_film,
    "mov": to_film,
    "webm": to_film,
    "mkv": to_film,
    "gif": to_gif,
    "wav": to_sound,
    "srt": to_captions,
    "vtt": to_captions,
    "json": to_json,
}
NEEDS_MEDIA = {"mp4", "mov", "webm", "mkv", "gif", "wav"}


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
    media, `DiskFull`, and `CheckFailed` should the file not be what was asked for."""
    kind = format_of(out.suffix)
    if kind in NEEDS_MEDIA:
        ready(timeline, media)
    workdir.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{out.stem[:60]}.{os.getpid()}-{threading.get_ident()}.part.{kind}")
    order = Order(
        timeline, media, part, kind, Shelf(cache or workdir / "pieces"), settings or ExportSettings(), steady(progress)
    )
    try:
        progress(0.0, "Starting")
        report = EXPORTERS[kind](order)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(out)
    except (OSError, av.error.FFmpegError) as error:
        if getattr(error, "errno", 0) == errno.ENOSPC:
            raise DiskFull("The disk is full.", "Make room, then export again: finished pieces are kept.") from None
        raise failed(error) from error
    finally:
        part.unlink(missing_ok=True)
    progress(1.0, "Done")
    return replace(report, path=out, bytes=out.stat().st_size, fps=str(timeline.fps), seconds=float(timeline.seconds))


def format_of(said: str) -> str:
    """A format's name from what someone calls it, with a dot or without. Raises `UnknownFormat`."""
    kind = said.lower().removeprefix(".")
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


def frame(timeline: Timeline, media: Mapping[str, Asset], n: int, size: tuple[int, int] | None = None) -> np.ndarray:
    """Frame n as an (h, w, 3) uint8 R'G'B' image, `size` = (w, h) or the canvas's own. Past the end: the last frame."""
    wide = size and tuple(max(2, 2 * round(side / 2)) for side in size)
    with Painter(timeline, media, wide) as painter:  # type: ignore[arg-type]
        return to_rgb(painter.frame(max(0, min(n, timeline.frames - 1))))
