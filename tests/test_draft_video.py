"""The draft shot: exact frames, a camera that moves near things more than far ones, and pictures met at both ends."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import psutil
import pytest

from pipelines import ffmpeg
from pipelines.catalogue import find
from pipelines.draft.image import DraftImage
from pipelines.draft.painting.camera import CAMERAS, MARGIN, pose
from pipelines.draft.painting.painter import paint
from pipelines.draft.painting.reading import read
from pipelines.draft.video import DraftVideo
from pipelines.faults import Cancelled

MODEL = find("draft-video")
SMALL = {"width": 320, "height": 256, "seed": 7, "duration_s": 1}


class Table:
    def __init__(self, workdir: Path, patience: int = 10**9):
        self.workdir, self.patience, self.said = workdir, patience, []

    def progress(self, fraction: float, note: str = "") -> None:
        self.said.append((fraction, note))
        if len(self.said) > self.patience:
            raise Cancelled


@pytest.fixture
def shot(tmp_path: Path):
    def make(prompt: str = "a boat at sea, mountains", **options: object) -> Path:
        (path,) = DraftVideo(MODEL).run(MODEL.options(prompt=prompt, **{**SMALL, **options}), Table(tmp_path))
        return path

    return make


@pytest.fixture
def picture(tmp_path: Path):
    def make(prompt: str, name: str = "given.png", **options: object) -> Path:
        model = find("draft-image")
        sized = {"width": 320, "height": 256, "seed": 7, **options}
        (path,) = DraftImage(model).run(model.options(prompt=prompt, **sized), Table(tmp_path))
        return path.rename(tmp_path / name)

    return make


def frames(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as film:
        return [f.to_ndarray(format="bgr24").astype(np.float32) for f in film.decode(video=0)]


def seen(path: Path) -> np.ndarray:
    return cv2.imread(str(path)).astype(np.float32)


def shift(a: np.ndarray, b: np.ndarray, rows: slice) -> float:
    """How many pixels sideways a band of rows has moved from one frame to another."""
    bands = [cv2.cvtColor(f[rows].astype(np.uint8), cv2.COLOR_BGR2GRAY).astype(np.float32) for f in (a, b)]
    window = cv2.createHanningWindow(bands[0].shape[::-1], cv2.CV_32F)
    return cv2.phaseCorrelate(*bands, window)[0][0]


@pytest.mark.parametrize(("fps", "seconds", "count"), [(24, 1, 24), (25, 1.5, 38), (30, 1.25, 38)])
def test_a_shot_has_exactly_the_frames_asked_for(shot, fps, seconds, count):
    path = shot(fps=fps, duration_s=seconds)
    with av.open(str(path)) as film:
        (stream,) = film.streams
        assert (stream.width, stream.height) == (320, 256)
        assert stream.average_rate == fps
        assert stream.duration * stream.time_base == Fraction(count, fps)
        assert (stream.codec.name, stream.pix_fmt) == ("h264", "yuv420p")
        assert (stream.codec_context.color_primaries, stream.codec_context.colorspace) == (1, 1)
    assert len(frames(path)) == count


def test_the_same_recipe_makes_the_same_bytes(shot):
    assert shot("rain on a street at night").read_bytes() == shot("rain on a street at night").read_bytes()


def test_it_begins_to_play_before_it_is_all_there(shot):
    data = shot().read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_a_static_shot_opens_on_the_picture_of_the_same_words(shot, picture):
    still = seen(picture("a castle at dusk"))
    assert np.abs(frames(shot("a castle at dusk", camera="static"))[0] - still).mean() < 4


def test_even_a_static_shot_lives(shot):
    first, *_, last = frames(shot("a boat at sea in the rain", camera="static"))
    assert np.abs(first - last).mean() > 1


def test_near_things_pass_quicker_than_far_ones():
    scene = paint(read("mountains at noon, clear sky"), 640, 360, 5, "poster", margin=MARGIN)
    a, b = (scene.frame(pose("pan right", p, 0.0, 4, 5), 0.0) for p in (0.48, 0.52))
    far, near = shift(a, b, slice(70, 170)), shift(a, b, slice(300, 360))
    assert near < far < -0.2  # to the left, as the camera goes right
    assert near < 2 * far


@pytest.mark.parametrize("camera", [c for c in CAMERAS if c != "static"])
def test_every_move_is_seen_and_never_jumps(camera):
    steps = [pose(camera, n / 95, n / 24, 4, 7) for n in range(96)]
    for measure in ("x", "y", "dolly", "zoom", "roll"):
        path = np.array([getattr(p, measure) for p in steps])
        assert np.abs(np.diff(path)).max() < 0.012
        assert np.abs(np.diff(path, 2)).max() < 0.0015
    scene = paint(read("a village"), 256, 256, 7, margin=MARGIN)
    ends = [scene.frame(steps[n], 0.0).astype(np.float32) for n in (0, 60)]
    assert np.abs(ends[0] - ends[1]).mean() > 1.5


@pytest.mark.parametrize("seed", [1, 7, 99])
def test_a_hand_held_camera_trembles_by_about_a_hundredth_of_the_width(seed):
    """Even what is far away, over eight seconds."""
    steps = [pose("handheld", n / 191, n / 24, 8, seed) for n in range(192)]
    far = np.array([p.x * p.follow(0.1) for p in steps]) * 9 / 16
    assert 0.007 < np.ptp(far) < 0.02


def test_fog_drifts_and_never_shows_where_it_ends():
    scene = paint(read("a harbour in fog at noon"), 320, 256, 7, margin=0.12, span=12)
    frames_ = [scene.frame(pose("static", 0, 0, 12, 7), t).astype(np.float32) for t in (0.0, 12.0)]
    moved = np.abs(frames_[0] - frames_[1]).mean(axis=2)
    assert moved[120:180].mean() > 0.4
    steps = np.abs(np.diff(frames_[1][100:150].mean(axis=(0, 2))))
    assert steps[:12].max() < 6
    assert steps[-12:].max() < 6


def test_the_camera_moves_by_parts_of_a_pixel():
    scene = paint(read("a tree in a field at noon"), 320, 256, 7, "poster", margin=MARGIN)
    a, b = (scene.frame(pose("pan right", p, 0.0, 60, 7), 0.0).astype(np.float32) for p in (0.5, 0.5005))
    moved = abs(shift(a, b, slice(200, 256)))
    assert 0.02 < moved < 0.9


def test_no_edge_of_the_paint_comes_into_the_picture():
    scene = paint(read("a lake at noon"), 320, 256, 7, margin=MARGIN)
    for camera in CAMERAS:
        for progress in (0.0, 1.0):
            frame = scene.frame(pose(camera, progress, progress * 4, 4, 7), progress * 4)
            for edge in (frame[0], frame[-1], frame[:, 0], frame[:, -1]):
                assert (edge.max(axis=1) > 8).mean() > 0.95, camera


def test_a_shot_from_a_picture_begins_with_it(shot, picture):
    start = picture("a fox in the forest")
    opened, *_, closed = frames(shot(start=start, camera="pan right"))
    assert np.abs(opened - seen(start)).mean() < 4
    assert np.abs(closed - opened).mean() > 4


def test_a_shot_between_two_pictures_meets_both(shot, picture):
    start, end = picture("a lake at dawn", "a.png"), picture("a city at night", "b.png")
    film = frames(shot(start=start, end=end, camera="dolly in"))
    assert np.abs(film[0] - seen(start)).mean() < 4
    assert np.abs(film[-1] - seen(end)).mean() < 6
    steps = [np.abs(a - b).mean() for a, b in pairwise(film)]
    assert max(steps) < 0.25 * np.abs(film[0] - film[-1]).mean()


def test_a_shot_towards_a_picture_ends_with_it(shot, picture):
    end = picture("a city at night")
    assert np.abs(frames(shot(end=end))[-1] - seen(end)).mean() < 6


def test_a_cancel_stops_it_at_once_and_leaves_no_process(tmp_path):
    table = Table(tmp_path, patience=3)
    with pytest.raises(Cancelled):
        list(DraftVideo(MODEL).run(MODEL.options(prompt="sea", **{**SMALL, "duration_s": 60}), table))
    assert len(table.said) == 4
    assert not [p for p in psutil.Process().children(recursive=True) if "ffmpeg" in p.name()]


def test_progress_names_the_frame(tmp_path):
    table = Table(tmp_path)
    list(DraftVideo(MODEL).run(MODEL.options(prompt="sea", **SMALL), table))
    fractions = [fraction for fraction, _ in table.said]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert "frame 13 of 24" in [note for _, note in table.said]


def test_what_ffmpeg_cannot_do_is_told_in_its_own_words(tmp_path):
    raw = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", "64x64", "-i", "pipe:0"]

    def encode() -> None:
        with ffmpeg.feeding([*raw, "-c:v", "nonesuch", str(tmp_path / "a.mp4")]) as pipe:
            for _ in range(500):
                pipe.write(bytes(64 * 64 * 3))

    with pytest.raises(ffmpeg.EncodingFailed, match="nonesuch"):
        encode()
