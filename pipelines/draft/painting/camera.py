"""Camera moves: where the camera is at any moment of a shot. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi, sin

CAMERAS = (
    "static",
    "pan left",
    "pan right",
    "tilt up",
    "tilt down",
    "dolly in",
    "dolly out",
    "orbit",
    "zoom in",
    "zoom out",
    "handheld",
    "drone",
)


@dataclass(frozen=True)
class Pose:
    """`x` and `y` are travel in picture heights; things at depth `pivot` stay put when it is an orbit. `dolly` brings
    near things closer than far ones, `zoom` everything alike, `roll` turns, in radians."""

    x: float = 0.0
    y: float = 0.0
    dolly: float = 0.0
    zoom: float = 1.0
    roll: float = 0.0
    pivot: float = 0.0

    def follow(self, depth: float) -> float:
        """How much of the camera's travel a thing at `depth` shows: the sky hardly any, the lens all."""
        return 0.1 + 0.9 * depth - self.pivot

    def size(self, depth: float) -> float:
        return self.zoom * (1 + self.dolly * (0.06 + 0.94 * depth))


REACH = 0.2  # the farthest any move travels, in picture heights
MARGIN = 0.27  # what a sheet needs around the picture for every move, with its roll


def ease(t: float) -> float:
    """0 to 1, starting and ending gently, steady between."""
    t = min(1.0, max(0.0, t))
    smooth = t * t * t * (t * (6 * t - 15) + 10)
    return 0.55 * smooth + 0.45 * t * t * (3 - 2 * t)


def tremble(seconds: float, seed: int, amount: float) -> Pose:
    """A hand's unsteadiness: slow swings and a little quick shake, never twice the same way."""
    a, b, c = (seed % 97) / 7, (seed % 89) / 6, (seed % 83) / 5

    def swing(phase: float) -> float:
        return (
            0.55 * sin(1.1 * seconds + phase)
            + 0.3 * sin(2.3 * seconds + 1.7 * phase)
            + 0.1 * sin(5.1 * seconds + 2.3 * phase)
        )

    # A hand turns the camera more than it carries it: far things move with near ones.
    return Pose(x=amount * swing(a), y=amount * 0.7 * swing(b), dolly=0.03, roll=amount * 0.35 * swing(c), pivot=-0.5)


def pose(move: str, progress: float, seconds: float, duration: float, seed: int) -> Pose:
    """The camera `progress` (0..1) of the way through a move. A short shot travels less far, and never rushes."""
    far = REACH * min(1.0, 0.3 + duration / 6)
    p = ease(progress)
    across = (2 * p - 1) * far
    moves: dict[str, Callable[[], Pose]] = {
        "static": Pose,
        "pan right": lambda: Pose(x=across),
        "pan left": lambda: Pose(x=-across),
        "tilt down": lambda: Pose(y=across * 0.75),
        "tilt up": lambda: Pose(y=-across * 0.75),
        "dolly in": lambda: Pose(dolly=p * far * 1.7, y=-0.02 * p),
        "dolly out": lambda: Pose(dolly=(1 - p) * far * 1.7, y=-0.02 * (1 - p)),
        "zoom in": lambda: Pose(zoom=1 + p * far * 1.4),
        "zoom out": lambda: Pose(zoom=1 + (1 - p) * far * 1.4),
        "orbit": lambda: Pose(x=across * 1.15, dolly=0.06 * sin(pi * p), pivot=0.5),
        "handheld": lambda: tremble(seconds, seed, 0.016),
        "drone": lambda: Pose(
            x=across * 0.45,
            y=far * 0.55 * (cos(pi * p) * 0.5 + 0.1),
            dolly=0.06 + p * far * 1.1,
            roll=0.016 * sin(2 * pi * p),
        ),
    }
    return moves[move]()
