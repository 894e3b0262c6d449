"""What a film is made of, as a file from which it can be made again: every clip's hash, model, revision, seed, licence
and recipe, and what these were made from; and the credits, for people to read. The same film has the same manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from pydantic import Field, ValidationError

from pipelines import catalogue, hub, weights
from pipelines.base import Kind, faults_of
from pipelines.faults import Fault, Invalid
from studio import __version__
from studio.timeline.items import Clip
from studio.timeline.model import Timeline
from studio.types import Asset, Frozen, Recipe

Find = Callable[[Iterable[str]], Mapping[str, Asset]]
MOST_BYTES = 64 << 20


class NoFilm(Invalid):
    """The asset was not exported from a timeline."""


class ModelFacts(Frozen):
    """A model as the film used it. `licence` is "" where nobody knows the model any more."""

    id: str
    title: str
    revision: str
    licence: str
    commercial: bool
    draft: bool
    link: str


class Used(Frozen):
    """A file of the film, or one that such a file was made from; that has no `places`."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    name: str
    kind: Kind
    bytes: int
    model: str | None
    revision: str | None
    seed: int | None
    licence: str | None
    recipe: Recipe | None
    places: list[str]


class Film(Frozen):
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    name: str
    bytes: int
    format: str
    settings: dict[str, Any]


class Manifest(Frozen):
    """`media` is in an order in which it can be made: what something is made from comes before it."""

    homereel_manifest: Literal[1] = 1
    studio: str = __version__
    film: Film
    models: list[ModelFacts]
    media: list[Used]
    timeline: dict[str, Any]


def manifest(film: Asset, find: Find) -> Manifest:
    """The manifest of an exported film; `find` gives assets by their ids. Takes that wait beside those that play are no
    part of the film. Raises `NoFilm`."""
    if film.recipe is None or film.recipe.model != "export":
        raise NoFilm(f"{film.name} was not exported from a timeline.", "Its own recipe is in the asset.")
    given = film.recipe.options
    timeline = Timeline.parse(given["timeline"])
    media = {asset.id: asset for asset in in_order(sorted(timeline.assets()), find)}
    return Manifest(
        film=Film(sha256=film.id, name=film.name, bytes=film.bytes, format=given["format"], settings=given["settings"]),
        models=[facts_of(*model) for model in sorted({(r.model, r.revision) for r in recipes(media.values())})],
        media=[used_of(asset, places(timeline).get(asset.id, [])) for asset in media.values()],
        timeline=timeline.dump(),
    )


def in_order(ids: Iterable[str], find: Find, seen: set[str] | None = None) -> list[Asset]:
    """The assets and all that they were made from, the latter first, each once. What is not there is left out."""
    seen, found = set() if seen is None else seen, list[Asset]()
    new = [id for id in dict.fromkeys(ids) if id not in seen]
    seen.update(new)
    there = find(new)
    for asset in (there[id] for id in new if id in there):
        found += [*in_order(sources(asset.recipe), find, seen), asset]
    return found


def sources(recipe: Recipe | None) -> list[str]:
    """The ids of the assets that a recipe is made from."""
    if recipe is None:
        return []
    try:
        names = catalogue.find(recipe.model).cls.Options.media()
    except Fault:
        return []
    given = (recipe.options.get(name) for name in names)
    return [id for one in given if one for id in ([one] if isinstance(one, str) else one)]


def recipes(media: Iterable[Asset]) -> Iterable[Recipe]:
    return (asset.recipe for asset in media if asset.recipe)


def facts_of(id: str, revision: str) -> ModelFacts:
    model = next((model for model in catalogue.models() if model.id == id), None)
    if model is None:
        return ModelFacts(id=id, title=id, revision=revision, licence="", commercial=False, draft=False, link="")
    said = {name: getattr(model, name) for name in ("title", "licence", "commercial", "draft")}
    page = hub.page(model.repo) if model.repo and not weights.is_local(model) else ""
    return ModelFacts(id=id, revision=revision, link=model.link or page, **said)


def used_of(asset: Asset, where: list[str]) -> Used:
    recipe = asset.recipe
    return Used(
        sha256=asset.id, name=asset.name, kind=asset.kind, bytes=asset.bytes, places=where, recipe=recipe,
        model=recipe.model if recipe else None, revision=recipe.revision if recipe else None,
        seed=recipe.options.get("seed") if recipe else None,
        licence=facts_of(recipe.model, recipe.revision).licence if recipe else None,
    )  # fmt: skip


def places(timeline: Timeline) -> dict[str, list[str]]:
    """Where each asset plays: `tracks[0].items[2]`."""
    found: dict[str, list[str]] = {}
    for t, track in enumerate(timeline.tracks):
        for n, item in enumerate(track.items):
            if isinstance(item, Clip):
                found.setdefault(item.asset, []).append(f"tracks[{t}].items[{n}]")
    return found


def read(text: str | bytes) -> Manifest:
    """A manifest from its file. Raises `Invalid`, naming what is wrong with it."""
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        raise Invalid(
            f"This is no film's manifest: {faults_of(error, 'manifest')}.",
            "`studio export` writes one beside every film.",
        ) from None


def credits(told: Manifest) -> str:
    """Who and what made the film, and under which licences, as plain text."""
    title = told.timeline.get("title") or told.film.name
    lines = [title, "=" * len(title), "", f"Made with Homereel {told.studio}.", ""]
    if told.models:
        lines += ["Made by models, under these licences:", ""]
        for model in told.models:
            made = [one for one in told.media if (one.model, one.revision) == (model.id, model.revision)]
            lines += [*credit(model, made), ""]
    if given := [one for one in told.media if not one.recipe]:
        lines += ["Given, and not made here:", "", *(f"  {one.name} ({one.sha256[:12]})" for one in given), ""]
    return "\n".join(lines)


def credit(model: ModelFacts, made: list[Used]) -> list[str]:
    """A model's lines of the credits."""
    rights = "" if model.commercial else ", not for commercial use"
    count = f"{len(made)} {'file' if len(made) == 1 else 'files'}"
    licence = f"    {model.licence or 'licence unknown'}{rights}; {count}"
    link = [f"    {model.link}"] if model.link else []
    return [f"  {model.title} ({model.id}, revision {model.revision})", licence, *link]
