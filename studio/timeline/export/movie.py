"""Timelines into films and files of sound: pieces made, sound mastered, both joined, the whole looked at and kept."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from studio.timeline.export import check, hardware, soft
from studio.timeline.export.codecs import CODECS, Spec, codec_for, coding
from studio.timeline.export.encode import EncodingFailed
from studio.timeline.export.joining import Chapter, join
from studio.timeline.export.order import Order, Report
from studio.timeline.export.pieces import make_pieces
from studio.timeline.export.presets import size
from studio.timeline.export.segments import digest, segments, sound_key
from studio.timeline.items import Caption, Title
from studio.timeline.paint.fonts import cure, lacking

T = TypeVar("T")
KEPT = ("frames", "width", "height", "codec", "encoder", "loudness_lufs", "true_peak_dbtp", "pieces", "chapters")


def to_film(order: Order) -> Report:
    """A film as it was asked for. Where a chip fails half-way, the film is made in software after all."""
    order.some()
    codec = codec_for(order.kind, order.settings.codec)
    wide = size(order.timeline, order.settings)
    how, notes = hardware.chosen(codec, order.settings, wide, order.timeline.fps)
    try:
        report = made_film(order, codec, Spec(*wide, order.timeline.fps, how))
    except EncodingFailed as error:
        if how.tool is None:
            raise
        notes = [f"The graphics chip gave up ({error.message}), so the film was made in software."]
        order.stopped.clear()
        software = coding(codec, order.settings.preset, order.timeline.fps, wide)
        report = made_film(order, codec, Spec(*wide, order.timeline.fps, software))
    return replace(report, notes=(*notes, *unlettered(order)))


def unlettered(order: Order) -> list[str]:
    """A note on letters that are drawn as empty boxes, for want of a font."""
    items = [item for track in order.timeline.seen for item in track.items]
    wanted = lacking(item.text for item in items if isinstance(item, Title | Caption))
    if not wanted:
        return []
    return [
        f"No font here has {' '.join(wanted[:8])}{' …' * (len(wanted) > 8)}. Install {cure(wanted)}, then export again."
    ]


def made_film(order: Order, codec: str, spec: Spec) -> Report:
    timeline, stretch = order.timeline, (order.first, order.end)
    plan = segments(timeline, order.media, spec, order.settings.burn_captions, stretch)
    told = chapters(order)
    words = soft.cues_of(order)
    facts = [[piece.key for piece in plan], key_of_sound(order), order.kind, timeline.title, told]
    key = digest([*facts, soft.key_of(order, words)] if words else facts)
    if (kept := kept_film(order, key)) is not None:
        return kept
    with beside(order) as helper:
        sound = helper.submit(kept_sound, order)
        made = make_pieces(order, plan, spec)
        sound_path, (lufs, peak) = waited(order, sound)
    order.progress(0.97, "Joining")
    pieces = [(order.shelf.files[piece.key], piece.frames) for piece in plan]
    join(order.out, pieces, sound_path, timeline.fps, timeline.title, order.kind, told, soft.kept_track(order, words))
    order.progress(0.99, "Checking")
    check.film(order.out, order.frames, timeline.fps, sound=True)
    report = Report(
        order.out, frames=order.frames, width=spec.width, height=spec.height, codec=CODECS[codec].title,
        encoder=spec.coding.encoder, loudness_lufs=lufs, true_peak_dbtp=peak, pieces=len(plan), made=made,
        chapters=len(told),
    )  # fmt: skip
    keep_film(order, key, report)
    return report


def kept_film(order: Order, key: str) -> Report | None:
    """The very film from the shelf, when it was made before."""
    path, facts = order.shelf.get(key), order.shelf.get(key + "facts")
    if path is None or facts is None:
        return None
    shutil.copyfile(path, order.out)
    return Report(order.out, **json.loads(facts.read_text()))


def keep_film(order: Order, key: str, report: Report) -> None:
    with order.shelf.making(key, order.kind) as part:
        shutil.copyfile(order.out, part)
    with order.shelf.making(key + "facts", "json") as part:
        part.write_text(json.dumps({name: getattr(report, name) for name in KEPT}))


def chapters(order: Order) -> list[Chapter]:
    """The timeline's markers as chapters of what is exported; the first begins with it."""
    marks = sorted(order.timeline.markers, key=lambda marker: marker.frame)
    found = [(marker.frame - order.first, marker.name) for marker in marks if order.first <= marker.frame < order.end]
    if not found or not order.settings.chapters:
        return []
    if found[0][0] > 0:
        found.insert(0, (0, order.timeline.title or "Start"))
    ends = [*(start for start, _ in found[1:]), order.frames]
    return [Chapter(a, b, name or f"Chapter {n}") for n, ((a, name), b) in enumerate(zip(found, ends, strict=True), 1)]


# -- sound --------------------------------------------------------------------------------------------------------


def key_of_sound(order: Order) -> str:
    from studio.timeline.export.master import voice

    how = voice(order.kind, order.settings.quality.audio_kbps)
    return sound_key(order.timeline, order.media, f"{how.encoder}-{how.kbps}", (order.first, order.end))


def kept_sound(order: Order) -> tuple[Path, tuple[float | None, float | None]]:
    """The film's sound from the shelf, or made now; with its loudness and peak, which are kept beside it."""
    from studio.timeline.export.master import master, voice

    how, key = voice(order.kind, order.settings.quality.audio_kbps), key_of_sound(order)
    path, levels = order.shelf.get(key), order.shelf.get(key + "levels")
    if path is None or levels is None:
        with order.shelf.making(key, how.suffix) as part:
            found = master(order.timeline, order.media, part, how, order.alive, (order.first, order.end))
        with order.shelf.making(key + "levels", "json") as part:
            part.write_text(json.dumps(found))
        path, levels = order.shelf.files[key], order.shelf.files[key + "levels"]
    lufs, peak = json.loads(levels.read_text())
    return path, (lufs, peak)


def to_sound(order: Order) -> Report:
    """The sound alone."""
    order.some()
    with beside(order) as helper:
        path, (lufs, peak) = waited(order, helper.submit(kept_sound, order))
    shutil.copyfile(path, order.out)
    check.sound(order.out, order.frames / order.timeline.fps)
    return Report(order.out, frames=order.frames, loudness_lufs=lufs, true_peak_dbtp=peak)


def waited(order: Order, job: Future[T]) -> T:
    """What a job beside the rest came to; meanwhile the export can be stopped."""
    while not job.done():
        order.progress(-1, "Mixing the sound")
        wait([job], 0.05)
    return job.result()


@contextmanager
def beside(order: Order) -> Iterator[ThreadPoolExecutor]:
    """A thread for what goes on beside the rest; it is ended when the rest is."""
    with ThreadPoolExecutor(1, "sound") as helper:
        try:
            yield helper
        except BaseException:
            order.stopped.set()
            raise
