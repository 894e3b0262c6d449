"""LTX-Video: quick shots from words, pictures at both ends, or a film. https://github.com/Lightricks/LTX-Video

Its frames are 8 x k + 1, its sides multiples of 32, and it knows what rate they are for. From 0.9.5 on one network
takes all that is given as conditions, each at its frame.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from pipelines.faults import Invalid
from pipelines.placement import Placement
from pipelines.shortcuts import Shortened, Shrunken
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


class DistilledOptions(Shrunken, AnyRate, Sized32, Ending, Starting, Prompted):
    duration_s: float = duration(5, 10)


class LtxOptions(Shortened, Guided, Stepped, Negative, DistilledOptions):
    guidance: float = Field(3, ge=1, le=20, title="Guidance", description="How closely the words are followed")


class Ltx(Shots):
    """LTX-Video with guidance. A decoder that takes the time into account gets what its card says."""

    Options = LtxOptions
    stride, past = 8, 17
    older = False
    fixed: ClassVar[dict[str, Any]] = {
        "decode_timestep": 0.05,
        "decode_noise_scale": 0.025,
        "image_cond_noise_scale": 0.025,
    }

    def bring(self, folder: Path, place: Placement) -> Any:
        pipe = super().bring(folder, place)
        self.older = pipe.scheduler.config.use_dynamic_shifting
        self.past = 1 if self.older else Ltx.past
        return pipe

    def make(self, options: Any, shot: Shot) -> tuple[Any, None]:
        if self.older:
            return self.begun(options, shot)
        more = {"frame_rate": shot.fps, "conditions": conditions(shot) or None, **self.fixed}
        return self.asked(self.other("LTXConditionPipeline"), options, shot, **more).frames[0], None

    def begun(self, options: Any, shot: Shot) -> tuple[Any, None]:
        """What the networks before 0.9.5 make, which know a first picture and no other."""
        if shot.end:
            raise Invalid("end: LTX-Video before 0.9.5 takes no last picture.", "Leave it out, or use a newer one.")
        first = shot.start or next(iter(shot.past), None)
        pipe = self.other("LTXImageToVideoPipeline" if first else "LTXPipeline")
        more = {"frame_rate": shot.fps, **({"image": first} if first else {})}
        return self.asked(pipe, options, shot, **more).frames[0], None


class LtxDistilled(Ltx):
    """LTX-Video distilled to eight steps at fixed times, without guidance.
    https://huggingface.co/Lightricks/LTX-Video-0.9.8-13B-distilled"""

    Options = DistilledOptions  # type: ignore[assignment]
    fixed = {**Ltx.fixed, "guidance_scale": 1.0, "timesteps": [1000, 993, 987, 981, 975, 909, 725, 0.03]}


def conditions(shot: Shot) -> list[Any]:
    """What is given, as frames of the shot: the end of a film or a picture at its beginning, a picture at its end."""
    from diffusers.pipelines.ltx.pipeline_ltx_condition import LTXVideoCondition

    given = []
    if shot.past:
        given.append(LTXVideoCondition(video=list(shot.past), frame_index=0))
    if shot.start:
        given.append(LTXVideoCondition(image=shot.start, frame_index=0))
    if shot.end:
        given.append(LTXVideoCondition(image=shot.end, frame_index=shot.frames - 1))
    return given
