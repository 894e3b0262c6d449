"""The cutting room's verbs: frame-exact, never a broken timeline, and a fault that names its place."""

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipelines.faults import Invalid
from studio.timeline import edit
from studio.timeline.items import Caption, Clip, Gap, Motion, Title, Transition
from studio.timeline.model import Timeline, Track

settings.register_profile("room", max_examples=60, deadline=None, derandomize=True)
settings.load_profile("room")


def film(*items, kind="video"):
    return Timeline(tracks=(Track(kind=kind, items=items),))


@st.composite
def films(draw):
    """Rows of clips, gaps and titles, with transitions where they fit."""
    plain = draw(
        st.lists(st.tuples(st.sampled_from("cgt"), st.integers(2, 60), st.integers(0, 90)), min_size=1, max_size=8)
    )
    items = []
    for n, (kind, frames, offset) in enumerate(plain):
        made = {"c": Clip(asset=f"a{n}", frames=frames, offset=offset), "g": Gap(frames=frames)}
        item = made.get(kind) or Title(text=str(n), frames=frames)
        both_gaps = items and isinstance(items[-1], Gap) and isinstance(item, Gap)
        if items and not both_gaps and draw(st.booleans()):
            room = min(items[-1].frames // 2, frames // 2)
            if room:
                items.append(Transition(frames=draw(st.integers(1, room))))
        items.append(item)
    return film(*items)


def played(timeline, track=0):
    """What each frame of a row shows: the media frame of every clip at work there."""
    row = [[] for _ in range(timeline.tracks[track].frames)]
    for span in timeline.tracks[track].spans():
        for n in range(span.start, span.end):
            if isinstance(span.item, Clip):
                row[n].append((span.item.asset, span.item.offset + (n - span.start) * span.item.speed))
            elif isinstance(span.item, Title):
                row[n].append(span.item.text)
    return row


def spans_of(timeline):
    return list(timeline.tracks[0].spans())


@given(films(), st.data())
def test_a_split_changes_nothing_that_is_seen(timeline, data):
    span = data.draw(st.sampled_from(spans_of(timeline)))
    frame = data.draw(st.integers(1, span.item.frames - 1))
    try:
        cut = edit.split(timeline, 0, span.index, frame)
    except Invalid:  # only where a half would be shorter than its transition
        beside = [t.frames for t in (span.before, span.after) if t]
        assert any(n > min(frame, span.item.frames - frame) for n in beside) or isinstance(span.item, Gap)
        return
    assert played(cut) == played(timeline)
    assert len(cut.tracks[0].items) == len(timeline.tracks[0].items) + 1


@given(films(), st.data())
def test_removing_and_lifting_leave_the_others_as_they_were(timeline, data):
    span = data.draw(st.sampled_from(spans_of(timeline)))
    others = [s.item for s in spans_of(timeline) if s.index != span.index and not isinstance(s.item, Gap)]
    removed, lifted = edit.remove(timeline, 0, span.index), edit.lift(timeline, 0, span.index)
    assert [s.item for s in spans_of(removed) if not isinstance(s.item, Gap)] == others
    kept = {s.start: s.item for s in spans_of(timeline) if s.index != span.index and not isinstance(s.item, Gap)}
    assert {s.start: s.item for s in spans_of(lifted) if not isinstance(s.item, Gap)} == kept


@given(films(), st.integers(1, 40), st.data())
def test_a_ripple_insert_makes_the_film_longer_by_just_that(timeline, frames, data):
    frame = data.draw(st.integers(0, timeline.frames + 20))
    try:
        longer = edit.insert_at(timeline, 0, frame, Clip(asset="new", frames=frames))
    except Invalid as fault:
        assert "transition" in fault.message or "longer than" in fault.message  # noqa: PT017
        return
    assert longer.frames == max(timeline.frames, frame) + frames
    now, before = played(longer), played(timeline)
    assert now[:frame][: len(before)] == before[:frame]
    assert now[frame : frame + frames] == [[("new", n)] for n in range(frames)]
    assert now[frame + frames :] == before[frame:]


@given(films(), st.integers(1, 40), st.data())
def test_an_overwrite_moves_nothing(timeline, frames, data):
    frame = data.draw(st.integers(0, timeline.frames))
    try:
        after = edit.overwrite(timeline, 0, frame, Clip(asset="new", frames=frames))
    except Invalid as fault:
        assert "transition" in fault.message or "longer than" in fault.message  # noqa: PT017
        return
    now, before = played(after), played(timeline)
    assert len(now) == max(len(before), frame + frames)
    assert now[:frame] == before[:frame]
    assert now[frame + frames :] == before[frame + frames :]


@given(films(), st.data())
def test_no_edit_changes_the_timeline_it_was_given(timeline, data):
    before = timeline.dump()
    at = data.draw(st.integers(-1, 12))
    number = data.draw(st.integers(-50, 50))
    verbs = [
        lambda: edit.trim_head(timeline, 0, at, number),
        lambda: edit.trim_tail(timeline, 0, at, number, ripple=False),
        lambda: edit.roll(timeline, 0, at, number),
        lambda: edit.slip(timeline, 0, at, number),
        lambda: edit.move(timeline, 0, at, 0, number),
        lambda: edit.duplicate(timeline, 0, at),
        lambda: edit.add_transition(timeline, 0, at, frames=number),
        lambda: edit.move_to(timeline, 0, at, 0, number),
    ]
    try:
        after = data.draw(st.sampled_from(verbs))()
    except Invalid as fault:
        assert fault.message.startswith("tracks[0]")  # noqa: PT017
    else:
        assert Timeline.parse(after.dump()) == after
    assert timeline.dump() == before


@given(films(), st.sampled_from(["24/1", "25/1", "50/1", "60/1", "30000/1001"]))
def test_at_another_frame_rate_cuts_stay_within_a_frame(timeline, fps):
    assume(not any(isinstance(i, Transition) for i in timeline.tracks[0].items))
    rate = Fraction(fps)
    other = edit.at_fps(timeline, rate)
    for a, b in zip(spans_of(timeline), spans_of(other), strict=True):
        assert abs(b.start / rate - a.start / timeline.fps) <= Fraction(1, 2) / rate * (
            1 + len(timeline.tracks[0].items)
        )


def clips(*frames, offset=100):
    return film(*(Clip(asset=f"a{n}", frames=f, offset=offset) for n, f in enumerate(frames)))


def test_a_trimmed_head_begins_later_in_the_media_and_the_rest_moves_up():
    after = edit.trim_head(clips(30, 30), 0, 0, 10)
    assert played(after) == played(clips(30, 30))[10:]
    kept = edit.trim_head(clips(30, 30), 0, 1, 10, ripple=False)
    assert played(kept) == [*played(clips(30, 30))[:30], *[[]] * 10, *played(clips(30, 30))[40:]]


def test_a_trimmed_tail_gives_back_what_it_took():
    shorter = edit.trim_tail(clips(30, 30), 0, 0, 10, ripple=False)
    assert shorter.frames == 60
    assert edit.trim_tail(shorter, 0, 0, -10, ripple=False) == clips(30, 30)


def test_a_roll_moves_the_cut_alone():
    after = edit.roll(clips(30, 30), 0, 0, 7)
    assert [i.frames for i in after.tracks[0].items] == [37, 23]
    assert after.tracks[0].items[1].offset == 107
    assert played(after)[37:] == played(clips(30, 30))[37:]


def test_a_still_is_rolled_and_trimmed_without_a_start_to_run_out_of():
    stills = film(Clip(asset="a", frames=30), Clip(asset="b", frames=30))
    with pytest.raises(Invalid, match="media begins"):
        edit.roll(stills, 0, 0, -5)
    rolled = edit.roll(stills, 0, 0, -5, still=True)
    assert [(i.frames, i.offset) for i in rolled.tracks[0].items] == [(25, 0), (35, 0)]
    gap = film(Gap(frames=20), Clip(asset="b", frames=30))
    earlier = edit.trim_head(gap, 0, 1, -8, ripple=False, still=True)
    assert [i.frames for i in earlier.tracks[0].items] == [12, 38]


def test_a_slip_shows_other_frames_in_the_same_place():
    after = edit.slip(clips(30, 30), 0, 1, -40)
    assert (after.frames, after.tracks[0].items[1].offset) == (60, 60)
    with pytest.raises(Invalid, match=r"^tracks\[0\]\.items\[1\]\.in: "):
        edit.slip(after, 0, 1, -61)


def test_the_halves_of_a_reversed_clip_play_the_same_frames():
    whole = film(Clip(asset="a", frames=30, offset=10, reverse=True))
    left, right = edit.split(whole, 0, 0, 12).tracks[0].items
    assert (left.offset, left.frames, right.offset, right.frames) == (28, 12, 10, 18)


def test_the_halves_of_a_move_are_the_whole_move():
    motion = Motion(start=(0, 0, 1, 1), end=(0.2, 0.2, 0.6, 0.6))
    left, right = edit.split(film(Clip(asset="a", frames=11, motion=motion)), 0, 0, 4).tracks[0].items
    assert left.motion.end == pytest.approx((0.06, 0.06, 0.88, 0.88))
    assert right.motion.start == pytest.approx((0.08, 0.08, 0.84, 0.84))
    assert right.motion.end == motion.end


def test_a_split_caption_shares_its_words():
    words = (("one", 0, 10), ("two", 10, 20), ("three", 20, 30))
    cut = edit.split(film(Caption(text="one two three", frames=30, words=words), kind="captions"), 0, 0, 20)
    left, right = cut.tracks[0].items
    assert (left.text, right.text, right.words) == ("one two", "three", (("three", 0, 10),))


def test_a_transition_is_added_exchanged_and_taken_away():
    with_one = edit.add_transition(clips(30, 30), 0, 0, "wipe-left", 10)
    assert with_one.frames == 50
    longer = edit.add_transition(with_one, 0, 0, "dissolve", 20)
    assert longer.tracks[0].items[1] == Transition(name="dissolve", frames=20)
    assert edit.remove(longer, 0, 1) == clips(30, 30)


def test_another_take_keeps_the_slot():
    after = edit.replace_take(edit.set_item(clips(30, 30), 0, 1, gain_db=-3), 0, 1, "better")
    item = after.tracks[0].items[1]
    assert (item.asset, item.offset, item.frames, item.gain_db) == ("better", 0, 30, -3)


def test_tracks_come_go_and_change_places():
    timeline = edit.add_track(clips(5), Track(kind="audio", name="Voice"))
    timeline = edit.move_track(timeline, 1, 0)
    assert [t.kind for t in timeline.tracks] == ["audio", "video"]
    assert edit.set_track(timeline, 0, duck=True, name="Music").tracks[0].duck
    assert edit.remove_track(timeline, 0) == clips(5)
    with pytest.raises(Invalid, match=r"^tracks\[0\]\.gain_db: "):
        edit.set_track(timeline, 0, gain_db=1000)


def test_the_file_s_names_are_understood_and_faults_speak_them():
    assert edit.set_item(clips(5), 0, 0, **{"in": 7}).tracks[0].items[0].offset == 7
    with pytest.raises(Invalid, match=r"^tracks\[0\]\.items\[0\]\.in: "):
        edit.set_item(clips(5), 0, 0, **{"in": -7})
    with pytest.raises(edit.NoSuchItem, match=r"^tracks\[0\]\.items\[3\]: "):
        edit.set_item(clips(5), 0, 3, frames=2)
    with pytest.raises(edit.NoSuchItem, match=r"^tracks\[4\]: "):
        edit.remove(clips(5), 4, 0)


def test_room_is_made_in_every_row():
    timeline = edit.add_track(clips(30), Track(kind="audio", items=(Clip(asset="m", frames=60),)))
    after = edit.make_room(timeline, 10, 5)
    assert [t.frames for t in after.tracks] == [35, 65]
