"""Captions set anew to when a voice says their words: each is shown from its first word to its last. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipelines.vtt import Cue
from studio.timeline.edit.splice import item_at, rebuilt, row
from studio.timeline.items import Caption, Gap, Item
from studio.timeline.model import Span, Timeline, Track


class Heard(NamedTuple):
    """A word, and the frames of the film [start, end) in which it is said."""

    text: str
    start: int
    end: int


def resaid(timeline: Timeline, track: int, at: int, cues: Sequence[Cue]) -> Timeline:
    """The captions that lie over a voice's clip, word by word where its `cues` (seconds of its media) say. Rows whose
    captions say something else than the voice stay as they are, and locked ones."""
    words, begins = heard(timeline, track, at, cues), row(timeline, track).starts[at]
    ends = begins + item_at(timeline, track, at).frames
    tracks = tuple(
        told(one, words, begins, ends) if words and one.kind == "captions" and not one.locked else one
        for one in timeline.tracks
    )
    return timeline if tracks == timeline.tracks else rebuilt(timeline, tracks=tracks)


def heard(timeline: Timeline, track: int, at: int, cues: Sequence[Cue]) -> list[Heard]:
    """The words that a clip lets be heard; none of one that plays backwards, stands still or starts over."""
    clip, begins = item_at(timeline, track, at), row(timeline, track).starts[at]
    if clip.reverse or clip.loop or not clip.speed:
        return []

    def frame(seconds: float) -> int:
        return begins + round((seconds * float(timeline.fps) - clip.offset) / float(clip.speed))

    words = [Heard(word.text, frame(word.start_s), frame(word.end_s)) for cue in cues for word in cue.words]
    ends = begins + clip.frames
    return [Heard(text, a, min(b, ends)) for text, a, b in words if begins <= a < ends]


def told(track: Track, words: list[Heard], begins: int, ends: int) -> Track:
    """One row, its captions over the voice's frames set anew where they say these words between them."""
    spans = [span for span in track.spans() if isinstance(span.item, Caption)]
    mine = [span for span in spans if begins <= (span.start + span.end) / 2 < ends]
    said = [word for span in mine for word in span.item.text.split()]
    if not mine or [*map(plain, said)] != [plain(word.text) for word in words]:
        return track
    fresh, n = dict[int, tuple[int, Caption]](), 0
    for span in mine:
        count = len(span.item.text.split())
        fresh[span.index] = timed(span, words[n : n + count])
        n += count
    placed = [fresh.get(span.index, (span.start, span.item)) for span in spans]
    return rebuilt(track, items=tuple(laid(placed)))


def timed(span: Span, words: list[Heard]) -> tuple[int, Caption]:
    """Where a caption begins, and the caption with its words in frames from there."""
    start, frames = words[0].start, max(1, words[-1].end - words[0].start)
    within = tuple((word.text, min(word.start - start, frames), min(word.end - start, frames)) for word in words)
    return start, rebuilt(span.item, frames=frames, words=within)


def laid(placed: list[tuple[int, Caption]]) -> Iterator[Item]:
    """Captions as a row's items, each cut short where the next one begins."""
    at = 0
    for n, (start, item) in enumerate(placed):
        begin = max(start, at)
        end = min(begin + item.frames, placed[n + 1][0]) if n + 1 < len(placed) else begin + item.frames
        if end <= begin:
            continue
        if begin > at:
            yield Gap(frames=begin - at)
        words = tuple((text, min(a, end - begin), min(b, end - begin)) for text, a, b in item.words)
        yield item if end - begin == item.frames else rebuilt(item, frames=end - begin, words=words)
        at = end


def plain(word: str) -> str:
    return "".join(letter for letter in word.casefold() if letter.isalnum())
