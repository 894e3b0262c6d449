"""Places by name, and how high the horizon of each may lie. A new one is a function in these files and a line."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.draft.painting import country, elsewhere, indoors, shores, town
from pipelines.draft.painting.site import Ground, Site

PLACES: dict[str, tuple[Callable[[Site], Ground], float, float]] = {
    "sea": (shores.sea, 0.5, 0.6),
    "lake": (shores.lake, 0.5, 0.58),
    "river": (shores.river, 0.46, 0.54),
    "harbour": (shores.harbour, 0.5, 0.58),
    "island": (shores.island, 0.52, 0.6),
    "cliff": (shores.cliff, 0.5, 0.56),
    "beach": (shores.beach, 0.48, 0.55),
    "mountains": (country.mountains, 0.46, 0.54),
    "volcano": (country.volcano, 0.56, 0.62),
    "forest": (country.forest, 0.56, 0.64),
    "jungle": (country.jungle, 0.58, 0.66),
    "field": (country.field, 0.52, 0.62),
    "desert": (country.desert, 0.52, 0.6),
    "snowfield": (country.snowfield, 0.52, 0.6),
    "village": (town.village, 0.5, 0.58),
    "city": (town.city, 0.6, 0.7),
    "street": (town.street, 0.54, 0.6),
    "market": (town.market, 0.52, 0.58),
    "room": (indoors.room, 0.5, 0.54),
    "kitchen": (indoors.kitchen, 0.5, 0.54),
    "space": (elsewhere.space, 0.9, 0.95),
    "planet": (elsewhere.planet, 0.58, 0.66),
    "underwater": (elsewhere.underwater, 0.66, 0.74),
    "cave": (elsewhere.cave, 0.52, 0.58),
}
