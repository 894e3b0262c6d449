"""How pictures become packets: one entry for each codec, with the files it may go into and the encoder it gets."""

from __future__ import annotations

import os
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from pipelines import ffmpeg
from pipelines.faults import Invalid
from studio.timeline.export.presets import PRESETS, QUALITIES, Quality

Options = Callable[[Quality, Fraction], dict[str, str]]
PIECE_S = 8
"""No piece is longer, so that one key frame at its start is enough."""


class WrongContainer(Invalid):
    """That codec is not kept in that kind of file."""


class Coding(NamedTuple):
    """An encoder with its pixels and options, the container its pieces are kept in, and the tag its stream carries.

    `alone`: it keeps every core busy by itself, so that two at a time gain nothing. `tool`: ffmpeg's arguments before
    and after the input, for an encoder that only the ffmpeg program reaches."""

    encoder: str
    pixels: str
    options: tuple[tuple[str, str], ...]
    piece: str
    tag: str = ""
    alone: bool = False
    tool: tuple[tuple[str, ...], tuple[str, ...]] | None = None


class Spec(NamedTuple):
    """Everything that decides the bytes of a piece of film but the pictures themselves."""

    width: int
    height: int
    fps: Fraction
    coding: Coding


class Codec(NamedTuple):
    """A codec: its name in words, the kinds of file it goes into, its software encoder, and how that is told."""

    title: str
    kinds: tuple[str, ...]
    encoder: str
    pixels: str
    options: Options
    piece: str = "mp4"
    tag: str = ""
    alone: bool = False


def x264(q: Quality, fps: Fraction) -> dict[str, str]:
    return {"preset": q.x264, "crf": str(q.crf), "g": str(round(fps * PIECE_S))}


def x265(q: Quality, fps: Fraction) -> dict[str, str]:
    keys = f"keyint={round(fps * PIECE_S)}:open-gop=0:log-level=none"
    return {"preset": q.x264, "crf": str(q.hevc), "x265-params": keys}


def svt(q: Quality, fps: Fraction) -> dict[str, str]:
    os.environ.setdefault("SVT_LOG", "1")  # it reports to standard error otherwise
    speed = "12" if q.x264 == "ultrafast" else "6" if q.x264 == "medium" else "9"
    return {"preset": speed, "crf": str(q.av1), "g": str(round(fps * PIECE_S))}


def vpx(q: Quality, fps: Fraction) -> dict[str, str]:
    quick = q.x264 == "ultrafast"
    deadline, speed = ("realtime", "8") if quick else ("good", "5")
    return {"deadline": deadline, "cpu-used": speed, "row-mt": "1", "crf": str(q.vp9), "b": "0"}


CODECS: dict[str, Codec] = {
    "h264": Codec("H.264", ("mp4", "mov", "mkv"), "libx264", "yuv420p", x264),
    "hevc": Codec("HEVC", ("mp4", "mov", "mkv"), "libx265", "yuv420p", x265, tag="hvc1", alone=True),
    "av1": Codec("AV1", ("mp4", "webm", "mkv"), "libsvtav1", "yuv420p", svt, alone=True),
    "vp9": Codec("VP9", ("webm", "mp4", "mkv"), "libvpx-vp9", "yuv420p", vpx, "webm"),
    "prores": Codec(
        "ProRes 422 HQ", ("mov", "mkv"), "prores_ks", "yuv422p10le",
        lambda q, fps: {"profile": "3", "vendor": "apl0"}, "mov",
    ),
    "prores-4444": Codec(
        "ProRes 4444, clear where nothing lies", ("mov", "mkv"), "prores_ks", "yuva444p10le",
        lambda q, fps: {"profile": "4", "vendor": "apl0", "alpha_bits": "16"}, "mov",
    ),
    "dnxhr": Codec("DNxHR HQ", ("mov",), "dnxhd", "yuv422p", lambda q, fps: {"profile": "dnxhr_hq"}, "mov"),
}  # fmt: skip
OWN = {"mp4": "h264", "mov": "h264", "mkv": "h264", "webm": "vp9"}
"""What each kind of file holds when nothing else is asked for."""


def codec_for(kind: str, wanted: str | None) -> str:
    """The codec a file of this kind gets. Raises `WrongContainer`."""
    name = wanted or OWN[kind]
    if kind not in CODECS[name].kinds:
        kinds = ", ".join(CODECS[name].kinds)
        fits = ", ".join(name for name, codec in CODECS.items() if kind in codec.kinds)
        raise WrongContainer(
            f"{CODECS[name].title} does not go into .{kind} files.", f"Choose {kinds}; .{kind} takes {fits}."
        )
    return name


def coding(name: str, preset: str, fps: Fraction, size: tuple[int, int] = (0, 0)) -> Coding:
    """How `name` is encoded in software, for pictures of that size."""
    codec = CODECS[name]
    options = codec.options(QUALITIES[PRESETS[preset].quality], fps)
    if codec.encoder == "libx264":  # said, so that the bytes do not hang on the machine they are made on
        options["threads"] = str(min(8, max(1, size[0] * size[1] // 1_000_000)))
        options["x264-params"] = f"stitchable=1:{ffmpeg.x264_steady(*size)}"
    return Coding(codec.encoder, codec.pixels, tuple(options.items()), codec.piece, codec.tag, codec.alone)
