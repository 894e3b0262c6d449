"""Films, over HTTP: a brief in, a job out; and every stage between, to look at and change."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Response

from studio.api.jobs import REPLAYED, Key, Limit
from studio.api.letter import Letter
from studio.api.projects import version_of
from studio.director import film
from studio.director.film import Change
from studio.director.films import Film, Films
from studio.director.plan import Brief, Stage
from studio.studio import Studio
from studio.types import Job

IfMatch = Annotated[
    str | None, Header(alias="If-Match", description="Refuse when the film is no longer as its ETag said")
]


class Wish(Brief):
    """A brief, and how far to go with it at once."""

    until: Stage = "film"


def router(studio: Studio) -> APIRouter:
    routes, films = APIRouter(tags=["films"], route_class=Letter), Films(studio.db, studio.queue)

    @routes.post("/films", status_code=202, responses=REPLAYED)
    def make(wish: Wish, response: Response, idempotency_key: Key = None) -> Job:
        """Make a film of a brief. The job's result names the film's `plan`, its `project` and the `film` itself; with
        `until` it stops at its script, or at its takes, for somebody to look at them."""
        brief = Brief.model_validate(wish.model_dump(exclude={"until"}))
        job, replayed = film.start(studio, brief, until=wish.until, key=idempotency_key)
        response.status_code = 200 if replayed else 202
        return job

    @routes.get("/films")
    def every(limit: Limit = 50, before: str | None = None) -> dict[str, Any]:
        """Newest first, without their shots."""
        found = films.page(limit + 1, before)
        items = [summed(one) for one in found[:limit]]
        return {"items": items, "next": items[-1]["id"] if len(found) > limit else None}

    @routes.get("/films/{film_id}")
    def one(film_id: str, response: Response) -> dict[str, Any]:
        """A film as it is now: its plan, every shot with its picture and voice as far as they are made, and its job."""
        return told(films.get(film_id), response)

    @routes.patch("/films/{film_id}")
    def change(film_id: str, wanted: Change, response: Response, if_match: IfMatch = None) -> dict[str, Any]:
        """Change lines, pictures, order; lock a shot, or roll it again. What that touches is made anew by `go`."""
        version = version_of(if_match) if if_match else None
        return told(film.change(studio, film_id, wanted, if_version=version), response)

    @routes.post("/films/{film_id}/go", status_code=202)
    def go(film_id: str, until: Annotated[Stage, Body(embed=True)] = "film") -> Job:
        """Go on with a film until a stage: only what is not there yet is made."""
        return film.go(studio, film_id, until)

    def told(found: Film, response: Response) -> dict[str, Any]:
        response.headers["etag"] = f'"{found.version}"'  # of the plan, for If-Match: what is made changes without it
        response.headers["cache-control"] = "no-store"
        return film.shown(studio, found)

    return routes


def summed(found: Film) -> dict[str, Any]:
    return {
        "id": found.id, "title": found.plan.title if found.plan else "", "brief": found.brief.brief[:300],
        "seconds": found.brief.seconds, "project": found.project, "made": found.made, "job": found.job,
        "created": found.created, "updated": found.updated,
    }  # fmt: skip
