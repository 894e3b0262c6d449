"""A clip's colours are what the same sums in R'G'B' give, with a look-up table and without, and every change of them is
another piece of film."""

import json
from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from pipelines import cube
from pipelines.faults import Invalid, Unsupported
from studio.library.media import BrokenFile, probe
from studio.timeline.export.codecs import Spec, coding
from studio.timeline.export.export import export, frame
from studio.timeline.export.segments import segments
from studio.timeline.media import check_against
from studio.timeline.model import Timeline
from studio.timeline.paint.colour import looked_up
from studio.types import Asset

W, H = 160, 96
LUMA = np.array([0.2126, 0.7152, 0.0722])
PLAIN = {"exposure": 0, "contrast": 0, "saturation": 0, "temperature": 0}


def smooth():
    """A picture of every hue that changes slowly, so that halved chroma says nearly all of it."""
    y, x = np.mgrid[0:H, 0:W] / [[[H]], [[W]]]
    return np.stack([40 + 170 * x, 200 - 150 * x * y, 60 + 150 * y], 2).astype(np.uint8)


def expected(image, exposure, contrast, saturation, temperature):
    """The settings in their own words: stops of light, distance from the middle, distance from grey."""
    light = (image / 255.0) ** 2.4
    warm = np.array([2 ** (temperature / 2), 1, 2 ** (-temperature / 2)])
    grey = (warm ** (1 / 2.4)) @ LUMA
    v = (light * warm * 2**exposure) ** (1 / 2.4) / grey
    v = (v - 0.5) * (1 + contrast) + 0.5
    luma = (v @ LUMA)[..., None]
    return np.clip(luma + (v - luma) * (1 + saturation), 0, 1) * 255


def swap(side):
    """A cube that gives red for blue and darkens, as text."""
    steps = np.linspace(0, 1, side)
    rows = [f"{b:.6f} {g * g:.6f} {r * 0.5:.6f}" for b in steps for g in steps for r in steps]
    return f'TITLE "LUT_1D_SIZE 3"\n# made here\nLUT_3D_SIZE {side}\n' + "\n".join(rows) + "\n"


@pytest.fixture
def media(tmp_path):
    found = {}

    def add(name, kind, **facts):
        path = tmp_path / name
        found[name] = Asset(id=name, kind=kind, name=name, mime="", bytes=path.stat().st_size, path=path, **facts)

    Image.fromarray(smooth()).save(tmp_path / "still.png")
    Image.fromarray(np.dstack([smooth(), np.repeat(np.arange(W)[None] * 255 // W, H, 0)]).astype(np.uint8)).save(
        tmp_path / "glass.png"
    )
    (tmp_path / "swap.cube").write_text(swap(9))
    with av.open(str(tmp_path / "shot.mp4"), "w") as out:
        track = out.add_stream("libx264", rate=25, options={"crf": "8"})
        track.width, track.height, track.pix_fmt = W, H, "yuv420p"
        track.codec_context.colorspace = 1
        for n in range(5):
            shot = av.VideoFrame.from_ndarray(smooth(), "rgb24").reformat(format="yuv420p", dst_colorspace="ITU709")
            shot.pts, shot.time_base = n, Fraction(1, 25)
            out.mux(track.encode(shot))
        out.mux(track.encode(None))
    add("still.png", "image")
    add("glass.png", "image")
    add("swap.cube", "lut")
    add("shot.mp4", "video", duration_s=0.2)
    return found


def film(asset, frames=5, below=None, **colour):
    rows = [{"kind": "video", "items": [{"type": "clip", "asset": asset, "frames": frames, "colour": colour}]}]
    return Timeline.parse({"version": 1, "width": W, "height": H, "fps": "25/1", "tracks": rows})


def seen(timeline, media, n=0):
    return frame(timeline, media, n, (W, H)).astype(float)


@pytest.mark.parametrize("asset", ["still.png", "shot.mp4"])
@pytest.mark.parametrize(
    "colour",
    [{}, {"exposure": 0.7}, {"exposure": -1.5}, {"contrast": 0.5}, {"contrast": -1}, {"saturation": -1},
     {"saturation": 0.6}, {"temperature": 1}, {"temperature": -0.6},
     {"exposure": 0.4, "contrast": 0.2, "saturation": -0.3, "temperature": 0.5}],
    ids=str,
)  # fmt: skip
def test_every_setting_is_what_its_words_say(media, asset, colour):
    off = np.abs(seen(film(asset, **colour), media, 2) - expected(smooth(), **PLAIN | colour))[4:-4, 4:-4]
    assert off.mean() < 1.6
    assert np.percentile(off, 99) < 6


def test_a_look_up_table_follows_the_settings(media):
    given = expected(smooth(), **PLAIN | {"exposure": -0.5}) / 255
    swapped = np.stack([given[..., 2], given[..., 1] ** 2, given[..., 0] * 0.5], 2) * 255
    off = np.abs(seen(film("still.png", lut="swap.cube", exposure=-0.5), media) - swapped)[4:-4, 4:-4]
    assert off.mean() < 2


def test_alpha_stays_and_what_is_clear_stays_black(media):
    image, alpha = smooth(), np.arange(W)[None, :, None] * 255 // W / 255
    got = seen(film("glass.png", exposure=0.5, saturation=-1), media)
    off = np.abs(got - expected(image, **PLAIN | {"exposure": 0.5, "saturation": -1}) * alpha)
    assert off[4:-4, 8:-4].mean() < 3
    assert got[:, :2].max() <= 4


def test_a_curve_with_a_domain_of_its_own_is_read_between_its_ends():
    rows = "\n".join(["0 0 0", "0.25 0.5 1", "1 1 1"])
    lut = cube.read(f"LUT_1D_SIZE 3\nDOMAIN_MIN -1 0 0\nDOMAIN_MAX 1 1 1\n{rows}\n")
    assert lut.low == (-1, 0, 0)
    image = np.array([[[0, 128, 255], [255, 64, 128]]], np.uint8)
    at = np.linspace(0, 1, 256)
    curves = [np.interp(at, [0, 0.5, 1], [0, middle, 1]) * 255 for middle in (0.25, 0.5, 1)]
    want = np.stack([curve[image[..., n]] for n, curve in enumerate(curves)], 2)
    assert np.abs(looked_up(image, lut) - want).max() <= 1


def test_a_piece_is_made_anew_when_its_colour_changes_and_only_then(media, tmp_path):
    spec = Spec(W, H, Fraction(25), coding("h264", "preview", Fraction(25)))

    def key(timeline):
        return [piece.key for piece in segments(timeline, media, spec)]

    one = film("still.png", exposure=0.5)
    assert key(one) == key(film("still.png", exposure=0.5))
    assert key(one) != key(film("still.png", exposure=0.6))
    assert key(one) != key(film("still.png", exposure=0.5, lut="swap.cube"))
    before = export(one, media, tmp_path / "a.mp4", workdir=tmp_path / "w", cache=tmp_path / "c")
    again = export(one, media, tmp_path / "b.mp4", workdir=tmp_path / "w", cache=tmp_path / "c")
    assert (before.made, again.made) == (1, 0)


def test_a_look_is_part_of_the_film_and_must_be_there(media):
    timeline = film("still.png", lut="swap.cube")
    assert timeline.assets() == {"still.png", "swap.cube"}
    assert Timeline.parse(json.dumps(timeline.dump())) == timeline
    check_against(timeline, media)
    with pytest.raises(Invalid, match=r"tracks\[0\]\.items\[0\]\.colour\.lut: “still\.png” is no look-up table"):
        check_against(film("shot.mp4", lut="still.png"), media)
    media["swap.cube"].path.write_text("LUT_3D_SIZE 9\n0 0 0\n")
    with pytest.raises(Unsupported, match="entries instead of 729"):
        seen(timeline, media)


def test_the_library_takes_cube_files_and_only_whole_ones(tmp_path):
    path = tmp_path / "look"
    path.write_text(swap(5))
    assert (probe(path).kind, probe(path).suffix) == ("lut", ".cube")
    for text in (
        "LUT_3D_SIZE 5\n0 0 0\n", "LUT_3D_SIZE 900\n", "LUT_3D_SIZE 2\n" + "a b c\n" * 8,
        "LUT_1D_SIZE 2\n0 0 0\n1 1 nan\n",
        "LUT_1D_SIZE 2\nLUT_3D_SIZE 2\n0 0 0\n", "LUT_1D_SIZE 2\nDOMAIN_MIN 1 1 1\nDOMAIN_MAX 0 0 0\n0 0 0\n1 1 1\n",
        "LUT_1D_SIZE 2\nDOMAIN_MIN 1\n0 0 0\n1 1 1\n",
    ):  # fmt: skip
        path.write_text(text)
        with pytest.raises(BrokenFile, match=r"The look-up table cannot be read: it"):
            probe(path)
