"""A picture's way through a restorer: as a film of one frame, its transparency beside it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.base import Context, Pipeline
from pipelines.faults import Unsupported
from pipelines.restoring import advice, measure
from pipelines.restoring.options import sized
from pipelines.restoring.source import BT709, FULL, RGB, Source

if TYPE_CHECKING:
    from pipelines.restoring.job import Maker

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".tiff", ".tif", ".bmp")


class UnreadablePicture(Unsupported):
    """A picture that cannot be decoded."""


def is_picture(path: Path) -> bool:
    """Whether the file is a still, by its name, which the library gives by its content. A GIF that moves is a film."""
    if path.suffix.lower() != ".gif":
        return path.suffix.lower() in PICTURES
    from PIL import Image

    with Image.open(path) as image:
        return not getattr(image, "is_animated", False)


def read(path: Path) -> np.ndarray:
    """(h, w, 3 or 4) uint8, upright."""
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as image:
            upright = ImageOps.exif_transpose(image)
            clear = "A" in upright.getbands() or "transparency" in upright.info
            return np.asarray(upright.convert("RGBA" if clear else "RGB"))
    except (OSError, ValueError, SyntaxError) as error:
        raise UnreadablePicture(f"{path.name} cannot be read: {error}.", "Save it again as a PNG.") from None


def still(path: Path, width: int, height: int) -> Source:
    """A picture as if it were a film of one frame."""
    tags = {"colorspace": RGB, "color_primaries": BT709, "color_trc": BT709, "color_range": FULL}
    return Source(
        path, width, height, "rgb24", 8, aspect=Fraction(1), degrees=0, tick=Fraction(1, 25), rate=Fraction(25),
        origin=Fraction(0), sound=False, tags=tags, still=True,
    )  # fmt: skip


def restored(pipeline: Pipeline, options: Any, context: Context, restorer: Maker) -> Path:
    """The restored picture as a PNG in the job's workdir."""
    from PIL import Image

    from pipelines.restoring.job import applied, settled, told

    image = read(options.source)
    colours = np.ascontiguousarray(image[..., :3])
    report = measure.picture(colours)
    used = settled(options, report) | {"deinterlace": "off"}
    height, width = image.shape[:2]
    source = still(options.source, width, height)
    size = sized((width, height), options.size)
    pipeline.told = {
        **pipeline.told, "report": report, "used": told(used),
        "options": {name: value for name, value in applied(options, used).items() if name in advice.suggested(report)},
    }  # fmt: skip
    maker = restorer(used, source, size)
    context.progress(0.05, "restoring")
    frames = maker.restored(iter([of(colours)]), lambda: context.progress(0.05, "restoring"))
    made = coloured(next(iter(frames)), size)
    if image.shape[2] == 4:
        alpha = Image.fromarray(image[..., 3]).resize(size, Image.Resampling.LANCZOS)
        made = np.dstack([made, np.asarray(alpha)])
    out = context.workdir / "restored.png"
    Image.fromarray(made).save(out, compress_level=4)
    context.progress(1.0, "done")
    return out


def of(colours: np.ndarray) -> Any:
    import av

    frame = av.VideoFrame.from_ndarray(colours, format="rgb24")
    frame.pts, frame.time_base = 0, Fraction(1, 25)
    return frame


def coloured(frame: Any, size: tuple[int, int]) -> np.ndarray:
    """A restorer's frame as (h, w, 3) uint8."""
    from pipelines.restoring.graph import filtered, planes_of

    chain = [("scale", f"{size[0]}:{size[1]}:flags=lanczos+accurate_rnd+full_chroma_int+full_chroma_inp:"
              "in_color_matrix=bt709:in_range=tv:out_range=pc"), ("format", "rgb24")]  # fmt: skip
    found: Iterator[Any] = filtered([frame], chain, Fraction(25))
    return planes_of(next(found))[0]
