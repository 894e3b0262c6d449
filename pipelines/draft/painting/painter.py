"""Paints a whole scene: reads the words, lights the stage, builds the place and sets the subjects into it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipelines.draft.painting.colour import light_of
from pipelines.draft.painting.gather import gathered
from pipelines.draft.painting.mist import banks
from pipelines.draft.painting.places import PLACES
from pipelines.draft.painting.reading import Description, number
from pipelines.draft.painting.scene import Scene
from pipelines.draft.painting.site import Site
from pipelines.draft.painting.sky import lamp_radius
from pipelines.draft.painting.stage import Layer, Stage
from pipelines.draft.painting.styles import finish, named, tinted, treated
from pipelines.draft.painting.subjects import set_in
from pipelines.draft.painting.water import Water
from pipelines.draft.painting.weather import weather

WINDLESS = ("space", "underwater")


def stage_of(said: Description, width: int, height: int, seed: int, margin: float = 0.0) -> Stage:
    """A stage with room for a camera: its edges are whole fours of pixels, which coarse stages need."""
    return Stage(width, height, 4 * round(margin * height / 4) / height, number(f"{said.salt} {seed}"))


def paint(
    said: Description,
    width: int,
    height: int,
    seed: int,
    style: str = "auto",
    margin: float = 0.0,
    span: float = 4.0,
) -> Scene:
    """The scene of a description for pictures of `width` x `height`. The same scene comes with every margin, which is
    what a camera needs to move in; `span` is how many seconds it will be looked at."""
    stage = stage_of(said, width, height, seed, margin)
    rng = stage.rng("composition")
    light = light_of(said, rng)
    stage = replace(stage, key=float(light.sky[1:].mean()))
    build, low, high = PLACES[said.place]
    horizon = float(rng.uniform(low, high))
    side = 1 if rng.random() < 0.5 else -1
    x, y = side * float(rng.uniform(0.12, 0.34)) * stage.aspect, horizon - light.height * horizon * 0.92
    lamp = (x, y, lamp_radius(stage, light, said))
    site = Site(stage, light, said, horizon, lamp, side)
    ground = build(site)
    set_in(site, ground)
    if said.weather == "fog" and said.place not in WINDLESS and not ground.indoors:
        site.add(banks(stage, site.light, ground.horizon))
    site.layers.sort(key=lambda layer: layer.depth)
    uncovered(site.layers, stage)
    name = named(style, said.style)
    layers: list[Layer | Water] = []
    for layer in site.layers:
        layers += treated(layer, stage, name) if isinstance(layer, Layer) else [tinted(layer, stage, name)]
    return Scene(
        stage, gathered(layers), weather(stage, site.light, said.weather, ground.indoors), finish(stage, name), span
    )


def uncovered(layers: list[Layer | Water], stage: Stage) -> None:
    """Cut off, in place, what ground or water hides of still layers behind it, wherever a camera may go."""
    slack = 1.3 * stage.edge
    floor = stage.size[1]
    for layer in reversed(layers):
        if isinstance(layer, Water):
            floor = min(floor, round(layer.top + slack) + 2)
            continue
        stands = layer.motion.kind == "rest" and layer.foot is None and not layer.solid
        if stands and layer.top < floor < layer.top + layer.pixels.shape[0]:
            layer.pixels = layer.pixels[: floor - layer.top]
        if layer.foot is not None and not layer.light and layer.pixels.shape[1] == stage.size[0]:
            full = np.flatnonzero(layer.pixels[..., 3].min(axis=1) == 255)
            if len(full) and full[-1] - full[0] + 1 == len(full) and layer.top + full[-1] >= floor - 2:
                floor = min(floor, round(layer.top + full[0] + slack) + 2)
