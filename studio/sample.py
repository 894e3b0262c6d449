"""The sample project: a film of 23 seconds to look at, take apart and play with. Its media are in assets/sample."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipelines import vtt
from studio.studio import Studio
from studio.timeline import captions
from studio.timeline.items import Clip, Gap, Item, Motion, Title, Transition
from studio.timeline.model import Timeline, Track
from studio.timeline.projects import Project
from studio.types import Recipe

FOLDER = Path(__file__).parent.parent / "assets" / "sample"
TITLE = "The Keeper"
FILM, VOICE_AT = 690, 126
"""In frames, of which there are 30 a second."""


def sample(studio: Studio) -> Project:
    """A new project with the sample's timeline; its media are brought into the library if they are not there."""
    recipes: dict[str, Any] = json.loads((FOLDER / "recipes.json").read_text(encoding="utf-8"))
    ids = {
        name: studio.library.add(FOLDER / name, name=f"sample-{name}", recipe=Recipe(**recipe), tags=["sample"]).id
        for name, recipe in recipes.items()
    }
    return studio.projects.create(TITLE, timeline(ids))


def timeline(ids: dict[str, str]) -> Timeline:
    """The cut; `ids` gives each of the sample's files its asset."""
    said = vtt.read((FOLDER / "voice.vtt").read_text(encoding="utf-8"))
    subtitles = captions.track(said, Timeline().fps, VOICE_AT)
    tracks = (
        Track(kind="video", name="Picture", items=shots(ids)),
        Track(kind="video", name="Titles", items=titles()),
        Track(kind="audio", name="Voice", role="narration", items=(Gap(frames=VOICE_AT), voice(ids))),
        Track(kind="audio", name="Music", role="music", gain_db=-4, duck=True, duck_db=-9, items=(music(ids),)),
        Track(kind="audio", name="Sea", role="effects", duck=True, duck_db=-6, items=(sea(ids),)),
        subtitles.model_copy(update={"name": "Captions"}),
    )
    return Timeline(title=TITLE, tracks=tracks)


def shots(ids: dict[str, str]) -> tuple[Item, ...]:
    """Two stills that move and two shots, each as long as its line of the narration."""
    closer = Motion.model_validate({"from": (0, 0, 1, 1), "to": (0.12, 0.14, 0.76, 0.76)})
    along = Motion.model_validate({"from": (0, 0.06, 0.86, 0.86), "to": (0.14, 0.1, 0.86, 0.86)})
    return (
        Clip(asset=ids["lighthouse.webp"], frames=262, motion=closer),
        Transition(name="dissolve", frames=20),
        Clip(asset=ids["boat.webp"], frames=140, motion=along),
        Transition(name="dissolve", frames=20),
        Clip(asset=ids["harbour.mp4"], frames=145),
        Transition(name="dissolve", frames=25),
        Clip(asset=ids["night.mp4"], frames=208),
        Transition(name="dissolve", frames=36),  # beside a gap it is a fade
        Gap(frames=36),
    )


def titles() -> tuple[Item, ...]:
    opening = Title(text=TITLE, style="centre-card", frames=84, fade_in=18, fade_out=18)
    words = "Painted, played and spoken\nby the draft models"
    closing = Title(text=words, style="corner", frames=78, fade_in=15, fade_out=20)
    between = FILM - 6 - 24 - opening.frames - closing.frames
    return Gap(frames=24), opening, Gap(frames=between), closing


def voice(ids: dict[str, str]) -> Clip:
    return Clip(asset=ids["voice.m4a"], frames=438)


def music(ids: dict[str, str]) -> Clip:
    return Clip(asset=ids["music.m4a"], frames=FILM, fade_in=15, fade_out=20)


def sea(ids: dict[str, str]) -> Clip:
    return Clip(asset=ids["sea.m4a"], frames=FILM, loop=True, gain_db=-14, fade_in=45, fade_out=60)
