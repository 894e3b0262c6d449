"""Titles as pictures with a clear ground, for editors that draw words in ways of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from studio.timeline.items import Title
from studio.timeline.model import Timeline
from studio.timeline.paint.picture import Picture, expanded, to_rgb, with_alpha
from studio.timeline.paint.titles import TITLES, drawn

STANDING = {"end-roll": "credits", "kinetic": "centre-card"}


def titles(timeline: Timeline) -> list[Title]:
    """Every title, in the order in which their pictures are numbered: alike ones once."""
    found = [item for track in timeline.tracks for item in track.items if isinstance(item, Title)]
    return list({name_of(title): title for title in found}.values())


def name_of(title: Title) -> tuple[str, str]:
    return title.style, title.text


def names(timeline: Timeline) -> dict[tuple[str, str], str]:
    """The file of each title's picture."""
    return {name_of(title): f"title-{n}.png" for n, title in enumerate(titles(timeline), 1)}


def pictures(timeline: Timeline) -> Iterator[tuple[str, bytes]]:
    """(File name, PNG of R'G'B'A at the canvas's size) of each. Those that move are shown standing still."""
    named = names(timeline)
    for title in titles(timeline):
        style = TITLES[STANDING.get(title.style, title.style)]
        picture = drawn(style, title.text, timeline.width, timeline.height)
        yield named[name_of(title)], png(expanded(picture, timeline.width, timeline.height))


def png(picture: Picture) -> bytes:
    """A picture with alpha as other programs keep one: colours not multiplied by it."""
    whole, half = with_alpha(picture).alpha or (picture.y, picture.u)
    plain = [divided(plane, alpha) for plane, alpha in zip(picture.planes, (whole, half, half), strict=True)]
    colours = to_rgb(replace(picture, y=plain[0], u=plain[1], v=plain[2], alpha=None))
    return cv2.imencode(".png", np.dstack([colours[:, :, ::-1], whole]))[1].tobytes()


def divided(plane: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    share = np.maximum(alpha, 1).astype(np.float32) / 255
    return np.where(alpha > 0, np.clip(plane / share, 0, 255), 128).astype(np.uint8)
