"""The best voice that is ready: Riva's, Kokoro's, else eSpeak's. Where one fails the next one speaks, and the take says
who spoke, and why the others did not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import Field

from pipelines import base, catalogue
from pipelines.base import Context, Model, Pipeline, Status
from pipelines.faults import Cancelled, Fault, Invalid, Unavailable
from pipelines.spoken.options import SpokenOptions
from pipelines.spoken.script import Say, read_cast
from pipelines.spoken.voices import Voice, meant, nearest, offered, tag
from pipelines.spoken.writing import script_language

RANKED = ("riva", "kokoro", "draft-speech")
WOMAN = "+f3"
"""How eSpeak, whose voices are men's, sounds like a woman."""


def families() -> list[Model]:
    return [catalogue.find(name) for name in RANKED]


def ready() -> list[Model]:
    return [model for model in families() if model.status()[0] == "ready"]


def all_voices() -> list[Voice]:
    return [voice for model in ready() for voice in model.cls.voices()]  # type: ignore[attr-defined]


def owner(voice: str) -> Model | None:
    """Whose voice it is, ready or not."""
    for model in families():
        with suppress(ValueError, Fault):
            if model.id != "riva" or any(v.id == voice for v in model.cls.voices()):  # type: ignore[attr-defined]
                model.cls.Options.known(voice)  # type: ignore[attr-defined]
                return model
    return None


def offer(schema: dict[str, Any]) -> None:
    offered(schema, all_voices())


class BestOptions(SpokenOptions):
    voice: str = Field(
        "auto",
        max_length=200,
        title="Voice",
        description="Any voice there is, such as af_bella or en-gb; where it cannot speak, one like it does",
        json_schema_extra=offer,
    )
    language: str = Field(
        "auto",
        max_length=40,
        title="Language",
        description="Which language to find a voice for: en-us, fr, ja; auto looks at the text",
    )

    @classmethod
    def known(cls, voice: str) -> str:
        if voice != "auto" and owner(voice) is None:
            raise ValueError(f"there is no voice {voice[:60]!r}; {meant(all_voices(), voice)}auto finds one")
        return voice


class BestVoice(Pipeline):
    """Yields speech.wav and speech.vtt, as the family that spoke makes them. `told` says which it was, and whether its
    take is a draft. Raises `Unavailable` when none could."""

    Options = BestOptions

    def __init__(self, model: Model):
        super().__init__(model)
        self.loaded: dict[str, Pipeline] = {}

    @classmethod
    def status(cls, model: Model) -> tuple[Status, str]:
        return ("ready", "") if ready() else families()[-1].status()

    @classmethod
    def voices(cls) -> list[Voice]:
        return all_voices()

    def unload(self) -> None:
        while self.loaded:
            self.loaded.popitem()[1].unload()

    def run(self, options: BestOptions, context: Context) -> Iterator[Path]:
        passed_over: dict[str, str] = {}
        attempt = Attempt(context)
        for model in ranked(options.voice):
            try:
                files = self.spoken_by(model, options, attempt.at(model))
            except Cancelled:
                raise
            except Exception as error:  # whatever keeps one voice from speaking, the next one may
                passed_over[model.id] = str(error).strip()[:300] or type(error).__name__
                continue
            self.told = self.tale(model, passed_over)
            yield from files
            return
        reasons = "; ".join(f"{name}: {why}" for name, why in passed_over.items())
        raise Unavailable(f"No voice could speak. {reasons}"[:900], "Choose a voice of your own, or retry.")

    def spoken_by(self, model: Model, options: BestOptions, attempt: Attempt) -> list[Path]:
        status, why = model.status()
        if status != "ready":
            raise Unavailable(why)
        wanted = translated(model, options)
        if model.id not in self.loaded:
            attempt.progress(0, f"loading {model.title}")
            loading = model.cls(model)
            loading.load()
            self.loaded[model.id] = loading
        files = list(self.loaded[model.id].run(wanted, attempt))
        return [file.rename(attempt.outside.workdir / file.name) for file in files]

    def tale(self, model: Model, passed_over: dict[str, str]) -> dict[str, Any]:
        tags = [model.id, *(["draft"] if model.draft else [])]
        told = {"speaker": model.id, "draft": model.draft, "passed_over": passed_over, "tags": tags}
        return {**dict(self.loaded[model.id].told), **told}


class Attempt:
    """One family's try at the job: a folder of its own, and progress that never goes back."""

    def __init__(self, outside: Context):
        self.outside, self.so_far, self.title = outside, 0.0, ""

    def at(self, model: Model) -> Attempt:
        self.workdir, self.title = self.outside.workdir / model.id, model.title
        self.workdir.mkdir(exist_ok=True)
        return self

    def progress(self, fraction: float, note: str = "") -> None:
        self.so_far = max(self.so_far, fraction)
        self.outside.progress(self.so_far, f"{self.title}: {note}")


def ranked(voice: str) -> list[Model]:
    """The families, best first; but the one whose voice was asked for before all others."""
    first = owner(voice) if voice != "auto" else None
    return sorted(families(), key=lambda model: first is None or model.id != first.id)


def translated(model: Model, options: BestOptions) -> base.Options:
    """The same text for this family: each voice its own, or the nearest that it has. Raises `Invalid` when it has
    none for a language."""
    said = [part for part in options.script() if isinstance(part, Say)]
    own = read_cast(options.cast)
    marked = {part.voice for part in said if part.voice} | set(own.values())
    cast = {name: voice_in(model, voice, options) for name, voice in ({v: v for v in marked} | own).items()}
    narrator = voice_in(model, options.voice, options)
    language = "auto" if options.voice == "auto" else options.language
    return model.options(
        text=options.text, voice=narrator, language=language, speed=options.speed, cast=cast, lexicon=options.lexicon,
        seed=options.seed,
    )  # fmt: skip


def voice_in(model: Model, said: str, options: BestOptions) -> str:
    """The family's voice that is meant, or is most like the one that is."""
    whose = owner(said) if said != "auto" else None
    if whose and whose.id == model.id:
        return said
    usual = str(model.defaults.get("voice", model.cls.Options.model_fields["voice"].default))
    if whose:
        like = described(whose, said)
        language, sex = like.language, like.sex
    else:
        language = options.language if options.language != "auto" else script_language(options.text, "en")
        sex = ""
        if not language:
            return usual
    voices = list(model.cls.voices())  # type: ignore[attr-defined]
    found = nearest(sorted(voices, key=lambda voice: voice.id != usual), tag(language), sex)
    if found is None:
        raise Invalid(f"{model.title} has no voice for {language}.")
    return found.id + (WOMAN if model.draft and sex == "f" else "")


def described(model: Model, said: str) -> Voice:
    """A voice of that family, as far as its name tells."""
    first = said.partition("+")[0].partition(":")[0]
    found = next((v for v in model.cls.voices() if v.id.lower() == first.lower()), None)  # type: ignore[attr-defined]
    if found is None and model.id == "kokoro":
        from pipelines.spoken.kokoro_voices import voice

        found = voice(first)
    character = said.partition("+")[2] if model.draft else ""
    language, sex = (found.language, found.sex) if found else ("en", "")
    return Voice(said, said, language, character[:1] if character[:1] in ("f", "m") else sex)
