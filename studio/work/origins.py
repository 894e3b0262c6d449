"""How a job's files were made, in the IPTC's words: by a trained model, by the draft models' algorithms, or put
together from such and from what was given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from pipelines import catalogue
from pipelines.base import Model
from studio.library.marks import Origin, composed
from studio.settings import Settings
from studio.types import Asset


def wanted(home: Path) -> bool:
    """Whether files are to say it at all."""
    return Settings.load(home).content_credentials


def of_model(model: Model, tags: Iterable[str] = ()) -> Origin:
    """`tags` are the take's: a voice that only passes on says with `draft` that a draft voice spoke."""
    if model.task == "restore":
        return "algorithmicallyEnhanced"
    return "algorithmicMedia" if model.draft or "draft" in tags else "trainedAlgorithmicMedia"


def of_asset(asset: Asset) -> Origin | None:
    """By its recipe: None for what was given. What nobody knows any more was made by some model, or was a film."""
    if asset.recipe is None:
        return None
    model = next((model for model in catalogue.models() if model.id == asset.recipe.model), None)
    if model is None:
        return "compositeSynthetic" if asset.recipe.model == "export" else "trainedAlgorithmicMedia"
    return of_model(model, asset.tags)


def of_film(media: Mapping[str, Asset]) -> Origin | None:
    return composed([of_asset(asset) for asset in media.values() if asset.kind in ("image", "video", "audio")])
