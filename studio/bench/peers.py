"""RT60 by others: the encoder alone, one hand-written ffmpeg pass, melt and MoviePy.

Each is given the words as pictures ready to be laid over, which is kinder than having them set type.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from pipelines.ffmpeg import BT709, QUIET, binary
from studio.bench.rt60 import FPS, OVER, Film
from studio.timeline.paint.painter import Painter
from studio.timeline.paint.picture import buffer_of
from studio.timeline.paint.titles import CAPTIONS, TITLES, drawn

X264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p")
AAC = ("-c:a", "aac", "-b:a", "192k", "-ar", "48000", "-ac", "2")
FADE_S = 0.5
Command = list[str]


class Words(NamedTuple):
    """A picture of words, where it lies, from which second to which, and whether it fades."""

    path: Path
    left: int
    top: int
    begin: float
    end: float
    fades: bool


def words(film: Film) -> list[Words]:
    """Every title and caption as a PNG."""
    found = []
    lines = [(text, TITLES["lower-third"], a, b, True) for a, b, text in film.titled]
    lines += [(film.caption(i), CAPTIONS["subtitle"], 5 * i + 1, 5 * i + 5, False) for i in range(film.cut.items)]
    for n, (text, style, begin, end, fades) in enumerate(lines):
        picture = drawn(style, text, *film.cut.size)
        assert picture is not None
        assert picture.alpha is not None
        path = film.folder.parent / f"words{n}.png"
        alpha = np.maximum(picture.alpha[0], 1).astype(np.float32)
        level = ((picture.y - 16 * alpha / 255) * 255 / 219 * 255 / alpha).clip(0, 255).astype(np.uint8)
        Image.merge("LA", [Image.fromarray(level), Image.fromarray(picture.alpha[0])]).save(path)
        found.append(Words(path, picture.left, picture.top, begin, end, fades))
    return found


def write_raw(film: Film, path: Path) -> None:
    """Every frame of the film as the encoder is given it."""
    with path.open("wb") as file, Painter(film.timeline(), film.media) as painter:
        for n in range(film.cut.frames):
            file.write(np.ascontiguousarray(buffer_of(painter.frame(n))).data)


def limit(film: Film, out: Path) -> Command:
    """The encoder alone, from raw frames: no export can be cheaper."""
    raw, size = film.folder.parent / "raw.yuv", "x".join(map(str, film.cut.size))
    come = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", size, "-r", str(FPS), "-i", str(raw)]
    return [binary(), *QUIET, *come, *X264, *BT709, str(out)]


def window(i: int, last: int) -> tuple[str, str, str]:
    """zoompan's zoom, x and y for item i, whose last frame is number `last`."""
    if i // 2 % 2 == 0:
        return f"1/(1-on/{last}/6)", "iw/2-iw/zoom/2", "ih/2-ih/zoom/2"
    return "1.2", f"(iw-iw/zoom)*on/{last}", "ih/2-ih/zoom/2"


def ffmpeg(film: Film, out: Path) -> Command:
    """One pass by one graph: zoompan, xfade, overlays, a side chain for the ducking, loudnorm."""
    inputs: list[str] = []
    graph: list[str] = []
    size = "x".join(map(str, film.cut.size))
    for i in range(film.cut.items):
        inputs += ["-i", str(film.shown(i))]
        frames = film.length(i)
        zoom, x, y = window(i, frames - 1)
        move = "" if i % 2 else f"zoompan=z='{zoom}':x='{x}':y='{y}':d={frames}:s={size}:fps={FPS},"
        graph.append(
            f"[{i}:v]{move}trim=end_frame={frames},setpts=PTS-STARTPTS,settb=AVTB,format=yuv420p,setsar=1[p{i}]"
        )
    last = "p0"
    for i in range(1, film.cut.items):
        graph.append(f"[{last}][p{i}]xfade=transition=fade:duration={OVER / FPS}:offset={5 * i}[x{i}]")
        last = f"x{i}"
    for n, word in enumerate(words(film)):
        at, length = film.cut.items + n, word.end - word.begin
        inputs += (["-loop", "1", "-framerate", str(FPS), "-t", str(length)] if word.fades else []) + [
            "-i",
            str(word.path),
        ]
        fades = (
            f"fade=in:st=0:d={FADE_S}:alpha=1,fade=out:st={length - FADE_S}:d={FADE_S}:alpha=1," if word.fades else ""
        )
        graph.append(f"[{at}:v]format=yuva420p,{fades}setpts=PTS-STARTPTS+{word.begin}/TB[w{n}]")
        shown = f"overlay={word.left}:{word.top}:eof_action=repeat:enable='between(t,{word.begin},{word.end - 0.01})'"
        graph.append(f"[{last}][w{n}]{shown}[o{n}]")
        last = f"o{n}"
    at = len([word for word in inputs if word == "-i"])
    voices = [(at + n, begin) for n, (begin, _) in enumerate(film.spoken)]
    for _, path in film.spoken:
        inputs += ["-i", str(path)]
    inputs += ["-i", str(film.folder / "music.wav")]
    graph += [f"[{n}:a]adelay={begin * 1000}:all=1,aformat=channel_layouts=stereo[n{n}]" for n, begin in voices]
    spoken = "".join(f"[n{n}]" for n, _ in voices)
    graph.append(f"{spoken}amix=inputs={len(voices)}:normalize=0,apad=whole_dur={film.cut.seconds},asplit[said][key]")
    graph.append(f"[{at + len(voices)}:a]atrim=end={film.cut.seconds},volume=0.6[music]")
    graph.append("[music][key]sidechaincompress=threshold=0.01:ratio=12:attack=20:release=400[low]")
    graph.append("[low][said]amix=inputs=2:normalize=0:duration=first,loudnorm=I=-14:TP=-1[sound]")
    end = ["-map", f"[{last}]", "-map", "[sound]", "-t", str(film.cut.seconds), "-movflags", "+faststart"]
    return [binary(), *QUIET, *inputs, "-filter_complex", ";".join(graph), *end, *X264, *AAC, *BT709, str(out)]


def melt(film: Film, out: Path) -> Command:
    """A playlist with mixes, the affine filter on stills, and a track each for words, voices and music. Its loudness
    filter wants a pass of its own beforehand and is left out, in its favour."""
    line: Command = ["melt", "-profile", "atsc_720p_30"]
    for i in range(film.cut.items):
        line += [str(film.shown(i)), "in=0", f"out={film.length(i) - 1}"]
        line += [] if i % 2 else ["-attach-cut", "affine", f"transition.geometry={geometry(film, i)}"]
        line += ["-mix", str(OVER), "-mixer", "luma"] if i else []
    line += words_for_melt(film)
    summed = ["-transition", "mix", "a_track=0", "always_active=1", "sum=1"]
    for begin, path in film.spoken:
        line += ["-track", "-blank", str(begin * FPS - 1), str(path), *summed]
    music = [str(film.folder / "music.wav"), f"out={film.cut.frames - 1}"]
    line += ["-track", *music, "-attach-cut", "volume", "gain=0.6", *summed]
    sound = ["acodec=aac", "ab=192k", "ar=48000", "channels=2"]
    codec = ["vcodec=libx264", "preset=veryfast", "crf=20", *sound, "movflags=+faststart"]
    return [*line, "-consumer", f"avformat:{out}", *codec, "real_time=-2", "terminate_on_pause=1"]


def geometry(film: Film, i: int) -> str:
    """Where melt's affine filter puts still i at its first and at its last frame: X/Y:WxH."""
    w, h = film.cut.size
    large, last = f"{w * 1.2:.0f}x{h * 1.2:.0f}", film.length(i) - 1
    if i // 2 % 2:
        return f"0=0/{-h / 10:.0f}:{large};{last}={-w / 5:.0f}/{-h / 10:.0f}:{large}"
    return f"0=0/0:{w}x{h};{last}={-w / 10:.0f}/{-h / 10:.0f}:{large}"


def words_for_melt(film: Film) -> Command:
    """Titles on one track and captions on another, laid over the picture."""
    line: Command = []
    for fades in (True, False):
        row = [word for word in words(film) if word.fades is fades]
        at = 0
        line += ["-track"] if row else []
        for word in row:
            begin, end = round(word.begin * FPS), round(word.end * FPS)
            line += ["-blank", str(begin - at - 1)] if begin > at else []
            line += [str(word.path), "in=0", f"out={end - begin - 1}"]
            at = end
        track = 1 + (not fades and bool(film.titled))
        line += (
            ["-transition", "composite", "a_track=0", f"b_track={track}", "distort=0", "halign=c", "valign=b"]
            if row
            else []
        )
    return line


def moviepy(film: Film, out: Path) -> Command:
    cut = film.cut
    return [sys.executable, "-m", "studio.bench.peers", str(film.folder), str(cut.items), str(cut.height), str(out)]


def cut_by_moviepy(film: Film, out: Path) -> None:
    """The way its documentation teaches: resized clips in a composite, cross-fades, a composite of sounds."""
    from moviepy import AudioFileClip, CompositeAudioClip, CompositeVideoClip, ImageClip, VideoFileClip, vfx

    w, h = film.cut.size
    shots = []
    for i in range(film.cut.items):
        length = film.length(i) / FPS
        if i % 2:
            shot: Any = VideoFileClip(str(film.shown(i)), audio=False).subclipped(0, length)
        else:
            still, pan = ImageClip(str(film.shown(i))).with_duration(length), i // 2 % 2
            grown = still.resized(lambda t, d=length, pan=pan: (w / 1920) * (1.2 if pan else 1 / (1 - t / d / 6)))
            moved = (
                grown.with_position(lambda t, d=length: (-w / 5 * t / d, -h / 10))
                if pan
                else grown.with_position("center")
            )
            shot = CompositeVideoClip([moved], size=(w, h)).with_duration(length)
        shot = shot.with_start(5 * i)
        shots.append(shot.with_effects([vfx.CrossFadeIn(OVER / FPS)]) if i else shot)
    for word in words(film):
        laid = ImageClip(str(word.path)).with_duration(word.end - word.begin).with_start(word.begin)
        laid = laid.with_position((word.left, word.top))
        shots.append(laid.with_effects([vfx.CrossFadeIn(FADE_S), vfx.CrossFadeOut(FADE_S)]) if word.fades else laid)
    voices = [AudioFileClip(str(path)).with_start(begin) for begin, path in film.spoken]
    music = AudioFileClip(str(film.folder / "music.wav")).subclipped(0, film.cut.seconds).with_volume_scaled(0.6)
    whole = (
        CompositeVideoClip(shots, size=(w, h))
        .with_duration(film.cut.seconds)
        .with_audio(CompositeAudioClip([music, *voices]))
    )
    how = {"codec": "libx264", "preset": "veryfast", "audio_codec": "aac", "audio_bitrate": "192k", "audio_fps": 48000}
    whole.write_videofile(str(out), fps=FPS, ffmpeg_params=["-crf", "20"], logger=None, **how)


PEERS: dict[str, Callable[[Film, Path], Command]] = {"ffmpeg": ffmpeg, "melt": melt, "moviepy": moviepy}


def here(name: str) -> bool:
    """Whether that peer is installed."""
    return find_spec(name) is not None if name == "moviepy" else name == "ffmpeg" or shutil.which(name) is not None


if __name__ == "__main__":
    from studio.bench.measure import own_cost
    from studio.bench.rt60 import Cut

    folder, items, height, target = sys.argv[1:]
    import moviepy as loaded  # noqa: F401  its imports are not what is measured

    cost = own_cost(lambda: cut_by_moviepy(Film(Cut(int(items), int(height)), Path(folder)), Path(target)))
    print(json.dumps({"wall": cost.wall, "cpu": cost.cpu}))
