"""What the assistant may do: a table of tools over the verbs that the doors use, and nothing beside it. Each says what
it takes, and whether it is to be asked about before it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import Field, ValidationError

from pipelines.base import faults_of
from pipelines.faults import Invalid
from studio import takes
from studio.director import film as director
from studio.director.film import Change, ShotChange
from studio.director.films import Film, Films, film_of
from studio.studio import Studio
from studio.timeline.edit import verbs
from studio.timeline.edit.ending import shortened
from studio.timeline.edit.splice import rebuilt
from studio.timeline.items import Clip, Title
from studio.timeline.media import check_against
from studio.timeline.model import Timeline
from studio.types import Frozen, Job


@dataclass
class Hand:
    """The project under the assistant's hands, and the jobs that it has asked for."""

    studio: Studio
    project: str
    jobs: list[str] = field(default_factory=list)

    @property
    def timeline(self) -> Timeline:
        return Timeline.parse(self.studio.projects.get(self.project).timeline)

    @property
    def film(self) -> Film | None:
        """The film that was cut into this project, if it was one."""
        row = self.studio.db.one("select * from film where project = ? order by n desc limit 1", self.project)
        return film_of(row) if row else None

    def save(self, timeline: Timeline, label: str) -> None:
        check_against(timeline, self.studio.library.many(timeline.assets()))
        self.studio.projects.save(self.project, timeline, label=label)

    def asked_for(self, job: Job) -> Job:
        self.jobs.append(job.id)
        return job


class Nothing(Frozen):
    pass


class Search(Frozen):
    query: str = Field(min_length=1, max_length=300)
    kind: Literal["", "image", "video", "audio"] = ""


class Retake(Frozen):
    shot: int = Field(ge=1, le=1000, description="Which shot, counted from 1")
    change: str = Field(min_length=1, max_length=500, description="What is to be different, in a few words")


class Line(Frozen):
    shot: int = Field(ge=1, le=1000)
    line: str = Field(max_length=600, description="What is said over it")


class Length(Frozen):
    seconds: float = Field(ge=1, le=3600)


class Music(Frozen):
    change: str = Field(min_length=1, max_length=500, description="How the music is to be")


class Volume(Frozen):
    row: Literal["voice", "music", "sound"]
    db: float = Field(ge=-24, le=24, description="How much louder (or, below 0, quieter), in dB")


class Words(Frozen):
    text: str = Field(min_length=1, max_length=200)


class Shown(Frozen):
    on: bool


class Edits(Frozen):
    edits: list[dict[str, Any]] = Field(min_length=1, max_length=20, description="Edits of the timeline: {verb, ...}")


class Format(Frozen):
    format: Literal["mp4", "mov", "webm", "mkv", "gif", "wav", "srt", "vtt", "otio", "zip"] = "mp4"


# --- the tools -------------------------------------------------------------------------------------------------------


def search(hand: Hand, given: Search) -> str:
    """Find files in the library."""
    found = hand.studio.library.list(q=given.query, kind=given.kind or None, limit=8).items
    return "; ".join(f"{asset.name} ({asset.kind})" for asset in found) or "Nothing in the library is called that."


def retake(hand: Hand, given: Retake) -> str:
    """Another take of a shot, with something different about it. It comes into its place by itself."""
    track, at, clip = pictures(hand.timeline, given.shot)
    had = hand.studio.library.get(clip.asset)
    prompt = str(had.recipe.options.get("prompt", "")) if had.recipe else ""
    another(hand, track, at, f"{given.change}, {prompt}")
    return f"Shot {given.shot} is being made anew: {given.change}."


def another(hand: Hand, track: int, at: int, prompt: str) -> None:
    """Ask for another take of a clip."""
    wish = takes.TakeRequest(track=track, at=at, options={"prompt": prompt.strip(" ,")[:1900]})
    version = hand.studio.projects.get(hand.project).version
    hand.asked_for(takes.ask(hand.studio, hand.project, wish, if_version=version)[0])


def say_line(hand: Hand, given: Line) -> str:
    """Change what is said over a shot of a film made from a brief; the film is cut anew."""
    film = planned(hand)
    assert film.plan
    if given.shot > len(film.plan.shots):
        raise Invalid(f"The film has {len(film.plan.shots)} shots.", "Name one of them.")
    shot = film.plan.shots[given.shot - 1]
    director.change(hand.studio, film.id, Change(shots=(ShotChange(id=shot.id, line=given.line),)))
    hand.asked_for(director.go(hand.studio, film.id, "film"))
    return f"Shot {given.shot} says “{given.line}”; the film is being cut anew."


def shorten(hand: Hand, given: Length) -> str:
    """End the film at a second: what comes after it goes."""
    timeline = hand.timeline
    frames = round(given.seconds * timeline.fps)
    if frames >= timeline.frames:
        return f"The film lasts {float(timeline.seconds):.0f} s already."
    hand.save(shortened(timeline, frames), f"Shorten to {given.seconds:g} s")
    return f"The film ends at {given.seconds:g} s."


def music(hand: Hand, given: Music) -> str:
    """Other music in the place of the music that is there."""
    timeline = hand.timeline
    for t, track in enumerate(timeline.tracks):
        for n, item in enumerate(track.items):
            if track.role == "music" and isinstance(item, Clip):
                had = hand.studio.library.get(item.asset)
                prompt = str(had.recipe.options.get("prompt", "")) if had.recipe else ""
                wish = takes.TakeRequest(
                    track=t, at=n, options={"prompt": f"{given.change}, {prompt}".strip(" ,")[:1900]}
                )
                version = hand.studio.projects.get(hand.project).version
                hand.asked_for(takes.ask(hand.studio, hand.project, wish, if_version=version)[0])
                return f"Music is being made: {given.change}."
    raise Invalid("There is no music on the timeline.", "Add some first.")


def volume(hand: Hand, given: Volume) -> str:
    """Make a row of sound louder or quieter."""
    roles = {"voice": ("narration",), "music": ("music",), "sound": ("effects", None)}[given.row]
    timeline = hand.timeline
    tracks = tuple(
        rebuilt(t, gain_db=max(-96.0, min(24.0, t.gain_db + given.db))) if t.kind == "audio" and t.role in roles else t
        for t in timeline.tracks
    )
    if tracks == timeline.tracks:
        raise Invalid(f"There is no row for {given.row}.", "Add one on the timeline.")
    hand.save(rebuilt(timeline, tracks=tracks), f"{given.row.capitalize()} {given.db:+g} dB")
    return f"The {given.row} is {abs(given.db):g} dB {'louder' if given.db > 0 else 'quieter'}."


def retitle(hand: Hand, given: Words) -> str:
    """Change the words of the film's first title, and the project's name."""
    timeline, done = hand.timeline, False
    tracks = []
    for track in timeline.tracks:
        items = list(track.items)
        for n, item in enumerate(items):
            if isinstance(item, Title) and not done:
                items[n], done = rebuilt(item, text=given.text), True
        tracks.append(rebuilt(track, items=tuple(items)))
    hand.save(rebuilt(timeline, tracks=tuple(tracks), title=given.text), "Change the title")
    hand.studio.projects.save(hand.project, title=given.text)
    return f"The film is called “{given.text}”."


def captions(hand: Hand, given: Shown) -> str:
    """Show the captions, or hide them."""
    timeline = hand.timeline
    tracks = tuple(rebuilt(t, muted=not given.on) if t.kind == "captions" else t for t in timeline.tracks)
    hand.save(rebuilt(timeline, tracks=tracks), "Captions on" if given.on else "Captions off")
    return f"Captions are {'shown' if given.on else 'hidden'}."


def edit(hand: Hand, given: Edits) -> str:
    """Edit the timeline by the verbs of its editor, all together or, when one is at fault, none."""
    timeline, labels = hand.timeline, list[str]()
    for message in given.edits:
        timeline, label = verbs.apply(timeline, message)
        labels.append(label)
    hand.save(timeline, labels[0] if len(labels) == 1 else f"{len(labels)} edits")
    return ", ".join(dict.fromkeys(labels)) + "."


def export(hand: Hand, given: Format) -> str:
    """Write the film to a file."""
    job = hand.asked_for(hand.studio.export(hand.project, given.format)[0])
    return f"The film is being written as {given.format} (job {job.id})."


@dataclass(frozen=True)
class Tool:
    takes: type[Frozen]
    run: Callable[[Hand, Any], str]
    asks: str = ""
    """Why a person is asked first: it is slow, or it takes something away. Empty when it is neither."""

    @property
    def about(self) -> str:
        return (self.run.__doc__ or "").strip()


TOOLS: dict[str, Tool] = {
    "search": Tool(Search, search),
    "retake": Tool(Retake, retake, "makes a shot anew, which takes a while"),
    "line": Tool(Line, say_line, "cuts the film anew, which takes a while"),
    "shorten": Tool(Length, shorten, "takes away what comes after it"),
    "music": Tool(Music, music, "makes music, which takes a while"),
    "volume": Tool(Volume, volume),
    "title": Tool(Words, retitle),
    "captions": Tool(Shown, captions),
    "edit": Tool(Edits, edit),
    "export": Tool(Format, export, "writes the film, which takes a while"),
}


def checked(name: str, arguments: dict[str, Any]) -> Frozen:
    """A tool's arguments. Raises `Invalid` for a tool that is not in the table, or for what it does not take."""
    if name not in TOOLS:
        raise Invalid(f"There is no tool {name!r}.", f"Choose one of: {', '.join(TOOLS)}.")
    try:
        return TOOLS[name].takes.model_validate(arguments)
    except ValidationError as error:
        raise Invalid(faults_of(error, name), f"It takes: {', '.join(TOOLS[name].takes.model_fields)}.") from None


def planned(hand: Hand) -> Film:
    film = hand.film
    if film is None or film.plan is None:
        raise Invalid("This project was not made from a brief.", "Change its lines on the timeline.")
    return Films(hand.studio.db, hand.studio.queue).get(film.id)


def pictures(timeline: Timeline, shot: int) -> tuple[int, int, Clip]:
    """The n-th shot of the first row of pictures that has any."""
    for t, track in enumerate(timeline.tracks):
        clips = [(n, item) for n, item in enumerate(track.items) if isinstance(item, Clip)]
        if track.kind == "video" and clips:
            if shot > len(clips):
                raise Invalid(f"There are {len(clips)} shots.", "Name one of them.")
            return t, clips[shot - 1][0], clips[shot - 1][1]
    raise Invalid("There are no shots on the timeline.", "Make a film first.")
