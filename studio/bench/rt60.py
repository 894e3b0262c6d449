"""RT60, the film that exports are measured with: its sources, made here from fixed seeds, and its timeline.

Stills that move, grainy clips, dissolves between all of them, titles, burnt-in captions, and music that steps back
under narration; 1280x720 at 30 frames a second, 60 s long, or shorter and smaller for a quick look.
"""

from __future__ import annotations

import subprocess
import wave
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from pipelines.draft.espeak import Espeak
from pipelines.draft.voices import find
from pipelines.ffmpeg import BITEXACT, QUIET, binary
from studio.timeline.items import Caption, Clip, Gap, Item, Motion, Title, Transition
from studio.timeline.model import Timeline, Track
from studio.types import Asset

FPS, STEP, OVER = 30, 150, 30
"""Frames a second; from one item's start to the next one's; and of each dissolve."""
KINDS = 6
RATE = 48_000
MUSIC_GAIN_DB = -4.437
"""A factor of 0.6."""
LINES = (
    "The harbour wakes before the town does.",
    "Nets are counted, mended and counted again.",
    "By noon the tide has taken every footprint.",
    "Nobody remembers who painted the third boat.",
    "The lamp is lit an hour before it is needed.",
    "And the sea says what it has always said.",
)
SAID = ("The tide comes in", "and the boats turn round", "as if somebody had called them", "from the open sea")


@dataclass(frozen=True)
class Cut:
    """How long and how large the film is: `items` of five seconds, pictures `height` high."""

    items: int = 12
    height: int = 720

    @property
    def size(self) -> tuple[int, int]:
        return self.height * 16 // 9, self.height

    @property
    def kinds(self) -> int:
        """How many stills and how many clips there are to choose from."""
        return min(KINDS, max(2, self.items // 2))

    @property
    def frames(self) -> int:
        return self.items * STEP

    @property
    def seconds(self) -> int:
        return self.frames // FPS


@dataclass(frozen=True)
class Film:
    """A cut with its sources on the disk."""

    cut: Cut
    folder: Path

    def shown(self, i: int) -> Path:
        """What item i shows: stills and clips by turns."""
        kind = "v{}.mp4" if i % 2 else "s{}.png"
        return self.folder / kind.format(i // 2 % self.cut.kinds + 1)

    def length(self, i: int) -> int:
        return STEP if i == self.cut.items - 1 else STEP + OVER

    @property
    def spoken(self) -> list[tuple[int, Path]]:
        """(second it begins at, file) of every narration."""
        begins = range(1, self.cut.seconds - 4, 10)
        return [(at, self.folder / f"n{n % self.cut.kinds + 1}.wav") for n, at in enumerate(begins)]

    def caption(self, i: int) -> str:
        return f"{SAID[i % len(SAID)]}, {i + 1}"

    @property
    def titled(self) -> list[tuple[int, int, str]]:
        """(first second, last second, words): lower thirds, with fades of half a second."""
        return [(a, b, words) for a, b, words in TITLED if b <= self.cut.seconds]

    @property
    def media(self) -> dict[str, Asset]:
        kinds = {".png": "image", ".mp4": "video", ".wav": "audio"}
        return {
            path.name: Asset.model_validate(
                {"id": path.name, "kind": kinds[path.suffix], "name": path.name, "mime": "", "bytes": 1, "path": path}
                | ({} if path.suffix == ".png" else {"duration_s": seconds_of(path)})
            )
            for path in self.folder.iterdir()
            if path.suffix in kinds
        }

    def timeline(self) -> Timeline:
        width, height = self.cut.size
        voices = Track(kind="audio", name="Voice", role="narration", items=self.voices())
        music = Clip(asset="music.wav", frames=self.cut.frames, loop=self.cut.seconds > 60)
        tracks = (
            Track(kind="video", name="Picture", items=self.pictures()),
            Track(kind="video", name="Titles", items=self.titles()),
            voices,
            Track(kind="audio", name="Music", role="music", gain_db=MUSIC_GAIN_DB, duck=True, items=(music,)),
            Track(kind="captions", name="Captions", items=self.captions()),
        )
        return Timeline(title="RT60", fps=Fraction(FPS), width=width, height=height, tracks=tracks)

    def pictures(self) -> tuple[Item, ...]:
        row: list[Item] = []
        for i in range(self.cut.items):
            row += [Transition(frames=OVER)] if i else []
            row.append(Clip(asset=self.shown(i).name, frames=self.length(i), motion=None if i % 2 else motion(i // 2)))
        return tuple(row)

    def titles(self) -> tuple[Item, ...]:
        row: list[Item] = []
        for begin, end, text in self.titled:
            row.append(Gap(frames=begin * FPS - sum(item.frames for item in row)))
            frames = (end - begin) * FPS
            row.append(Title(text=text, style="lower-third", frames=frames, fade_in=FPS // 2, fade_out=FPS // 2))
        return tuple(row)

    def voices(self) -> tuple[Item, ...]:
        row: list[Item] = []
        for begin, path in self.spoken:
            row.append(Gap(frames=begin * FPS - sum(item.frames for item in row)))
            row.append(Clip(asset=path.name, frames=int(seconds_of(path) * FPS)))
        return tuple(row)

    def captions(self) -> tuple[Item, ...]:
        row: list[Item] = []
        for i in range(self.cut.items):
            row += [Gap(frames=FPS), Caption(text=self.caption(i), frames=STEP - FPS)]
        return tuple(row)


TITLED = ((2, 6, "Harbour, 1932"), (32, 36, "The third boat"))


def motion(n: int) -> Motion:
    """Of the n-th still: the odd ones (counted from 1) push in to the middle 5/6, the even ones pan across 1/6."""
    if n % 2 == 0:
        return Motion(start=(0, 0, 1, 1), end=(1 / 12, 1 / 12, 5 / 6, 5 / 6))
    return Motion(start=(0, 1 / 12, 5 / 6, 5 / 6), end=(1 / 6, 1 / 12, 5 / 6, 5 / 6))


# -- the sources --------------------------------------------------------------------------------------------------


def build(folder: Path, cut: Cut) -> Film:
    """Make what is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    film = Film(cut, folder)
    for n in range(1, cut.kinds + 1):
        still, clip, voice = folder / f"s{n}.png", folder / f"v{n}.mp4", folder / f"n{n}.wav"
        if not still.exists():
            cv2.imwrite(str(still), picture(n, cut.height * 3 // 2), [cv2.IMWRITE_PNG_COMPRESSION, 1])
        if not clip.exists():
            shoot(clip, n, cut.size)
        if not voice.exists():
            speak(voice, LINES[n - 1])
    if not (folder / "music.wav").exists():
        play(folder / "music.wav")
    return film


def noise(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    """1/f noise, 0..1: what photographs look like to an encoder."""
    spectrum = np.fft.rfft2(rng.normal(size=(height, width)))
    fy, fx = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
    pink = np.fft.irfft2(spectrum / np.maximum(np.hypot(fy * height / width, fx), 1 / width), (height, width))
    low, high = np.percentile(pink, (0.5, 99.5))
    return np.clip((pink - low) / (high - low), 0, 1)


def picture(n: int, height: int) -> np.ndarray:
    """The n-th still, (h, w, 3): coloured noise nowhere near black; some with fine edges, one with a white grid."""
    rng, width = np.random.default_rng(60 + n), height * 16 // 9
    image = np.dstack([60 + 150 * noise(rng, width, height) for _ in range(3)])
    if n in (2, 5):
        for _ in range(60):
            (x0, y0), (x1, y1) = rng.integers(0, (width, height), (2, 2)).tolist()
            cv2.line(image, (x0, y0), (x1, y1), (230, 225, 220), 1, cv2.LINE_AA)
    if n == 4:
        image[:: height // 9], image[:, :: height // 9] = 255, 255
    return image.astype(np.uint8)


def shoot(path: Path, n: int, size: tuple[int, int]) -> None:
    """Six seconds of a camera going over a textured wall, with grain: no two frames are alike."""
    still = path.with_name(f"wall{n}.bmp")
    cv2.imwrite(str(still), picture(20 + n, size[1] * 3 // 2))
    w, h = size
    move = f"crop={w}:{h}:x='(iw-{w})*t/6':y='(ih-{h})/2*(1+sin(t+{n}))',noise=alls=7:allf=t:all_seed={n}"
    tags = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")
    convert = "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"
    subprocess.run(
        [binary(), *QUIET, "-loop", "1", "-framerate", str(FPS), "-i", str(still), "-vf", f"{move},{convert}",
         "-frames:v", str(6 * FPS), "-c:v", "libx264", "-preset", "medium", "-crf", "18", "-g", "30", *tags, *BITEXACT,
         str(path)],
        check=True,
    )  # fmt: skip
    still.unlink()


def speak(path: Path, line: str) -> None:
    from scipy.signal import resample_poly  # large, and whoever is being measured should not carry it

    known = find("en-gb")
    assert known is not None
    with Espeak() as espeak:
        said = espeak.say(line, *known, 140, 50)
    samples = resample_poly(np.frombuffer(said.samples, "<i2") / 32768, RATE, said.rate)
    write_wav(path, np.clip(samples * 0.7, -1, 1)[:, None])


def play(path: Path) -> None:
    """Sixty seconds of chords that swell, over soft noise; stereo."""
    rng, t = np.random.default_rng(7), np.arange(60 * RATE) / RATE
    chords = ((220, 277.18, 329.63), (196, 246.94, 293.66), (174.61, 220, 261.63), (164.81, 207.65, 246.94))
    out = rng.normal(0, 0.01, (len(t), 2))
    for n, chord in enumerate(chords):
        level = 0.12 * (np.floor(t / 2.5).astype(int) % 4 == n) * (1 - np.exp(-(t % 2.5) * 8)) * np.exp(-(t % 2.5) / 2)
        for k, hertz in enumerate(chord):
            out[:, k % 2] += level * np.sin(2 * np.pi * hertz * t)
            out[:, 1 - k % 2] += 0.6 * level * np.sin(2 * np.pi * hertz * 2 * t)
    write_wav(path, np.clip(out, -1, 1))


def write_wav(path: Path, samples: np.ndarray) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.rint(samples * 32767).astype("<i2").tobytes())


def seconds_of(path: Path) -> float:
    if path.suffix == ".mp4":
        return 6.0
    with wave.open(str(path), "rb") as file:
        return file.getnframes() / file.getframerate()
