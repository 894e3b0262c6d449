"""What stands and stays: houses, towers, bridges, trees and tents, each drawn from its foot."""

from __future__ import annotations

import numpy as np

from pipelines.draft.painting.land import conifer, crown
from pipelines.draft.painting.pen import Pen

STONE, TIMBER, ROOF = "#8d8a86", "#7b5236", "#7a3b32"


def lighthouse(p: Pen) -> None:
    if not p.ashore:
        p.curve([(-0.55, -0.06), (-0.4, 0.06), (-0.2, 0.12), (0.15, 0.13), (0.42, 0.05), (0.6, -0.06)], "#5a5f69")
    for i in range(6):
        y0, y1 = 0.1 + i * 0.12, 0.1 + (i + 1) * 0.12
        w0, w1 = 0.125 - 0.055 * i / 6, 0.125 - 0.055 * (i + 1) / 6
        p.poly([(-w0, y0), (w0, y0), (w1, y1), (-w1, y1)], p.own("#c23b2e") if i % 2 else "#f3ede2")
        p.poly([(w0 * 0.35, y0), (w0, y0), (w1, y1), (w1 * 0.35, y1)], "#a5302a" if i % 2 else "#cfc8be")
    p.box(-0.1, 0.82, 0.2, 0.022, "#2e323b")
    p.box(-0.055, 0.84, 0.11, 0.1, "!#ffe9a8")
    p.line([(0, 0.84), (0, 0.94)], 0.008, "#2e323b")
    p.poly([(-0.085, 0.94), (0, 1.03), (0.085, 0.94)], "#8c2d27")
    p.box(0.16, 0.08, 0.2, 0.12, "#e8e0d2")
    p.poly([(0.13, 0.2), (0.26, 0.29), (0.39, 0.2)], ROOF)
    p.window(0.22, 0.12, 0.04, 0.045)
    p.window(-0.016, 0.35, 0.032, 0.05)
    p.lamp(0, 0.89, 0.13, "#ffe9a8")


def house(p: Pen, wall: str = "#e4d5bd", roof: str = ROOF) -> None:
    wall = p.own(wall)
    p.box(-0.42, 0, 0.84, 0.42, wall)
    p.poly([(0.12, 0), (0.42, 0), (0.42, 0.42), (0.27, 0.66), (0.12, 0.42)], wall, -0.06)
    p.poly([(-0.48, 0.4), (-0.34, 0.72), (0.28, 0.72), (0.1, 0.4)], roof)
    p.poly([(0.27, 0.74), (0.07, 0.39), (0.11, 0.37), (0.27, 0.66), (0.44, 0.37), (0.48, 0.39)], roof, -0.05)
    p.box(-0.26, 0.66, 0.09, 0.22, "#6f5048")
    for x in (-0.34, -0.12):
        p.window(x, 0.16, 0.12, 0.14)
    p.window(0.22, 0.36, 0.09, 0.1)
    p.box(0.21, 0, 0.11, 0.24, "#5b3c2a")


def cabin(p: Pen) -> None:
    house(p, TIMBER, "#4b3f3a")
    for y in np.linspace(0.06, 0.36, 5):
        p.line([(-0.42, y), (0.12, y)], 0.008, "#5e3d28")
    p.window(-0.34, 0.16, 0.12, 0.14)
    p.window(-0.12, 0.16, 0.12, 0.14)
    smoke(p, -0.21, 0.9)


def smoke(p: Pen, x: float, y: float) -> None:
    """A plume that leans in the wind, thinning as it goes."""
    for i in range(9):
        t = i / 8
        p.disc(
            x + 0.05 * np.sin(i * 1.1) + 0.16 * t * t,
            y + 0.5 * t,
            0.028 + 0.05 * t * (1 - 0.4 * t),
            "#cfd2d8",
            0.9,
            lightness=0.04 * t,
        )


def castle(p: Pen) -> None:
    wall = p.own("#8f8795")
    if not p.ashore:
        p.curve([(-0.9, -0.1), (-0.6, 0.08), (-0.2, 0.14), (0.3, 0.12), (0.6, 0.05), (0.95, -0.1)], "#5f5c66")

    def tower(x: float, w: float, tall: float, pointed: bool, dark: float) -> None:
        p.box(x - w / 2, 0.05, w, tall, wall, dark)
        p.box(x + w * 0.15, 0.05, w * 0.35, tall, wall, dark - 0.06)
        if pointed:
            p.poly([(x - w * 0.7, tall + 0.04), (x, tall + 0.04 + w * 1.9), (x + w * 0.7, tall + 0.04)], "#4a5674")
            p.line([(x, tall + w * 1.85), (x, tall + w * 2.3)], 0.01, "#3b3330")
        else:
            for k in range(4):
                p.box(x - w * 0.62 + k * w * 0.34, tall + 0.02, w * 0.2, 0.07, wall, dark)
            p.box(x - w * 0.62, tall - 0.02, w * 1.24, 0.06, wall, dark)
        p.window(x - 0.014, tall * 0.72, 0.028, 0.06)

    tower(-0.18, 0.2, 0.86, True, -0.03)
    tower(0.14, 0.16, 0.98, True, -0.05)
    p.box(-0.5, 0.04, 1.0, 0.38, wall)
    for k in range(11):
        p.box(-0.5 + k * 0.094, 0.41, 0.055, 0.055, wall)
    tower(-0.5, 0.19, 0.58, True, 0.0)
    tower(0.5, 0.2, 0.62, False, 0.0)
    tower(-0.02, 0.22, 0.54, False, 0.02)
    p.curve([(-0.08, 0.04), (-0.08, 0.2), (-0.02, 0.26), (0.04, 0.2), (0.04, 0.04)], "#2c2a33")
    for x in (-0.3, 0.25):
        p.window(x, 0.22, 0.03, 0.06)


def windmill(p: Pen) -> None:
    p.poly([(-0.2, 0), (-0.13, 0.62), (0.13, 0.62), (0.2, 0)], p.own("#efe6d6"))
    p.poly([(0.03, 0), (0.03, 0.62), (0.13, 0.62), (0.2, 0)], p.own("#efe6d6"), -0.07)
    p.curve([(-0.15, 0.6), (-0.1, 0.74), (0.02, 0.79), (0.12, 0.72), (0.15, 0.6)], "#5d4538")
    p.box(-0.05, 0, 0.1, 0.18, "#5b3c2a")
    p.window(-0.03, 0.38, 0.06, 0.08)


def sails(p: Pen) -> None:
    """A windmill's four sails, about the point (0, 0.66)."""
    for k in range(4):
        a = k * np.pi / 2 + 0.35
        c, s = np.cos(a), np.sin(a)

        def turned(x: float, y: float, c: float = c, s: float = s) -> tuple[float, float]:
            return x * c - y * s, 0.66 + x * s + y * c

        p.line([turned(0, 0), turned(0.52, 0)], 0.02, "#4b3a2c")
        p.poly([turned(0.1, 0.01), turned(0.52, 0.01), turned(0.52, 0.12), turned(0.1, 0.09)], "#f4ecdc", -0.02 * k)
        for x in (0.2, 0.3, 0.4):
            p.line([turned(x, 0), turned(x, 0.11)], 0.008, "#4b3a2c")


def church(p: Pen) -> None:
    wall = p.own("#ece5da")
    p.box(-0.12, 0, 0.6, 0.34, wall)
    p.poly([(-0.14, 0.34), (0.0, 0.54), (0.46, 0.54), (0.52, 0.34)], "#5d5350")
    p.box(-0.34, 0, 0.24, 0.62, wall, -0.03)
    p.poly([(-0.37, 0.62), (-0.22, 1.05), (-0.07, 0.62)], "#4c4f5a")
    p.line([(-0.22, 1.03), (-0.22, 1.15)], 0.012, "#3b3330")
    p.line([(-0.26, 1.1), (-0.18, 1.1)], 0.012, "#3b3330")
    for x in (0.0, 0.16, 0.32):
        p.window(x, 0.1, 0.055, 0.14)
    p.window(-0.245, 0.4, 0.05, 0.09)
    p.box(-0.27, 0, 0.1, 0.18, "#5b3c2a")


def bridge(p: Pen) -> None:
    stone = p.own("#8c8078")
    for k in range(-4, 5):
        x = k * 0.62
        p.box(x - 0.07, -0.25, 0.14, 0.62, stone, -0.04)
        t = np.linspace(0, np.pi, 20)
        arch = np.stack([x + 0.31 - 0.24 * np.cos(t), 0.05 + 0.25 * np.sin(t)], 1)
        p.poly(
            [(x + 0.07, 0.05), *arch, (x + 0.55, 0.05), (x + 0.62, 0.05), (x + 0.62, 0.42), (x, 0.42), (x, 0.05)], stone
        )
    p.box(-2.8, 0.4, 5.6, 0.06, stone, 0.04)
    for x in np.linspace(-2.75, 2.75, 40):
        p.box(x, 0.46, 0.018, 0.06, stone, -0.05)
    p.box(-2.8, 0.515, 5.6, 0.018, stone, -0.05)


def tent(p: Pen) -> None:
    cloth = p.own("#d9813a")
    p.poly([(-0.5, 0), (0.02, 0.55), (0.3, 0)], cloth)
    p.poly([(0.02, 0.55), (0.3, 0), (0.56, 0.06)], cloth, -0.1)
    p.poly([(-0.22, 0), (0.0, 0.4), (0.1, 0)], "!#ffd890" if p.light.night > 0.2 else "#4b3428")
    if p.light.night > 0.2:
        p.lamp(0, 0.18, 0.35, "#ffb45a")


def campfire(p: Pen) -> None:
    for a in (-0.35, 0.3):
        p.line([(-0.3, 0.03 + a * 0.1), (0.3, 0.08 - a * 0.15)], 0.07, "#4a3020")
    p.curve(
        [
            (-0.2, 0.06),
            (-0.22, 0.28),
            (-0.1, 0.42),
            (-0.06, 0.66),
            (0.05, 0.46),
            (0.16, 0.52),
            (0.22, 0.26),
            (0.18, 0.06),
        ],
        "!#ff7a2a",
    )
    p.curve([(-0.12, 0.06), (-0.12, 0.24), (-0.03, 0.44), (0.06, 0.28), (0.12, 0.24), (0.11, 0.06)], "!#ffb83a")
    p.curve([(-0.05, 0.06), (-0.06, 0.16), (0.0, 0.26), (0.06, 0.15), (0.05, 0.06)], "!#fff2b8")
    p.lamp(0, 0.25, 0.7, "#ff9438")


def tree(p: Pen) -> None:
    for shape in crown(0, 0, 1.0, p.rng):
        p.poly(shape * [1, -1], p.own("#4d7a4a"), float(p.rng.uniform(-0.05, 0.05)))
    p.poly([(-0.05, -0.01), (-0.025, 0.5), (0.025, 0.5), (0.05, -0.01)], "#4f3a2b")


def pine(p: Pen) -> None:
    p.poly(conifer(0, 0, 1.0, p.rng, 9) * [1, -1], p.own("#2f5a46"))


def palm(p: Pen) -> None:
    t = np.linspace(0, 1, 12)
    p.line(np.stack([0.16 * t**2, 0.85 * t], 1), 0.045, "#6b4c34")
    for a in np.linspace(-0.5, 3.6, 9):
        out, drop = np.cos(a) * 0.42, np.sin(a) * 0.22
        tip = (0.16 + out, 0.85 + drop - 0.12)
        mid = (0.16 + out * 0.55, 0.85 + drop * 0.8 + 0.07)
        p.curve([(0.16, 0.85), mid, tip, (mid[0], mid[1] - 0.06)], p.own("#3f7a4e"), float(p.rng.uniform(-0.05, 0.04)))


def cactus(p: Pen) -> None:
    green = p.own("#4f7d57")
    p.stroke([(0, -0.01), (0, 0.4), (0, 0.92)], 0.17, green)
    p.disc(0, 0.92, 0.085, green)
    for s, y, top in ((-1, 0.36, 0.72), (1, 0.48, 0.8)):
        p.stroke([(0, y), (0.2 * s, y + 0.02), (0.24 * s, y + 0.12), (0.24 * s, top)], 0.11, green)
        p.disc(0.24 * s, top, 0.055, green)
    for x in (-0.04, 0.02):
        p.line([(x, 0.02), (x, 0.9)], 0.01, green, 0.08)


def mushroom(p: Pen) -> None:
    for x, k in ((0.0, 1.0), (0.38, 0.55), (-0.34, 0.42)):
        p.curve(
            [
                (x - 0.08 * k, 0),
                (x - 0.06 * k, 0.3 * k),
                (x - 0.07 * k, 0.55 * k),
                (x + 0.07 * k, 0.55 * k),
                (x + 0.06 * k, 0.3 * k),
                (x + 0.09 * k, 0),
            ],
            "#efe4d0",
        )
        p.curve(
            [
                (x - 0.38 * k, 0.48 * k),
                (x - 0.26 * k, 0.78 * k),
                (x, 0.92 * k),
                (x + 0.26 * k, 0.78 * k),
                (x + 0.38 * k, 0.48 * k),
                (x, 0.53 * k),
            ],
            p.own("#b8392f"),
        )
        for a, b in ((-0.16, 0.66), (0.04, 0.78), (0.18, 0.62)):
            p.disc(x + a * k, b * k, 0.05 * k, "#f6efe0", 0.8)


def lantern(p: Pen) -> None:
    p.line([(0, 0), (0, 0.84)], 0.03, "#2a2c33")
    p.box(-0.06, 0, 0.12, 0.05, "#2a2c33")
    p.stroke([(0, 0.84), (0.03, 0.96), (0.14, 0.95)], 0.02, "#2a2c33")
    p.poly([(0.08, 0.92), (0.06, 0.76), (0.2, 0.76), (0.18, 0.92)], "!#ffe1a0")
    p.poly([(0.05, 0.92), (0.13, 1.0), (0.21, 0.92)], "#2a2c33")
    p.box(0.06, 0.735, 0.14, 0.025, "#2a2c33")
    p.lamp(0.13, 0.84, 0.22, "#ffc66a")


def statue(p: Pen) -> None:
    stone = p.own("#9a9490")
    p.box(-0.24, 0, 0.48, 0.09, stone, -0.04)
    p.poly([(-0.15, 0.09), (-0.1, 0.98), (0, 1.1), (0.1, 0.98), (0.15, 0.09)], stone)
    p.poly([(0.02, 0.09), (0.02, 1.08), (0.1, 0.98), (0.15, 0.09)], stone, -0.09)


def door(p: Pen) -> None:
    stone = p.own("#857a72")
    t = np.linspace(0, np.pi, 24)
    outer = np.stack([0.36 * np.cos(t), 0.62 + 0.36 * np.sin(t)], 1)
    inner = np.stack([0.25 * np.cos(t), 0.6 + 0.25 * np.sin(t)], 1)
    p.poly([(0.36, 0), *outer, (-0.36, 0)], stone)
    p.poly([(0.25, 0), *inner, (-0.25, 0)], "!#ffe2a6")
    p.poly([(0.25, 0), *inner[:12], (0.0, 0.85), (0.06, 0)], "!#fff3cf")
    p.lamp(0, 0.5, 0.4, "#ffd08a")


def umbrella(p: Pen) -> None:
    p.line([(0, 0), (0, 0.8)], 0.025, "#4b3a2c")
    cloth = p.own("#c8372d")
    for k in range(6):
        a, b = -0.5 + k / 6, -0.5 + (k + 1) / 6
        p.curve(
            [(a, 0.62), (a * 0.6, 0.84), (0, 0.96), (b * 0.6, 0.84), (b, 0.62), ((a + b) / 2, 0.66)],
            cloth if k % 2 else "#f3ede2",
        )


def kite(p: Pen) -> None:
    p.stroke([(0, -0.25), (0.08, -0.5), (-0.04, -0.75), (0.06, -1.0), (0.3, -1.9)], 0.012, "#4b3a2c")
    p.poly([(0, 0.35), (-0.24, 0.06), (0, -0.3)], p.own("#c8372d"))
    p.poly([(0, 0.35), (0.24, 0.06), (0, -0.3)], "#f0c43c")
    for y in (-0.5, -0.75, -0.95):
        p.poly([(-0.07, y + 0.03), (0.07, y - 0.03), (0.07, y + 0.03), (-0.07, y - 0.03)], "#2f62b8")


def fence(p: Pen) -> None:
    for x in np.linspace(-3, 3, 25):
        p.box(x, 0, 0.06, 0.42 + 0.04 * float(p.rng.random()), p.own("#8a6a4c"), float(p.rng.uniform(-0.04, 0.04)))
    for y in (0.13, 0.3):
        p.box(-3.05, y, 6.1, 0.045, p.own("#8a6a4c"), -0.02)


def waterfall(p: Pen) -> None:
    p.curve([(-0.55, -0.02), (-0.5, 0.6), (-0.3, 1.02), (0.3, 1.02), (0.5, 0.6), (0.58, -0.02)], "#5c626b")
    p.poly([(-0.13, 1.0), (-0.18, 0.0), (0.18, 0.0), (0.13, 1.0)], "#dcecf2")
    for _ in range(12):
        x = float(p.rng.uniform(-0.13, 0.13))
        p.line(
            [(x * 0.8, float(p.rng.uniform(0.5, 1.0))), (x * 1.1, float(p.rng.uniform(0.0, 0.45)))], 0.012, "#9cc3d4"
        )
    for _ in range(14):
        p.disc(
            float(p.rng.uniform(-0.3, 0.3)),
            float(p.rng.uniform(-0.04, 0.05)),
            float(p.rng.uniform(0.04, 0.09)),
            "#eef6f8",
        )


def boulder(p: Pen) -> None:
    p.curve([(-0.5, 0), (-0.42, 0.3), (-0.1, 0.5), (0.28, 0.42), (0.5, 0.12), (0.5, 0)], p.own("#6d7078"))
    p.curve([(-0.38, 0.22), (-0.1, 0.46), (0.2, 0.4), (-0.05, 0.28)], p.own("#8b8e96"))


def flowers(p: Pen) -> None:
    """A bunch of stems, each with its bloom."""
    for i in range(9):
        x = (i - 4) * 0.09 + float(p.rng.uniform(-0.03, 0.03))
        tall = float(p.rng.uniform(0.5, 1.0))
        p.stroke([(x * 0.3, 0), (x * 0.7, tall * 0.5), (x, tall)], 0.018, "#4f7d4a")
        for k in range(6):
            a = k * np.pi / 3
            p.disc(x + 0.06 * np.cos(a), tall + 0.05 * np.sin(a), 0.045, p.own("#d9486a"), lightness=0.03 * (i % 3))
        p.disc(x, tall, 0.035, "#f0c43c")
