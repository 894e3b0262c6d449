"""A clip's colour: exposure, contrast, saturation and temperature as one matrix, and a look-up table after them.

Light is R'G'B' to the power of 2.4 (ITU-R BT.1886), so that a change of exposure is one factor in R'G'B' too, and all
four settings together are one affine map of it.
"""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image, ImageFilter

from pipelines import cube
from pipelines.cube import Lut
from studio.timeline.items import Colour
from studio.timeline.paint.picture import KB, KR, Picture, from_rgb, to_rgb
from studio.timeline.paint.sources import MissingMedia, broken
from studio.types import Asset

GAMMA = 2.4
MIDDLE = 127.5
WEIGHTS = np.array([KR, 1 - KR - KB, KB])


def matrix(colour: Colour) -> np.ndarray:
    """(3, 4): what the settings make of R'G'B' 0..255. Temperature first, then exposure, contrast, saturation.

    Temperature 1 is a stop more red than blue, at the same brightness; exposure is in stops; contrast 1 doubles the
    distance from the middle and -1 takes it away; saturation 1 doubles it and -1 leaves grey."""
    warmth = 2.0 ** (np.array([0.5, 0, -0.5]) * colour.temperature / GAMMA)
    gain = 2.0 ** (colour.exposure / GAMMA) * warmth / (WEIGHTS @ warmth)
    slope, much = 1 + colour.contrast, 1 + colour.saturation
    mix = much * np.eye(3) + (1 - much) * WEIGHTS
    return np.hstack([mix @ np.diag(gain) * slope, np.full((3, 1), MIDDLE * (1 - slope))])


def table(asset: Asset) -> Lut:
    """A look-up table from its file. Raises `MissingMedia` and `BrokenMedia`."""
    try:
        return cube.read(asset.path.read_text("utf-8", errors="replace"))
    except FileNotFoundError:
        raise MissingMedia(f"The file of “{asset.name}” is gone.", "Import it again, or choose another look.") from None
    except (ValueError, OverflowError, MemoryError) as error:
        raise broken(asset, error) from None


def graded(picture: Picture, colour: Colour, lut: Lut | None = None) -> Picture:
    """The picture in its colours, at its place; what is clear stays clear."""
    straight = picture if picture.alpha is None else unmultiplied(picture)
    change = matrix(colour)
    if lut is not None:  # the table's domain becomes 0..255
        low, high = np.array(lut.low) * 255, np.array(lut.high) * 255
        change = (change - np.pad(low[:, None], ((0, 0), (3, 0)))) * (255 / (high - low))[:, None]
    image = to_rgb(straight, change)
    if lut is not None:
        image = looked_up(image, lut)
    if picture.alpha is not None:
        image = np.dstack([image, picture.alpha[0]])
    done = from_rgb(image)
    return Picture(*done.planes, done.alpha, picture.left, picture.top)


def unmultiplied(picture: Picture) -> Picture:
    """The picture with the colours under its alpha as they are, not multiplied by it."""
    assert picture.alpha is not None
    alphas = (picture.alpha[0], picture.alpha[1], picture.alpha[1])
    y, u, v = (cv2.divide(p, a, scale=255) for p, a in zip(picture.planes, alphas, strict=True))
    return Picture(y, u, v, siting=picture.siting)


def looked_up(image: np.ndarray, lut: Lut) -> np.ndarray:
    """(h, w, 3) uint8 through the table: straight lines between a curve's entries, trilinear in a cube."""
    if lut.side is None:
        at, steps = np.linspace(0, 1, 256), np.linspace(0, 1, len(lut.table))
        curves = np.stack([np.interp(at, steps, channel) for channel in lut.table.T], 1)
        return cv2.LUT(image, np.rint(curves * 255).astype(np.uint8).reshape(1, 256, 3))
    look = ImageFilter.Color3DLUT(lut.side, lut.table.reshape(-1), _copy_table=False)
    return np.asarray(Image.fromarray(image).filter(look))
