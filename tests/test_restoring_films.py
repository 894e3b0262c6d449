"""Every kind of film comes out of restoring right: its moments, its sound, its shape, its colours and its range."""

from __future__ import annotations

import subprocess
from pathlib import Path

import av
import numpy as np
import pytest

from footage import fine, psnr, read, write
from pipelines.draft import restore as draft
from pipelines.faults import Invalid, Unsupported
from restored import Here, known, restore
from studio.library.media import probe


@pytest.fixture
def in_pieces(monkeypatch):
    monkeypatch.setattr(draft.Filters, "chunk", 10)


def test_moments_stay_where_they_were(known, restore, in_pieces, tmp_path):
    steady = write(tmp_path / "cfr.mp4", known, "25", "-c:v", "libx264", "-crf", "12")
    uneven = tmp_path / "vfr.mkv"
    footage_of(steady, uneven, "-vf", "select='not(between(n,3,5)+eq(n,11))',setpts=PTS+1.5/TB", "-fps_mode", "vfr")
    given, made = read(uneven)[1], read(restore(uneven))[1]
    assert len(made) == len(given) == 16
    assert np.abs(np.diff(np.array(made, float)) - np.diff(np.array(given, float))).max() < 1e-3


def test_sound_stays_with_the_picture(restore, in_pieces, tmp_path):
    """A flash and a click at the same moment, which the sound of either kind keeps within 10 ms."""
    frames = np.full((50, 96, 128, 3), 20, np.uint8)
    frames[30:33] = 235
    click = "aevalsrc='0.8*sin(2*PI*1500*t)*between(t,1.2,1.32)':s=48000:d=2"
    source = write(tmp_path / "click.mp4", frames, sound=click)
    for how in ("keep", "clean"):
        for options in ({}, {"from_s": 0.5, "duration_s": 1.2}):
            made = restore(source, Here(tmp_path / f"{how}{len(options)}"), sound=how, denoise=0, **options)
            assert abs(clicked(made) - flashed(made)) < 0.010 + 1e-6, (how, options)
    assert not probe(restore(source, Here(tmp_path / "none"), sound="none")).sound


def flashed(path: Path) -> float:
    lumas, times = read(path)
    return float(times[int(np.argmax(lumas.mean((1, 2)) > 100))])


def clicked(path: Path) -> float:
    with av.open(str(path)) as film:
        stream = film.streams.audio[0]
        found = [(frame.pts * frame.time_base, np.abs(frame.to_ndarray()).max(0)) for frame in film.decode(stream)]
        for at, samples in found:
            loud = np.nonzero(samples > 0.2)[0]
            if len(loud):
                return float(at) + float(loud[0]) / stream.rate
    raise AssertionError("no click")


def footage_of(source: Path, out: Path, *arguments: str) -> Path:
    from pipelines import ffmpeg

    subprocess.run([ffmpeg.binary(), *ffmpeg.QUIET, "-i", str(source), *arguments, str(out)], check=True)
    return out


def test_a_turned_film_comes_out_upright(known, restore, tmp_path):
    flat = write(tmp_path / "flat.mp4", known[:6])
    turned = tmp_path / "turned.mp4"
    footage_of(flat, turned, "-c", "copy", "-metadata:s:v", "rotate=90")
    made = restore(turned)
    assert (probe(turned).width, probe(turned).height) == (probe(made).width, probe(made).height) == (192, 256)
    upright = np.rot90(read(flat)[0], {90: 1, 270: -1}[round(first(turned).rotation) % 360], (1, 2))
    assert psnr(read(made)[0], upright) > 40
    assert first(made).rotation == 0


def first(path: Path):
    with av.open(str(path)) as film:
        return next(film.decode(video=0))


def test_wide_pixels_become_square_and_odd_sides_even(known, restore, tmp_path):
    wide = write(tmp_path / "wide.mp4", known[:4, :, :180], "25", "-vf", "setsar=4/3")
    assert (probe(restore(wide)).width, probe(restore.context.workdir / "restored.mp4").height) == (240, 192)
    odd = write(tmp_path / "odd.mkv", known[:4, :191, :255], "25", "-c:v", "ffv1", "-pix_fmt", "yuv444p")
    found = probe(restore(odd, Here(tmp_path / "odd"), size="2x"))
    assert (found.width, found.height) == (510, 382)


def test_ten_bits_and_high_range_stay_what_they_are(known, restore, tmp_path):
    tags = ("-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc")
    light = f"master-display={DISPLAY}:max-cll=1000,400"
    deep = write(tmp_path / "deep.mp4", known[:8], "25", "-c:v", "libx265", "-x265-params",
                 f"log-level=1:lossless=1:{light}", "-pix_fmt", "yuv420p10le", *tags)  # fmt: skip
    made = restore(deep)
    frame = first(made)
    assert frame.format.name == "yuv420p10le"
    assert (int(frame.colorspace), int(frame.color_primaries), int(frame.color_trc)) == (9, 9, 16)
    assert said_of_light(frame) == said_of_light(first(deep)) != {}, "the mastering display, and the light's level"
    assert psnr(read(made)[0], read(deep)[0]) > 45


DISPLAY = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"


def said_of_light(frame) -> dict[str, bytes]:
    kinds = ("MASTERING_DISPLAY_METADATA", "CONTENT_LIGHT_LEVEL")
    return {data.type.name: bytes(data) for data in frame.side_data if data.type.name in kinds}


def test_a_trial_is_that_stretch_alone(known, restore, tmp_path):
    source = write(tmp_path / "known.mp4", known)
    trial = read(restore(source, from_s=0.2, duration_s=0.4))[0]
    assert len(trial) == 10
    assert psnr(trial, read(source)[0][5:15]) > 40
    with pytest.raises(Invalid, match=r"0\.80 s"):
        restore(source, Here(tmp_path / "late"), from_s=60)


def test_what_is_no_film_is_refused_in_words(restore, tmp_path):
    (tmp_path / "broken.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(64))
    with pytest.raises(Unsupported) as refused:
        restore(tmp_path / "broken.mp4")
    assert refused.value.advice
