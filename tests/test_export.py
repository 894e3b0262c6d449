"""Exports, each compared with an independent computation: numpy, Pillow, PyAV and ffmpeg's own meters."""

import math
import re
import subprocess
import threading
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import map_coordinates

from pipelines.faults import Cancelled, Invalid
from pipelines.ffmpeg import binary
from studio.timeline import captions
from studio.timeline.export.check import decodes
from studio.timeline.export.export import EmptyFilm, MissingMedia, UnknownFormat, export, frame
from studio.timeline.export.presets import ExportSettings
from studio.timeline.model import Timeline
from studio.timeline.paint.sources import BrokenMedia
from studio.timeline.sound.mix import CUT, Mix
from studio.types import Asset

W, H = 320, 180


def barcode(n):
    """A frame that carries its number: eight bars of white or black, over grey that changes."""
    image = np.full((H, W, 3), 60 + 10 * (n % 12), np.uint8)
    for bit in range(8):
        image[20:160, 40 * bit + 4 : 40 * bit + 36] = 235 if n >> bit & 1 else 16
    return image


def number(image):
    """What `barcode` wrote, from an R'G'B' or grey image of any size."""
    grey = image if image.ndim == 2 else image.mean(2)
    h, w = grey.shape
    bars = [grey[int(h * 0.3) : int(h * 0.7), int(w * (b + 0.3) / 8) : int(w * (b + 0.7) / 8)].mean() for b in range(8)]
    return sum((bar > 126) << bit for bit, bar in enumerate(bars))


def shoot(path, images, fps=30, pts=None, codec="libx264", **stream):
    with av.open(str(path), "w") as out:
        track = out.add_stream(codec, rate=fps, options={"crf": "12", "preset": "ultrafast"})
        track.width, track.height, track.pix_fmt = images[0].shape[1], images[0].shape[0], "yuv420p"
        track.codec_context.time_base = Fraction(1, 600) if pts else 1 / Fraction(fps)
        for name, value in stream.items():
            setattr(track.codec_context, name, value)
        for n, image in enumerate(images):
            shot = av.VideoFrame.from_ndarray(image, "rgb24").reformat(format="yuv420p", dst_colorspace="ITU709")
            shot.pts, shot.time_base = (pts[n], Fraction(1, 600)) if pts else (n, 1 / Fraction(fps))
            out.mux(track.encode(shot))
        out.mux(track.encode(None))


def record(path, samples, rate=48000, layout=None):
    """(n, channels) float samples as a WAV file."""
    layout = layout or {1: "mono", 2: "stereo", 6: "5.1"}[samples.shape[1]]
    with av.open(str(path), "w") as out:
        track = out.add_stream("pcm_f32le", rate=rate, layout=layout)
        sound = av.AudioFrame.from_ndarray(samples.astype(np.float32).reshape(1, -1), format="flt", layout=layout)
        sound.sample_rate, sound.pts = rate, 0
        out.mux(track.encode(sound))
        out.mux(track.encode(None))


def tone(hertz, seconds, level=0.25, rate=48000):
    return level * np.sin(2 * math.pi * hertz * np.arange(round(seconds * rate)) / rate)[:, None]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """A small library: name to asset."""
    folder, found = tmp_path_factory.mktemp("media"), {}

    def add(name, kind, **facts):
        path = folder / name
        found[name] = Asset(id=name, kind=kind, name=name, mime="", bytes=path.stat().st_size, path=path, **facts)

    bt709 = {"colorspace": 1, "color_range": 1}
    shoot(folder / "count.mp4", [barcode(n) for n in range(120)], **bt709)
    add("count.mp4", "video", duration_s=4.0)
    shoot(folder / "film24.mp4", [barcode(n) for n in range(48)], fps=24, **bt709)
    add("film24.mp4", "video", duration_s=2.0)
    times = [0, 15, 30, 90, 100, 300, 310, 600, 700, 900]
    shoot(folder / "vfr.mp4", [barcode(n) for n in range(10)], pts=times, **bt709)
    add("vfr.mp4", "video", duration_s=1.6)
    shoot(folder / "ms.mkv", [barcode(n) for n in range(60)], **bt709)
    add("ms.mkv", "video", duration_s=2.0)
    for name, level in (("dark.png", 40), ("light.png", 200)):
        Image.new("RGB", (W, H), (level,) * 3).save(folder / name)
        add(name, "image")
    noise = cv2.GaussianBlur(np.random.default_rng(3).integers(0, 256, (540, 960)).astype(np.float32), (0, 0), 3)
    noise = cv2.normalize(noise, None, 20, 235, cv2.NORM_MINMAX).astype(np.uint8)
    Image.fromarray(noise).convert("RGB").save(folder / "noise.png")
    add("noise.png", "image")
    Image.new("RGB", (240, 180), (200, 30, 30)).save(folder / "square.png")
    add("square.png", "image")
    half = np.zeros((H, W, 4), np.uint8)
    half[:, : W // 2] = (255, 255, 255, 128)
    Image.fromarray(half).save(folder / "glass.png")
    add("glass.png", "image")
    record(folder / "a440.wav", tone(440, 6))
    add("a440.wav", "audio", duration_s=6.0)
    record(folder / "speech.wav", tone(1500, 2, 0.2, 24000), rate=24000)
    add("speech.wav", "audio", duration_s=2.0)
    six = np.zeros((48000, 6))
    six[:, 2] = tone(500, 1, 0.1)[:, 0]
    six[:, 4] = tone(900, 1, 0.1)[:, 0]
    record(folder / "six.wav", six)
    add("six.wav", "audio", duration_s=1.0)
    rng = np.random.default_rng(5)
    beat = rng.normal(0, 0.05, (48000 * 6, 2)) + (np.arange(48000 * 6) % 24000 < 400)[:, None] * rng.normal(
        0, 0.5, (48000 * 6, 2)
    )
    record(folder / "beat.wav", beat)
    add("beat.wav", "audio", duration_s=6.0)
    (folder / "broken.mp4").write_bytes((folder / "count.mp4").read_bytes()[:3000])
    add("broken.mp4", "video", duration_s=4.0)
    (folder / "gone.mp4").write_bytes(b"x")
    add("gone.mp4", "video", duration_s=4.0)
    (folder / "gone.mp4").unlink()
    return found


@pytest.fixture
def make(shelf, tmp_path):
    """Export rows of items (video unless told) and say where the film is."""

    def run(*tracks, name="film.mp4", settings=None, progress=lambda f, n: None, **film):
        timeline = built(*tracks, **film)
        return export(
            timeline, shelf, tmp_path / name, workdir=tmp_path / "work", cache=tmp_path / "cache",
            settings=settings, progress=progress,
        )  # fmt: skip

    return run


def built(*tracks, **film):
    rows = [t if isinstance(t, dict) else {"kind": "video", "items": t} for t in tracks]
    return Timeline.parse({"version": 1, "width": W, "height": H, "loudness_lufs": None, "tracks": rows} | film)


def clip(asset, frames, **rest):
    return {"type": "clip", "asset": asset, "frames": frames, **rest}


def gap(frames):
    return {"type": "gap", "frames": frames}


def dissolve(frames, name="dissolve"):
    return {"type": "transition", "name": name, "frames": frames}


def watch(path):
    """Every frame as grey, and their times."""
    with av.open(str(path)) as film:
        shots = [(f.to_ndarray(format="gray"), f.time) for f in film.decode(video=0)]
    return [grey for grey, _ in shots], [t for _, t in shots]


def listen(path):
    with av.open(str(path)) as film:
        parts = [f.to_ndarray() for f in film.decode(audio=0)]
        packed = len(parts[0]) == 1
        scale = 32768 if parts[0].dtype == np.int16 else 1
    return (np.concatenate([p.reshape(-1, 2) for p in parts]) if packed else np.hstack(parts).T) / scale


def numbers(path):
    return [number(image) for image in watch(path)[0]]


# -- the picture ------------------------------------------------------------------------------------------------------


def test_every_frame_is_the_one_asked_for(make):
    report = make([clip("count.mp4", 40, **{"in": 7}), gap(5), clip("count.mp4", 30, **{"in": 90})], name="f.mp4")
    seen = numbers(report.path)
    images, times = watch(report.path)
    assert seen[:40] == list(range(7, 47))
    assert seen[45:] == list(range(90, 120))
    assert all(image.max() <= 18 for image in images[40:45])
    assert times == pytest.approx([n / 30 for n in range(75)])
    assert (report.frames, report.seconds) == (75, 2.5)
    decodes(report.path, 75)


@pytest.mark.parametrize("fps", ["24/1", "25/1", "50/1", "60/1", "30000/1001"])
def test_the_source_frame_shown_is_the_last_not_after_its_time(make, fps):
    rate = Fraction(fps)
    frames = math.floor(4 * rate) - 3
    seen = numbers(make([clip("count.mp4", frames, **{"in": 2})], fps=fps).path)
    assert seen == [math.floor((n + 2) / rate * 30) for n in range(frames)]


@pytest.mark.parametrize(
    ("asset", "rest", "frames", "expected"),
    [
        ("film24.mp4", {}, 60, [n * 24 // 30 for n in range(60)]),
        ("ms.mkv", {}, 60, list(range(60))),
        ("count.mp4", {"speed": "2/1"}, 60, [2 * n for n in range(60)]),
        ("count.mp4", {"speed": "1/3"}, 30, [n // 3 for n in range(30)]),
        ("count.mp4", {"speed": "0/1", "in": 33}, 30, [33] * 30),
        ("count.mp4", {"reverse": True, "in": 20}, 90, list(range(109, 19, -1))),
        ("count.mp4", {"loop": True, "in": 100}, 50, [(100 + n) % 120 for n in range(50)]),
        ("count.mp4", {"freeze": True, "in": 100}, 40, [min(100 + n, 119) for n in range(40)]),
        ("vfr.mp4", {}, 46, [sum(t <= 20 * n for t in (15, 30, 90, 100, 300, 310, 600, 700, 900)) for n in range(46)]),
    ],
)
def test_speeds_rates_and_directions_show_the_right_frames(shelf, asset, rest, frames, expected):
    from studio.timeline.paint.painter import Painter

    with Painter(built([clip(asset, frames, **rest)]), shelf) as painter:
        assert [number(painter.frame(n).y) for n in range(frames)] == expected


def test_any_frame_can_be_had_alone_and_in_any_order(shelf):
    from studio.timeline.paint.painter import Painter

    order = [50, 3, 119, 0, 64, 63, 65, 118]
    with Painter(built([clip("count.mp4", 120)]), shelf) as painter:
        assert [number(painter.frame(n).y) for n in order] == order
    assert number(frame(built([clip("count.mp4", 120)]), shelf, 77, (160, 90))) == 77


def test_a_dissolve_weighs_the_new_one_k_of_n(shelf):
    from studio.timeline.paint.painter import Painter

    timeline = built([clip("dark.png", 30), dissolve(10), clip("light.png", 30)])
    assert timeline.frames == 50
    dark, light = (16 + level * 219 / 255 for level in (40, 200))
    with Painter(timeline, shelf) as painter:
        levels = [float(painter.frame(n).y.mean()) for n in range(18, 33)]
    expected = [dark] * 2 + [dark + (light - dark) * k / 10 for k in range(10)] + [light] * 3
    assert levels == pytest.approx(expected, abs=0.8)


def test_beside_a_gap_a_transition_is_a_fade(shelf):
    timeline = built([gap(10), dissolve(10, "fade"), clip("light.png", 30), dissolve(10), gap(10)])
    levels = [frame(timeline, shelf, n).mean() for n in (0, 5, 20, 25)]
    assert levels == pytest.approx([0, 100, 200, 100], abs=1.5)


@pytest.mark.parametrize(
    ("name", "left", "right", "top", "bottom"),
    [
        ("wipe-left", "dark", "light", None, None),
        ("wipe-right", "light", "dark", None, None),
        ("slide-down", None, None, "light", "dark"),
        ("push-up", None, None, "dark", "light"),
        ("dip-to-black", "black", "black", None, None),
        ("dip-to-white", "white", "white", None, None),
    ],
)
def test_halfway_a_transition_looks_as_its_name_says(shelf, name, left, right, top, bottom):
    image = frame(built([clip("dark.png", 20), dissolve(20, name), clip("light.png", 20)]), shelf, 10)
    parts = {"left": image[:, :150], "right": image[:, 170:], "top": image[:80], "bottom": image[100:]}
    levels = {"dark": 40, "light": 200, "black": 0, "white": 255}
    for part, wanted in {"left": left, "right": right, "top": top, "bottom": bottom}.items():
        if wanted:
            assert parts[part].mean() == pytest.approx(levels[wanted], abs=2), part


@pytest.mark.parametrize(
    ("rest", "box"),
    [
        ({"fit": "contain"}, (40, 0, 280, 180)),
        ({"fit": "cover"}, (0, 0, 320, 180)),
        ({"fit": "stretch"}, (0, 0, 320, 180)),
        ({"fit": "none"}, (40, 0, 280, 180)),
        ({"fit": "cover", "scale": 0.5}, (80, 44, 240, 136)),
        ({"fit": "contain", "scale": 0.5, "position": [0.25, 0.25]}, (20, 0, 140, 90)),
    ],
)
def test_a_picture_lies_where_fit_and_placement_put_it(shelf, rest, box):
    image = frame(built([clip("light.png", 2)], [clip("square.png", 2, **rest)]), shelf, 0).astype(int)
    inside = (abs(image - (200, 30, 30)).max(2) < 12) & (image[..., 1] < 100)
    ys, xs = np.nonzero(inside)
    found = (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
    assert found == pytest.approx(box, abs=2)
    assert inside.sum() == pytest.approx((box[2] - box[0]) * (box[3] - box[1]), rel=0.04)


def test_motion_is_exact_to_a_fraction_of_a_pixel(shelf):
    motion = {"from": [0, 1 / 12, 5 / 6, 5 / 6], "to": [1 / 6, 1 / 12, 5 / 6, 5 / 6]}
    timeline = built([clip("noise.png", 90, motion=motion)])
    whole = np.asarray(Image.open(shelf["noise.png"].path).convert("L"), np.float32)
    small = cv2.resize(whole, (384, 216), interpolation=cv2.INTER_AREA)  # the window's 800 pixels become 320
    for n in (0, 1, 2, 31, 58, 89):
        seen = frame(timeline, shelf, n).mean(2)

        def off(by, seen=seen, n=n):
            left = 160 * n / 89 * 0.4 + by
            ys, xs = np.mgrid[0:H, 0:W]
            exact = map_coordinates(small, [ys + 0.5 + 18 - 0.5, xs + 0.5 + left - 0.5], order=1, mode="nearest")
            return np.abs(exact - seen).mean()

        assert off(0) < 0.8
        assert off(0) < min(off(0.04), off(-0.04)), n


def test_a_moving_still_has_no_border(shelf):
    timeline = built([clip("light.png", 20, motion={"from": [0, 0, 1, 1], "to": [0.1, 0.1, 0.9, 0.9]})])
    for n in (0, 10, 19):
        assert np.abs(frame(timeline, shelf, n).astype(int) - 200).max() <= 2


def test_alpha_opacity_and_blend_are_what_they_are_in_paint_programs(shelf):
    below = [clip("dark.png", 2)]
    glass = frame(built(below, [clip("glass.png", 2)]), shelf, 0)
    assert glass[90, 60] == pytest.approx(40 + (255 - 40) * 128 / 255, abs=2)
    assert glass[90, 260] == pytest.approx(40, abs=2)
    faint = frame(built(below, [clip("light.png", 2, opacity=0.25)]), shelf, 0)
    assert faint.mean() == pytest.approx(80, abs=1.5)
    for blend, level in (("multiply", 40 * 200 / 255), ("screen", 255 - 215 * 55 / 255), ("add", 240), ("darken", 40)):
        image = frame(built(below, [clip("light.png", 2, blend=blend)]), shelf, 0)
        assert image.mean() == pytest.approx(level, abs=2), blend


def test_a_rotated_clip_is_turned_clockwise_about_its_middle(shelf):
    image = frame(built([clip("glass.png", 2, rotation=90, fit="none")]), shelf, 0).mean(2)
    assert image[30, 160] > 100  # what was left is now above
    assert image[150, 160] < 5


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_film_shot_on_its_side_stands_upright_as_ffmpeg_has_it(tmp_path, degrees):
    image = np.zeros((H, W, 3), np.uint8)
    image[:40, :40] = 255
    shoot(tmp_path / "a.mp4", [image] * 3)
    subprocess.run(
        [
            binary(),
            "-v",
            "error",
            "-i",
            tmp_path / "a.mp4",
            "-c",
            "copy",
            "-metadata:s:v",
            f"rotate={degrees}",
            tmp_path / "b.mp4",
        ],
        check=True,
    )
    subprocess.run(
        [binary(), "-v", "error", "-i", tmp_path / "b.mp4", "-frames:v", "1", tmp_path / "b.png"], check=True
    )
    upright = np.asarray(Image.open(tmp_path / "b.png").convert("L"))
    media = {"b": Asset(id="b", kind="video", name="b", mime="", bytes=1, duration_s=0.1, path=tmp_path / "b.mp4")}
    size = {"width": upright.shape[1], "height": upright.shape[0]}
    ours = frame(built([clip("b", 1, fit="stretch")], **size), media, 0).mean(2)
    assert np.abs(ours - upright).mean() < 3
    assert upright[2, 2] < 50


def test_titles_fade_and_captions_stand_in_their_frames_alone(make):
    title = {"type": "title", "text": "HARBOUR", "style": "centre-card", "frames": 20, "fade_in": 10, "fade_out": 5}
    words = {"kind": "captions", "items": [gap(40), {"type": "caption", "text": "the sea the sea", "frames": 10}]}
    images, _ = watch(make([clip("dark.png", 60)], [gap(10), title], words).path)
    plain = images[0].astype(int)
    peak = [int(image[60:120].max()) for image in images]
    assert peak[5] < 50 < peak[15] < peak[18] <= peak[22]
    assert peak[22] > 180
    assert peak[31] < 50
    shown = [n for n, image in enumerate(images) if np.abs(image[145:172] - plain[145:172]).max() > 60]
    assert shown == list(range(40, 50))
    bare, _ = watch(make([clip("dark.png", 60)], words, settings=ExportSettings(burn_captions=False)).path)
    assert all(np.abs(image[140:].astype(int) - plain[140:]).max() < 8 for image in bare)


def test_letters_a_font_lacks_are_drawn_by_another():
    from studio.timeline.paint.fonts import FACES, face_for, letters

    assert ord("ß") in letters(FACES["regular"])
    assert face_for("A", "regular") == FACES["regular"]
    lacking = "֏"  # Armenian, which Plex Sans does not have
    assert ord(lacking) not in letters(FACES["regular"])
    found = face_for(lacking, "regular")
    assert ord(lacking) in letters(found) or found == FACES["regular"]


def test_the_file_is_tagged_and_starts_at_once(make):
    path = make([clip("count.mp4", 30)]).path
    with av.open(str(path)) as film:
        video, sound = film.streams.video[0], film.streams.audio[0]
        context = video.codec_context
        assert (int(context.colorspace), int(context.color_primaries), int(context.color_trc)) == (1, 1, 1)
        assert int(context.color_range) == 1
        assert video.sample_aspect_ratio == 1
        assert (sound.rate, sound.layout.name, sound.codec_context.name) == (48000, "stereo", "aac")
        assert film.duration == 1_000_000
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize(
    ("width", "height", "fps"), [(180, 320, "25/1"), (256, 256, "24/1"), (256, 320, "50/1"), (378, 162, "60/1")]
)
def test_every_canvas_comes_out_in_its_size_and_rate(make, width, height, fps):
    report = make([clip("count.mp4", 20)], width=width, height=height, fps=fps)
    with av.open(str(report.path)) as film:
        video = film.streams.video[0]
        assert (video.width, video.height, video.average_rate) == (width, height, Fraction(fps))
        assert video.frames == 20


# -- the sound --------------------------------------------------------------------------------------------------------


def audio(*items, **track):
    return {"kind": "audio", "items": list(items), **track}


def mixed(shelf, *tracks, **film):
    """The mix itself, before any codec."""
    return np.concatenate(list(Mix(built(*tracks, **film), shelf).blocks()))


def loud(samples, begin, end):
    """RMS in dB over seconds [begin, end), left and right."""
    part = samples[round(begin * 48000) : round(end * 48000)]
    return 20 * np.log10(np.sqrt((part.astype(float) ** 2).mean(0)) + 1e-9)


def test_mono_goes_to_both_sides_unchanged_and_gains_add(shelf):
    source = tone(440, 1)
    plain = mixed(shelf, audio(clip("a440.wav", 30)))
    assert np.abs(plain - np.repeat(source, 2, 1)).max() < 1e-4
    louder = mixed(shelf, audio(clip("a440.wav", 30, gain_db=-9), gain_db=3))
    assert np.abs(louder - plain * 10 ** (-6 / 20)).max() < 1e-4


def test_surround_is_mixed_down_by_bs775(shelf):
    samples = mixed(shelf, audio(clip("six.wav", 30)))
    centre, left = tone(500, 1, 0.1)[:, 0] * 0.7071, tone(900, 1, 0.1)[:, 0] * 0.7071
    assert np.abs(samples[:, 0] - centre - left).max() < 2e-3
    assert np.abs(samples[:, 1] - centre).max() < 2e-3


def test_pan_takes_from_the_other_side(shelf):
    right = mixed(shelf, audio(clip("a440.wav", 30, pan=1)))
    assert np.abs(right[:, 0]).max() == 0
    assert loud(right, 0, 1)[1] == pytest.approx(-15.05, abs=0.1)


def test_fades_and_crossfades_keep_the_power(shelf):
    faded = mixed(shelf, audio(clip("a440.wav", 60, fade_in=30, fade_out=30)))
    middle = loud(faded, 0.49, 0.51)[0] - loud(mixed(shelf, audio(clip("a440.wav", 60))), 0.49, 0.51)[0]
    assert middle == pytest.approx(-3.01, abs=0.15)
    crossed = mixed(shelf, audio(clip("beat.wav", 60), dissolve(30), clip("beat.wav", 60, **{"in": 97})))
    levels = [loud(crossed, t, t + 0.5).mean() for t in (0, 0.5, 1, 1.5, 2, 2.5)]
    assert max(levels) - min(levels) < 1.5


def test_narration_ducks_the_music_in_time(shelf):
    music = audio(clip("a440.wav", 180), role="music", duck=True)
    voice = audio(gap(60), clip("speech.wav", 60, gain_db=-90), role="narration")
    samples = mixed(shelf, music, voice)
    drop = [
        float(loud(samples, t, t + 0.02)[0] - loud(samples, 0.5, 0.6)[0]) for t in (1.97, 2.2, 3.0, 3.97, 4.1, 4.5, 5.0)
    ]
    assert drop[0] == pytest.approx(0, abs=0.3)
    assert drop[1:4] == pytest.approx([-12, -12, -12], abs=0.3)
    assert -12 < drop[4] < -6
    assert drop[5:] == pytest.approx([0, 0], abs=0.4)
    shallow = mixed(shelf, music | {"duck_db": -6}, voice)
    assert loud(shallow, 3, 3.1)[0] - loud(shallow, 0.5, 0.6)[0] == pytest.approx(-6, abs=0.2)


def pitch(samples):
    """The loudest frequency, in Hz."""
    spectrum = np.abs(np.fft.rfft(samples[:, 0] * np.hanning(len(samples))))
    return float(spectrum.argmax() * 48000 / len(samples))


@pytest.mark.parametrize(
    ("speed", "keep", "hertz"),
    [("2/1", "keep", 440), ("1/2", "keep", 440), ("2/1", "follow", 880), ("1/4", "keep", 440)],
)
def test_sound_at_another_speed_keeps_its_pitch_unless_told(shelf, speed, keep, hertz):
    samples = mixed(shelf, audio(clip("a440.wav", 30, speed=speed, pitch=keep)))
    assert len(samples) == 48000
    assert pitch(samples[4800:-4800]) == pytest.approx(hertz, abs=4)
    assert loud(samples, 0.2, 0.8)[0] == pytest.approx(-15.05, abs=1)


def test_reversed_and_looped_sound(shelf):
    forward = mixed(shelf, audio(clip("beat.wav", 90, **{"in": 30})))
    backward = mixed(shelf, audio(clip("beat.wav", 90, reverse=True, **{"in": 30})))
    assert np.abs(backward - forward[::-1])[CUT:-CUT].max() < 1e-4
    looped = mixed(shelf, audio(clip("beat.wav", 240, loop=True)))
    assert np.abs(looped[48000 * 6 :] - looped[: 48000 * 2]).max() < 1e-4


def test_a_films_own_sound_plays_in_step_unless_muted(shelf, tmp_path, make):
    click = np.zeros((96000, 1))
    click[48000:48100] = 0.5
    record(tmp_path / "c.wav", click)
    subprocess.run(
        [
            binary(),
            "-v",
            "error",
            "-i",
            shelf["count.mp4"].path,
            "-i",
            tmp_path / "c.wav",
            "-c:v",
            "copy",
            "-c:a",
            "aac",
            tmp_path / "s.mp4",
        ],
        check=True,
    )
    media = {
        "s": Asset(
            id="s", kind="video", name="s", mime="", bytes=1, duration_s=4.0, sound=True, path=tmp_path / "s.mp4"
        )
    }
    for offset in (0, 10):
        heard = mixed(media, [clip("s", 45, **{"in": offset})])
        assert np.abs(heard[:, 0]).argmax() / 48000 == pytest.approx(1 - offset / 30, abs=0.003)
    assert np.abs(mixed(media, [clip("s", 45, muted=True)])).max() == 0


def meters(path):
    """(LUFS, dBTP) by ffmpeg's ebur128."""
    said = subprocess.run(
        [binary(), "-hide_banner", "-nostdin", "-i", path, "-af", "ebur128=peak=true", "-f", "null", "-"],
        capture_output=True, text=True, check=True,
    ).stderr  # fmt: skip
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1]), float(re.findall(r"Peak:\s+(-?[\d.]+) dBFS", said)[-1])


@pytest.mark.parametrize(
    ("name", "target"), [("film.mp4", -14), ("film.mp4", -23), ("film.webm", -16), ("film.wav", -14)]
)
def test_loudness_is_met_on_the_file_with_peaks_below_the_ceiling(make, name, target):
    report = make(
        [clip("dark.png", 180)], audio(clip("beat.wav", 180)), name=name, loudness_lufs=target, width=64, height=36
    )
    lufs, peak = meters(report.path)
    assert lufs == pytest.approx(target, abs=0.5)
    assert peak <= -0.95
    assert report.loudness_lufs == pytest.approx(lufs, abs=0.15)
    assert report.true_peak_dbtp == pytest.approx(peak, abs=0.3)


def test_null_loudness_and_silence_leave_levels_alone(make):
    left = make([clip("dark.png", 60)], audio(clip("a440.wav", 60)), loudness_lufs=None, name="a.wav")
    assert loud(listen(left.path), 0.5, 1.5)[0] == pytest.approx(-15.05, abs=0.05)
    silent = make([clip("dark.png", 60)], loudness_lufs=-14, name="b.wav")
    assert np.abs(listen(silent.path)).max() == 0


# -- the files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "settings", "codecs"),
    [
        ("f.webm", {}, ("vp9", "opus")),
        ("f.mov", {}, ("h264", "aac")),
        ("f.mov", {"codec": "prores"}, ("prores", "aac")),
        ("f.mkv", {}, ("h264", "aac")),
        ("f.mp4", {"preset": "small"}, ("h264", "aac")),
    ],
)
def test_each_suffix_is_written_frame_for_frame(make, name, settings, codecs):
    cut = [clip("count.mp4", 40), dissolve(6), clip("count.mp4", 40, **{"in": 60})]
    path = make(cut, audio(clip("a440.wav", 74)), name=name, settings=ExportSettings(**settings)).path
    with av.open(str(path)) as film:
        assert tuple(s.codec_context.codec.canonical_name for s in film.streams) == codecs
    seen = numbers(path)
    assert len(seen) == 74
    assert seen[:34] == list(range(34))
    assert seen[40:] == list(range(66, 100))
    assert len(listen(path)) / 48000 == pytest.approx(74 / 30, abs=0.05)
    decodes(path, 74)


def test_a_gif_moves_at_its_pace(make):
    path = make([clip("count.mp4", 60)], name="f.gif").path
    with av.open(str(path)) as film:
        shots = [(number(f.to_ndarray(format="rgb24")), f.time) for f in film.decode(video=0)]
        assert film.duration == pytest.approx(2_000_000, abs=50_000)
    assert [n for n, _ in shots] == list(range(0, 60, 2))
    assert [t for _, t in shots] == pytest.approx([n / 15 for n in range(30)], abs=0.006)


def test_captions_leave_as_they_came(make):
    from pipelines.vtt import Cue, Word, read

    cues = [Cue(0.5, 1.5, "The sea", (Word("The", 0.5, 0.8), Word("sea", 0.8, 1.5))), Cue(2.0, 3.0, "rises & falls")]
    row = captions.track(cues, Fraction(30)).model_dump(by_alias=True)
    srt = make(row, name="c.srt").path.read_text()
    assert srt.startswith(
        "1\n00:00:00,500 --> 00:00:01,500\nThe sea\n\n2\n00:00:02,000 --> 00:00:03,000\nrises & falls\n"
    )
    back = read(make(row, name="c.vtt").path.read_text())
    assert [(c.start_s, c.end_s, c.text) for c in back] == [(c.start_s, c.end_s, c.text) for c in cues]
    assert [w.text for w in back[0].words] == ["The", "sea"]


def test_json_is_the_timeline_again(make):
    path = make([clip("count.mp4", 60)], name="t.json").path
    assert Timeline.parse(path.read_text()) == built([clip("count.mp4", 60)])


def test_a_preview_is_the_same_film_small(shelf, tmp_path):
    timeline = built([clip("count.mp4", 45)], width=1280, height=720)
    small = ExportSettings(preset="preview")
    report = export(timeline, shelf, tmp_path / "p.mp4", workdir=tmp_path / "w", settings=small)
    assert (report.width, report.height, report.frames) == (640, 360, 45)
    assert numbers(report.path) == list(range(45))


def test_a_second_export_makes_nothing_and_an_edit_only_its_own_piece(make):
    cut = [clip("count.mp4", 60), clip("noise.png", 60), clip("film24.mp4", 50)]
    first = make(cut, name="1.mp4")
    again = make(cut, name="2.mp4")
    assert (first.made, again.made) == (3, 0)
    assert first.path.read_bytes() == again.path.read_bytes()
    edited = make([cut[0], clip("dark.png", 60), cut[2]], name="3.mp4")
    assert edited.made == 1
    assert numbers(edited.path)[:60] == numbers(first.path)[:60]


def test_a_damaged_piece_is_made_again(make, tmp_path):
    first = make([clip("count.mp4", 60)], name="1.mp4")
    for kept in (tmp_path / "cache").glob("*.mp4"):  # the piece, and the film
        data = bytearray(kept.read_bytes())
        data[len(data) // 2] ^= 255
        kept.write_bytes(data)
    again = make([clip("count.mp4", 60)], name="2.mp4")
    assert again.made == 1
    assert first.path.read_bytes() == again.path.read_bytes()


# -- what goes wrong --------------------------------------------------------------------------------------------------


def test_a_cancelled_export_leaves_nothing(make, tmp_path):
    cut = [clip("count.mp4", 60), clip("noise.png", 60), clip("film24.mp4", 50)]
    before = threading.active_count()

    def stop(fraction, note):
        if fraction > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        make(cut, name="f.mp4", progress=stop)
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == []
    assert not [p for p in (tmp_path / "cache").iterdir() if p.name.startswith(".")]
    assert threading.active_count() == before


def test_progress_only_goes_forward(make):
    seen = []
    make([clip("count.mp4", 60)], progress=lambda f, n: seen.append(f))
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0, 1)


@pytest.mark.parametrize(
    ("items", "name", "fault"),
    [
        ([clip("broken.mp4", 60)], "f.mp4", BrokenMedia),
        ([clip("gone.mp4", 60)], "f.mp4", MissingMedia),
        ([clip("nobody", 60)], "f.mp4", MissingMedia),
        ([clip("count.mp4", 200)], "f.mp4", Invalid),
        ([], "f.mp4", EmptyFilm),
        ([clip("count.mp4", 60)], "f.avi2", UnknownFormat),
        ([clip("count.mp4", 60)], "f.srt", Invalid),
    ],
)
def test_what_cannot_be_exported_is_said_and_nothing_is_left(make, tmp_path, items, name, fault):
    with pytest.raises(fault) as raised:
        make(items, name=name)
    assert raised.value.message
    assert raised.value.advice
    assert [p for p in tmp_path.iterdir() if p.is_file()] == []
