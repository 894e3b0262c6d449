"""Two versions of a film become one: what one side changed is taken, what both changed is decided and told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studio.timeline.edit.merge import Version, ages, described, merge
from studio.timeline.model import Timeline


def clip(asset, frames=20, **more):
    return {"type": "clip", "asset": asset, "in": 0, "frames": frames, **more}


def film(*tracks, **more):
    tracks = [{"kind": "video", "items": list(items)} if isinstance(items, list) else items for items in tracks]
    return Timeline.parse({"version": 1, "fps": "30/1", "width": 640, "height": 360, "tracks": tracks, **more})


def version(timeline, at):
    return Version(timeline, at, [[at] * len(track.items) for track in timeline.tracks])


def merged(base, here, there, here_at=1.0, there_at=2.0):
    return merge(base, version(here, here_at), version(there, there_at))


BASE = film([clip("a"), clip("b"), clip("c")], [clip("m")])


def played(timeline, track=0):
    return [(item.asset, item.frames) for item in timeline.tracks[track].items]


def test_what_only_one_side_changed_is_taken():
    here = film([clip("a", 30), clip("b"), clip("c")], [clip("m")], title="Named here")
    there = film([clip("a"), clip("b"), clip("x"), clip("c")], [clip("m", 5)])
    one, conflicts = merged(BASE, here, there)
    assert played(one) == [("a", 30), ("b", 20), ("x", 20), ("c", 20)]
    assert (played(one, 1), one.title, conflicts) == ([("m", 5)], "Named here", [])
    assert merged(BASE, there, here)[0] == one, "whichever side asks"


def test_neighbours_changed_by_two_are_both_kept():
    one, conflicts = merged(BASE, film([clip("a", 9), clip("b"), clip("c")], [clip("m")]),
                            film([clip("a"), clip("b", 8), clip("c")], [clip("m")]))  # fmt: skip
    assert (played(one)[:2], conflicts) == ([("a", 9), ("b", 8)], [])


def test_the_newer_version_of_a_clip_wins_and_the_other_is_told():
    here, there = (film([clip("a"), clip("b", n), clip("c")], [clip("m")]) for n in (7, 8))
    for here_at, there_at, kept, frames in ((1, 2, "there", 8), (2, 1, "here", 7)):
        one, (conflict,) = merged(BASE, here, there, here_at, there_at)
        assert played(one)[1] == ("b", frames)
        assert (conflict.path, conflict.kept) == ("tracks[0].items[1]", kept)
        assert described(conflict).startswith("row 1, item 2: both changed it; ")
        assert [item["frames"] for item in conflict.lost] == [15 - frames]


def test_one_removed_what_the_other_changed():
    here = film([clip("a"), clip("c")], [clip("m")])
    there = film([clip("a"), clip("b", 8), clip("c")], [clip("m")])
    one, (conflict,) = merged(BASE, here, there)
    assert played(one)[1] == ("b", 8)
    assert conflict.lost == []
    one, (conflict,) = merged(BASE, here, there, 3, 2)
    assert len(played(one)) == 2
    assert conflict.lost[0]["frames"] == 8


def test_what_both_put_in_at_one_place_is_there_after_the_other_the_older_first():
    here, there = (film([clip("a"), clip("b"), clip("c"), clip(new)], [clip("m")]) for new in "xy")
    one, conflicts = merged(BASE, here, there, 2, 1)
    assert ([asset for asset, _ in played(one)], conflicts) == (["a", "b", "c", "y", "x"], [])


def test_the_same_clip_twice_in_a_row_is_not_taken_for_the_other():
    base, here, there = (film([clip("a", n), clip("b", m), clip("a")]) for n, m in ((20, 20), (31, 20), (20, 42)))
    assert played(merged(base, here, there)[0]) == [("a", 31), ("b", 42), ("a", 20)]


def test_rows_that_one_added_are_there_and_one_taken_away_is_gone():
    here = film([clip("a"), clip("b"), clip("c")])
    there = film([clip("a"), clip("b"), clip("c")], [clip("m")], {"kind": "captions", "items": []})
    one, conflicts = merged(BASE, here, there)
    assert ([track.kind for track in one.tracks], conflicts) == (["video", "captions"], [])


def test_where_they_cannot_be_put_together_the_later_film_is_taken_whole():
    join = {"type": "transition", "name": "dissolve", "frames": 15}
    here = film([clip("a"), join, clip("b"), clip("c")], [clip("m")])
    there = film([clip("a"), clip("b"), join, clip("c")], [clip("m")])
    one, (conflict,) = merged(BASE, here, there)
    assert (one, conflict.path, conflict.lost) == (there, "the film", here.dump())
    assert merged(None, here, there)[0] == there
    other_rate = film([clip("a")], fps="25/1")
    assert merged(BASE, here, other_rate)[0] == other_rate
    assert merged(here, here, other_rate) == (other_rate, []), "only one side changed"


def test_an_item_is_as_old_as_the_step_that_made_it_what_it_is():
    now, before = film([clip("a", 9), clip("b")]), film([clip("a"), clip("b")])
    steps = [(3.0, now.dump()), (2.0, before.dump()), (1.0, before.dump())]
    assert ages(now, steps) == [[3.0, 1.0]]


rows = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 4)), max_size=6)


@given(rows, rows, rows, st.booleans())
def test_nothing_is_lost_in_silence(base, here, there, newer):
    films = [film([clip(asset, frames) for asset, frames in items]) for items in (base, here, there)]
    one, conflicts = merged(*films, 2 if newer else 1, 1 if newer else 2)
    assert merged(films[0], films[2], films[1], 1 if newer else 2, 2 if newer else 1)[0] == one
    told = {(i["asset"], i["frames"]) for c in conflicts for side in (c.lost, c.won) for i in side or ()}
    for mine, other in ((here, there), (there, here)):
        added = set(mine) - set(base)
        assert added <= set(played(one)) | told, other
    assert merged(films[0], one, films[0]) == (one, [])
