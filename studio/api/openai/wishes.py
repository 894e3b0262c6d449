"""What a request for pictures may say, and the requests to the studio that come of it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from pipelines import catalogue
from pipelines.base import Model
from studio.api.openai import sizes
from studio.api.openai.errors import Refused
from studio.api.openai.forms import Wish
from studio.api.openai.models import meant
from studio.api.openai.prints import Finish, format_of
from studio.types import GenerationRequest

OURS = ("negative_prompt", "steps", "guidance")


class ImageWish(Wish):
    prompt: str = Field(min_length=1, max_length=32_000)
    model: str | None = Field(None, max_length=200)
    n: int | None = Field(None, ge=1, le=10)
    size: str | None = Field(None, max_length=40)
    quality: str | None = Field(None, max_length=40)
    output_format: str | None = Field(None, max_length=40)
    output_compression: int | None = Field(None, ge=0, le=100)
    response_format: Literal["url", "b64_json"] | None = None
    stream: bool | None = None
    partial_images: int | None = Field(None, ge=0, le=3)
    seed: int | None = Field(None, ge=-1, le=2**32 - 1)
    negative_prompt: str | None = None
    steps: int | None = None
    guidance: float | None = None

    @property
    def finish(self) -> Finish:
        return Finish(sizes.read(self.size), format_of(self.output_format), self.output_compression, self.quality)


class VariationWish(ImageWish):
    prompt: str = "The same picture, a little different"


def chosen(said: str | None, given: dict[str, Any]) -> Model:
    """The model that changes pictures: the one named, or the first ready one that takes what was sent."""
    if model := meant(said, "image"):
        if lacking := sorted(given.keys() - model.cls.Options.model_fields.keys()):
            raise Refused(f"{model.id} takes no {' and no '.join(lacking)}.", "model")
        return model
    able = [m for m in catalogue.for_task("image") if given.keys() <= m.cls.Options.model_fields.keys()]
    ready = [m for m in able if m.status()[0] == "ready"]
    if not ready:
        words = f"No model that is ready here takes {' and '.join(sorted(given))}; GET /api/v1/models lists them all."
        raise Refused(words, "image", "model_not_ready")
    return min(ready, key=lambda model: (model.draft, not model.needs_files))


def requests_for(wish: ImageWish, model: Model, given: dict[str, Any]) -> list[GenerationRequest]:
    """One request for each picture; a seed that was named counts on from one to the next."""
    takes = model.schema()["properties"]
    said = {name: value for name in OURS if name in takes and (value := getattr(wish, name)) is not None}
    size = wish.finish.size
    if size and {"width", "height"} <= takes.keys():
        said |= sizes.sides_for(takes, size)
    first = -1 if wish.seed is None else wish.seed
    seeds = [-1 if first == -1 else (first + n) % 2**32 for n in range(wish.n or 1)]
    options = {"prompt": wish.prompt, **said, **given}
    return [GenerationRequest(model=model.id, options={**options, "seed": seed}) for seed in seeds]
