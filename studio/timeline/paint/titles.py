"""Words over the picture: every title and caption style that stands still, one entry each in the tables at the end.

A style draws on a `Sheet` the size of the canvas; sizes are in 1/720 of the canvas's shorter side, so that a film
looks the same at any size it is exported in.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image, ImageChops, ImageDraw

from studio.timeline.paint.fonts import Type, right_to_left
from studio.timeline.paint.picture import Picture, from_ink
from studio.timeline.values import CAPTION_STYLES, MOVING, TITLE_STYLES

Colour = tuple[int, int, int]
PAPER: Colour = (250, 248, 243)
SOFT: Colour = (222, 219, 211)
INK: Colour = (12, 12, 14)
ACCENT: Colour = (242, 169, 59)


class Sheet:
    """A clear sheet that ink is put on in layers; keeps colour premultiplied, 0..1."""

    def __init__(self, width: int, height: int):
        self.width, self.height, self.unit = width, height, min(width, height) / 720
        self.colour = np.zeros((height, width, 3), np.float32)
        self.alpha = np.zeros((height, width), np.float32)

    def mask(self) -> Image.Image:
        return Image.new("L", (self.width, self.height), 0)

    def ink(self, mask: Image.Image, colour: Colour, opacity: float = 1) -> None:
        """Lay one colour over what is there, as thick as the mask (0..255) says."""
        if (box := mask.getbbox()) is not None:
            self.lay(np.asarray(mask.crop(box), np.float32), box[0], box[1], colour, opacity)

    def lay(self, mask: np.ndarray, x: int, y: int, colour: Colour, opacity: float) -> None:
        h, w = mask.shape
        cover = mask * np.float32(opacity / 255)
        region, alpha = self.colour[y : y + h, x : x + w], self.alpha[y : y + h, x : x + w]
        region *= 1 - cover[..., None]
        region += cover[..., None] * (np.array(colour, np.float32) / 255)
        alpha *= 1 - cover
        alpha += cover

    def shade(self, opacity: float) -> None:
        self.lay(np.full((self.height, self.width), 255, np.float32), 0, 0, INK, opacity)

    def shadow(self, mask: Image.Image, blur: float, opacity: float, drop: float = 0) -> None:
        """Lift what the mask draws off the picture below with a soft dark rim."""
        if (box := mask.getbbox()) is None:
            return
        rim, down = round(3 * blur) + 1, round(drop)
        x0, y0 = max(box[0] - rim, 0), max(box[1] - rim, 0)
        x1, y1 = min(box[2] + rim, self.width), min(box[3] + rim, self.height - down)
        part = np.asarray(mask.crop((x0, y0, x1, max(y1, y0 + 1))), np.float32)
        soft = cv2.GaussianBlur(part, (0, 0), max(blur, 0.3), borderType=cv2.BORDER_CONSTANT)
        self.lay(np.minimum(soft * 1.6, 255), x0, y0 + down, INK, opacity)

    def plate(
        self, x: float, y: float, w: float, h: float, radius: float, opacity: float, colour: Colour = INK
    ) -> None:
        """A rounded plate, its edge smooth."""
        scale, mask = 4, self.mask()
        box = Image.new("L", (max(1, round(w * scale)), max(1, round(h * scale))), 0)
        ImageDraw.Draw(box).rounded_rectangle((0, 0, box.width - 1, box.height - 1), radius * scale, fill=255)
        mask.paste(box.resize((max(1, round(w)), max(1, round(h))), Image.Resampling.BOX), (round(x), round(y)))
        self.ink(mask, colour, opacity)

    def write(self, lines: list[tuple[str, Type, Colour]], x: float, y: float, align: float = 0, leading: float = 1.0):
        """Lines below each other from `y`, each with `align` of its width left of `x`; with a soft shadow."""
        masks = []
        for text, kind, colour in lines:
            mask = self.mask()
            kind.draw(mask, x - align * kind.width(text), y, text)
            masks.append((mask, colour))
            y += kind.line * leading
        for mask, _ in masks:
            self.shadow(mask, 5 * self.unit, 0.55, self.unit)
        for mask, colour in masks:
            self.ink(mask, colour)

    def picture(self) -> Picture | None:
        """What was inked, cut to its even bounds; None for a clear sheet."""
        rows, columns = np.flatnonzero(self.alpha.max(1) > 1 / 512), np.flatnonzero(self.alpha.max(0) > 1 / 512)
        if not rows.size:
            return None
        y0, y1 = rows[0] // 2 * 2, min(rows[-1] // 2 * 2 + 2, self.height)
        x0, x1 = columns[0] // 2 * 2, min(columns[-1] // 2 * 2 + 2, self.width)
        return from_ink(self.colour[y0:y1, x0:x1], self.alpha[y0:y1, x0:x1], int(x0), int(y0))


def height_of(lines: list[tuple[str, Type, Colour]], leading: float = 1.0) -> float:
    return sum(kind.line * leading for _, kind, _ in lines)


def headed(text: str, width: float, first: Type, rest: Type, colours: tuple[Colour, Colour] = (PAPER, SOFT)):
    """The first line of the text in one type, the others in another, both wrapped to `width`."""
    head, _, tail = text.partition("\n")
    lines = [(line, first, colours[0]) for line in first.balanced(head, width)]
    return lines + [(line, rest, colours[1]) for line in (rest.wrap(tail, width) if tail else [])]


def lower_third(sheet: Sheet, text: str) -> None:
    u, x = sheet.unit, sheet.width * 0.06
    lines = headed(text, sheet.width * 0.6, Type("semibold", 42 * u), Type("regular", 26 * u))
    tall = height_of(lines)
    y = sheet.height * 0.82 - tall
    bar = sheet.mask()
    ImageDraw.Draw(bar).rectangle((x, y + 6 * u, x + max(2, round(4 * u)) - 1, y + tall - 6 * u), fill=255)
    sheet.shadow(bar, 4 * u, 0.4)
    sheet.ink(bar, ACCENT)
    sheet.write(lines, x + 20 * u, y)


def centre_card(sheet: Sheet, text: str) -> None:
    u = sheet.unit
    lines = headed(text, sheet.width * 0.8, Type("semibold", 72 * u), Type("regular", 30 * u))
    sheet.shade(0.28)
    sheet.write(lines, sheet.width / 2, (sheet.height - height_of(lines)) / 2, 0.5)


def chapter(sheet: Sheet, text: str) -> None:
    """A small first line over a large second one; a single line is all large."""
    u, (small, _, large) = sheet.unit, text.partition("\n")
    sheet.shade(0.5)
    label = Type("mono", 22 * u, spacing=3 * u)
    lines = [(small.upper(), label, ACCENT)] if large else []
    big = Type("semibold", 64 * u)
    lines += [(line, big, PAPER) for line in big.balanced(large or small, sheet.width * 0.76)]
    sheet.write(lines, sheet.width * 0.12, (sheet.height - height_of(lines)) / 2)


def corner(sheet: Sheet, text: str) -> None:
    u, kind = sheet.unit, Type("regular", 24 * sheet.unit)
    lines = [(line, kind, PAPER) for line in kind.wrap(text, sheet.width * 0.5)]
    x, y = sheet.width * 0.05, sheet.height * 0.06
    wide = max(kind.width(line) for line, _, _ in lines)
    sheet.plate(x - 12 * u, y - 6 * u, wide + 24 * u, height_of(lines) + 12 * u, 6 * u, 0.55)
    sheet.write(lines, x, y)


def quote(sheet: Sheet, text: str) -> None:
    """What was said in italics; a last line that opens with a dash names who said it."""
    u, lines = sheet.unit, text.split("\n")
    named = len(lines) > 1 and lines[-1].lstrip()[:1] in ("-", "–", "—")
    said = Type("italic", 48 * u)
    body = [
        (line, said, PAPER) for line in said.balanced("\n".join(lines[:-1] if named else lines), sheet.width * 0.72)
    ]
    if named:
        body += [("", Type("regular", 12 * u), PAPER), (lines[-1].strip(), Type("regular", 26 * u), ACCENT)]
    sheet.shade(0.42)
    sheet.write(body, sheet.width / 2, (sheet.height - height_of(body, 1.08)) / 2, 0.5, 1.08)


def credits(sheet: Sheet, text: str) -> None:
    """`Role: Name` lines in two columns about the middle, others centred."""
    u, role, name = sheet.unit, Type("regular", 26 * sheet.unit), Type("semibold", 30 * sheet.unit)
    rows = text.split("\n")
    step = min(name.line * 1.25, sheet.height * 0.84 / len(rows))
    sheet.shade(0.5)
    y = (sheet.height - step * len(rows)) / 2
    for row in rows:
        left, colon, right = row.partition(":")
        if colon and right.strip():
            sheet.write([(left.strip(), role, SOFT)], sheet.width / 2 - 12 * u, y + (name.ascent - role.ascent), 1)
            sheet.write([(right.strip(), name, PAPER)], sheet.width / 2 + 12 * u, y)
        else:
            sheet.write([(row.strip(), name, PAPER)], sheet.width / 2, y, 0.5)
        y += step


def caption_lines(sheet: Sheet, text: str, kind: Callable[[float], Type], most: int) -> tuple[list[str], Type]:
    """The text in at most `most` lines, in a smaller type when it would not fit."""
    for factor in (1, 0.9, 0.8, 0.7, 0.6, 0.5):
        type_ = kind(factor)
        lines = [line for line in type_.balanced(text, sheet.width * 0.84) if line]
        if len(lines) <= most:
            break
    return lines, type_


def subtitle(sheet: Sheet, text: str) -> None:
    u = sheet.unit
    lines, kind = caption_lines(sheet, text, lambda f: Type("regular", 32 * u * f), 2)
    y = sheet.height * 0.935 - kind.line * 1.12 * len(lines)
    for line in lines:
        wide = kind.width(line)
        sheet.plate((sheet.width - wide) / 2 - 12 * u, y, wide + 24 * u, kind.line * 1.13, 5 * u, 0.66)
        mask = sheet.mask()
        kind.draw(mask, (sheet.width - wide) / 2, y + kind.line * 0.06, line)
        sheet.ink(mask, PAPER)
        y += kind.line * 1.12


def outlined(
    sheet: Sheet, text: str, kind: Callable[[float], Type], foot: float, most: int, lit: tuple[int, int] = (0, 0)
) -> None:
    """White letters with a dark rim; those from `lit[0]` to `lit[1]` of the text in the accent colour."""
    lines, type_ = caption_lines(sheet, text, kind, most)
    rim, mask, y = sheet.mask(), sheet.mask(), sheet.height * foot - type_.line * len(lines)
    bright, begin = sheet.mask(), 0
    for line in lines:
        x = (sheet.width - type_.width(line)) / 2
        begin = max(text.find(line, begin), begin)
        part = slice(max(lit[0] - begin, 0), max(lit[1] - begin, 0))
        if line[part].strip():
            before = line[part.stop :] if right_to_left(line) else line[: part.start]
            type_.draw(bright, x + type_.width(before), y, line[part])
        begin += len(line)
        type_.draw(rim, x, y, line, stroke=max(1, type_.size / 14))
        type_.draw(mask, x, y, line)
        y += type_.line
    sheet.shadow(rim, 3 * sheet.unit, 0.5)
    sheet.ink(rim, INK, 0.95)
    sheet.ink(ImageChops.subtract(mask, bright), PAPER)
    sheet.ink(bright, ACCENT)


def outline(sheet: Sheet, text: str) -> None:
    outlined(sheet, text, lambda f: Type("semibold", 34 * sheet.unit * f), 0.935, 2)


def large(sheet: Sheet, text: str) -> None:
    """For the small upright screens that people hold: big, in the middle of the lower half."""
    outlined(sheet, text, lambda f: Type("semibold", 58 * sheet.unit * f), 0.8, 3)


def karaoke(sheet: Sheet, text: str, lit: tuple[int, int] = (0, 0)) -> None:
    """Large enough to sing or read along, the word that is said in the accent colour."""
    outlined(sheet, text, lambda f: Type("semibold", 44 * sheet.unit * f), 0.9, 2, lit)


Style = Callable[..., None]
STILL = [name for name in TITLE_STYLES if name not in MOVING]
TITLES: dict[str, Style] = dict(zip(STILL, (lower_third, centre_card, chapter, corner, quote, credits), strict=True))
CAPTIONS: dict[str, Style] = dict(zip(CAPTION_STYLES, (subtitle, outline, large, karaoke), strict=True))


def drawn(style: Style, text: str, width: int, height: int, *lit: tuple[int, int]) -> Picture | None:
    """The words in that style for a canvas of this size, premultiplied; None when nothing is to be seen. `lit` says
    from which letter to which they are said, for a style that shows it."""
    sheet = Sheet(width, height)
    style(sheet, text, *lit)
    return sheet.picture()
