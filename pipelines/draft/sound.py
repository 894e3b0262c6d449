"""draft-sound: synthesises the sounds a prompt names, as heavy, fast and far away as it says, in the room it says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from pydantic import Field

from pipelines import mastering
from pipelines.base import Context, Options, Pipeline
from pipelines.draft import desk
from pipelines.draft.desk import RATE, write_wav
from pipelines.draft.sounds.take import Take
from pipelines.draft.sounds.texture import texture
from pipelines.draft.sounds.words import Heard, Layer, listen

LUFS = -20.0


class SoundOptions(Options):
    prompt: str = Field(
        min_length=1,
        max_length=4000,
        title="Prompt",
        description="What is heard, how near and how strong, and where: “heavy rain with distant thunder”",
    )
    duration_s: float = Field(5, ge=0.5, le=120, title="Length", description="Seconds, to the sample")
    loop: bool = Field(False, title="Loop", description="The end joins the start without a seam")
    format: mastering.Format = mastering.format_field()


class DraftSound(Pipeline):
    """Stereo WAV, 16 bit, 48 kHz, of exactly round(duration_s * 48000) samples."""

    Options = SoundOptions

    def run(self, options: SoundOptions, context: Context) -> Iterator[Path]:
        heard = listen(options.prompt)
        context.progress(0.0, f"heard: {heard.note}")
        words = int.from_bytes(hashlib.sha256(options.prompt.encode()).digest()[:8], "big")
        samples = round(options.duration_s * RATE)
        parts = max(1, len(heard.layers))
        out = np.zeros((2, samples), dtype=np.float32)
        for number in range(parts):
            layer = heard.layers[number] if heard.layers else None
            fraction = 0.75 * number / parts
            rng = np.random.default_rng((options.seed + 1, words, number))

            def tick(fraction: float = fraction) -> None:
                context.progress(fraction, heard.note)

            take = Take(samples, rng, loop=options.loop, tick=tick)
            out += _strange(take, heard) if layer is None else _placed(layer, take)
        context.progress(0.75, heard.note)
        out = _surroundings(out, heard, options.loop, lambda f: context.progress(0.75 + 0.15 * f, heard.note))
        if not options.loop:
            _edges(out, all(layer.sound.bed for layer in heard.layers))
        wav = write_wav(context.workdir / "sound.wav", desk.level_gently(out, LUFS, options.loop))
        context.progress(1.0, heard.note)
        yield wav
        yield from mastering.encoded(wav, options.format)


def _strange(take: Take, heard: Heard) -> np.ndarray:
    return texture(take, heard.strange)


def _placed(layer: Layer, take: Take) -> np.ndarray:
    """One layer at its level; far off it loses its top, its width and its nearness."""
    take.weight, take.pace = layer.weight, layer.pace
    sound = layer.sound.make(take)
    take.tick()
    level = -23 + 9 * (layer.weight - 0.5) + (0 if layer.sound.bed else 2)
    if layer.far:
        level -= 8
        sound = desk.convolve(sound, desk.kernel(desk.band(30, 1100, 1), 511), 255, take.loop)
        sound = 0.6 * sound + 0.8 * desk.convolve(sound, desk.room(2.2, 2500, 0.03), 0, take.loop)
    now = desk.loudness(sound)
    return sound * np.float32(desk.db(level - now) if now > -100 else 1)


def _surroundings(sound: np.ndarray, heard: Heard, wrap: bool, tick: desk.Callable[[float], None]) -> np.ndarray:
    """Room, wall and loudspeaker, in the order sound meets them."""
    if heard.room_s:
        echo = desk.convolve(sound, desk.room(heard.room_s, 4200), 0, wrap, tick)
        sound = 0.7 * sound + np.float32(0.55 + 0.1 * min(4, heard.room_s)) * echo
    if heard.muffled:
        sound = desk.convolve(sound, desk.kernel(desk.band(30, 480, 2), 511), 255, wrap)
    if heard.tinny:
        sound = desk.convolve(sound, desk.kernel(desk.band(480, 2900, 3), 1023), 511, wrap)
    return sound


def _edges(sound: np.ndarray, bed: bool) -> None:
    """No click where it starts, and a short fade where it stops."""
    samples = sound.shape[-1]
    start = min(samples // 10, int((0.08 if bed else 0.004) * RATE))
    stop = min(samples // 5, int(0.35 * RATE))
    sound[:, :start] *= np.sin(np.linspace(0, np.pi / 2, start)).astype(np.float32) ** 2
    sound[:, samples - stop :] *= np.cos(np.linspace(0, np.pi / 2, stop)).astype(np.float32) ** 2
