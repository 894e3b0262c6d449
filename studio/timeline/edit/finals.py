"""A final take in the place of the draft it stands for. Pure: its slot, motion, effects and the part of the media that
plays stay as they were; where the draft was speech, the place gets the new voice's length, and the cut goes with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from pipelines.vtt import Cue
from studio.timeline.edit import add_take, replace_take
from studio.timeline.edit.retime import Stretch, retimed
from studio.timeline.edit.said import resaid
from studio.timeline.edit.slots import Slot, SlotGone, found, shortened
from studio.timeline.edit.splice import item_at, row, set_item
from studio.timeline.items import Clip
from studio.timeline.model import Timeline
from studio.types import Asset, Frozen

Media = Mapping[str, Asset]


class Place(Frozen):
    """A clip that plays the draft: its slot, and whether it held its last frame when the final was asked for."""

    slot: Slot
    freeze: bool = False


class Pair(NamedTuple):
    """A draft and its final; whether they are speech, and so as long as it takes to say."""

    draft: Asset
    final: Asset
    speech: bool = False


Spot = tuple[int, int, Place]
"""Where a place is now: track, item, and the place."""


def spots(timeline: Timeline, places: Sequence[Place]) -> list[Spot]:
    """Where places are now; those that are gone, or no clips any more, are left out."""
    there = []
    for place in places:
        try:
            track, at = found(timeline, place.slot)
        except SlotGone:
            continue
        if isinstance(item_at(timeline, track, at), Clip):
            there.append((track, at, place))
    return there


def playing(timeline: Timeline, places: Sequence[Place]) -> set[str]:
    """Which assets play in these places now."""
    return {item_at(timeline, track, at).asset for track, at, _ in spots(timeline, places)}


def asked_of(timeline: Timeline, places: Sequence[Place]) -> Fraction:
    """Seconds of media that the clips in these places play, from its start to the last frame of the longest; 0 when
    none is there any more."""
    clips = [item_at(timeline, track, at) for track, at, _ in spots(timeline, places)]
    lasts = [Fraction(clip.offset + clip.frames * clip.speed) / timeline.fps for clip in clips if not clip.loop]
    return max(lasts, default=Fraction(0))


def held(timeline: Timeline, places: Sequence[Place]) -> list[bool]:
    """For each place that is there, whether its clip holds its last frame now, as it did not at first."""
    there = spots(timeline, places)
    return [item_at(timeline, track, at).freeze and not place.freeze for track, at, place in there]


def put(timeline: Timeline, places: Sequence[Place], pair: Pair, media: Media) -> Timeline:
    """The final in every place that still plays the draft; where another take was put meanwhile, it lies beside that
    one. Raises `SlotGone` when no place is left."""
    if not (there := spots(timeline, places)):
        raise SlotGone("Its places are not on the timeline any more.", "The take is in the bin.")
    mine = [spot for spot in there if item_at(timeline, *spot[:2]).asset == pair.draft.id]
    for track, at, _ in there:
        if item_at(timeline, track, at).asset != pair.draft.id:
            timeline = add_take(timeline, track, at, pair.final.id)
    if pair.speech and pair.draft.duration_s and pair.final.duration_s:
        return spoken(timeline, mine, pair, media)
    for track, at, place in mine:
        timeline = exchanged(timeline, track, at, place, pair.final)
    return timeline


def said(timeline: Timeline, places: Sequence[Place], take: Asset, cues: Sequence[Cue]) -> Timeline:
    """The captions over these places set to when the take says their words."""
    for track, at, _ in spots(timeline, places):
        if item_at(timeline, track, at).asset == take.id:
            timeline = resaid(timeline, track, at, cues)
    return timeline


def back(timeline: Timeline, places: Sequence[Place], pair: Pair, media: Media) -> Timeline:
    """The draft in the places where its final plays; the final is kept among the takes."""
    known = {"asset": pair.final.id}
    swapped = [place.model_copy(update={"slot": place.slot.model_copy(update=known)}) for place in places]
    return put(timeline, swapped, Pair(pair.final, pair.draft, pair.speech), media)


def exchanged(timeline: Timeline, track: int, at: int, place: Place, take: Asset) -> Timeline:
    """One clip with another take, the same stretch of it. A picture that is too short holds its last frame, sound
    leaves a gap."""
    clip = item_at(timeline, track, at)
    offset = next((one.offset for one in clip.takes if one.asset == take.id), clip.offset)
    if take.kind == "image" or take.duration_s is None:
        return replace_take(timeline, track, at, take.id, offset)
    lasts = Fraction(take.duration_s) * timeline.fps + Fraction(1, 2)
    needs = (clip.frames - 1) * clip.speed + 1
    if offset + needs > lasts and not clip.loop:
        offset = max(0, int(lasts - needs))
    after = replace_take(timeline, track, at, take.id, offset)
    if clip.loop or needs <= lasts:
        return set_item(after, track, at, freeze=place.freeze) if clip.freeze != place.freeze else after
    if take.kind == "video" and row(timeline, track).kind == "video":
        return set_item(after, track, at, freeze=True)
    return shortened(after, track, at, max(1, int((lasts - 1) / clip.speed) + 1))


def spoken(timeline: Timeline, mine: Sequence[Spot], pair: Pair, media: Media) -> Timeline:
    """The same words by another voice: each clip plays the same share of them, as long as that lasts now, and to the
    end where it did."""
    lasts = Fraction(pair.final.duration_s or 0)
    ratio, most, stretches = lasts / Fraction(pair.draft.duration_s or 1), int(lasts * timeline.fps), list[Stretch]()
    for track, at, _ in mine:
        clip = item_at(timeline, track, at)
        known = (one.offset for one in clip.takes if one.asset == pair.final.id)
        offset = min(next(known, round(clip.offset * ratio)), max(0, most - 1))
        longest = max(1, int((most - 1 - offset) / clip.speed) + 1) if clip.speed else clip.frames
        ends = clip.offset + clip.frames * clip.speed > Fraction(pair.draft.duration_s or 0) * timeline.fps - 2
        frames = longest if ends else min(max(1, round(clip.frames * ratio)), longest)
        stretches.append(Stretch(row(timeline, track).starts[at], clip.frames, frames))
        timeline = replace_take(timeline, track, at, pair.final.id, offset)
    return retimed(timeline, stretches, {**media, pair.final.id: pair.final})
