"""Sources as cameras and programs make them, each made by ffmpeg, and what is seen of them beside independent sums."""

import subprocess

import numpy as np
import pytest

from pipelines.ffmpeg import binary
from studio.library.media import probe
from studio.timeline.export.export import export, frame
from studio.timeline.export.presets import ExportSettings
from studio.timeline.model import Timeline
from studio.timeline.sound.mix import Mix
from studio.types import Asset

W, H = 192, 108
LAVFI = ("-f", "lavfi", "-i")


def made(folder, name, *how, given=None):
    """A file by ffmpeg, as the library would have it."""
    path = folder / name
    command = [binary(), "-nostdin", "-v", "error", "-y", *how, str(path)]
    subprocess.run(
        command if given is None else [part for part in command if part != "-nostdin"], input=given, check=True
    )
    facts = probe(path)
    return Asset(id=name, kind=facts.kind, name=name, mime=facts.mime, bytes=1, path=path, width=facts.width,
                 height=facts.height, duration_s=facts.duration_s, sound=facts.sound)  # fmt: skip


def patches(*colours):
    """Upright bars of 16-bit R'G'B', as ffmpeg's raw video."""
    row = np.repeat(np.array(colours, np.float64), W // len(colours), 0)
    return np.rint(np.tile(row[None], (H, 1, 1)) * 65535).astype("<u2").tobytes()


def raw(colours, *how):
    return (*f"-f rawvideo -pix_fmt rgb48le -s {W}x{H} -r 25 -i -".split(), *how), patches(*colours)


def film(asset, frames=1, **rest):
    rows = [{"kind": "video", "items": [{"type": "clip", "asset": asset.id, "frames": frames, **rest}]}]
    return Timeline.parse({"version": 1, "width": W, "height": H, "fps": "25/1", "loudness_lufs": None, "tracks": rows})


def bars(asset, count, **rest):
    """The middle of each of `count` upright bars."""
    image = frame(film(asset, **rest), {asset.id: asset}, 0, (W, H)).astype(float)
    step = W // count
    return [image[40:70, n * step + 8 : (n + 1) * step - 8].mean((0, 1)) for n in range(count)]


def pq(nits):
    """ST 2084, forwards."""
    y = (nits / 10000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y)) ** 78.84375


def hlg(scene):
    return np.sqrt(3 * scene) if scene <= 1 / 12 else 0.17883277 * np.log(12 * scene - 0.28466892) + 0.55991073


def shown(nits):
    """What standard range makes of a grey: as it is up to half of white, rolled off to 1000 above."""
    x, j, p = nits / 203, 0.5, 1000 / 203
    if x > j:
        a, b = -j * j * (p - 1) / (j * j - 2 * j + p), (j * j - 2 * j * p + p) / (p - 1)
        x = (b + j) ** 2 / (b - a) * (x + a) / (x + b)
    return 255 * min(x, 1) ** (1 / 2.4)


TAGS = (
    "-vf scale=out_color_matrix=bt2020:out_range=tv -pix_fmt yuv420p10le -c:v ffv1"
    " -colorspace bt2020nc -color_primaries bt2020"
)


@pytest.mark.parametrize(
    ("trc", "nits"), [("smpte2084", (1, 50, 100, 203, 600, 1000)), ("arib-std-b67", (5, 50, 100, 203, 600, 1000))]
)
def test_high_dynamic_range_comes_out_as_its_light_says(tmp_path, trc, nits):
    greys = [(pq(n) if trc == "smpte2084" else hlg((n / 1000) ** (1 / 1.2)),) * 3 for n in nits]
    how, given = raw(greys, *TAGS.split(), "-color_trc", trc)
    got = bars(made(tmp_path, "hdr.mkv", *how, given=given), len(nits))
    assert np.array(got).ravel() == pytest.approx(np.repeat([shown(n) for n in nits], 3), abs=3)
    assert max(np.ptp(bar) for bar in got) <= 2, "grey stays grey"


def test_the_wider_colours_of_bt2020_land_on_the_same_light(tmp_path):
    light = np.array([[0.4, 0.1, 0.1], [0.1, 0.35, 0.1], [0.1, 0.1, 0.4]])  # of BT.709, in reference whites
    to_2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
    how, given = raw([[pq(203 * c) for c in to_2020 @ one] for one in light], *TAGS.split(), "-color_trc", "smpte2084")
    got = bars(made(tmp_path, "wide.mkv", *how, given=given), 3)
    assert np.array(got) == pytest.approx(255 * light ** (1 / 2.4), abs=4)


COLOURS = [(0.8, 0.2, 0.2), (0.2, 0.7, 0.3), (0.2, 0.3, 0.8), (0.5, 0.5, 0.5), (0.95, 0.95, 0.95), (0.05, 0.05, 0.05)]


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("ten.mp4", "-vf scale=out_color_matrix=bt709 -pix_fmt yuv420p10le -c:v libx264 -crf 5 -colorspace bt709"),
        (
            "bt601.mp4",
            "-vf scale=out_color_matrix=smpte170m -pix_fmt yuv420p -c:v libx264 -crf 5 -colorspace smpte170m",
        ),
        (
            "full.mp4",
            "-vf scale=out_color_matrix=bt709:out_range=pc -pix_fmt yuvj420p -c:v libx264 -crf 5 -colorspace bt709",
        ),
        (
            "prores.mov",
            "-vf scale=out_color_matrix=smpte170m -pix_fmt yuv422p10le -c:v prores_ks -profile:v 3",
        ),
        ("deep.mkv", "-vf scale=out_color_matrix=bt709 -pix_fmt yuv444p12le -c:v ffv1 -colorspace bt709"),
    ],
)
def test_every_matrix_range_and_depth_shows_the_same_colours(tmp_path, name, how):
    how, given = raw(COLOURS, *how.split())
    got = bars(made(tmp_path, name, *how, given=given), len(COLOURS))
    assert np.array(got) == pytest.approx(255 * np.array(COLOURS), abs=4)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("over.mov", "-pix_fmt yuva444p10le -c:v prores_ks -profile:v 4 -alpha_bits 16"),
        ("over.webm", "-pix_fmt yuva420p -c:v libvpx-vp9 -crf 10 -b:v 0"),
        ("over.mkv", "-pix_fmt rgba -c:v ffv1"),
    ],
)
def test_a_clear_film_lets_what_is_below_be_seen(tmp_path, name, how):
    """White, at half its strength on the left, clear on the right."""
    image = np.full((H, W, 4), 65535, "<u2")
    image[:, : W // 2, 3], image[:, W // 2 :, 3] = 32768, 0
    how = (*f"-f rawvideo -pix_fmt rgba64le -s {W}x{H} -r 25 -i -".split(), *how.split())
    left, right = bars(made(tmp_path, name, *how, given=image.tobytes()), 2)
    assert left == pytest.approx([127.5] * 3, abs=6)
    assert right == pytest.approx([0] * 3, abs=5)


def test_a_wide_pixel_fills_its_width_and_odd_sizes_and_single_frames_are_whole(tmp_path):
    wide = made(tmp_path, "wide.mp4", *LAVFI, "testsrc=s=96x108:r=25:d=0.2", "-vf", "setsar=2", "-c:v", "libx264")
    image = frame(film(wide, fit="contain"), {wide.id: wide}, 0, (W, H))
    assert (image[:, [4, -5]].max((0, 2)) > 40).all(), "96 pixels twice as wide as high fill 192"
    odd = made(tmp_path, "odd.mkv", *LAVFI, "color=red:s=191x107:r=25:d=0.04", "-pix_fmt", "yuv444p", "-c:v", "ffv1")
    rows = export(film(odd, 5, freeze=True), {odd.id: odd}, tmp_path / "f.mp4", workdir=tmp_path / "w",
                  settings=ExportSettings(preset="preview"))  # fmt: skip
    assert rows.frames == 5
    assert bars(odd, 1)[0] == pytest.approx([255, 0, 0], abs=4)


def test_a_gif_moves_and_sound_of_any_layout_is_heard(tmp_path):
    gif = made(tmp_path, "g.gif", *LAVFI, "color=blue:s=64x36:r=10:d=0.5,format=rgb24", "-loop", "0")
    assert gif.kind == "video"
    assert bars(gif, 1, fit="stretch")[0] == pytest.approx([0, 0, 255], abs=6)
    for layout in ("mono", "stereo", "5.1"):
        sound = made(
            tmp_path, f"{layout}.wav", *f"-f lavfi -i sine=440:d=1:r=44100,aformat=channel_layouts={layout}".split()
        )
        rows = [{"kind": "audio", "items": [{"type": "clip", "asset": sound.id, "frames": 25}]}]
        timeline = Timeline.parse({"version": 1, "fps": "25/1", "tracks": rows})
        heard = np.concatenate(list(Mix(timeline, {sound.id: sound}).blocks()))
        assert heard.shape == (48000, 2)
        assert np.abs(heard).max() > 0.05
