"""Every transition, one entry in the table: two pictures and how far along, to one picture. None is clear.

At frame k of n the new picture's weight is k / n: the first frame is all the old one's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from studio.timeline.model import TRANSITIONS
from studio.timeline.picture import BLACK, WHITE, Picture, blank, canvas, expanded, mixed, with_alpha

Layer = Picture | None
Transition = Callable[[Layer, Layer, float, int, int], Layer]


def dissolve(old: Layer, new: Layer, p: float, width: int, height: int) -> Layer:
    return old if p == 0 else mixed(old, new, p, width, height)


def dip(old: Layer, new: Layer, p: float, width: int, height: int, *, colour: tuple[int, int, int]) -> Layer:
    """Out to a plain colour, and in from it."""
    plain = blank(width, height, colour)
    return dissolve(old, plain, 2 * p, width, height) if p < 0.5 else mixed(plain, new, 2 * p - 1, width, height)


def even(length: float) -> int:
    return 2 * round(length / 2)


def pasted(layers: list[tuple[Layer, int, int]], width: int, height: int, opaque: bool) -> Layer:
    """Each layer shifted to its (left, top), the later ones over the earlier; the shifts are even."""
    out = blank(width, height)
    if not opaque:
        out = with_alpha(out)
        for plane in (*out.planes, *(out.alpha or ())):
            plane[:] = 0
    for layer, left, top in layers:
        full = expanded(layer, width, height)
        parts = [*zip(out.planes, full.planes, (1, 2, 2), strict=True)]
        if out.alpha is not None:
            parts += [*zip(out.alpha, with_alpha(full).alpha or (), (1, 2), strict=True)]
        for to, of, step in parts:
            x, y, h, w = left // step, top // step, *to.shape
            target = to[max(y, 0) : h + min(y, 0), max(x, 0) : w + min(x, 0)]
            target[:] = of[max(-y, 0) : h - max(y, 0), max(-x, 0) : w - max(x, 0)]
    return out


def moved(old: Layer, new: Layer, p: float, width: int, height: int, *, dx: int, dy: int, push: bool = False) -> Layer:
    """The new picture moves in over the old one, which stays (slide) or is driven out (push)."""
    x, y = even(dx * width * (p - 1)), even(dy * height * (p - 1))
    aside = (x + dx * width, y + dy * height) if push else (0, 0)
    opaque = all(layer is not None and layer.fills(width, height) for layer in (old, new))
    return pasted([(old, *aside), (new, x, y)], width, height, opaque)


def wipe(old: Layer, new: Layer, p: float, width: int, height: int, *, dx: int, dy: int) -> Layer:
    """A straight edge moves over the canvas and leaves the new picture behind it."""
    a, b = expanded(old, width, height), expanded(new, width, height)
    if a.alpha is not None or b.alpha is not None:
        a, b = with_alpha(a), with_alpha(b)
    out = canvas(width, height)
    out = replace(out, alpha=None if a.alpha is None else (a.alpha[0].copy(), a.alpha[1].copy()))
    x, y = even(width * p), even(height * p)
    rows = slice(None) if not dy else slice(0, y) if dy > 0 else slice(height - y, None)
    columns = slice(None) if not dx else slice(0, x) if dx > 0 else slice(width - x, None)
    triples = [*zip(out.planes, a.planes, b.planes, (1, 2, 2), strict=True)]
    triples += [*zip(out.alpha or (), a.alpha or (), b.alpha or (), (1, 2)[: 2 * bool(a.alpha)], strict=True)]
    for to, p_old, p_new, step in triples:
        to[:] = p_old
        part = tuple(slice(*(s and s // step for s in (cut.start, cut.stop))) for cut in (rows, columns))
        to[part] = p_new[part]
    return out


WAYS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
TABLE: dict[str, Transition] = {
    "dissolve": dissolve,
    "fade": dissolve,
    "dip-to-black": partial(dip, colour=BLACK),
    "dip-to-white": partial(dip, colour=WHITE),
    **{f"wipe-{way}": partial(wipe, dx=dx, dy=dy) for way, (dx, dy) in WAYS.items()},
    **{f"slide-{way}": partial(moved, dx=dx, dy=dy) for way, (dx, dy) in WAYS.items()},
    **{f"push-{way}": partial(moved, dx=dx, dy=dy, push=True) for way, (dx, dy) in WAYS.items()},
}
assert set(TABLE) == set(TRANSITIONS)
