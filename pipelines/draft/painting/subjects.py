"""Sets the named subjects into a place: which drawing, how large, where it stands, and how it moves."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

import cv2
import numpy as np

from pipelines.draft.painting import beings, buildings, stilllife, vessels
from pipelines.draft.painting.headland import headland
from pipelines.draft.painting.pen import STILL, Pen
from pipelines.draft.painting.reading import Subject
from pipelines.draft.painting.site import Ground, Headland, Site
from pipelines.draft.painting.stage import Layer, Motion


@dataclass(frozen=True)
class Part:
    """How a subject is cast. `size` is the height in units of what measures 1 in its drawing, standing at middle
    distance; `stands` is where: on the ground, afloat, in the air, or in space under water."""

    draw: Callable[[Pen], None]
    size: float
    stands: str = "ground"
    motion: Motion = STILL
    spread: float = 0.5
    """How far from each other several stand, in sizes."""
    rock: float = 0.0
    """How high, in sizes, the rock lifts it that it brings along where there is no land."""


MARGIN = 0.05  # units kept free between the first of its kind and the edge of the picture
BOB = Motion("bob", 1.5, 0.006)
CAST: dict[str, Part] = {
    "fishing boat": Part(vessels.fishing_boat, 0.3, "water", BOB, 0.9),
    "sailboat": Part(vessels.sailboat, 0.28, "water", BOB, 0.8),
    "ship": Part(vessels.ship, 0.34, "water", Motion("bob", 1.1, 0.006), 1.2),
    "car": Part(vessels.car, 0.32, "ground", Motion("drive", 0.05), 1.0),
    "bus": Part(vessels.bus, 0.36, "ground", Motion("drive", 0.04), 1.2),
    "train": Part(vessels.train, 0.17, "ground", Motion("drive", 0.09), 6.0),
    "bicycle": Part(vessels.bicycle, 0.2, spread=1.0),
    "balloon": Part(vessels.balloon, 0.34, "air", Motion("bob", 0.7, 0.014), 0.8),
    "plane": Part(vessels.plane, 0.26, "air", Motion("drive", 0.06), 1.0),
    "rocket": Part(vessels.rocket, 0.34, "air", Motion("rise", 0.02, 0.004), 0.8),
    "ufo": Part(vessels.ufo, 0.26, "air", Motion("bob", 1.2, 0.012), 1.1),
    "satellite": Part(vessels.satellite, 0.2, "air", Motion("drive", 0.012), 1.2),
    "person": Part(beings.person, 0.26),
    "woman": Part(beings.woman, 0.26),
    "child": Part(beings.child, 0.26),
    "couple": Part(beings.couple, 0.27),
    "astronaut": Part(beings.astronaut, 0.28),
    "robot": Part(beings.robot, 0.3),
    "fox": Part(beings.fox, 0.2, spread=1.4),
    "wolf": Part(beings.wolf, 0.24, spread=1.4),
    "dog": Part(beings.dog, 0.18, spread=1.4),
    "cat": Part(beings.cat, 0.18, spread=1.0),
    "horse": Part(beings.horse, 0.26, spread=1.4),
    "deer": Part(beings.deer, 0.24, spread=1.2),
    "cow": Part(beings.cow, 0.24, spread=1.4),
    "elephant": Part(beings.elephant, 0.34, spread=1.6),
    "bird": Part(beings.bird, 0.075, "air", Motion("fly", 0.035), 1.5),
    "dragon": Part(beings.dragon, 0.4, "air", Motion("bob", 1.1, 0.012), 1.4),
    "whale": Part(beings.whale, 0.34, "water", Motion("bob", 0.8, 0.012), 1.5),
    "fish": Part(beings.fish, 0.14, "deep", Motion("swim", 0.03, 0.008), 1.2),
    "jellyfish": Part(beings.jellyfish, 0.22, "deep", Motion("bob", 0.9, 0.014), 1.2),
    "lighthouse": Part(buildings.lighthouse, 0.46, "shore", spread=1.2, rock=0.1),
    "house": Part(buildings.house, 0.28, spread=1.2),
    "cabin": Part(buildings.cabin, 0.28, spread=1.2),
    "castle": Part(buildings.castle, 0.4, "shore", spread=1.6, rock=0.04),
    "windmill": Part(buildings.windmill, 0.4, spread=1.1),
    "church": Part(buildings.church, 0.34, spread=1.2),
    "bridge": Part(buildings.bridge, 0.26, "shore", spread=2.0),
    "tent": Part(buildings.tent, 0.22, spread=1.3),
    "campfire": Part(buildings.campfire, 0.14, spread=2.0),
    "tree": Part(buildings.tree, 0.44, spread=0.9),
    "pine": Part(buildings.pine, 0.46, spread=0.6),
    "palm": Part(buildings.palm, 0.42, "shore", spread=0.7),
    "cactus": Part(buildings.cactus, 0.3, spread=0.9),
    "flowers": Part(buildings.flowers, 0.15, spread=1.0),
    "mushroom": Part(buildings.mushroom, 0.16, spread=1.2),
    "lantern": Part(buildings.lantern, 0.36, spread=1.1),
    "statue": Part(buildings.statue, 0.4, spread=1.0),
    "door": Part(buildings.door, 0.36, spread=1.2),
    "umbrella": Part(buildings.umbrella, 0.26, spread=1.1),
    "kite": Part(buildings.kite, 0.2, "air", Motion("bob", 1.3, 0.016), 1.2),
    "fence": Part(buildings.fence, 0.16, spread=5.0),
    "waterfall": Part(buildings.waterfall, 0.4, "shore", spread=1.3),
    "rock": Part(buildings.boulder, 0.16, "shore", spread=1.3),
    "candle": Part(stilllife.candle, 0.26, "table", spread=0.8),
    "cup": Part(stilllife.cup, 0.24, "table", spread=1.2),
    "teapot": Part(stilllife.teapot, 0.27, "table", spread=1.2),
    "book": Part(stilllife.book, 0.27, "table", spread=1.3),
    "bottle": Part(stilllife.bottle, 0.3, "table", spread=0.6),
    "bread": Part(stilllife.bread, 0.24, "table", spread=1.2),
    "fruit": Part(stilllife.fruit, 0.24, "table", spread=1.2),
    "vase": Part(stilllife.vase, 0.32, "table", spread=0.9),
    "violin": Part(stilllife.violin, 0.46, "table", spread=0.8),
    "guitar": Part(stilllife.guitar, 0.5, "table", spread=0.8),
    "chair": Part(stilllife.chair, 0.4, spread=1.1),
    "clock": Part(stilllife.clock, 0.46, spread=0.8),
    "snowman": Part(beings.snowman, 0.26, spread=1.0),
}


def set_in(site: Site, ground: Ground) -> None:
    """Place every subject of the description; the first is the hero, and stands nearest."""
    cast = [subject for subject in site.said.subjects if subject.name in CAST]
    ashore = [rank for rank, subject in enumerate(cast) if CAST[subject.name].stands in ("ground", "table")]
    if ground.floats and not ground.indoors and ground.shore is None and ashore:
        ground.shore = shore_for(site, ground, ashore[0])
    for rank, subject in enumerate(cast):
        for i in range(subject.count):
            place(site, ground, subject, rank, i)


def shore_for(site: Site, ground: Ground, rank: int) -> Headland:
    """A low shore where the first of what cannot float would stand."""
    side = -site.side if rank == 0 else site.side
    brink = side * (0.17 * site.stage.aspect - 0.24 * site.stage.scale)
    high = ground.horizon + 0.5 * (ground.near - ground.horizon)
    return headland(site, "shore", side, brink, high, high + 0.055, 0.56)


def place(site: Site, ground: Ground, subject: Subject, rank: int, i: int) -> None:
    stage, part = site.stage, CAST[subject.name]
    rng = stage.rng(f"{subject.name} {i}")
    crowd = 1 / (1 + 0.12 * (subject.count - 1))
    third = -site.side * 0.17 * stage.aspect * (1 if rank == 0 else -1.0) * (1 + 0.4 * (rank > 1)) * ground.middle
    order = (i + 1) // 2 * (1 if i % 2 else -1)
    x = third + order * part.spread * part.size * crowd * stage.scale + float(rng.uniform(-0.03, 0.03)) * (i + rank)
    if part.stands == "air":
        y, depth = air(site, rng, i, rank), 0.3 + 0.1 * float(rng.random())
        size = part.size * crowd * (1.0 if i == 0 else float(rng.uniform(0.45, 0.85)))
    elif part.stands == "table" and ground.indoors:
        y, depth = 0.81 + 0.05 * float(rng.random()) - 0.02 * rank, 0.72 - 0.02 * rank
        size = part.size * crowd * 1.15
    elif ground.shore and part.stands not in ("water", "deep"):
        size = part.size * crowd * (0.95 - 0.12 * rank * (i > 0))
        x = ground.shore.side * abs(x) if x * ground.shore.side < 0 else x
        x, y = ground.shore.at(x, (0.3 + 3 * part.rock) * size * stage.scale + 0.02)
        y, depth = (
            y + 0.012 + part.rock * size * stage.scale,
            ground.shore.depth + 0.001 + 0.002 * (9 - min(rank + i, 9)),
        )
    else:
        nearness = 0.52 - 0.14 * rank - 0.10 * (i % 3) * (i > 0) + float(rng.uniform(-0.05, 0.05))
        nearness = float(np.clip(nearness, 0.16, 0.75))
        y = ground.horizon + nearness * (ground.near - ground.horizon) * 1.35
        depth = 0.3 + 0.62 * nearness
        size = part.size * (0.35 + 1.25 * nearness) * crowd
    motion = part.motion
    if motion.kind != "rest":
        motion = Motion(
            motion.kind, motion.speed * float(rng.uniform(0.85, 1.15)), motion.reach, float(rng.uniform(0, 6.28))
        )
    pen = Pen(stage, site.light, x, y, size * stage.scale * ground.scale, depth, rng, subject.colour)
    pen.flip = 1 if motion.kind in ("drive", "swim", "fly") or rng.random() < 0.5 else -1
    pen.ashore = ground.shore is not None
    pen = drawn(pen, part) if i else framed(pen, part)
    layers = pen.layers(motion)
    if ground.floats and part.stands == "water" and layers:
        site.add(mirrored(site, layers[0], y))
    site.add(layers)
    if subject.name == "windmill":
        site.add(hub(pen))


def drawn(pen: Pen, part: Part) -> Pen:
    part.draw(pen)
    return pen


def framed(pen: Pen, part: Part) -> Pen:
    """The first of its kind, drawn inside the picture: moved if it floats in the air, smaller if it is too tall."""
    stage, chance = pen.stage, deepcopy(pen.rng)
    part.draw(pen)
    x0, y0, x1, y1 = ((edge - stage.edge) / stage.height for edge in pen.sheet.touched)
    x0, x1 = x0 - stage.aspect / 2, x1 - stage.aspect / 2
    room = stage.aspect / 2 - MARGIN
    floor = 1 - MARGIN if part.stands == "air" else pen.y
    size = pen.size * min(1.0, (floor - MARGIN) / max(pen.y - y0 if part.stands != "air" else y1 - y0, 1e-6))
    wide = (x1 - x0) * size / pen.size
    x, y = pen.x, pen.y
    if wide < 2 * room:
        left, right = (pen.x + (edge - pen.x) * size / pen.size for edge in (x0, x1))
        x += max(0.0, -room - left) - max(0.0, right - room)
    if part.stands == "air":
        top, bottom = (pen.y + (edge - pen.y) * size / pen.size for edge in (y0, y1))
        y += max(0.0, MARGIN - top) - max(0.0, bottom - floor)
    if (x, y, size) == (pen.x, pen.y, pen.size):
        return pen
    again = Pen(stage, pen.light, x, y, size, pen.depth, chance, pen.paint, pen.flip, pen.ashore)
    part.draw(again)
    return again


def hub(mill: Pen) -> list[Layer]:
    """A windmill's sails, turning about their middle."""
    wheel = Pen(mill.stage, mill.light, mill.x, mill.y, mill.size, mill.depth + 0.001, mill.rng)
    buildings.sails(wheel)
    layer = wheel.sheet.layer(wheel.depth, motion=Motion("spin", 0.5))
    if layer is None:
        return []
    px, py = wheel.stage.pixels(mill.at([(0, 0.66)]))[0]
    layer.anchor = (px - layer.left) / layer.pixels.shape[1], (py - layer.top) / layer.pixels.shape[0]
    return [layer]


def air(site: Site, rng: np.random.Generator, i: int, rank: int) -> float:
    return float(site.horizon * rng.uniform(0.3, 0.62) + 0.06 * rank)


def mirrored(site: Site, layer: Layer, waterline: float) -> list[Layer]:
    """What a floating thing shows of itself in the water: upside down, faint and broken into bars."""
    stage = site.stage
    pixels = layer.pixels[::-1]
    height, width = pixels.shape[:2]
    rows = np.arange(height, dtype=np.float32)
    rng = stage.rng("mirror")
    shift = (
        np.interp(rows, np.linspace(0, height, 40), rng.normal(0, 1, 40))
        * (0.002 + 0.012 * rows / height)
        * stage.height
    )
    map_x = np.arange(width, dtype=np.float32)[None, :] + shift[:, None].astype(np.float32)
    map_y = np.repeat(rows[:, None] * 1.15, width, axis=1)
    broken = cv2.remap(pixels, map_x, map_y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    fade = (0.55 * np.exp(-rows / height * 1.6)).astype(np.float32)
    faint = (broken * fade[:, None, None]).astype(np.uint8)
    bottom = layer.top + height
    overlap = max(0, bottom - round(waterline * stage.height + stage.edge))
    return [
        Layer(
            faint,
            layer.left,
            bottom - 2 * overlap,
            layer.depth - 0.002,
            motion=Motion("sway", 2.1, 0.004),
            anchor=(0.5, 0.0),
        )
    ]
