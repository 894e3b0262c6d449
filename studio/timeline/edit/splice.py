"""What every edit of a timeline is made of: one row exchanged, the whole checked again, faults named by their path."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from pipelines.faults import Invalid
from studio.timeline.faults import in_words, path_of
from studio.timeline.items import Clip, Gap, Item, Transition
from studio.timeline.model import Timeline, Track


class NoSuchItem(Invalid):
    """The track or item named is not on the timeline."""


class Locked(Invalid):
    """The track named is locked."""


def rebuilt(piece: Any, **changes: Any) -> Any:
    """The same value with other fields, checked as if read from a file; what was never said stays unsaid."""
    said = {name: getattr(piece, name) for name in piece.model_fields_set}
    try:
        return type(piece).model_validate(said | changes)
    except ValidationError as error:
        raise Invalid(in_words(error)) from None


def row(timeline: Timeline, track: int) -> Track:
    if not 0 <= track < len(timeline.tracks):
        raise NoSuchItem(f"tracks[{track}]: there are {len(timeline.tracks)} tracks")
    return timeline.tracks[track]


def item_at(timeline: Timeline, track: int, at: int) -> Any:
    items = row(timeline, track).items
    if not 0 <= at < len(items):
        raise NoSuchItem(f"tracks[{track}].items[{at}]: there are {len(items)} items on this track")
    return items[at]


def with_row(timeline: Timeline, track: int, items: list[Item]) -> Timeline:
    """Every edit of items ends here: one row is exchanged, and the whole checked."""
    if row(timeline, track).locked:
        raise Locked(f"tracks[{track}]: this track is locked", "Unlock it first.")
    changed = rebuilt(row(timeline, track), items=tuple(items))
    return rebuilt(timeline, tracks=(*timeline.tracks[:track], changed, *timeline.tracks[track + 1 :]))


def changed(timeline: Timeline, track: int, at: int, **fields: Any) -> Item:
    """The item with other fields. The file's own names (`in`) are understood."""
    item = item_at(timeline, track, at)
    names = {info.alias: name for name, info in type(item).model_fields.items() if info.alias}
    said = {name: getattr(item, name) for name in item.model_fields_set}
    try:
        return type(item).model_validate(said | {names.get(name, name): value for name, value in fields.items()})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        aliases = {name: alias for alias, name in names.items()}
        where = path_of(("tracks", track, "items", at, *(aliases.get(str(part), part) for part in first["loc"])))
        raise Invalid(f"{where}: {first['msg'].removeprefix('Value error, ')}") from None


def set_item(timeline: Timeline, track: int, at: int, **fields: Any) -> Timeline:
    """Other values for an item's fields."""
    items = list(row(timeline, track).items)
    items[at : at + 1] = [changed(timeline, track, at, **fields)]
    return with_row(timeline, track, items)


def unslotted(item: Any) -> Any:
    """The item as a copy of it: what is on its way to the first is not on its way to this one."""
    said = {name: getattr(item, name) for name in item.model_fields_set - {"slot"}}
    return type(item).model_validate(said) if "slot" in item.model_fields_set else item


def gaps(frames: int) -> list[Item]:
    return [Gap(frames=frames)] if frames > 0 else []


def joined_gaps(items: list[Item]) -> list[Item]:
    """Neighbouring gaps as one, and none at the end but what a transition leads to."""
    out: list[Item] = []
    for item in items:
        if isinstance(item, Gap) and out and isinstance(out[-1], Gap):
            out[-1] = Gap(frames=out[-1].frames + item.frames)
        else:
            out.append(item)
    while out and isinstance(out[-1], Gap) and not (len(out) > 1 and isinstance(out[-2], Transition)):
        out.pop()
    return out


def halves(timeline: Timeline, track: int, at: int, frame: int) -> tuple[Item, Item]:
    item, path = item_at(timeline, track, at), f"tracks[{track}].items[{at}]"
    if isinstance(item, Transition):
        raise Invalid(f"{path}: a transition cannot be split", "Split beside it, or remove it first.")
    if not 0 < frame < item.frames:
        raise Invalid(f"{path}: cannot be split at frame {frame} of its {item.frames}")
    left: dict[str, Any] = {"frames": frame}
    right: dict[str, Any] = {"frames": item.frames - frame}
    if "fade_in" in item.model_fields_set:
        left["fade_in"], right["fade_in"] = min(item.fade_in, frame), 0
    if "fade_out" in item.model_fields_set:
        left["fade_out"], right["fade_out"] = 0, min(item.fade_out, item.frames - frame)
    if isinstance(item, Clip):
        front, back = (right, left) if item.reverse else (left, right)
        front_frames = front["frames"]
        back["offset"] = item.offset + shift(item, front_frames, path)
        if item.motion is not None:
            left["motion"], right["motion"] = halved_motion(item, frame, path)
    if getattr(item, "words", ()):
        left["words"] = tuple((w, a, min(b, frame)) for w, a, b in item.words if a < frame)
        right["words"] = tuple((w, max(a - frame, 0), b - frame) for w, a, b in item.words if a >= frame)
        left["text"] = " ".join(w for w, _, _ in left["words"]) or item.text
        right["text"] = " ".join(w for w, _, _ in right["words"]) or item.text
    return changed(timeline, track, at, **left), unslotted(changed(timeline, track, at, **right))


def shift(clip: Clip, frames: int, path: str) -> int:
    """How far `in` moves when a clip begins `frames` later: whole frames, or it cannot be done exactly."""
    moved = frames * clip.speed
    if moved.denominator != 1:
        raise Invalid(
            f"{path}: at speed {clip.speed} this is not a whole frame of the media",
            f"Choose a multiple of {clip.speed.denominator} frames.",
        )
    return int(moved)


def halved_motion(clip: Clip, frame: int, path: str) -> tuple[Any, Any]:
    """One move as two that together are the same: the last frame of the one, the first of the other."""
    motion = clip.motion
    assert motion is not None
    if motion.start == motion.end or clip.frames < 2:
        return motion, motion
    if motion.ease != "linear":
        raise Invalid(f"{path}.motion: a move with ease '{motion.ease}' cannot be split", "Set it to linear first.")

    def at(k: int) -> tuple[float, ...]:
        p = k / (clip.frames - 1)
        return tuple(a + (b - a) * p for a, b in zip(motion.start, motion.end, strict=True))

    return rebuilt(motion, end=at(frame - 1)), rebuilt(motion, start=at(frame))
