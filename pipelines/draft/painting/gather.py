"""Puts layers together that a camera cannot tell apart: a street is shown as quickly as a sea."""

from __future__ import annotations

import cv2
import numpy as np

from pipelines.draft.painting.stage import Layer, Motion
from pipelines.draft.painting.water import Water

CLOSE = 0.05  # of depth: one part in a hundred of the picture between them at the end of a pan


def gathered(layers: list[Layer | Water]) -> list[Layer | Water]:
    """The layers, sorted by depth, with still neighbours joined, and lamps that flicker at about one distance too."""
    done: list[Layer | Water] = []
    still: list[Layer] = []
    lamps: list[Layer] = []

    def shut(group: list[Layer]) -> None:
        if group:
            done.append(joined(group))
            group.clear()

    for layer in layers:
        if isinstance(layer, Water) or layer.solid or layer.foot is not None:
            shut(still)
            shut(lamps)
            done.append(layer)
        elif layer.light and layer.motion.kind == "flicker":
            if lamps and layer.depth - lamps[0].depth > CLOSE:
                shut(still)
                shut(lamps)
            lamps.append(layer)
        elif not layer.light and layer.motion.kind == "rest":
            if still and layer.depth - still[0].depth > CLOSE:
                shut(still)
                shut(lamps)
            still.append(layer)
        else:
            shut(still)
            done.append(layer)
    shut(still)
    shut(lamps)
    return done


def joined(group: list[Layer]) -> Layer:
    """One layer that shows what the group shows."""
    if len(group) == 1:
        return group[0]
    left, top = min(p.left for p in group), min(p.top for p in group)
    right = max(p.left + p.pixels.shape[1] for p in group)
    bottom = max(p.top + p.pixels.shape[0] for p in group)
    whole = np.zeros((bottom - top, right - left, 4), np.uint8)
    for part in group:
        height, width = part.pixels.shape[:2]
        onto = whole[part.top - top : part.top - top + height, part.left - left : part.left - left + width]
        if not part.light:
            clear = cv2.bitwise_not(cv2.extractChannel(part.pixels, 3))
            cv2.multiply(onto, cv2.merge([clear] * 4), dst=onto, scale=1 / 255)
        cv2.add(onto, part.pixels, dst=onto)
    first = group[0]
    motion: Motion = first.motion
    return Layer(whole, left, top, group[len(group) // 2].depth, light=first.light, motion=motion)
