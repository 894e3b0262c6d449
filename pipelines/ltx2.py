"""LTX-2: shots with their sound, from words, pictures at both ends, or the end of a film.
https://huggingface.co/Lightricks/LTX-2

One network makes both at once. Its frames are 8 x k + 1, its sides multiples of 32; its sound ends a little before the
picture does, and silence follows.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from pipelines.frames import Sound
from pipelines.shortcuts import Shrunken
from pipelines.video import (
    AnyRate,
    Ending,
    Guided,
    Negative,
    Prompted,
    Shot,
    Shots,
    Sized32,
    Starting,
    Stepped,
    duration,
)


class Ltx2Options(Shrunken, Guided, Stepped, AnyRate, Negative, Sized32, Ending, Starting, Prompted):
    duration_s: float = duration(5, 20)
    guidance: float = Field(4, ge=1, le=20, title="Guidance", description="How closely the words are followed")


class Ltx2(Shots):
    """The model in one stage, as its pipeline in diffusers has it."""

    Options = Ltx2Options
    stride, past = 8, 17

    def make(self, options: Any, shot: Shot) -> tuple[Any, Sound]:
        pipe = self.other("LTX2ConditionPipeline")
        last_block = pipe.transformer.config.num_layers - 1
        made = self.asked(
            pipe, options, shot, frame_rate=float(shot.fps), conditions=conditions(shot) or None,
            spatio_temporal_guidance_blocks=[min(29, last_block)],
        )  # fmt: skip
        sound = made.audio[0].float().cpu().numpy()
        return made.frames[0], Sound(sound, pipe.vocoder.config.output_sampling_rate)


def conditions(shot: Shot) -> list[Any]:
    """What is given, as frames of the shot: the end of a film or a picture at its beginning, a picture at its end."""
    from diffusers.pipelines.ltx2.pipeline_ltx2_condition import LTX2VideoCondition

    given = []
    if shot.past or shot.start:
        given.append(LTX2VideoCondition(frames=list(shot.past) or shot.start, index=0))
    if shot.end:
        given.append(LTX2VideoCondition(frames=shot.end, index=-1))
    return given
