"""Edits of whole rows and of the whole film."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from pipelines.faults import Invalid
from studio.timeline.edit.splice import Locked, rebuilt, row
from studio.timeline.items import Caption, Item
from studio.timeline.model import Marker, Timeline, Track


def add_track(timeline: Timeline, track: Track, at: int | None = None) -> Timeline:
    """A new row, before row `at` or last. Video rows further down the list are painted over those before."""
    tracks = list(timeline.tracks)
    tracks.insert(len(tracks) if at is None else at, track)
    return rebuilt(timeline, tracks=tuple(tracks))


def remove_track(timeline: Timeline, track: int) -> Timeline:
    if row(timeline, track).locked:
        raise Locked(f"tracks[{track}]: this track is locked", "Unlock it first.")
    return rebuilt(timeline, tracks=(*timeline.tracks[:track], *timeline.tracks[track + 1 :]))


def move_track(timeline: Timeline, track: int, to: int) -> Timeline:
    """The row as number `to`."""
    tracks = list(timeline.tracks)
    row(timeline, track)
    row(timeline, to)
    tracks.insert(to, tracks.pop(track))
    return rebuilt(timeline, tracks=tuple(tracks))


def set_track(timeline: Timeline, track: int, **fields: Any) -> Timeline:
    """Other values for a row's fields."""
    try:
        new = rebuilt(row(timeline, track), **fields)
    except Invalid as fault:
        raise Invalid(f"tracks[{track}].{fault.message}") from None
    return rebuilt(timeline, tracks=(*timeline.tracks[:track], new, *timeline.tracks[track + 1 :]))


def set_film(timeline: Timeline, **fields: Any) -> Timeline:
    """Another title, canvas or loudness. For another `fps` see `at_fps`."""
    return rebuilt(timeline, **fields)


def at_fps(timeline: Timeline, fps: Fraction) -> Timeline:
    """The same film at another frame rate: every cut on the frame nearest to where it was."""
    ratio = fps / timeline.fps

    def near(frames: int) -> int:
        return round(frames * ratio)

    tracks = []
    for there in timeline.tracks:
        items: list[Item] = []
        for item, start in zip(there.items, there.starts, strict=True):
            change: dict[str, Any] = {"frames": max(1, near(start + item.frames) - near(start))}
            for name in ("offset", "fade_in", "fade_out"):
                if name in item.model_fields_set:
                    change[name] = near(getattr(item, name))
            if isinstance(item, Caption) and item.words:
                change["words"] = tuple(
                    (w, min(near(a), change["frames"]), min(near(b), change["frames"])) for w, a, b in item.words
                )
            if change.get("fade_in", 0) + change.get("fade_out", 0) > change["frames"]:
                change["fade_out"] = change["frames"] - min(change.get("fade_in", 0), change["frames"])
                change["fade_in"] = change["frames"] - change["fade_out"]
            items.append(rebuilt(item, **change))
        tracks.append(rebuilt(there, items=tuple(items)))
    return rebuilt(timeline, fps=fps, tracks=tuple(tracks), **markers_at(timeline, ratio))


def markers_at(timeline: Timeline, ratio: Fraction) -> dict[str, Any]:
    """The markers on the frames nearest to where they were, and still each on its own."""
    if not timeline.markers:
        return {}
    moved: list[Marker] = []
    for marker in sorted(timeline.markers, key=lambda marker: marker.frame):
        free = moved[-1].frame + 1 if moved else 0
        moved.append(rebuilt(marker, frame=max(free, round(marker.frame * ratio))))
    return {"markers": tuple(moved)}
