"""What stands for an asset where it is not itself shown: a small picture, and the shape of its sound."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.catalogue import MODELS
from pipelines.faults import Fault, Unsupported
from studio.library.film import opened, picture_of
from studio.library.forms import HEAD, sniff
from studio.library.media import reading
from studio.types import Asset

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE = 480
CARD = (480, 270)
GROUND, DIM = "#171A20", "#3A404C"
COLOURS = {
    "image": "#E0B354",
    "video": "#5B9DF0",
    "audio": "#7CC46B",
    "captions": "#F08AA5",
    "midi": "#A98BF0",
    "project": "#9AA3B2",
    "lut": "#E07A53",
}
VOICE, MUSIC = "#3FB6A8", "#A98BF0"
PER_SECOND = 20


class NoSound(Unsupported):
    """Its kind has no sound to draw."""


def thumbnail(asset: Asset, kept: Path, shape: Path) -> Path:
    """The asset's small picture at `kept`; a damaged file gets a card that says so, until it is mended."""
    if kept.exists() and asset.path.exists():
        return kept
    try:
        drawn = {"image": of_picture, "video": of_film}.get(asset.kind)
        if drawn:
            picture = drawn(asset)
        elif asset.kind == "audio":
            picture = of_sound(waveform(asset, shape)["peaks"], colour_of(asset))
        else:
            picture = card(asset.path.suffix[1:].upper(), COLOURS[asset.kind])
    except (Fault, OSError):
        kept = kept.with_suffix(".damaged.webp")
        picture = card("file missing or damaged", "#F08AA5")
    publish(kept, lambda to: picture.save(to, "WEBP", quality=82, method=4))
    return kept


def colour_of(asset: Asset) -> str:
    """A sound's colour is what its recipe makes: a voice, music, or any other sound, as what was brought in is."""
    model = next((model for model in MODELS if asset.recipe and model.id == asset.recipe.model), None)
    return {"speech": VOICE, "music": MUSIC}.get(model.task if model else "", COLOURS["audio"])


def publish(kept: Path, write: Callable[[Path], Any]) -> None:
    """Whoever looks sees all of it or none."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    fresh = kept.with_suffix(f".{secrets.token_hex(4)}.tmp")
    try:
        write(fresh)
        fresh.replace(kept)
    finally:
        fresh.unlink(missing_ok=True)


def demuxer(path: Path) -> str:
    with path.open("rb") as file:
        found = sniff(file.read(HEAD))
    return "gif" if found and found.format == "GIF" else found.format if found else ""


def of_picture(asset: Asset) -> Image:
    from PIL import Image, ImageOps

    with reading("picture"), Image.open(asset.path) as image:
        image.draft("RGB", (SIDE * 2, SIDE * 2))
        small = ImageOps.exif_transpose(image)
        small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
        return small.convert("RGBA" if "A" in small.getbands() or "transparency" in small.info else "RGB")


def of_film(asset: Asset) -> Image:
    """A frame from a tenth in, a second at most: the very first is often black."""
    from PIL import Image

    at = min(1.0, (asset.duration_s or 0) / 10)
    with reading("film"), opened(asset.path, demuxer(asset.path)) as film:
        stream = picture_of(film)
        chosen: Any = None
        for frame in film.decode(stream):
            chosen = frame
            if frame.time is None or frame.time - float((stream.start_time or 0) * stream.time_base) >= at:
                break
        image = chosen.to_image().rotate(chosen.rotation, expand=True)
        image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
        return image


def of_sound(peaks: list[float], colour: str) -> Image:
    """Bars about a middle line, each the loudest of its share of the sound."""
    from PIL import Image, ImageDraw

    scale, (width, height) = 2, CARD
    image = Image.new("RGB", (width * scale, height * scale), GROUND)
    pen, bars, left = ImageDraw.Draw(image), 76, 12
    for n in range(bars):
        share = peaks[n * len(peaks) // bars : max((n + 1) * len(peaks) // bars, n * len(peaks) // bars + 1)]
        tall = max(2.0, max(share, default=0.0) ** 0.7 * (height - 72) / 2)
        x = left + n * 6
        box = [x * scale, (height / 2 - tall) * scale, (x + 4) * scale, (height / 2 + tall) * scale]
        pen.rounded_rectangle(box, radius=2 * scale, fill=colour if share and max(share) > 0.004 else DIM)
    return image.resize(CARD, Image.Resampling.LANCZOS)


def card(word: str, colour: str) -> Image:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", CARD, GROUND)
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((196, 72, 284, 150), radius=8, outline=colour, width=3)
    for y, length in ((94, 56), (110, 64), (126, 40)):
        pen.line((208, y, 208 + length, y), fill=colour, width=4)
    pen.text((CARD[0] / 2, 190), word, fill=colour, font=ImageFont.load_default(22), anchor="mm")
    return image


def waveform(asset: Asset, kept: Path) -> dict[str, Any]:
    if asset.kind not in ("audio", "video"):
        raise NoSound(f"{asset.name} has no sound to draw.", "Ask for the waveform of a sound or a film.")
    if kept.exists():
        return json.loads(kept.read_text())
    shape = {"per_second": PER_SECOND, "peaks": peaks_of(asset) if asset.sound else []}
    publish(kept, lambda to: to.write_text(json.dumps(shape, separators=(",", ":"))))
    return shape


def peaks_of(asset: Asset) -> list[float]:
    """The loudest sample of any channel in each twentieth of a second; read frame by frame, kept as one list."""
    import av
    import numpy as np

    peaks: list[float] = []
    with reading("sound"), opened(asset.path, demuxer(asset.path)) as container:
        stream = container.streams.audio[0]
        rate, done = stream.rate, 0
        resampler = av.AudioResampler(format="fltp", rate=rate)
        for frame in container.decode(stream):
            for part in resampler.resample(frame):
                loud = np.abs(part.to_ndarray()).max(axis=0)
                first, last = done * PER_SECOND // rate, (done + len(loud) - 1) * PER_SECOND // rate
                edges = [max(0, -(-n * rate // PER_SECOND) - done) for n in range(first, last + 1)]
                peaks += [0.0] * (last + 1 - len(peaks))
                for n, peak in zip(range(first, last + 1), np.maximum.reduceat(loud, edges), strict=True):
                    peaks[n] = max(peaks[n], round(min(float(peak), 1.0), 4))
                done += len(loud)
    return peaks
