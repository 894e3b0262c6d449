"""High dynamic range to standard: PQ and HLG pictures of BT.2020 as BT.709 R'G'B', their highlights rolled off.

Light is counted in reference whites of 203 cd/m² (ITU-R BT.2408), so that what was white stays white; what is brighter,
up to 1000 cd/m², is brought into the rest by a Möbius curve that leaves the darker half as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np

WHITE, PEAK = 203.0, 1000.0
PQ, HLG = 16, 18
"""Transfer characteristics of ITU-T H.273, table 3."""
KNEE = 0.5
STEPS = 4096
GAMMA = 2.4
# BT.2020 light to BT.709 light: ITU-R BT.2087-0, annex 2.
TO_709 = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], np.float32)
LUMA = np.array([[0.2627, 0.6780, 0.0593]], np.float32)


def from_pq(v: np.ndarray) -> np.ndarray:
    """SMPTE ST 2084's curve: 0..1 to reference whites."""
    m1, m2, c1, c2, c3 = 1305 / 8192, 2523 / 32, 107 / 128, 2413 / 128, 2392 / 128
    p = v ** (1 / m2)
    return (np.maximum(p - c1, 0) / (c2 - c3 * p)) ** (1 / m1) * (10_000 / WHITE)


def from_hlg(v: np.ndarray) -> np.ndarray:
    """BT.2100's inverse OETF: 0..1 to the light of the scene, 0..1."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(v <= 0.5, v * v / 3, (np.exp((v - c) / a) + b) / 12)


CURVES: dict[int, Callable[[np.ndarray], np.ndarray]] = {PQ: from_pq, HLG: from_hlg}


@cache
def curve(transfer: int) -> np.ndarray:
    return CURVES[transfer](np.arange(STEPS) / (STEPS - 1)).astype(np.float32)


def rolled_off(light: np.ndarray) -> np.ndarray:
    """Up to the knee as it is, from there to the peak into what is left below 1, without a bend."""
    j, p = KNEE, PEAK / WHITE
    a = -j * j * (p - 1) / (j * j - 2 * j + p)
    b = (j * j - 2 * j * p + p) / (p - 1)
    return np.where(light <= j, light, (b * b + 2 * b * j + j * j) / (b - a) * (light + a) / (light + b))


def standard(image: np.ndarray, transfer: int) -> np.ndarray:
    """(h, w, 3) uint16 R'G'B' of BT.2020, full range, to uint8 R'G'B' of BT.709."""
    light = curve(transfer)[image >> 4]
    if transfer == HLG:  # what a display of 1000 cd/m² makes of the scene: BT.2100, system gamma 1.2
        light *= np.maximum(cv2.transform(light, LUMA), 1e-6)[..., None] ** np.float32(0.2) * np.float32(PEAK / WHITE)
    light = np.maximum(cv2.transform(light, TO_709), 0)
    most = np.maximum(light.max(2), 1e-6)
    light *= (rolled_off(most) / most)[..., None].astype(np.float32)
    return np.rint(cv2.pow(light.clip(0, 1), 1 / GAMMA) * 255).astype(np.uint8)
