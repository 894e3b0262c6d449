"""Captions: sung along, broken into lines as each language asks, and written as ASS and as tracks of a film."""

import json
import subprocess

import av
import numpy as np
import pytest

from pipelines import vtt
from pipelines.ffmpeg import binary
from studio.timeline import captions
from studio.timeline.export.codecs import Spec, coding
from studio.timeline.export.export import export, frame
from studio.timeline.export.presets import ExportSettings
from studio.timeline.export.segments import segments
from studio.timeline.items import Caption
from studio.timeline.model import Timeline
from studio.timeline.paint.fonts import Type, clusters

W, H = 640, 360
SONG = {"type": "caption", "text": "row, row\nyour boat", "frames": 40,
        "words": [["row,", 0, 8], ["row", 8, 16], ["your", 20, 28], ["boat", 28, 40]]}  # fmt: skip


def film(*items, style="karaoke"):
    rows = [{"kind": "captions", "style": style, "items": list(items)}]
    return Timeline.parse({"version": 1, "width": W, "height": H, "fps": "25/1", "loudness_lufs": None, "tracks": rows})


def amber(image):
    """Where the accent colour is, as (left, right, top, bottom) in fractions; None for nowhere."""
    mask = np.abs(image.astype(int) - [242, 169, 59]).max(2) < 40
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return (columns[0] / W, columns[-1] / W, rows[0] / H, rows[-1] / H) if rows.size else None


def test_the_word_that_is_said_is_lit_and_nothing_in_a_pause():
    places = [amber(frame(film(SONG), {}, n, (W, H))) for n in (2, 10, 18, 22, 39)]
    first, second, pause, third, fourth = places
    assert pause is None
    assert first[1] <= second[0], "the second row stands right of the first, though it is the same word"
    assert first[3] < third[2], "the second line stands below the first"
    assert third[1] <= fourth[0]


def test_a_word_is_lit_where_it_stands_in_a_line_that_runs_to_the_left():
    words = [["שלום", 0, 10], ["עולם", 10, 20]]
    said = film({"type": "caption", "text": "שלום עולם", "frames": 20, "words": words})
    first, second = (amber(frame(said, {}, n, (W, H))) for n in (2, 12))
    assert second[1] <= first[0]


def test_words_without_times_share_the_caption():
    item = Caption(text="a bbbb", frames=50)
    assert [captions.said_at(item, k) for k in (0, 9, 10, 49)] == [(0, 1), (0, 1), (2, 6), (2, 6)]


def test_a_piece_is_another_when_its_words_are_said_at_other_times():
    spec = Spec(W, H, film().fps, coding("h264", "preview", film().fps))
    late = SONG | {"words": [["row,", 4, 8], *SONG["words"][1:]]}

    def key(timeline):
        return [piece.key for piece in segments(timeline, {}, spec)]

    assert key(film(SONG)) != key(film(late))
    assert key(film(SONG, style="outline")) == key(film(late, style="outline"))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("ああああああああ。いいい", ["ああああああああ。", "いいい"]),
        ("ああああああああ「いいい", ["ああああああああ", "「いいい"]),
        ("안녕하세요 반갑습니다", ["안녕하세요", "반갑습니다"]),
        ("one two three four", ["one two three", "four"]),
    ],
)
def test_lines_are_broken_where_the_language_allows(text, lines):
    kind = Type("regular", 20)
    wide = kind.width(lines[0]) + 0.5
    assert kind.wrap(text, wide) == lines


def test_a_word_too_long_for_a_line_is_broken_between_its_letters():
    kind, text = Type("regular", 20), "ที่นี่มีความสุขมากมายเหลือเกิน"
    lines = kind.wrap(text, kind.width(text) / 3)
    assert "".join(lines) == text
    assert len(lines) >= 3
    assert all(kind.width(line) <= kind.width(text) / 3 for line in lines)
    assert all(line[0] == clusters(line)[0][0] and not "\u0e30" <= line[0] <= "\u0e3a" for line in lines)


def test_an_ass_file_is_read_by_ffmpeg_and_says_the_same(tmp_path):
    made = export(film({"type": "gap", "frames": 25}, SONG), {}, tmp_path / "song.ass", workdir=tmp_path / "w")
    text = made.path.read_text()
    assert r"{\k32}row,{\k0}" not in text
    assert r"{\k32}row, {\k32}row" in text
    assert "Dialogue: 0,0:00:01.00,0:00:02.60,Default" in text
    back = subprocess.run([binary(), "-v", "error", "-i", made.path, "-f", "srt", "-"], capture_output=True, text=True)
    assert "row, row\nyour boat" in back.stdout
    assert "00:00:01,000 --> 00:00:02,600" in back.stdout
    plain = export(film(SONG | {"text": "{x} \\N"}, style="large"), {}, tmp_path / "plain.ass", workdir=tmp_path / "w")
    assert r"\{x\}" in plain.path.read_text()


@pytest.mark.parametrize("kind", ["mp4", "mov", "mkv", "webm"])
def test_a_film_carries_its_captions_as_a_track(tmp_path, kind):
    timeline = film(
        {"type": "gap", "frames": 25}, SONG, {"type": "gap", "frames": 5}, SONG | {"text": "Ende", "words": []}
    )
    asked = ExportSettings(preset="preview", soft_captions=True, burn_captions=False, **{"from": 10})
    made = export(timeline, {}, tmp_path / f"f.{kind}", workdir=tmp_path / "w", settings=asked)
    with av.open(str(made.path)) as container:
        assert len(container.streams.subtitles) == 1
    back = subprocess.run(
        [binary(), "-v", "error", "-i", made.path, "-map", "0:s:0", "-f", "srt", "-"], capture_output=True, text=True
    ).stdout  # fmt: skip
    cues = vtt.read("WEBVTT\n\n" + back.replace(",", "."))
    assert [at for cue in cues for at in (cue.start_s, cue.end_s)] == pytest.approx([0.6, 2.2, 2.4, 4.0], abs=0.03)
    assert [cue.text for cue in cues] == ["row. row\nyour boat", "Ende"]
    assert not np.any(frame_of(made.path) > 40), "and they are not drawn as well"
    again = export(timeline, {}, tmp_path / f"g.{kind}", workdir=tmp_path / "w", settings=asked)
    assert again.path.read_bytes() == made.path.read_bytes()
    without = export(
        timeline, {}, tmp_path / f"h.{kind}", workdir=tmp_path / "w", settings=ExportSettings(preset="preview")
    )
    with av.open(str(without.path)) as container:
        assert not container.streams.subtitles
    assert json.loads(json.dumps(timeline.dump()))["tracks"][0]["style"] == "karaoke"


def frame_of(path):
    with av.open(str(path)) as container:
        return next(shot for n, shot in enumerate(container.decode(video=0)) if n == 30).to_ndarray(format="gray")
