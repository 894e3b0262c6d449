"""Edits of several items at once, and markers: frame-exact, one value in and one out, whatever lies on the rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.faults import Invalid
from studio.timeline import edit
from studio.timeline.edit import verbs
from studio.timeline.edit.groups import Part, blade, lift_group, move_group, paste, remove_group, set_group
from studio.timeline.edit.markers import add_marker, remove_marker, set_marker
from studio.timeline.edit.splice import Locked
from studio.timeline.items import Clip, Gap, Transition
from studio.timeline.model import Timeline, Track
from test_timeline_edit import clips, film, films, played


@st.composite
def picked(draw):
    """A film of two rows, and some of its items."""
    one, two = draw(films()), draw(films())
    other = tuple(i.model_copy(update={"asset": f"b{n}"}) if isinstance(i, Clip) else i for n, i in enumerate(
        item.model_copy(update={"text": f"b{n}"}) if item.type == "title" else item
        for n, item in enumerate(two.tracks[0].items)
    ))  # fmt: skip
    timeline = Timeline(tracks=(one.tracks[0], Track(kind="video", items=other)))
    places = [(t, n) for t, track in enumerate(timeline.tracks) for n, item in enumerate(track.items)]
    moving = [p for p in places if timeline.tracks[p[0]].items[p[1]].type in ("clip", "title")]
    if not moving:
        return edit.append(timeline, 0, Clip(asset="only", frames=20)), ((0, len(timeline.tracks[0].items)),)
    return timeline, tuple(draw(st.lists(st.sampled_from(moving), min_size=1, max_size=5, unique=True)))


def names(timeline, picks):
    items = [timeline.tracks[t].items[n] for t, n in picks]
    return {item.asset if isinstance(item, Clip) else item.text for item in items}


def name(entry):
    return entry[0] if isinstance(entry, tuple) else entry


def without_end(row):
    while row and not row[-1]:
        row = row[:-1]
    return row


@given(picked(), st.integers(-60, 90))
def test_a_moved_group_plays_the_same_elsewhere_and_nothing_else_moves(given_, by):
    timeline, picks = given_
    before = timeline.dump()
    try:
        after = move_group(timeline, picks, by)
    except Invalid as fault:
        assert "before" in fault.message or "transition" in fault.message or "cannot lose" in fault.message  # noqa: PT017
        return
    assert timeline.dump() == before
    moving = names(timeline, picks)
    for track in range(2):
        old, new = played(timeline, track), played(after, track)
        mine = [[entry for entry in frame if name(entry) in moving] for frame in old]
        rest = [[entry for entry in frame if name(entry) not in moving] for frame in old]
        laid = {n + by: frame for n, frame in enumerate(mine) if frame}
        for n in range(max(len(old), len(new), *(n + 1 for n in laid), 0)):
            now, there = new[n] if n < len(new) else [], rest[n] if n < len(rest) else []
            if n in laid:
                assert now == laid[n]
            else:  # of two that a transition showed together, one may be left
                assert (now == there) or (len(now) == 1 and now[0] in there)


@given(picked())
def test_a_group_that_is_lifted_leaves_the_others_and_one_that_is_removed_closes_up(given_):
    timeline, picks = given_
    moving = names(timeline, picks)
    lifted, removed = lift_group(timeline, picks), remove_group(timeline, picks)
    for track in range(2):
        rest = [[entry for entry in frame if name(entry) not in moving] for frame in played(timeline, track)]
        assert without_end(played(lifted, track)) == without_end(rest)
        kept = [item for n, item in enumerate(timeline.tracks[track].items) if (track, n) not in picks]
        assert shown(removed.tracks[track].items) == shown(kept)


def shown(items):
    return [item for item in items if item.type not in ("transition", "gap")]


@given(films(), st.integers(0, 200), st.integers(1, 40))
def test_a_paste_puts_copies_in_and_moves_what_follows_only_when_asked(timeline, frame, frames):
    parts = (Part(track=0, items=(Clip(asset="new", frames=frames),)),)
    try:
        over, pushed = paste(timeline, frame, parts), paste(timeline, frame, parts, ripple=True)
    except Invalid as fault:
        assert "cannot lose" in fault.message or "longer than" in fault.message or "transition" in fault.message  # noqa: PT017
        return
    copies = [[("new", n)] for n in range(frames)]
    assert played(over)[frame : frame + frames] == played(pushed)[frame : frame + frames] == copies
    assert over.frames >= max(frame + frames, len(without_end(played(timeline))))
    assert pushed.frames >= len(without_end(played(timeline))) + frames


@given(films(), st.integers(0, 300))
def test_a_blade_changes_nothing_that_is_seen(timeline, frame):
    try:
        cut = blade(timeline, frame)
    except Invalid as fault:
        assert "nothing to cut" in fault.message or "longer than" in fault.message or "transition" in fault.message  # noqa: PT017
        return
    assert played(cut) == played(timeline)
    assert len(cut.tracks[0].items) == len(timeline.tracks[0].items) + 1


def test_a_group_keeps_the_transition_inside_it_and_drops_the_one_that_leads_out():
    dissolve = Transition(frames=10)
    row = film(Clip(asset="a", frames=30), dissolve, Clip(asset="b", frames=30), dissolve, Clip(asset="c", frames=30))
    after = move_group(row, ((0, 0), (0, 2)), 100)
    assert [item.type for item in after.tracks[0].items] == ["gap", "clip", "gap", "clip", "transition", "clip"]
    assert after.frames == 150


def test_a_transition_in_the_way_becomes_a_cut_where_the_new_one_begins():
    row = film(Clip(asset="a", frames=30), Transition(frames=10), Clip(asset="b", frames=30), Clip(asset="c", frames=8))
    after = move_group(row, ((0, 3),), -25)
    assert [(i.type, i.frames) for i in after.tracks[0].items] == [("clip", 25), ("clip", 8), ("clip", 17)]
    assert after.tracks[0].items[2].offset == 13


def test_a_group_goes_down_a_row_of_its_kind_and_no_further():
    two = edit.add_track(clips(30, 30), Track(kind="video", items=(Gap(frames=50), Clip(asset="z", frames=20))))
    after = move_group(two, ((0, 1),), 0, rows=1)
    assert [i.type for i in after.tracks[0].items] == ["clip"]
    assert [(i.type, i.frames) for i in after.tracks[1].items] == [("gap", 30), ("clip", 30), ("clip", 10)]
    with pytest.raises(edit.NoSuchItem):
        move_group(two, ((1, 1),), 0, rows=1)


def test_one_value_is_set_for_many_and_nothing_is_picked_is_said():
    after = set_group(clips(30, 30), ((0, 0), (0, 1)), muted=True)
    assert [item.muted for item in after.tracks[0].items] == [True, True]
    with pytest.raises(Invalid, match="picked"):
        lift_group(film(Gap(frames=3), Clip(asset="a", frames=2)), ((0, 0),))


def test_a_locked_track_refuses_every_edit_until_it_is_unlocked():
    locked = edit.set_track(clips(30, 30), 0, locked=True)
    part = {"track": 0, "items": [{"type": "gap", "frames": 2}]}
    for message in (
        {"verb": "split", "track": 0, "at": 0, "frame": 4},
        {"verb": "set_item", "track": 0, "at": 0, "fields": {"muted": True}},
        {"verb": "move_group", "picks": [[0, 0]], "by": 4},
        {"verb": "paste", "frame": 0, "parts": [part]},
        {"verb": "remove_track", "track": 0},
    ):
        with pytest.raises(Locked, match=r"^tracks\[0\]: this track is locked"):
            verbs.apply(locked, message)
    assert edit.make_room(locked, 0, 5) == locked
    assert edit.split(edit.set_track(locked, 0, locked=False), 0, 0, 4).frames == 60


@given(st.lists(st.integers(0, 500), unique=True, min_size=1, max_size=6), st.data())
def test_markers_stay_in_order_and_what_is_added_can_be_taken_away(frames, data):
    timeline = clips(30)
    for frame in frames:
        timeline = add_marker(timeline, frame, f"at {frame}")
    assert [m.frame for m in timeline.markers] == sorted(frames)
    n = data.draw(st.integers(0, len(frames) - 1))
    gone = remove_marker(timeline, n)
    assert add_marker(gone, sorted(frames)[n], timeline.markers[n].name) == timeline
    moved = set_marker(timeline, n, frame=900, color="blue")
    assert (moved.markers[-1].frame, moved.markers[-1].color) == (900, "blue")
    assert moved.markers[-1].name == timeline.markers[n].name
    slower = edit.at_fps(timeline, timeline.fps / 10)
    assert len(slower.markers) == len(frames)


def test_faulty_markers_are_refused_by_their_path():
    one = add_marker(clips(30), 12)
    with pytest.raises(Invalid, match=r"^markers\[1\]\.frame: there is another"):
        add_marker(one, 12)
    with pytest.raises(Invalid, match=r"^markers\[0\]\.color: "):
        set_marker(one, 0, color="plaid")
    with pytest.raises(edit.NoSuchItem, match=r"^markers\[3\]: "):
        remove_marker(one, 3)
