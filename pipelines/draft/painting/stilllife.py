"""Things that lie on a table or stand in a room, each drawn from its foot."""

from __future__ import annotations

import numpy as np

from pipelines.draft.painting.pen import Pen


def candle(p: Pen) -> None:
    p.disc(0, 0.03, 0.24, "#a8803c", 0.3)
    p.box(-0.08, 0.04, 0.16, 0.52, p.own("#f2e8d2"))
    p.box(0.02, 0.04, 0.06, 0.52, p.own("#f2e8d2"), -0.08)
    p.disc(0, 0.56, 0.08, "#fff6dc", 0.3)
    p.line([(0, 0.56), (0, 0.62)], 0.014, "#2a2420")
    p.curve([(-0.045, 0.66), (0, 0.6), (0.045, 0.66), (0.02, 0.76), (0, 0.86), (-0.025, 0.76)], "!#ffc24a")
    p.curve([(-0.022, 0.66), (0, 0.63), (0.022, 0.66), (0, 0.77)], "!#fff4c8")
    p.lamp(0, 0.72, 0.42, "#ffb450")


def cup(p: Pen) -> None:
    china = p.own("#e9dfd0")
    p.disc(0, 0.03, 0.46, china, 0.2, lightness=-0.06)
    a = np.linspace(-1.3, 1.3, 14)
    p.line(np.stack([0.27 + 0.15 * np.cos(a), 0.28 + 0.13 * np.sin(a)], 1), 0.045, china, -0.04)
    p.curve([(-0.3, 0.45), (-0.29, 0.2), (-0.16, 0.04), (0.16, 0.04), (0.29, 0.2), (0.3, 0.45)], china)
    p.disc(0, 0.45, 0.3, china, 0.22, lightness=0.05)
    p.disc(0, 0.445, 0.26, "#5b3826", 0.2)
    for x in (-0.08, 0.08):
        y = np.linspace(0, 1, 9)
        p.stroke(np.stack([x + 0.05 * np.sin(y * 6 + x * 9), 0.55 + 0.42 * y], 1), 0.018, "#d8d2cb", 0.03)


def teapot(p: Pen) -> None:
    china = p.own("#4a7a86")
    p.stroke([(-0.28, 0.28), (-0.46, 0.34), (-0.54, 0.56)], 0.1, china, -0.03)
    a = np.linspace(-1.35, 1.35, 14)
    p.line(np.stack([0.3 + 0.19 * np.cos(a), 0.33 + 0.17 * np.sin(a)], 1), 0.05, china, -0.04)
    p.curve([(-0.3, 0.5), (-0.38, 0.26), (-0.2, 0.02), (0.2, 0.02), (0.38, 0.26), (0.3, 0.5), (0, 0.58)], china)
    p.disc(0, 0.54, 0.2, china, 0.3, lightness=0.06)
    p.disc(0, 0.64, 0.055, "#d9b45a")
    p.curve([(-0.24, 0.42), (-0.27, 0.28), (-0.2, 0.2), (-0.17, 0.36)], china, 0.16)


def book(p: Pen) -> None:
    p.poly([(-0.56, 0.02), (-0.5, 0.2), (0.5, 0.2), (0.56, 0.02)], p.own("#7a3b32"))
    for s in (-1, 1):
        p.curve(
            [(0, 0.08), (0.2 * s, 0.14), (0.5 * s, 0.08), (0.47 * s, 0.25), (0.22 * s, 0.31), (0, 0.25)],
            "#f3ead8",
            -0.03 if s > 0 else 0.02,
        )
        for y in (0.15, 0.19, 0.23):
            p.line([(0.08 * s, y + 0.02), (0.4 * s, y + 0.01)], 0.008, "#8a7f72")


def bottle(p: Pen) -> None:
    glass = p.own("#2f5a48")
    p.curve(
        [
            (-0.14, 0.02),
            (-0.15, 0.45),
            (-0.13, 0.58),
            (-0.05, 0.68),
            (-0.05, 0.92),
            (0.05, 0.92),
            (0.05, 0.68),
            (0.13, 0.58),
            (0.15, 0.45),
            (0.14, 0.02),
        ],
        glass,
    )
    p.box(-0.145, 0.2, 0.29, 0.22, "#e9dfc8")
    p.box(-0.04, 0.88, 0.08, 0.1, "#8a5f3c")
    p.line([(-0.1, 0.46), (-0.1, 0.56)], 0.02, glass, 0.2)


def bread(p: Pen) -> None:
    p.curve(
        [(-0.5, 0.06), (-0.46, 0.28), (-0.2, 0.42), (0.2, 0.42), (0.46, 0.28), (0.5, 0.06), (0, 0.0)], p.own("#c08542")
    )
    for x in (-0.24, 0.0, 0.24):
        p.stroke([(x - 0.06, 0.2), (x + 0.02, 0.32), (x + 0.1, 0.36)], 0.035, "#e8c590")


def fruit(p: Pen) -> None:
    for x, y, c in ((-0.28, 0.18, "#c8372d"), (0.28, 0.17, "#e8a03a"), (0.0, 0.2, "#8fae4a"), (0.02, 0.44, "#c8372d")):
        paint = p.own(c)
        p.disc(x, y, 0.19, paint)
        p.disc(x - 0.06, y + 0.07, 0.06, paint, 0.8, lightness=0.14)
        p.line([(x, y + 0.17), (x + 0.03, y + 0.25)], 0.02, "#4b3a2c")


def vase(p: Pen) -> None:
    for i in range(8):
        x, tall = (i - 3.5) * 0.11, 0.85 + 0.16 * float(p.rng.random())
        p.stroke([(0, 0.5), (x * 0.5, 0.68), (x, tall)], 0.016, "#4f7d4a")
        for k in range(5):
            a = k * 1.257
            p.disc(x + 0.05 * np.cos(a), tall + 0.045 * np.sin(a), 0.042, p.own("#d9486a"), lightness=0.04 * (i % 3))
        p.disc(x, tall, 0.028, "#f0c43c")
    p.curve(
        [
            (-0.1, 0.54),
            (-0.08, 0.44),
            (-0.2, 0.26),
            (-0.12, 0.02),
            (0.12, 0.02),
            (0.2, 0.26),
            (0.08, 0.44),
            (0.1, 0.54),
        ],
        "#5c86a8",
    )
    p.curve([(-0.13, 0.3), (-0.15, 0.24), (-0.1, 0.12), (-0.08, 0.28)], "#86aecb")


def waisted(p: Pen, wood: str, wide: float, tall: float) -> None:
    p.curve(
        [
            (0, 0),
            (-0.9 * wide, 0.06 * tall),
            (-wide, 0.3 * tall),
            (-0.6 * wide, 0.52 * tall),
            (-0.8 * wide, 0.8 * tall),
            (-0.3 * wide, tall),
            (0.3 * wide, tall),
            (0.8 * wide, 0.8 * tall),
            (0.6 * wide, 0.52 * tall),
            (wide, 0.3 * tall),
            (0.9 * wide, 0.06 * tall),
        ],
        wood,
    )


def violin(p: Pen) -> None:
    wood = p.own("#a85a2a")
    waisted(p, wood, 0.2, 0.56)
    p.box(-0.025, 0.5, 0.05, 0.42, "#2a1f1a")
    p.disc(0, 0.95, 0.045, wood)
    p.box(-0.055, 0.06, 0.11, 0.1, "#2a1f1a")
    for s in (-1, 1):
        p.stroke([(0.09 * s, 0.32), (0.07 * s, 0.24), (0.1 * s, 0.17)], 0.014, "#2a1f1a")
    for x in (-0.012, 0.012):
        p.line([(x, 0.12), (x, 0.92)], 0.005, "#e8dcc4")
    p.line([(0.34, 0.0), (0.26, 0.96)], 0.016, "#5b3826")


def guitar(p: Pen) -> None:
    wood = p.own("#c8863c")
    waisted(p, wood, 0.23, 0.52)
    p.disc(0, 0.3, 0.075, "#2a1f1a")
    p.box(-0.03, 0.34, 0.06, 0.56, "#3b2a20")
    p.box(-0.05, 0.9, 0.1, 0.12, "#2a1f1a")
    p.box(-0.08, 0.12, 0.16, 0.03, "#2a1f1a")
    for x in (-0.015, 0.0, 0.015):
        p.line([(x, 0.13), (x, 0.95)], 0.005, "#e8dcc4")


def chair(p: Pen) -> None:
    cloth = p.own("#8c3b3a")
    for x in (-0.34, 0.34):
        p.box(x - 0.03, 0, 0.06, 0.14, "#4b3a2c")
    p.curve([(-0.36, 0.3), (-0.38, 0.9), (0, 1.0), (0.38, 0.9), (0.36, 0.3)], cloth)
    p.curve(
        [(-0.5, 0.12), (-0.52, 0.5), (-0.4, 0.58), (-0.32, 0.4), (0.32, 0.4), (0.4, 0.58), (0.52, 0.5), (0.5, 0.12)],
        cloth,
        -0.05,
    )
    p.curve([(-0.34, 0.22), (-0.34, 0.42), (0.34, 0.42), (0.34, 0.22)], cloth, 0.06)


def clock(p: Pen) -> None:
    p.box(-0.2, 0, 0.4, 0.75, p.own("#6b4630"))
    p.curve([(-0.26, 0.66), (-0.24, 1.0), (0, 1.14), (0.24, 1.0), (0.26, 0.66)], p.own("#6b4630"), 0.03)
    p.disc(0, 0.87, 0.17, "#f3ead8")
    p.line([(0, 0.87), (0.0, 0.99)], 0.016, "#2a2420")
    p.line([(0, 0.87), (0.08, 0.83)], 0.016, "#2a2420")
    p.box(-0.11, 0.12, 0.22, 0.46, "#2e211a")
    p.line([(0, 0.56), (0.03, 0.26)], 0.01, "#d9b45a")
    p.disc(0.03, 0.24, 0.05, "#d9b45a")
