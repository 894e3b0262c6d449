"""Captions follow a new voice word by word, as far as they say what it says."""

from __future__ import annotations

import pytest

from pipelines.vtt import Cue, Word
from studio.timeline.edit.said import resaid
from test_retime import clip, film, gap, row

LINE = ("The", "boats", "come", "home,", "one", "by", "one.")


def voice(start_s: float = 0.2, each_s: float = 0.3) -> list[Cue]:
    """The line as a voice says it: a word every `each_s`, a pause between its halves."""
    times = [start_s + n * each_s + 0.5 * (n > 3) for n in range(len(LINE))]
    words = [Word(text, at, at + each_s) for text, at in zip(LINE, times, strict=True)]
    parts = (words[:4], words[4:])
    return [Cue(p[0].start_s, p[-1].end_s, " ".join(w.text for w in p), tuple(p)) for p in parts]


def caption(text, frames, words=()):
    return {"type": "caption", "text": text, "frames": frames, "words": words}


def shown(timeline, track=1):
    """(first frame, end, text) of every caption of a row."""
    return [(s.start, s.end, s.item.text) for s in timeline.tracks[track].spans() if s.item.type == "caption"]


def cut(*captions, speech=None, **more):
    spoken = row(gap(30), clip(120) | (speech or {}), kind="audio")
    return film(spoken, row(*captions, kind="captions", **more))


HALVES = (gap(31), caption("the boats come home", 60), gap(2), caption("One by one", 40))


def test_each_caption_lasts_from_its_first_word_to_its_last():
    after = resaid(cut(*HALVES), 0, 1, voice())
    assert shown(after) == [(36, 72, "the boats come home"), (87, 114, "One by one")]
    words = after.tracks[1].items[1].words
    assert words[1] == ("boats", 9, 18)
    assert resaid(after, 0, 1, voice()) == after


def test_what_the_clip_leaves_out_and_how_fast_it_plays_count():
    later = resaid(cut(*HALVES, speech={"in": 3}), 0, 1, voice())
    assert shown(later)[0][:2] == (33, 69)
    quick = resaid(cut(*HALVES, speech={"speed": "2/1"}), 0, 1, voice())
    assert shown(quick)[1][:2] == (30 + 28, 30 + 42)


def test_captions_of_others_stay_where_they_are():
    before = cut(caption("Before", 20), *HALVES[:1], *HALVES[1:], gap(30), caption("Afterwards", 20))
    moved = [s for s in shown(before) if s[2] in ("Before", "Afterwards")]
    assert [s for s in shown(resaid(before, 0, 1, voice())) if s[2] in ("Before", "Afterwards")] == moved


@pytest.mark.parametrize(
    "timeline",
    [
        cut(gap(31), caption("The ships come home", 60), caption("one by one", 40)),
        cut(*HALVES, locked=True),
        cut(*HALVES, speech={"reverse": True}),
        film(row(gap(30), clip(120), kind="audio")),
    ],
    ids=["other words", "a locked row", "backwards", "no captions"],
)
def test_what_says_something_else_stays_as_it_is(timeline):
    assert resaid(timeline, 0, 1, voice()) == timeline
