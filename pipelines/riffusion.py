"""Riffusion paints music: a Stable Diffusion whose pictures are spectrograms, 512 tones high, a hundredth of a second
to the pixel.

After https://huggingface.co/riffusion/riffusion-model-v1 and the parameters of https://github.com/riffusion/riffusion:
44.1 kHz, mel bands to 10 kHz, dark is loud, the fourth root of the magnitude.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from pipelines import mastering
from pipelines.base import Context, Media, Options
from pipelines.diffusion import Diffusion, generator, opened, told
from pipelines.mastering import Format
from pipelines.placement import Placement, settle

RATE, STEP, WINDOW, SIZE = 44_100, 441, 4_410, 17_640
"""Samples a second; from pixel to pixel; that each hears; that it is transformed as."""
TONES, TOP_HZ, POWER = 512, 10_000.0, 0.25
ROUNDS = 32
TILE, KEPT = 512, 256
"""Pixels a picture is wide, 5.12 s, and how many of them the next one begins with."""
PART = 1_000
"""Pixels that are turned into sound at once, so that memory does not grow with length."""


class RiffusionOptions(Options):
    prompt: str = Field(
        min_length=1, max_length=1000, title="Prompt", description="Instruments, genre, mood; it sings no words"
    )
    negative_prompt: str = Field("", max_length=1000, title="Not heard", description="What should not be in it")
    source: Annotated[Path | None, Media("audio")] = Field(
        None, title="Recording", description="A recording to make something else of, in its rhythm"
    )
    strength: float = Field(
        0.55, ge=0.1, le=1, title="Change", description="How far from the recording it goes; without one, unused"
    )
    duration_s: float = Field(10, ge=1, le=120, title="Length", description="Seconds, to the sample")
    steps: int = Field(40, ge=2, le=150, title="Steps", description="More take longer and are cleaner")
    guidance: float = Field(7, ge=1, le=15, title="Guidance", description="How closely it keeps to the words")
    loop: bool = mastering.loop_field()
    format: Format = mastering.format_field()


class Riffusion(Diffusion):
    """Yields music.wav (stereo, 48 kHz, 16 bits), round(duration_s * 48000) samples at -16 LUFS, then the other format
    asked for. Past five seconds each picture begins with half of the one before it."""

    Options = RiffusionOptions
    packages = (*Diffusion.packages, "torchaudio")

    def bring(self, folder: Path, place: Placement) -> Any:
        pipe = opened(folder, place, safety_checker=None, feature_extractor=None, requires_safety_checker=False)
        settle(pipe, place)
        return pipe

    def run(self, options: RiffusionOptions, context: Context) -> Iterator[Path]:
        import torch

        made_s = mastering.seconds_to_make(options.duration_s, options.loop)
        columns = math.ceil(made_s * RATE / STEP) + WINDOW // STEP
        painted = self.painted(options, columns, context)
        torch.manual_seed(options.seed)
        sound = sounded(painted[:, :columns], self.place.kind, context)
        take = mastering.finished(
            sound[None], RATE, options.duration_s, lufs=mastering.MUSIC_LUFS, loop=options.loop,
            away_s=mastering.AWAY_S,
        )  # fmt: skip
        yield from mastering.written(context.workdir, "music", take, options.format)
        context.progress(1.0, "done")

    def painted(self, options: RiffusionOptions, columns: int, context: Context) -> np.ndarray:
        """A picture at least that wide, uint8 of shape (512, width), tile by tile."""
        tiles = 1 + max(0, math.ceil((columns - TILE) / KEPT))
        guide = None
        if options.source is not None:
            guide = picture(spectrum(mastering.read(options.source, RATE, 1, 125)[0]))
            guide = np.tile(guide, (1, math.ceil((KEPT * (tiles + 1)) / guide.shape[1])))
        noise, done = generator(options.seed), np.zeros((TONES, 0), np.uint8)
        for n in range(tiles):
            first, last = (0.02 + 0.78 * (n + k) / tiles for k in (0, 1))
            part = guide[:, n * KEPT : n * KEPT + TILE] if guide is not None else None
            tile = self.tile(options, done[:, n * KEPT :], part, noise, (context, first, last))
            done = np.concatenate([done[:, : n * KEPT], tile], axis=1)
        return done

    def tile(
        self, options: RiffusionOptions, before: np.ndarray, guide: np.ndarray | None, noise: Any, heard: tuple
    ) -> np.ndarray:
        """One picture; where there is one before it, its left half is that one's right half."""
        from PIL import Image

        more: dict[str, Any]
        same: dict[str, Any] = {
            "prompt": options.prompt, "negative_prompt": options.negative_prompt or None, "generator": noise,
            "num_inference_steps": options.steps, "guidance_scale": options.guidance, "output_type": "np",
        }  # fmt: skip
        if not before.shape[1] and guide is None:
            pipe, more = self.loaded, {"width": TILE, "height": TONES}
        elif not before.shape[1]:
            pipe, more = self.other("StableDiffusionImg2ImgPipeline"), {"image": coloured(guide), **strong(options)}
        else:
            under = np.full((TONES, TILE), 255, np.uint8) if guide is None else guide.copy()
            if guide is None:
                under[:, KEPT:] = before[:, ::-1]  # something of its kind to begin from, under all that noise
            under[:, : before.shape[1]] = before
            mask = np.zeros((TONES, TILE), np.uint8)
            mask[:, before.shape[1] :] = 255
            pipe = self.other("StableDiffusionInpaintPipeline")
            more = {"image": coloured(under), "mask_image": Image.fromarray(mask), "width": TILE, "height": TONES}
            more |= strong(options) if guide is not None else {"strength": 1.0}
        with told(pipe, *heard):
            made = pipe(**same, **more).images[0]
        tile = np.rint(np.nan_to_num(made).mean(axis=-1) * 255).astype(np.uint8)
        tile[:, : before.shape[1]] = before
        return tile


def strong(options: RiffusionOptions) -> dict[str, float]:
    """diffusers takes steps * strength of them, and there has to be one."""
    return {"strength": max(options.strength, 1.01 / options.steps)}


def coloured(grey: np.ndarray | None) -> Any:
    from PIL import Image

    assert grey is not None
    return Image.fromarray(np.repeat(grey[..., None], 3, axis=-1))


def bands() -> Any:
    """How much of each of the 8821 frequencies goes into each mel band: [8821, 512]."""
    from torchaudio.functional import melscale_fbanks

    return melscale_fbanks(SIZE // 2 + 1, 0.0, TOP_HZ, TONES, RATE, norm=None, mel_scale="htk")


def spectrum(sound: np.ndarray) -> np.ndarray:
    """Mono sound at 44.1 kHz as magnitudes in mel bands, (512, columns)."""
    import torch

    window, parts, matrix = torch.hann_window(WINDOW), [], bands()
    padded = torch.nn.functional.pad(torch.from_numpy(sound), (SIZE // 2, SIZE // 2 + STEP))
    for start in range(0, max(1, len(sound)), PART * STEP):
        piece = padded[start : start + (PART - 1) * STEP + SIZE]
        found = torch.stft(piece, SIZE, STEP, WINDOW, window, center=False, return_complex=True).abs()
        parts.append((matrix.T @ found).numpy())
    return np.concatenate(parts, axis=1)


def picture(magnitudes: np.ndarray) -> np.ndarray:
    """Magnitudes (512, columns) as Riffusion paints them, uint8: low tones at the bottom, the loudest black."""
    level = (magnitudes / max(float(magnitudes.max()), 1e-9)) ** POWER
    return np.rint(255 - 255 * level[::-1]).astype(np.uint8)


def sounded(painted: np.ndarray, device: str, context: Context) -> np.ndarray:
    """A picture (512, columns) as mono sound at 44.1 kHz: the bands spread over their frequencies, and phases found for
    them by Griffin and Lim's way (1984), part by part, each crossed into the next."""
    import torch
    from torchaudio.transforms import GriffinLim

    where = "cpu" if device == "mps" else device  # MPS has no complex numbers of this size
    matrix = bands()
    spread = (matrix / matrix.sum(dim=0, keepdim=True).clamp(min=1e-6)).to(where)
    phases = GriffinLim(SIZE, ROUNDS, WINDOW, STEP, power=1.0, momentum=0.99, rand_init=True).to(where)
    columns, cross = painted.shape[1], WINDOW
    out = np.zeros(columns * STEP + cross, np.float32)
    rise = np.sin(np.linspace(0, np.pi / 2, cross, endpoint=False, dtype=np.float32))
    for start in range(0, columns, PART):
        context.progress(0.8 + 0.16 * start / columns, "from picture to sound")
        part = painted[::-1, start : start + PART + 2 * cross // STEP].copy()
        level = ((255 - torch.from_numpy(part).to(where).float()) / 255) ** (1 / POWER)
        with torch.no_grad():
            sound = phases(spread @ level).cpu().numpy()
        if start:
            sound[:cross] *= rise
            out[start * STEP : start * STEP + cross] *= rise[::-1]
        fits = min(len(sound), PART * STEP + cross, len(out) - start * STEP)
        out[start * STEP : start * STEP + fits] += sound[:fits]
    return out[: columns * STEP]
