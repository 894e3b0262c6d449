"""Type: the studio's own fonts, and for a letter they lack, whichever font on this machine has it."""

from __future__ import annotations

import os
import struct
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

OWN = Path(__file__).parents[3] / "assets" / "fonts"
FACES = {
    "regular": OWN / "IBMPlexSans-Regular.ttf",
    "semibold": OWN / "IBMPlexSans-SemiBold.ttf",
    "italic": OWN / "IBMPlexSans-Italic.ttf",
    "mono": OWN / "IBMPlexMono-Regular.ttf",
}
PREFERRED = (
    "plex", "dejavusans.", "notosanscjk", "notosans", "noto", "dejavu", "sourcehan", "arial unicode", "pingfang",
    "hiragino", "applesdgothic", "msyh", "yugoth", "malgun", "wqy", "msgothic",
)  # fmt: skip
WEIGHTS = {"semibold": "Bold"}


def folders() -> list[Path]:
    """Where fonts are kept on this kind of machine."""
    home = Path.home()
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    if sys.platform == "win32":
        return [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts", home / "AppData/Local/Microsoft/Windows/Fonts"]
    shared = os.environ.get("XDG_DATA_HOME", str(home / ".local/share"))
    return [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path(shared) / "fonts", home / ".fonts"]


@cache
def installed() -> list[Path]:
    """Every font file on the machine, the likelier ones first, in an order that is the same on every run."""
    found = {
        p for folder in (OWN, *folders()) for p in folder.rglob("*") if p.suffix.lower() in (".ttf", ".otf", ".ttc")
    }

    def rank(path: Path) -> tuple[int, str]:
        name = path.name.lower()
        return next((n for n, part in enumerate(PREFERRED) if part in name), len(PREFERRED)), str(path)

    return sorted(found, key=rank)


@cache
def letters(path: Path) -> frozenset[int]:
    """The code points a font has, from its `cmap` (formats 4 and 12: OpenType, chapter cmap)."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
            start = struct.unpack(">I", file.read(4))[0] if head[:4] == b"ttcf" else 0
            file.seek(start + 4)
            count = struct.unpack(">H", file.read(2))[0]
            file.seek(start + 12)
            rows = [struct.unpack(">4sIII", file.read(16)) for _ in range(count)]
            offset, length = next((at, size) for tag, _, at, size in rows if tag == b"cmap")
            file.seek(offset)
            return frozenset(mapped(file.read(length)))
    except (OSError, StopIteration, struct.error, IndexError):
        return frozenset()


def mapped(cmap: bytes) -> Iterator[int]:
    tables = [struct.unpack(">HHI", cmap[4 + 8 * n : 12 + 8 * n]) for n in range(struct.unpack(">H", cmap[2:4])[0])]
    for at in {offset for platform, _, offset in tables if platform in (0, 3)}:
        form = struct.unpack(">H", cmap[at : at + 2])[0]
        if form == 12:
            for n in range(struct.unpack(">I", cmap[at + 12 : at + 16])[0]):
                first, last, _ = struct.unpack(">III", cmap[at + 16 + 12 * n : at + 28 + 12 * n])
                yield from range(first, last + 1)
        elif form == 4:
            half = struct.unpack(">H", cmap[at + 6 : at + 8])[0] // 2
            ends = np.frombuffer(cmap, ">u2", half, at + 14)
            starts = np.frombuffer(cmap, ">u2", half, at + 16 + 2 * half)
            for first, last in zip(starts.tolist(), ends.tolist(), strict=True):
                yield from range(first, min(last, 0xFFFE) + 1)


@cache
def font(path: Path, size: int, shaped: bool) -> ImageFont.FreeTypeFont:
    layout = None if shaped else ImageFont.Layout.BASIC
    return ImageFont.truetype(str(path), size, layout_engine=layout)


@cache
def face_for(letter: str, face: str) -> Path:
    """The face asked for where it has this letter, else the studio's own for its script, in a like weight, else the
    first installed font that does."""
    own = FACES[face]
    if letter.isspace() or ord(letter) in letters(own) or not letter.isprintable():
        return own
    scripts = sorted(OWN.glob(f"Noto*-{WEIGHTS.get(face, 'Regular')}.ttf"))
    return next((path for path in (*scripts, *installed()) if ord(letter) in letters(path)), own)


def lacking(texts: Iterable[str]) -> list[str]:
    """The letters that no font on this machine has, each once: they are drawn as empty boxes."""
    found = sorted({c for text in texts for c in text if not c.isspace() and c.isprintable()})
    return [c for c in found if ord(c) not in letters(face_for(c, "regular"))]


def cure(wanted: list[str]) -> str:
    """What to install for letters that are lacking."""
    cjk = any(alone(c) or 0x1100 <= ord(c) <= 0x11FF or 0xAC00 <= ord(c) <= 0xD7AF for c in wanted)
    return "fonts-noto-cjk (Debian), or any font of Chinese, Japanese and Korean" if cjk else "fonts-noto (Debian)"


def joined_up(letter: str) -> bool:
    """Whether its script needs shaping: Hebrew to Tibetan and Khmer, where letters change with their neighbours."""
    return 0x0590 <= ord(letter) <= 0x0FFF or 0x1780 <= ord(letter) <= 0x17FF


def right_to_left(text: str) -> bool:
    first = next((c for c in text if c.isalpha()), "")
    return bool(first) and 0x0590 <= ord(first) <= 0x08FF


class Type:
    """One face at one size in pixels; measures and draws a line of any script."""

    def __init__(self, face: str, size: float, spacing: float = 0):
        self.face, self.size, self.spacing = face, max(6, round(size)), spacing
        ascent, descent = font(FACES[face], self.size, False).getmetrics()
        self.ascent, self.line = ascent, ascent + descent

    def runs(self, text: str) -> list[tuple[str, ImageFont.FreeTypeFont]]:
        """The text in pieces that one font can draw, in the order they stand from left to right."""
        text = "".join(c if c.isprintable() else " " for c in text)
        faces = list(self.faces(text))
        pieces = [
            ("".join(c for c, _ in part), font(path, self.size, shaped))
            for (path, shaped), part in groupby(zip(text, faces, strict=True), lambda pair: pair[1])
        ]
        return pieces[::-1] if right_to_left(text) else pieces

    def faces(self, text: str) -> Iterator[tuple[Path, bool]]:
        """Each letter's font, and whether it is shaped. A space inside a right-to-left passage belongs to it, so that
        its words are put in their order together."""
        before: tuple[Path, bool] | None = None
        for n, c in enumerate(text):
            now = face_for(c, self.face), joined_up(c)
            rest = text[n:].lstrip()
            if before and c.isspace() and before[1] and rest and joined_up(rest[0]) and ord(c) in letters(before[0]):
                now = before
            before = now
            yield now

    def width(self, text: str) -> float:
        return sum(f.getlength(run) for run, f in self.runs(text)) + self.spacing * len(text)

    def draw(self, mask: Image.Image, x: float, y: float, text: str, stroke: float = 0) -> None:
        """Ink `text` into an L mask, its line box's top left at (x, y)."""
        pen, base = ImageDraw.Draw(mask), y + self.ascent
        for run, f in self.runs(text):
            for part in run if self.spacing else [run]:
                pen.text((x, base), part, fill=255, font=f, anchor="ls", stroke_width=stroke)
                x += f.getlength(part) + self.spacing

    def wrap(self, text: str, width: float) -> list[str]:
        """Lines no wider than `width` where words allow; scripts without spaces break anywhere; newlines are kept."""
        lines: list[str] = []
        for paragraph in text.split("\n"):
            line = ""
            for word in words(paragraph):
                if line and self.width((line + word).rstrip()) > width:
                    lines.append(line.rstrip())
                    line = ""
                line += word.lstrip() if not line else word
                while self.width(line.rstrip()) > width and len(parts := clusters(line)) > 1:
                    lines.append(self.fitting(parts, width))
                    line = line[len(lines[-1]) :]
            lines.append(line.rstrip())
        return lines

    def fitting(self, parts: list[str], width: float) -> str:
        """As many letters of a word too long for a line as go into one, at least the first."""
        fits = 1
        while fits + 1 < len(parts) and self.width("".join(parts[: fits + 1])) <= width:
            fits += 1
        return "".join(parts[:fits])

    def balanced(self, text: str, width: float) -> list[str]:
        """As few lines as `wrap` needs, of as equal a length as they can have."""
        lines = self.wrap(text, width)
        if len(lines) < 2 or "\n" in text:
            return lines
        low, high = width / len(lines) * 0.8, width
        while high - low > 4:
            middle = (low + high) / 2
            low, high = (low, middle) if len(self.wrap(text, middle)) == len(lines) else (middle, high)
        return self.wrap(text, high)


# What may not begin a line, and what may not end one (JIS X 4051; W3C, Requirements for Chinese Text Layout).
CLOSES = set("、。，．・：；？！）］｝〉》」』】〕’”ゝゞ々ーぁぃぅぇぉっゃゅょァィゥェォッャュョ,.:;?!)]}…‥％")
OPENS = set("（［｛〈《「『【〔‘“([{")


# What belongs to the letter before it, and to the one after: joiners, and Thai vowels.
AFTER, BEFORE = set("\u200dะาำๅๆ"), set("\u200dเแโใไ")


def alone(letter: str) -> bool:
    """Whether its script is written without spaces and may be broken at every letter: ideographs and kana."""
    return 0x2E80 <= ord(letter) <= 0x9FFF or 0xFF00 <= ord(letter) <= 0xFFEF or 0x20000 <= ord(letter) <= 0x3FFFF


def words(text: str) -> Iterator[str]:
    """What may not be broken, each with the spaces after it; an ideograph or kana stands alone, but for the marks that
    may not begin or end a line. Korean keeps its words."""
    word = ""
    for letter in text:
        between = alone(letter) or (word and alone(word[-1]))
        breaks = word and not letter.isspace() and (word[-1].isspace() or between)
        if breaks and not (letter in CLOSES or word[-1] in OPENS):
            yield word
            word = ""
        word += letter
    if word:
        yield word


def clusters(text: str) -> list[str]:
    """Letters, each with the marks that stand on it and the vowels that are written beside it."""
    found: list[str] = []
    for letter in text:
        marks = unicodedata.category(letter)[0] == "M" or letter in AFTER
        if found and (marks or found[-1][-1] in BEFORE):
            found[-1] += letter
        else:
            found.append(letter)
    return found
