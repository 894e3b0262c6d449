"""Transitions that change the pictures on the way, each beside the same sums in R'G'B' by scipy."""

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter, map_coordinates

from studio.timeline.export.export import frame
from studio.timeline.model import Timeline
from studio.timeline.values import TRANSITIONS
from studio.types import Asset

W, H, N = 320, 192, 10


def noise(seed):
    """Soft coloured noise: something to see at every size."""
    made = np.random.default_rng(seed).normal(0, 1, (H, W, 3))
    made = gaussian_filter(made, (4, 4, 0))
    return np.rint(128 + 70 * made / np.abs(made).max()).astype(np.uint8)


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    folder, found = tmp_path_factory.mktemp("media"), {}
    half = np.dstack([noise(3), np.where(np.arange(W) < W // 2, 255, 0)[None].repeat(H, 0)]).astype(np.uint8)
    for name, image in (("old.png", noise(1)), ("new.png", noise(2)), ("half.png", half)):
        path = folder / name
        Image.fromarray(image).save(path)
        found[name] = Asset(id=name, kind="image", name=name, mime="", bytes=path.stat().st_size, path=path)
    return found


def joined(name, old="old.png", new="new.png"):
    clips = [{"type": "clip", "asset": asset, "frames": 20} for asset in (old, new)]
    items = [clips[0], {"type": "transition", "name": name, "frames": N}, clips[1]]
    return Timeline.parse({"version": 1, "width": W, "height": H, "tracks": [{"kind": "video", "items": items}]})


def grown(image, factor):
    """The image larger about its middle, by what lies at each pixel's centre."""
    y, x = ((np.arange(side) + 0.5 - side / 2) / factor + side / 2 - 0.5 for side in (H, W))
    at = np.meshgrid(y, x, indexing="ij")
    return np.stack([map_coordinates(image[..., n].astype(float), at, order=1) for n in range(3)], 2)


def softened(image, p):
    sigma = min(W, H) / 24 * (1 - abs(2 * p - 1))
    return gaussian_filter(image.astype(float), (sigma, sigma, 0), mode="nearest") if sigma else image.astype(float)


MADE = {
    "zoom-in": lambda old, new, p: (1 - p) * grown(old, 1 + p) + p * new,
    "zoom-out": lambda old, new, p: (1 - p) * old + p * grown(new, 2 - p),
    "blur": lambda old, new, p: (1 - p) * softened(old, p) + p * softened(new, p),
}


@pytest.mark.parametrize("k", [0, 1, 5, 8])
@pytest.mark.parametrize("name", MADE)
def test_every_frame_is_what_the_sums_say(media, name, k):
    got = frame(joined(name), media, 10 + k, (W, H)).astype(float)
    want = MADE[name](noise(1), noise(2), k / N)
    assert np.abs(got - want)[6:-6, 6:-6].mean() < 1.5
    assert np.abs(got - want)[6:-6, 6:-6].max() < 12


@pytest.mark.parametrize("name", TRANSITIONS)
def test_whatever_is_clear_stays_clear_and_the_ends_are_the_clips_own(media, name):
    timeline = joined(name, old="half.png", new="half.png")
    plain = joined("dissolve", old="half.png", new="half.png")
    first, last = (frame(timeline, media, n, (W, H)).astype(int) for n in (9, 20))
    assert np.array_equal(first, frame(plain, media, 9, (W, H)))
    assert np.array_equal(last, frame(plain, media, 20, (W, H)))
    assert np.abs(frame(timeline, media, 10, (W, H)).astype(int) - first).max() <= 3
    if name in MADE:
        assert frame(timeline, media, 15, (W, H))[:, -W // 4 :].max() <= 4, "nothing comes where nothing is"
