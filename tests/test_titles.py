"""Titles that move do so evenly and are whole at their end; what is cut away from a picture is clear."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from studio.library.store import Library
from studio.timeline import edit
from studio.timeline.export.codecs import Spec, coding
from studio.timeline.export.export import frame
from studio.timeline.export.presets import ExportSettings, size
from studio.timeline.export.segments import segments
from studio.timeline.items import Clip, Title
from studio.timeline.model import Timeline, Track

SIZE = (320, 180)


def film(*items):
    return Timeline(width=640, height=360, tracks=(Track(kind="video", items=items),))


def ink(timeline, n, media=None):
    return frame(timeline, media or {}, n, SIZE).max(2) > 64


def rows_of(mask):
    return np.flatnonzero(mask.any(1))


def test_an_end_roll_comes_from_below_moves_evenly_and_leaves_at_the_top():
    roll = film(Title(text="Director: Ada\nCamera: Grace", style="end-roll", frames=101))
    assert not ink(roll, 0).any()
    assert not ink(roll, 100).any()
    middles = [rows_of(ink(roll, n)).mean() for n in (40, 50, 60)]
    assert middles[0] > middles[1] > middles[2]
    assert (middles[0] - middles[1]) == pytest.approx(middles[1] - middles[2], abs=1)
    assert middles[1] == pytest.approx(90, abs=4)


def test_a_long_roll_shows_every_line_once():
    text = "\n".join(f"Part {n}: Name {n}" for n in range(90))
    roll = film(Title(text=text, style="end-roll", frames=901))
    for n in (200, 450, 700):
        gaps = np.diff(np.flatnonzero(np.diff(np.pad(ink(roll, n).any(1).astype(int), 1)) == 1))
        assert len(gaps) >= 8
        assert np.ptp(gaps[1:-1]) <= 3, "the pages follow each other without a seam"


def test_the_words_of_a_kinetic_caption_come_one_after_the_other():
    said = film(Title(text="one two three four", style="kinetic", frames=81))
    seen = [ink(said, n).sum() for n in (0, 16, 32, 48)]
    assert seen == sorted(seen)
    assert len(set(seen)) == 4
    whole = frame(said, {}, 80, SIZE)
    assert not (np.abs(whole.astype(int) - [242, 169, 59]).max(2) < 30).any(), "in the end no word stands out"


def test_a_moving_title_has_a_key_for_every_place_it_is_cut_at():
    roll = film(Title(text="Ada", style="end-roll", frames=900))
    settings = ExportSettings(preset="preview")
    keys = [
        piece.key
        for piece in segments(roll, {}, Spec(*size(roll, settings), roll.fps, coding("h264", "preview", roll.fps)))
    ]
    assert len(set(keys)) == len(keys) > 1


@pytest.fixture
def picture(studio, tmp_path: Path):
    path = tmp_path / "grey.png"
    assert cv2.imwrite(str(path), np.full((360, 640, 3), 180, np.uint8))
    library: Library = studio.library
    return library.add(path)


def test_what_is_cropped_is_clear_and_the_rest_stays_where_it_was(picture):
    media = {picture.id: picture}
    whole = film(Clip(asset=picture.id, frames=10))
    cut = edit.set_item(whole, 0, 0, crop=[0.25, 0.5, 0.1, 0])
    mask = ink(cut, 3, media)
    assert ink(whole, 3, media).all()
    columns = np.flatnonzero(mask.any(0))
    assert [columns[0], columns[-1] + 1] == pytest.approx([80, 288], abs=2)
    assert [rows_of(mask)[0], rows_of(mask)[-1] + 1] == pytest.approx([90, 180], abs=2)
    moving = edit.set_item(cut, 0, 0, motion={"from": [0, 0, 1, 1], "to": [0, 0, 0.2, 0.2]})
    assert not ink(moving, 9, media).any(), "the view has gone to where the picture was cut away"


def test_a_crop_that_leaves_nothing_is_refused(picture):
    from pipelines.faults import Invalid

    with pytest.raises(Invalid, match=r"tracks\[0\]\.items\[0\]\.crop"):
        edit.set_item(film(Clip(asset=picture.id, frames=10)), 0, 0, crop=[0.5, 0, 0.5, 0])
