"""The site a place is built on: its stage, its light, what was said of it, and the layers put up so far."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipelines.draft.painting import land
from pipelines.draft.painting.colour import Light
from pipelines.draft.painting.reading import Description
from pipelines.draft.painting.sky import aurora, clouds, lamp, rainbow, sky, stars
from pipelines.draft.painting.stage import Layer, Stage
from pipelines.draft.painting.water import Water


@dataclass(frozen=True)
class Headland:
    """Where one may stand on it: the line of its top as (n, 2) points, the depth of it, and its brink in x."""

    top: np.ndarray
    depth: float
    side: int
    brink: float

    def at(self, x: float, room: float) -> tuple[float, float]:
        """The place on it nearest to x that leaves `room` units to the brink: x, and the height of the ground."""
        inland = (self.brink - x) * -self.side
        x = x if inland >= room else self.brink + self.side * room
        return x, float(np.interp(x, self.top[:, 0], self.top[:, 1]))


@dataclass
class Ground:
    """Where subjects may stand: the horizon, how far down the picture they go, and whether they float."""

    horizon: float
    near: float = 0.9
    floats: bool = False
    indoors: bool = False
    scale: float = 1.0
    middle: float = 1.0
    """How far from the middle they may stand: less between the houses of a street."""
    shore: Headland | None = None
    """Land in the water, for what cannot float."""


@dataclass
class Site:
    """What a place is built with, and what it has come to so far."""

    stage: Stage
    light: Light
    said: Description
    horizon: float
    lamp: tuple[float, float, float]
    """Where sun or moon stands, and its radius."""
    side: int
    """Where the weight lies: -1 left, 1 right; the subject stands on the other side."""
    layers: list[Layer | Water] = field(default_factory=list)

    def add(self, *layers: Layer | Water | list[Layer] | None) -> None:
        for layer in layers:
            if isinstance(layer, list):
                self.layers += layer
            elif layer is not None:
                self.layers.append(layer)

    @property
    def wintry(self) -> bool:
        return self.said.season == "winter" or self.said.weather == "snow"

    @property
    def grass(self) -> str:
        if self.wintry:
            return land.SNOW
        return {"autumn": "#c4963f", "spring": "#8dbb57", "summer": "#93ab4a"}.get(self.said.season, land.GRASS)

    @property
    def leaf(self) -> str:
        return {"autumn": "#c0622c", "winter": "#54695f", "spring": "#7aa45a"}.get(self.said.season, land.LEAF)

    def open_sky(self) -> None:
        named = {subject.name for subject in self.said.subjects}
        self.add(sky(self.stage, self.light, self.horizon, self.lamp))
        if self.said.weather not in ("fog", "rain", "storm", "snow") or "stars" in named:
            self.add(stars(self.stage, self.light, many="stars" in named and self.light.night > 0.4))
        if "aurora" in named:
            self.add(aurora(self.stage, self.light, self.horizon))
        self.add(lamp(self.stage, self.light, self.lamp, self.said))
        self.add(clouds(self.stage, self.light, self.said, self.horizon, self.lamp))
        if "rainbow" in named:
            self.add(rainbow(self.stage, self.horizon, self.side))

    @property
    def blooms(self) -> str:
        """The colour of wild flowers, where there are any."""
        if self.wintry or self.said.season == "autumn":
            return ""
        flowers = [t for t in self.said.subjects if t.name == "flowers"]
        named = next((t.colour for t in flowers if t.colour), "")
        return named or ("#e2577a" if flowers or self.said.season in ("spring", "summer") else "")
