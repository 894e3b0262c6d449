"""Given pictures and masks, upright and brought to the size of the work; and what was painted, laid back over them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.faults import Unsupported

if TYPE_CHECKING:
    from PIL.Image import Image


class UnreadablePicture(Unsupported):
    """A picture file that cannot be opened."""


def opened(path: Path) -> Image:
    """The picture, turned as its camera says. Raises `UnreadablePicture`."""
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as image:
            image.load()
            return ImageOps.exif_transpose(image)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise UnreadablePicture(f"{path.name} cannot be read as a picture.", "Use a PNG, JPEG or WebP file.") from None


def picture(path: Path, size: tuple[int, int] | None = None) -> Image:
    """8-bit RGB on white, filling `size` (width, height in pixels) and cut evenly at its edges; None: as it is."""
    from PIL import Image

    image = opened(path).convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return filling(flat, size) if size else flat


def mask(path: Path, size: tuple[int, int]) -> Image:
    """One channel, white where something new goes, cut just as `picture` cuts. In a picture with holes, it goes into
    the holes."""
    from PIL import ImageOps

    image = opened(path)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        alpha = image.convert("RGBA").getchannel("A")
        if alpha.getextrema() != (255, 255):
            return filling(ImageOps.invert(alpha), size)
    return filling(image.convert("L"), size)


def filling(image: Image, size: tuple[int, int]) -> Image:
    from PIL import Image, ImageOps

    return image if image.size == size else ImageOps.fit(image, size, Image.Resampling.LANCZOS)


def cut(image: Image, width: int, height: int) -> Image:
    """The middle of a picture that may be larger."""
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image if image.size == (width, height) else image.crop((left, top, left + width, top + height))


def outline(size: tuple[int, int], megapixels: float, step: int = 16) -> tuple[int, int]:
    """Width and height of about so many pixels in the shape of `size`, both multiples of `step`."""
    unit = math.sqrt(megapixels * 1e6 / (size[0] * size[1]))
    width, height = (max(step, round(side * unit / step) * step) for side in size)
    return width, height


def laid_over(source: Image, painted: Image, mask: Image) -> Image:
    """The source as it was, pixel by pixel, but where the mask is white; the seam is soft."""
    from PIL import Image, ImageFilter

    soft = mask.filter(ImageFilter.GaussianBlur(max(source.size) / 400))
    return Image.composite(painted, source, soft)
