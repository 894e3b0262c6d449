"""eSpeak NG's voices, read from its data files: listing them neither loads nor runs its library."""

from __future__ import annotations

from ctypes.util import find_library
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.faults import Unavailable

SYSTEM_DATA = ("/usr/lib/*/espeak-ng-data", "/usr/share/espeak-ng-data", "/usr/local/share/espeak-ng-data",
               "/opt/homebrew/share/espeak-ng-data")  # fmt: skip


class NoEspeak(Unavailable):
    """Neither the espeakng-loader package nor the system brings eSpeak NG."""


@dataclass(frozen=True)
class Voice:
    """A voice by the id a request names it by; `language` is a BCP 47 tag, `file` where eSpeak keeps it."""

    id: str
    name: str
    language: str
    file: str


@cache
def places() -> tuple[str, Path]:
    """The library and the folder of its data: from the wheel, else from the system."""
    try:
        import espeakng_loader

        library, data = Path(espeakng_loader.get_library_path()), Path(espeakng_loader.get_data_path())
        if library.exists():
            return str(library), data
    except (ImportError, RuntimeError):
        pass
    for pattern in SYSTEM_DATA:
        for data in sorted(Path("/").glob(pattern[1:])):
            if name := find_library("espeak-ng"):
                return name, data
    raise NoEspeak("eSpeak NG was not found.", "Run ./setup.sh run, or install the package espeak-ng.")


@cache
def voices() -> tuple[Voice, ...]:
    """One for each language and accent that has its dictionary, by id."""
    folder = places()[1] / "lang"
    found = (voice_of(file, folder) for file in sorted(folder.rglob("*")) if file.is_file())
    return tuple(sorted({v.id: v for v in found if v}.values(), key=lambda v: v.id))


def voice_of(file: Path, folder: Path) -> Voice | None:
    said: dict[str, str] = {}
    for line in file.read_bytes().decode("utf-8", errors="replace").splitlines():
        key, _, value = line.strip().partition(" ")
        said.setdefault(key, value.strip())
    language = said.get("language", "").split(" ")[0]
    words = folder.parent / f"{said.get('dictionary') or language.split('-')[0]}_dict"
    where = file.relative_to(folder).as_posix()
    return Voice(language, said.get("name", language), language, where) if language and words.exists() else None


@cache
def characters() -> tuple[str, ...]:
    """Ways to say it that go with any voice, as in `en-gb+f3`."""
    return tuple(sorted(p.name for p in (places()[1] / "voices" / "!v").glob("*") if p.is_file()))


def find(voice_id: str) -> tuple[Voice, str] | None:
    """The voice and the character an id such as `en-gb` or `en-gb+f3` names; case does not count."""
    base, plus, character = voice_id.strip().partition("+")
    voice = next((v for v in voices() if v.id.lower() == base.lower().replace("_", "-")), None)
    chosen = next((c for c in characters() if c.lower() == character.lower()), None) if plus else ""
    return None if voice is None or chosen is None else (voice, chosen)
