"""Paints the frames of a timeline, one after another: sources, motion, transitions, titles and captions."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from studio.timeline.captions import said_at
from studio.timeline.items import Caption, Clip, Gap, Title
from studio.timeline.model import Span, Timeline, Track
from studio.timeline.paint.colour import Lut, graded, table
from studio.timeline.paint.picture import Picture, blank, blended, copied, expanded, faded, lay_over
from studio.timeline.paint.placing import Place, laid, place, shrunk
from studio.timeline.paint.rolling import MOVES
from studio.timeline.paint.sources import Film, MissingMedia, Still
from studio.timeline.paint.titles import CAPTIONS, TITLES, drawn
from studio.timeline.paint.transitions import TABLE
from studio.timeline.values import SUNG
from studio.types import Asset

STILLS_KEPT = 3
GRADES_KEPT = 3
SOON_S = 2
WORDS_KEPT = 8


def media_time(clip: Clip, k: int, fps: Fraction, duration: float | None) -> Fraction:
    """Seconds into the media at frame k of a clip: (in + k x speed) / fps, and what loop and reverse make of it."""
    step = clip.frames - 1 - k if clip.reverse else k
    t = (clip.offset + step * clip.speed) / fps
    if duration:
        whole = max(Fraction(round(duration * 1_000_000), 1_000_000), Fraction(1, 1000))
        if clip.loop:
            t %= whole
        elif clip.freeze:
            t = min(t, whole)
    return t


def title_level(item: Title, k: int) -> float:
    """How much of a title is seen at its frame k: k / n while it fades in, and the mirror of a dissolve going out."""
    level = 1.0
    if item.fade_in and k < item.fade_in:
        level = k / item.fade_in
    if item.fade_out and k >= item.frames - item.fade_out:
        level = min(level, 1 - (k - (item.frames - item.fade_out)) / item.fade_out)
    return level


def same(old: list[tuple[Picture, str]], new: list[tuple[Picture, str]]) -> bool:
    return len(old) == len(new) and all(a[0] is b[0] and a[1] == b[1] for a, b in zip(old, new, strict=True))


def used_from(rows: list[tuple[Track, list[Span], list[int]]]) -> dict[str, list[int]]:
    """The frames at which clips of each asset begin."""
    found: dict[str, list[int]] = {}
    for _, spans, _ in rows:
        for span in spans:
            if isinstance(span.item, Clip):
                found.setdefault(span.item.asset, []).append(span.start)
    return found


class Painter:
    """Paints any frame of `timeline` at `size`; going forward is quick. Close it to let go of the files."""

    def __init__(
        self,
        timeline: Timeline,
        media: Mapping[str, Asset],
        size: tuple[int, int] | None = None,
        burn_captions: bool = True,
        clear: bool = False,
    ):
        """`clear`: with alpha, and nothing where nothing lies; otherwise the ground is black."""
        self.timeline, self.media, self.clear = timeline, media, clear
        self.width, self.height = size or (timeline.width, timeline.height)
        self.zoom = self.width / timeline.width
        shown = [track for track in timeline.seen if burn_captions or track.kind != "captions"]
        self.rows = [(track, list(track.spans()), [0]) for track in shown]
        self.films: dict[tuple[int, int], Film] = {}
        self.idle: list[Film] = []
        self.uses = used_from(self.rows)
        self.stills: OrderedDict[str, Still] = OrderedDict()
        self.luts: dict[str, Lut] = {}
        self.grades: list[tuple[Picture, Clip, Picture]] = []
        self.words: OrderedDict[tuple[Any, ...], Picture | None] = OrderedDict()
        self.held: dict[tuple[int, int], tuple[Any, Picture | None]] = {}
        self.last: tuple[list[Any], Picture] | None = None

    def close(self) -> None:
        for film in (*self.films.values(), *self.idle):
            film.close()
        self.films, self.idle = {}, []

    def __enter__(self) -> Painter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def frame(self, n: int) -> Picture:
        """Frame n, opaque, on a canvas of its own: the very same object as before when nothing has changed."""
        layers: list[tuple[Picture, str]] = []
        for r, (track, spans, at) in enumerate(self.rows):
            if (layer := self.row(r, track, spans, at, n)) is not None:
                if layer[0].fills(self.width, self.height) and layer[1] == "normal":
                    layers = []
                layers.append(layer)
        self.put_away(n)
        if self.last is None or not same(self.last[0], layers):
            self.last = layers, self.composed(layers)
        return self.last[1]

    def composed(self, layers: list[tuple[Picture, str]]) -> Picture:
        if layers and layers[0][0].fills(self.width, self.height):
            (bottom, _), *layers = layers
            below = bottom if bottom.loose else copied(bottom)
        else:
            below = expanded(None, self.width, self.height) if self.clear else blank(self.width, self.height)
        for layer, blend in layers:
            if blend == "normal" or below.alpha is not None:  # over nothing, every blend is the plain one
                lay_over(below, layer)
            else:
                below = blended(below, layer, blend)
        return below

    def row(self, r: int, track: Track, spans: list[Span], at: list[int], n: int) -> tuple[Picture, str] | None:
        """What one track shows at frame n, and how it is blended; None when that is nothing."""
        if at[0] >= len(spans) or spans[at[0]].start > n:
            at[0] = 0
        while at[0] < len(spans) and spans[at[0]].end <= n:
            at[0] += 1
        if at[0] == len(spans) or spans[at[0]].start > n:
            return None
        span = spans[at[0]]
        blend = getattr(span.item, "blend", "normal")
        over = span.after
        if over is not None and n >= span.end - over.frames:
            new = spans[at[0] + 1]
            p = (n - new.start) / over.frames
            old_layer, new_layer = self.item(r, track, span, n), self.item(r, track, new, n)
            if old_layer is None and new_layer is None:
                return None
            layer = TABLE[over.name](old_layer, new_layer, p, self.width, self.height)
            return None if layer is None else (layer, blend)
        layer = self.item(r, track, span, n)
        return None if layer is None else (layer, blend)

    def item(self, r: int, track: Track, span: Span, n: int) -> Picture | None:
        """One item's own picture at frame n of the timeline, faded to its opacity."""
        item, k = span.item, n - span.start
        if isinstance(item, Gap):
            return None
        if isinstance(item, Caption):
            lit = [said_at(item, k)] if track.style in SUNG else []
            return self.written("caption", track.style, item.text, *lit)
        if isinstance(item, Title):
            return self.title(r, span, item, k)
        return self.clip(r, span, item, k)

    def title(self, r: int, span: Span, item: Title, k: int) -> Picture | None:
        level = item.opacity * title_level(item, k)
        if level <= 0:
            return None
        if item.style in MOVES:
            words = MOVES[item.style](item.text, self.width, self.height, k / max(1, item.frames - 1))
            return self.hold((r, span.index), (level, k), lambda: self.placed_title(words, item, level))
        words = self.written("title", item.style, item.text)
        return self.hold((r, span.index), (level,), lambda: self.placed_title(words, item, level))

    def placed_title(self, words: Picture | None, item: Title, level: float) -> Picture | None:
        if words is None:
            return None
        plain = item.position == (0.5, 0.5) and item.scale == 1 and item.rotation % 360 == 0
        if not plain:
            turn = place(item, 0, (self.width, self.height), 1, (self.width, self.height))
            turn.matrix[:, 2] += turn.matrix[:, :2] @ (words.left, words.top)
            words = laid(Picture(*words.planes, words.alpha), turn._replace(fills=True), self.width, self.height, False)
        return words and faded(words, level)

    def written(self, kind: str, style: str, text: str, *lit: tuple[int, int]) -> Picture | None:
        key = (kind, style, text, *lit)
        if key not in self.words:
            table = TITLES if kind == "title" else CAPTIONS
            self.words[key] = drawn(table[style], text, self.width, self.height, *lit)
            while len(self.words) > WORDS_KEPT:
                self.words.popitem(last=False)
        return self.words[key]

    def clip(self, r: int, span: Span, item: Clip, k: int) -> Picture | None:
        asset = self.media.get(item.asset)
        if asset is None:
            raise MissingMedia(
                f"A clip's media ({item.asset[:12]}) is not in the library.", "Import it, or replace it."
            )
        if item.opacity == 0:
            return None
        if asset.kind == "image":
            still = self.still(asset)
            where = place(item, k, still.size, 1, (self.width, self.height), self.zoom)
            seen = (where.matrix.tobytes(), item.opacity)
            if item.motion is not None and item.motion.start != item.motion.end:
                return self.painted_still(still, item, where)
            return self.hold((r, span.index), seen, lambda: self.painted_still(still, item, where))
        film = self.film(r, span, asset, item)
        source, aspect = film.sized(media_time(item, k, self.timeline.fps, asset.duration_s))
        where = place(item, k, (source.width, source.height), aspect, (self.width, self.height), self.zoom)
        look = (source, where.matrix.tobytes(), item.opacity)
        return self.hold((r, span.index), look, lambda: self.painted_film(source, item, where))

    def hold(self, key: tuple[int, int], seen: Any, paint: Any) -> Picture | None:
        """The layer painted last for this item while what it depends on is the same."""
        if key not in self.held or self.held[key][0] != seen:
            layer = paint()
            self.held[key] = seen, layer and replace(layer, loose=False)
        return self.held[key][1]

    def painted_still(self, still: Still, item: Clip, where: Place) -> Picture | None:
        """Shrunk once to the largest size the motion needs, and by halves below that; then moved by sub-pixels."""
        largest = max(self.scale_at(item, k, still.size) for k in (0, item.frames - 1))
        factor = min(1.0, largest)
        while where.scale < factor / 2:
            factor /= 2
        source = still.at(factor)
        factors = source.width / still.size[0], source.height / still.size[1]
        return self.moved(self.still_graded(source, item), item, where, factors)

    def painted_film(self, source: Picture, item: Clip, where: Place) -> Picture | None:
        sx, sy = (float((where.matrix[:, n] ** 2).sum()) ** 0.5 for n in (0, 1))
        if min(sx, sy) > 0.98:
            return self.moved(self.graded(source, item), item, where, (1, 1))
        small = (max(2, round(source.width * min(sx, 1))), max(2, round(source.height * min(sy, 1))))
        reduced, factors = shrunk(source, *small)
        return self.moved(self.graded(reduced, item), item, where, factors)

    def graded(self, source: Picture, item: Clip) -> Picture:
        """The source in the colours the clip asks for."""
        if item.colour is None:
            return source
        lut = item.colour.lut
        if lut and lut not in self.luts:
            if lut not in self.media:
                raise MissingMedia(
                    f"A look-up table ({lut[:12]}) is not in the library.", "Import it, or choose another."
                )
            self.luts[lut] = table(self.media[lut])
        return graded(source, item.colour, self.luts[lut] if lut else None)

    def still_graded(self, source: Picture, item: Clip) -> Picture:
        """The same, once for as long as a still is looked at."""
        if item.colour is None:
            return source
        for before, clip, after in self.grades:
            if before is source and clip is item:
                return after
        self.grades = [*self.grades[1 - GRADES_KEPT :], (source, item, self.graded(source, item))]
        return self.grades[-1][2]

    def moved(self, source: Picture, item: Clip, where: Place, factors: tuple[float, float]) -> Picture | None:
        """A source already shrunk by `factors`, put in its place."""
        matrix = where.matrix.copy()
        matrix[:, 0] /= factors[0]
        matrix[:, 1] /= factors[1]
        (x, y, w, h), (fx, fy) = where.shown, factors
        there = where._replace(matrix=matrix, shown=(x * fx, y * fy, w * fx, h * fy))
        layer = laid(source, there, self.width, self.height, self.steady(item))
        return layer and faded(layer, item.opacity)

    def steady(self, item: Clip) -> bool:
        """Whether the box it fills stays where it is, so that its edges may be set on whole pixels."""
        if item.motion is None:
            return True
        if any(item.crop):
            return False
        (_, _, w0, h0), (_, _, w1, h1) = item.motion.start, item.motion.end
        return abs(w0 * h1 - w1 * h0) < 1e-6 and (item.fit != "none" or w0 == w1)

    def scale_at(self, item: Clip, k: int, source: tuple[int, int]) -> float:
        return place(item, k, source, 1, (self.width, self.height), self.zoom).scale

    def still(self, asset: Asset) -> Still:
        if asset.id not in self.stills:
            self.stills[asset.id] = Still(asset)
            while len(self.stills) > STILLS_KEPT:
                self.stills.popitem(last=False)
        self.stills.move_to_end(asset.id)
        return self.stills[asset.id]

    def film(self, r: int, span: Span, asset: Asset, item: Clip) -> Film:
        """This item's decoder; one that another clip of the same file has just let go of goes on where it is."""
        key = (r, span.index)
        if key not in self.films:
            again = next((film for film in self.idle if film.asset.id == asset.id), None)
            if again is not None:
                self.idle.remove(again)
            self.films[key] = again or Film(asset)
            if item.reverse:
                self.films[key].backwards()
        return self.films[key]

    def put_away(self, n: int) -> None:
        """Let go of what earlier items needed; a decoder may wait for a clip that soon goes on with its file."""
        for key in [key for key in {*self.films, *self.held} if not self.live(key, n)]:
            self.held.pop(key, None)
            if key in self.films:
                self.idle.append(self.films.pop(key))
        soon = n + round(SOON_S * self.timeline.fps)
        for film in [film for film in self.idle if not any(n <= at <= soon for at in self.uses[film.asset.id])]:
            self.idle.remove(film)
            film.close()

    def live(self, key: tuple[int, int], n: int) -> bool:
        spans = self.rows[key[0]][1]
        span = next(span for span in spans if span.index == key[1])
        return span.start <= n < span.end
