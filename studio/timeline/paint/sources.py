"""What the painter paints from: stills, and films whose frame at any time is found exactly."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator, Iterator
from fractions import Fraction
from typing import Any

import av
import av.error
import cv2
import numpy as np
from PIL import Image, ImageOps

from pipelines.faults import Conflict, Unsupported
from studio.timeline.paint import hdr
from studio.timeline.paint.picture import Picture, from_rgb
from studio.types import Asset

FORMATS = (
    "mov,mp4,m4a,matroska,webm,avi,mpegts,mpeg,ogg,wav,w64,aiff,flac,mp3,aac,asf,flv,gif,apng,mxf,nut,ivf,caf,au,amr"
)
BT601, BT709 = "ITU601", "ITU709"
MATRICES = {1: BT709, 4: "FCC", 5: BT601, 6: BT601, 7: "SMPTE240M", 9: "BT2020", 10: "BT2020"}
FULL = 2
CLEAR = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
SEEK_AHEAD_S = 4


class MissingMedia(Conflict):
    """A clip's file is not in the library, or not on the disk."""


class BrokenMedia(Unsupported):
    """A clip's file cannot be read, or ends before it says it does."""


def broken(asset: Asset, why: object) -> BrokenMedia:
    return BrokenMedia(f"“{asset.name}” cannot be read: {why}.", "Put another take in its place, or import it again.")


def opened(asset: Asset) -> Any:
    """The asset's container. Only plain media formats, and only this file: a playlist cannot lead elsewhere."""
    if not asset.path.is_file():
        raise MissingMedia(f"The file of “{asset.name}” is gone.", "Import it again, or put another take in its place.")
    try:
        rules = {"protocol_whitelist": "file", "format_whitelist": FORMATS}
        return av.open(f"file:{asset.path}", options=rules, metadata_errors="replace")
    except av.error.FFmpegError as error:
        raise broken(asset, error.strerror) from None


class Still:
    """A picture that does not move, at any smaller size it is needed in. The whole of it is held no longer than that
    takes."""

    def __init__(self, asset: Asset):
        self.asset = asset
        self.whole: np.ndarray | None = self.read()
        self.size = self.whole.shape[1], self.whole.shape[0]
        self.reduced: dict[float, Picture] = {}

    def read(self) -> np.ndarray:
        """The picture upright, (h, w, 3 or 4) uint8, alpha straight."""
        try:
            with Image.open(self.asset.path) as image:
                upright = ImageOps.exif_transpose(image)
                if upright.mode in ("I;16", "I;16B", "I", "F"):
                    deep = np.asarray(upright, np.float32)
                    upright = Image.fromarray(np.clip(deep / (257 if deep.max() > 255 else 1), 0, 255).astype(np.uint8))
                clear = "A" in upright.getbands() or "transparency" in upright.info
                return np.asarray(upright.convert("RGBA" if clear else "RGB"))
        except FileNotFoundError:
            raise MissingMedia(f"The file of “{self.asset.name}” is gone.", "Import it again.") from None
        except Exception as error:  # Pillow's decoders raise whatever they like
            raise broken(self.asset, error) from None

    def at(self, factor: float) -> Picture:
        """The picture shrunk to `factor` <= 1 of its sides, every pixel counting."""
        if factor not in self.reduced:
            image = self.read() if self.whole is None else self.whole
            if factor < 1:
                size = tuple(max(1, round(side * factor)) for side in self.size)
                image = premultiplied_resize(image, size)
            self.reduced[factor], self.whole = from_rgb(image), None
        return self.reduced[factor]


def premultiplied_resize(image: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    if image.shape[2] == 3:
        return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    alpha = image[..., 3:].astype(np.float32)
    colour = cv2.resize(image[..., :3] * alpha / 255, size, interpolation=cv2.INTER_AREA)
    small = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)[..., None]
    return np.rint(np.concatenate([colour * 255 / np.maximum(small, 1), small], 2).clip(0, 255)).astype(np.uint8)


class Film:
    """One decoder on one file. Times are seconds from the film's first picture; forward steps only decode."""

    def __init__(self, asset: Asset):
        self.asset = asset
        self.container = opened(asset)
        if not self.container.streams.video:
            raise broken(asset, "there is no picture in it")
        self.stream = self.container.streams.video[0]
        self.stream.thread_type = "AUTO"
        self.stream.codec_context.thread_count = max(1, min(4, (os.cpu_count() or 1) // 2))
        self.tick = self.stream.time_base
        self.zero = self.stream.start_time or 0
        self.fps = self.stream.average_rate or Fraction(25)
        self.frames = self.decoded()
        self.current: Any = None
        self.next: Any = None
        self.ended = False
        self.kept: deque[Any] = deque(maxlen=0)
        self.shown: tuple[Any, Picture] | None = None

    def close(self) -> None:
        self.frames.close()
        self.container.close()

    def coming(self) -> Iterator[Any]:
        """Frames as the stream's own decoder gives them; of VP8 and VP9 with alpha by libvpx, which alone reads it."""
        name = CLEAR.get(self.stream.codec_context.name)
        if name is None or self.stream.metadata.get("alpha_mode") != "1" or name not in av.codecs_available:
            yield from self.container.decode(self.stream)
            return
        decoder: Any = av.CodecContext.create(name, "r")
        for packet in self.container.demux(self.stream):
            yield from decoder.decode(packet if packet.size else None)

    def decoded(self) -> Generator[Any]:
        try:
            for frame in self.coming():
                if frame.pts is None:
                    frame.pts = frame.dts if frame.dts is not None else self.zero
                yield frame
        except av.error.FFmpegError as error:
            raise broken(self.asset, error.strerror) from None

    def at(self, t: Fraction) -> Any:
        """The frame shown at `t`: the last whose pts is not after it. Before the first, the first.

        Containers that round their time stamps (Matroska keeps milliseconds) are met half a tick early."""
        slack = min(self.tick / 2, Fraction(1, 2000))
        pts = self.zero + int((t + slack) / self.tick)
        if self.current is None or pts < self.current.pts:
            for frame in self.kept:
                if frame.pts <= pts < frame.pts + max(frame.duration or 0, 1):
                    return frame
            if self.current is not None or (pts - self.zero) * self.tick > Fraction(1, 2):
                self.seek(pts)
            if self.current is None:
                self.current = self.following()
        elif pts > self.current.pts + SEEK_AHEAD_S / self.tick:
            self.seek(pts)
        self.forward(pts)
        return self.current

    def forward(self, pts: int) -> None:
        while True:
            if self.next is None and not self.ended:
                self.next = self.following()
            if self.next is None or self.next.pts > pts:
                break
            if self.kept.maxlen:
                self.kept.append(self.current)
            self.current, self.next = self.next, None
        if self.current is None:
            raise broken(self.asset, "there is no picture in it")
        late = (pts - self.current.pts) * self.tick
        if self.next is None and late > max(3 / self.fps, Fraction(1, 4)):
            end = float((self.current.pts - self.zero) * self.tick)
            raise broken(self.asset, f"its picture ends at {end:.2f} s")

    def following(self) -> Any:
        frame = next(self.frames, None)
        self.ended = frame is None
        return frame

    def seek(self, pts: int) -> None:
        """Go to the last key frame before `pts`; should the file's index be wrong, to the start."""
        for target in (pts, self.zero):
            self.frames.close()
            try:
                self.container.seek(target, stream=self.stream, backward=True, any_frame=False)
            except av.error.FFmpegError:
                continue
            self.frames, self.next = self.decoded(), None
            self.current = self.following()
            if self.current is not None and self.current.pts <= pts:
                return
        if self.current is None:
            self.container.close()
            self.container = opened(self.asset)
            self.stream = self.container.streams.video[0]
            self.frames = self.decoded()
            self.current = self.following()

    def backwards(self) -> None:
        """Keep what is decoded on the way to a frame, for whoever will ask for the frames before it."""
        self.kept = deque(maxlen=64)

    def picture(self, t: Fraction) -> Picture:
        """The frame at `t` as planes, upright; the very same object while the frame is the same."""
        frame = self.at(t)
        if self.shown is None or self.shown[0] is not frame:
            try:
                self.shown = frame, planes(frame)
            except (av.error.FFmpegError, ValueError) as error:
                raise broken(self.asset, error) from None
        return self.shown[1]

    @property
    def aspect(self) -> Fraction:
        """A pixel's width over its height, as stored."""
        return self.stream.sample_aspect_ratio or Fraction(1)

    def sized(self, t: Fraction) -> tuple[Picture, float]:
        """The picture at `t`, and its pixels' aspect once upright."""
        picture = self.picture(t)
        turned = self.shown is not None and self.shown[0].rotation % 180 != 0
        return picture, float(1 / self.aspect if turned else self.aspect)


def planes(frame: Any) -> Picture:
    """A decoded frame of any format, matrix, range and rotation as a `Picture`. Most need no conversion at all."""
    matrix = MATRICES.get(int(frame.colorspace), BT709 if frame.width >= 1280 or frame.height > 576 else BT601)
    name, degrees = frame.format.name, frame.rotation
    full = int(frame.color_range) == FULL or name.startswith("yuvj")
    if int(frame.color_trc) in hdr.CURVES:
        deep = frame.reformat(format="rgb48le", src_colorspace=matrix, src_color_range="JPEG" if full else "MPEG")
        return turned(from_rgb(hdr.standard(deep.to_ndarray(), int(frame.color_trc))), degrees)
    if name == "pal8" or any(component.is_alpha for component in frame.format.components):
        clear = frame.reformat(format="rgba", src_colorspace=matrix, src_color_range="JPEG" if full else "MPEG")
        return turned(from_rgb(clear.to_ndarray()), degrees)
    if name != "yuv420p" or matrix != BT709 or full:
        frame = frame.reformat(
            format="yuv420p",
            src_colorspace=matrix,
            dst_colorspace=BT709,
            src_color_range="JPEG" if full else "MPEG",
            dst_color_range="MPEG",
        )
    y, u, v = (view(plane) for plane in frame.planes)
    return turned(Picture(y, u, v), degrees)


def view(plane: Any) -> np.ndarray:
    """The plane's samples where the decoder put them; the array keeps the frame alive."""
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]


def turned(picture: Picture, degrees: int) -> Picture:
    """Upright, for a frame whose display matrix asks for a turn of `degrees`, counter-clockwise."""
    times = round(degrees / 90) % 4
    if not times:
        return picture
    y, u, v = (np.ascontiguousarray(np.rot90(plane, times)) for plane in picture.planes)
    if picture.alpha is None:
        return Picture(y, u, v)
    full, half = (np.ascontiguousarray(np.rot90(plane, times)) for plane in picture.alpha)
    return Picture(y, u, v, (full, half))
