"""Colour and light: mixing in OKLab, and what each hour, weather and mood does to every surface.

Colours are float32 arrays of blue, green, red in 0..1, sRGB-encoded, the channel order of OpenCV.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipelines.draft.painting.reading import Description

Colour = np.ndarray
THICK = 1.6

_TO_LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
_TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip
_FROM_LMS, _FROM_LAB = np.linalg.inv(_TO_LMS), np.linalg.inv(_TO_LAB)


def colour(text: str) -> Colour:
    """`#rrggbb` as blue, green, red."""
    return np.array([int(text[i : i + 2], 16) / 255 for i in (5, 3, 1)], np.float32)


def linear(c: Colour) -> Colour:
    return np.where(c <= 0.04045, c / 12.92, ((np.maximum(c, 0) + 0.055) / 1.055) ** 2.4)


def encoded(c: Colour) -> Colour:
    c = np.clip(c, 0, 1)
    return np.where(c <= 0.0031308, c * 12.92, 1.055 * c ** (1 / 2.4) - 0.055).astype(np.float32)


def oklab(c: Colour) -> Colour:
    """(..., 3) blue-green-red to lightness, a, b."""
    return np.cbrt(linear(c)[..., ::-1] @ _TO_LMS.T) @ _TO_LAB.T


def from_oklab(lab: Colour) -> Colour:
    lms = (lab @ _FROM_LAB.T) ** 3
    return encoded((lms @ _FROM_LMS.T)[..., ::-1])


def mix(a: Colour, b: Colour, t: float) -> Colour:
    return from_oklab(oklab(a) * (1 - t) + oklab(b) * t)


def vary(c: Colour, lightness: float = 0.0, chroma: float = 1.0, turn: float = 0.0) -> Colour:
    """The colour lighter by `lightness`, with its chroma scaled and its hue turned by `turn` radians."""
    lab = oklab(c).copy()
    a, b = lab[..., 1].copy(), lab[..., 2].copy()
    lab[..., 0] = np.clip(lab[..., 0] + lightness, 0, 1)
    lab[..., 1] = chroma * (a * np.cos(turn) - b * np.sin(turn))
    lab[..., 2] = chroma * (a * np.sin(turn) + b * np.cos(turn))
    return from_oklab(lab)


def gradient(stops: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Evenly spaced `stops` (n, 3) mixed in OKLab at places `at` in 0..1, as (len(at), 3)."""
    lab = oklab(stops)
    known = np.linspace(0, 1, len(stops))
    return from_oklab(np.stack([np.interp(at, known, lab[:, i]) for i in range(3)], axis=-1))


@dataclass(frozen=True)
class Light:
    """What the air is like: the sky from zenith to horizon, the sun or moon, and how things look in it."""

    sky: np.ndarray
    """(n, 3) colours from the zenith down to the horizon."""
    lamp: Colour
    ambient: Colour
    """What white looks like in this light, linear."""
    haze: Colour
    ink: Colour
    """What near things sink to when the light is behind them."""
    night: float
    """0 by day, 1 when windows are lit and stars are out."""
    height: float
    """Where the sun or moon stands: 0 at the horizon, 1 at the top of the picture."""
    backlit: float
    air: float
    """How fast things fade with distance: 0..1, and up to THICK in fog."""
    glow: float
    known: dict[tuple[str, float, float], Colour] = field(init=False, default_factory=dict, repr=False, compare=False)

    def tone(self, material: Colour | str, depth: float, lightness: float = 0.0) -> Colour:
        """A material as it looks `depth` away: 0 at the horizon, 1 at the lens."""
        if not isinstance(material, str):
            return self._tone(material, min(1.0, depth), lightness)
        key = material, round(min(1.0, depth), 2), round(lightness, 2)
        if key not in self.known:
            self.known[key] = self._tone(colour(material), key[1], key[2])
        return self.known[key]

    def _tone(self, base: Colour, depth: float, lightness: float) -> Colour:
        lit = encoded(linear(base) * self.ambient)
        lit = mix(lit, self.ink, min(0.92, self.backlit * (0.35 + 0.6 * depth)))
        if lightness:
            lit = vary(lit, lightness)
        return mix(lit, self.haze, float(np.clip(self.air * (1 - depth) ** 1.5, 0, 0.97)))

    def veil(self, depth: float) -> float:
        """How much of a light so far away is lost in the air, 0..1: little, but for fog."""
        return float(np.clip((0.15 + 1.3 * max(0.0, self.air - 1.0)) * (1 - depth), 0, 0.92))


# hour: sky from zenith to horizon; lamp; what white looks like; ink; night, height, backlit, air, glow
HOURS: dict[str, tuple[str, str, str, str, tuple[float, float, float, float, float]]] = {
    "dawn": ("#35477d #7b7fb5 #d3a4b4 #f6c9a6 #fde3b5", "#fff0cc", "#d9b3b0", "#1f2347", (0.15, 0.10, 0.50, 0.92, 1.0)),
    "morning": ("#4c93c9 #86bfe0 #bfdfe6 #f0efdc #fbe9c6", "#fff6dc", "#f4e6cf", "#20405a", (0, 0.42, 0.18, 0.85, 0.7)),
    "noon": ("#2873b8 #4f9bd4 #8ac4e6 #c3e4ee #e4f3ee", "#fffdf0", "#fffaf0", "#1e3f4d", (0, 0.80, 0.05, 0.78, 0.5)),
    "golden": ("#4d6a9e #9a93aa #e0ad80 #f8c56d #ffe09a", "#fff0c0", "#ffd29a", "#3a2430", (0, 0.20, 0.42, 0.82, 1.1)),
    "sunset": (
        "#2a2a63 #6b3f86 #c9527a #f4805b #ffc067",
        "#ffe2a0",
        "#f0a07e",
        "#1e1233",
        (0.2, 0.09, 0.70, 0.84, 1.2),
    ),
    "dusk": ("#141d48 #2f3c7c #6a5796 #b9748f #eea282", "#ffd7b0", "#8f82b4", "#0e1230", (0.65, 0.04, 0.62, 0.88, 0.8)),
    "night": ("#070d26 #0f1f45 #1b3764 #2f557f #4a7594", "#f3f1dc", "#5d7bab", "#050a1a", (1, 0.66, 0.45, 0.85, 0.7)),
    "midnight": (
        "#04061a #0a1130 #121f49 #1c3160 #2a4670",
        "#e8ecff",
        "#43588c",
        "#03050f",
        (1, 0.74, 0.50, 0.85, 0.6),
    ),
}


def light_of(description: Description, jitter: np.random.Generator) -> Light:
    """The light of an hour, bent by weather, season, mood and any colour said of the whole."""
    sky_text, lamp, white, ink, (night, height, backlit, air, glow) = HOURS[description.hour]
    sky = np.stack([colour(c) for c in sky_text.split()])
    turn = float(jitter.uniform(-0.22, 0.22))
    sky = vary(sky, turn=turn, lightness=float(jitter.uniform(-0.02, 0.02)))
    height = float(np.clip(height + jitter.uniform(-0.05, 0.08), 0.03, 0.88))
    sky, change = weathered(sky, description.weather, night)
    ambient = linear(colour(white)) * change["dim"]
    backlit, air, glow = backlit * change["backlit"], min(THICK, air + change["air"]), glow * change["glow"]
    sky, air, backlit = moody(sky, description.mood, air, backlit)
    if description.tint:
        said = oklab(colour(description.tint))
        lab = oklab(sky)
        lab[:, 1:] = lab[:, 1:] * 0.45 + said[1:] * 0.75
        lab[:, 0] = lab[:, 0] * 0.88 + said[0] * 0.12
        sky = from_oklab(lab)
    return Light(
        sky=sky,
        lamp=colour(lamp),
        ambient=ambient,
        haze=mix(sky[-1], sky[-2], 0.45),
        ink=mix(colour(ink), sky[0], 0.25),
        night=night,
        height=height,
        backlit=backlit,
        air=air,
        glow=glow,
    )


def weathered(sky: np.ndarray, weather: str, night: float) -> tuple[np.ndarray, dict[str, float]]:
    grey = {"storm": 0.72, "rain": 0.6, "fog": 0.6, "snow": 0.5, "clouds": 0.15}.get(weather, 0)
    darker = {"storm": 0.62, "rain": 0.8, "fog": 1.0, "snow": 0.97, "clouds": 0.97}.get(weather, 1)
    lab = oklab(sky)
    lab[:, 1:] *= 1 - grey * 0.8
    lab[:, 0] = (lab[:, 0] * (1 - grey * 0.35) + lab[:, 0].mean() * grey * 0.35) * darker
    if weather in ("fog", "snow") and night < 0.9:
        lab[:, 0] = lab[:, 0] * 0.75 + 0.22
    return from_oklab(lab), {
        "dim": {"storm": 0.5, "rain": 0.7, "fog": 0.9, "snow": 0.95}.get(weather, 1),
        "backlit": {"storm": 1.1, "fog": 0.8, "noon": 1}.get(weather, 1),
        "air": {"storm": 0.08, "rain": 0.12, "fog": 0.6, "snow": 0.12}.get(weather, 0),
        "glow": {"storm": 0.25, "rain": 0.3, "fog": 0.7, "snow": 0.5, "clouds": 0.9}.get(weather, 1),
    }


def moody(sky: np.ndarray, mood: str, air: float, backlit: float) -> tuple[np.ndarray, float, float]:
    if mood == "melancholy":
        return vary(sky, -0.04, 0.6), min(THICK, air + 0.08), backlit
    if mood == "joyful":
        return vary(sky, 0.03, 1.25), air - 0.08, backlit * 0.7
    if mood == "mysterious":
        return vary(sky, -0.07, 0.9, -0.35), min(THICK, air + 0.12), backlit + 0.1
    if mood == "ominous":
        return vary(sky, -0.14, 0.8, 0.25), air, min(1, backlit + 0.25)
    if mood == "romantic":
        return vary(mix(sky, colour("#f08aa0"), 0.22), 0.02, 1.1), air, backlit
    if mood == "dreamy":
        return vary(mix(sky, colour("#b9a0ef"), 0.2), 0.05, 1.05), min(THICK, air + 0.1), backlit * 0.8
    if mood == "epic":
        return vary(sky, -0.02, 1.2), air, min(1, backlit + 0.12)
    return sky, air, backlit
