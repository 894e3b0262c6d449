"""Cuts a timeline into pieces, each with a key that says what it shows. Pure: the same piece has the same key wherever
it lies, so that an edit costs what it changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from studio.timeline.export.codecs import Spec
from studio.timeline.items import Caption, Clip, Gap, Sounding, Title
from studio.timeline.model import Span, Timeline, Track
from studio.timeline.values import MOVING, SUNG
from studio.types import Asset

ENGINE = 3
"""Goes up when the same timeline would come out as other pictures or other sound."""
SHORTEST_S, LONGEST_S = 1, 8
SOUND_ONLY = {"gain_db", "fade_in", "fade_out", "pan", "pitch", "muted", "denoise", "eq", "compressor"}
UNSEEN = SOUND_ONLY | {"takes", "slot"}


class Segment(NamedTuple):
    """Frames [start, end) of the film, and a key (hex) of all that decides what they show."""

    start: int
    end: int
    key: str

    @property
    def frames(self) -> int:
        return self.end - self.start


def segments(
    timeline: Timeline,
    media: Mapping[str, Asset],
    spec: Spec,
    burn_captions: bool = True,
    stretch: tuple[int, int] | None = None,
) -> list[Segment]:
    """The film in order, or frames [first, end) of it: cut where something begins or ends, none much shorter than a
    second if it can be helped, none longer than eight."""
    rows = seen_rows(timeline, burn_captions)
    first, last = stretch or (0, timeline.frames)
    cuts = [first, *(cut for cut in cut_points(timeline, rows) if first < cut < last), last]
    base = [ENGINE, *spec[:2], str(spec.fps), str(timeline.fps), *spec.coding]
    zoom = str(Fraction(spec.width, timeline.width))
    return [
        Segment(start, end, digest([base, zoom, end - start, seen_in(rows, start, end, media)]))
        for start, end in pairwise(cuts)
    ]


def seen_rows(timeline: Timeline, burn_captions: bool) -> list[tuple[Track, list[Span]]]:
    """The tracks that are painted, in the order they are painted."""
    seen = [track for track in timeline.seen if burn_captions or track.kind != "captions"]
    return [(track, list(track.spans())) for track in seen]


def cut_points(timeline: Timeline, rows: list[tuple[Track, list[Span]]]) -> list[int]:
    """Every place where a row changes, thinned to the shortest and filled to the longest piece."""
    shortest, longest = round(SHORTEST_S * timeline.fps), round(LONGEST_S * timeline.fps)
    points = {point for _, spans in rows for span in spans for point in (span.start, span.end)}
    cuts = [0]
    for point in [*sorted(p for p in points if p < timeline.frames), timeline.frames]:
        last = point == timeline.frames
        if point - cuts[-1] < shortest and not last:
            continue
        if last and point - cuts[-1] < shortest and len(cuts) > 1:
            cuts.pop()
        while point - cuts[-1] > longest + shortest:
            cuts.append(cuts[-1] + longest)
        if point > cuts[-1]:
            cuts.append(point)
    return cuts


def seen_in(rows: list[tuple[Track, list[Span]]], start: int, end: int, media: Mapping[str, Asset]) -> list[Any]:
    """Every row that shows something within [start, end)."""
    return [facts for row in rows if (facts := row_in(*row, start, end, media))]


def row_in(track: Track, spans: list[Span], start: int, end: int, media: Mapping[str, Asset]) -> list[Any]:
    """What a track shows within [start, end), told from `start` on; empty where it shows nothing."""
    found = [
        [*sung(track, span, start), shown(span, start, end, media), *edges(span, start, end)]
        for span in spans
        if span.start < end and span.end > start and not isinstance(span.item, Gap)
    ]
    return [track.style if track.kind == "captions" else "", *found] if found else []


def sung(track: Track, span: Span, start: int) -> list[Any]:
    """Where a caption's words stand, when its style shows it."""
    return [span.item.words, max(start - span.start, 0), span.item.frames] if track.style in SUNG else []


def edges(span: Span, start: int, end: int) -> list[Any]:
    """Where the item lies within the piece, and the transitions that are at work there."""
    before = span.before if span.before and span.start + span.before.frames > start else None
    after = span.after if span.after and span.end - span.after.frames < end else None
    return [
        max(span.start - start, 0),
        min(span.end - start, end - start),
        before and [before.name, before.frames, span.start - start],
        after and [after.name, after.frames, span.end - start],
    ]


def shown(span: Span, start: int, end: int, media: Mapping[str, Asset]) -> Any:
    """The item as far as it decides pictures, and the frame it is at; a plain clip is the same wherever it was cut."""
    item, at = span.item, max(start - span.start, 0)
    if isinstance(item, Caption):
        return ["caption", item.text]
    facts = item.model_dump(mode="json", by_alias=True)
    if isinstance(item, Title):
        if item.style in MOVING:
            return [facts, at]
        still = at >= item.fade_in and min(end, span.end) - span.start <= item.frames - item.fade_out
        if still:
            facts = {key: value for key, value in facts.items() if key not in ("fade_in", "fade_out", "frames")}
        return [facts, None if still else at]
    facts = {key: value for key, value in facts.items() if key not in UNSEEN}
    asset = media.get(item.asset)
    if asset is not None and asset.kind == "image":
        facts = {key: value for key, value in facts.items() if key not in ("in", "speed", "loop", "freeze", "reverse")}
        if item.motion is None:
            del facts["frames"]
        return [facts, at if item.motion else None]
    if item.motion is None and not item.reverse:
        del facts["frames"], facts["in"]
        return [facts, str(item.offset + at * item.speed)]
    return [facts, at]


def digest(facts: Any) -> str:
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def sound_key(timeline: Timeline, media: Mapping[str, Asset], kind: str, stretch: tuple[int, int] | None = None) -> str:
    """A key of all that decides the film's sound, or that of frames [first, end); what is only seen is left out."""
    rows = []
    for track in timeline.heard:
        items = [
            [span.start, span.end, [t and t.frames for t in (span.before, span.after)], heard_facts(span.item)]
            for span in track.spans()
            if isinstance(span.item, Clip) and sounds(span.item, media.get(span.item.asset))
        ]
        if items:
            rows.append([track.role, treated(track), track.gain_db, track.duck and track.duck_db, items])
    part = None if stretch in (None, (0, timeline.frames)) else stretch
    return digest([ENGINE, kind, str(timeline.fps), timeline.frames, timeline.loudness_lufs, rows, part])


def sounds(clip: Clip, asset: Asset | None) -> bool:
    """Whether a clip may be heard; one whose file is not known yet may."""
    silent = asset is not None and (asset.kind == "image" or (asset.kind == "video" and not asset.sound))
    return not (clip.muted or silent)


def heard_facts(clip: Clip) -> list[Any]:
    speed = str(clip.speed)
    return [clip.asset, clip.offset, clip.frames, speed, clip.pitch, clip.loop, clip.reverse, clip.gain_db, clip.pan,
            clip.fade_in, clip.fade_out, treated(clip)]  # fmt: skip


def treated(one: Sounding) -> list[Any]:
    return [one.denoise, one.eq, one.compressor]
