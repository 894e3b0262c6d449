"""Composes a brief: form, harmony, tune and band, swung and humanised, into parts of notes. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipelines.draft.score import band
from pipelines.draft.score.brief import ROLES, Brief
from pipelines.draft.score.form import Form, Section, shape
from pipelines.draft.score.harmony import Chord, spell, voice
from pipelines.draft.score.melody import Motif, Note, Singer, motif, phrase
from pipelines.draft.score.patterns import BASS, COMPS, CRASH, DRUMS, FIGURES, KICK

FORCE = {"lead": 88, "chords": 74, "pad": 66, "arp": 66, "bass": 86}
RANGES = {  # lead instruments that do not sing between 64 and 84
    0: (67, 86),
    9: (79, 96),
    10: (74, 93),
    8: (72, 91),
    14: (60, 77),
    22: (62, 81),
    27: (60, 79),
    29: (59, 79),
    30: (57, 77),
    41: (55, 74),
    42: (48, 67),
    56: (60, 79),
    57: (48, 65),
    60: (53, 70),
    61: (58, 75),
    65: (58, 77),
    66: (55, 74),
    70: (43, 60),
    73: (69, 88),
    99: (67, 86),
}
WINDOWS = {"chords": (52, 71), "pad": (55, 75), "arp": (62, 80)}
THRESHOLDS = {"pad": 0.0, "chords": 0.2, "arp": 0.58, "bass": 0.34, "drums": 0.3}
PLUCKED = {0, 4, 5, 6, 24, 25, 26, 27, 46, 10, 11}
PLAIN_TUNES = {"blues", "riff", "folk", "hook", "jig"}


@dataclass(frozen=True)
class Part:
    """One player. `notes` are in beats from the start."""

    role: str
    program: int
    drum: bool
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Piece:
    brief: Brief
    form: Form
    parts: tuple[Part, ...]

    @property
    def beats(self) -> float:
        """Its whole length in beats, the last chord with it."""
        return self.form.beats + self.form.ring


def compose(brief: Brief, entropy: tuple[int, ...]) -> Piece:
    """The same brief and entropy make the same notes; every role draws from a stream of its own."""
    streams = {name: np.random.default_rng([*entropy, i]) for i, name in enumerate(("form", "feel", *ROLES))}
    form = shape(brief)
    chords = _harmony(brief, form, streams["form"])
    writers: dict[str, Callable[[], list[Note]]] = {
        "lead": lambda: _lead(brief, form, chords, streams["lead"]),
        "chords": lambda: _comp(brief, form, chords, "chords", COMPS[brief.genre.comp], streams["chords"]),
        "pad": lambda: _comp(brief, form, chords, "pad", COMPS["pad"], streams["pad"]),
        "arp": lambda: _comp(brief, form, chords, "arp", FIGURES[brief.genre.figure], streams["arp"]),
        "bass": lambda: _bass(brief, form, chords, streams["bass"]),
    }
    parts = [
        Part(role, brief.programs[role], False, _felt(write(), brief, form, streams["feel"], 1.0))
        for role, write in writers.items()
        if role in brief.programs
    ]
    if "drums" not in brief.silent:
        notes = _felt(_drums(brief, form, streams["drums"]), brief, form, streams["feel"], 0.5)
        parts.append(Part("drums", brief.genre.kit or 0, True, notes))
    return Piece(brief, form, _to_the_end([p for p in parts if p.notes], form))


def _harmony(brief: Brief, form: Form, rng: np.random.Generator) -> list[Chord]:
    """A chord for each bar or half bar, and last the tonic that rings out."""
    first, second = brief.genre.minor if brief.key.minor else brief.genre.major
    chords: list[Chord] = []
    for section in form.sections:
        numerals = (second if section.name in ("B", "C", "build") else first).split()
        for bar in range(section.bars):
            cell = numerals[bar % len(numerals)].split(",")
            if bar == section.bars - 1 and section.end == form.bars and not brief.loop and len(numerals) < 12:
                cell = [_before_last(brief)]
            span = form.metre / len(cell)
            for i, numeral in enumerate(cell):
                chords.append(Chord((section.start + bar) * form.metre + i * span, span, spell(numeral, brief.key)))
    home = numerals_home(first if form.sections else ("i" if brief.key.minor else "I"), brief.key.minor)
    if brief.loop:
        return chords
    return [*chords, Chord(form.beats, form.ring, spell(home, brief.key))]


def numerals_home(progression: str, minor: bool) -> str:
    """The tonic as the genre dresses it."""
    home = "i" if minor else "I"
    dressed = [
        n for n in progression.replace(",", " ").split() if n.startswith(home) and n[1:2] not in ("I", "i", "V", "v")
    ]
    return dressed[0] if dressed else home


def _before_last(brief: Brief) -> str:
    """The chord before the last: a dominant, unless the genre comes home another way."""
    if brief.genre.name in ("ambient", "techno", "suspense", "funk"):
        return "iv" if brief.key.minor else "IV"
    if brief.genre.name in ("rock", "metal", "celtic"):
        return "VII" if brief.key.minor else "V"
    return "V7"


def _plays(role: str, section: Section, form: Form) -> bool:
    return len(form.sections) == 1 or section.energy >= THRESHOLDS[role]


def _comp(
    brief: Brief, form: Form, chords: list[Chord], role: str, figure: str, rng: np.random.Generator
) -> list[Note]:
    low, high = WINDOWS[role]
    if role == "chords" and "lead" in brief.programs and brief.programs["lead"] == brief.programs["chords"]:
        low, high = low - 4, high - 4  # one pair of hands: leave the right one its room
    voicings: list[tuple[int, ...]] = []
    for chord in chords:
        voicings.append(voice(chord.tones, voicings[-1] if voicings else None, low, high))
    notes: list[Note] = []
    for section in form.sections:
        if not _plays(role, section, form):
            continue
        sparse = section.name in ("intro", "outro", "break") and role == "chords" and section.energy < 0.3
        for bar in range(section.start, section.end):
            force = FORCE[role] * _swell(section, bar, brief)
            notes += band.comp_bar(
                COMPS["pad"] if sparse and figure[0] == "C" else figure, bar, form.metre, chords, voicings, force
            )
    if not brief.loop:
        roll = 0.06 if brief.programs[role] in PLUCKED else 0.0
        force = FORCE[role] * (0.85 if not form.sections else 0.6 + 0.4 * form.sections[-1].energy)
        wait = 0.25 if role == "arp" else roll
        notes += [Note(form.beats + i * wait, form.ring - i * wait, p, force) for i, p in enumerate(voicings[-1])]
    return notes


def _bass(brief: Brief, form: Form, chords: list[Chord], rng: np.random.Generator) -> list[Note]:
    low = 36 if brief.programs["bass"] in (42, 58, 0) else 28
    notes: list[Note] = []
    for section in form.sections:
        if not _plays("bass", section, form):
            continue
        quiet = section.energy < 0.5 and section.name in ("intro", "outro", "break", "C")
        line = BASS["whole" if quiet else brief.genre.line]
        for bar in range(section.start, section.end):
            notes += band.bass_bar(
                line, bar, form.metre, chords, brief.key, low, FORCE["bass"] * _swell(section, bar, brief), rng
            )
    if not brief.loop:
        root = low + (chords[-1].root - low) % 12
        notes.append(Note(form.beats, form.ring, root, FORCE["bass"]))
    return notes


def _lead(brief: Brief, form: Form, chords: list[Chord], rng: np.random.Generator) -> list[Note]:
    low, high = RANGES.get(brief.programs["lead"], (64, 84))
    ideas: dict[str, Motif] = {}
    notes: list[Note] = []
    alone = len(form.sections) == 1
    seen: list[str] = []
    for section in form.sections:
        name = "B" if section.name == "B" else "A"
        ideas.setdefault(name, motif(brief.genre.tune, rng))
        if not alone and section.name in ("intro", "build", "break", "outro"):
            continue
        again = seen.count(section.name)
        seen.append(section.name)
        if section.name == "C" and rng.random() < 0.5:
            continue
        lift = 3 if section.name == "B" else 0
        singer = Singer(brief.key, form.metre, low + lift, high + lift - 2, brief.genre.tune in PLAIN_TUNES)
        force = FORCE["lead"] * _swell(section, section.start, brief)
        for start in range(section.start, section.end, 4):
            length = min(4, section.end - start)
            sung = phrase(singer, ideas[name], start * form.metre, length, chords, force, rng)
            notes += _ornamented(sung, rng) if again else sung
    notes = [note for note in notes if note.start < form.beats]
    if not brief.loop and (notes or not form.sections):
        home = band.nearest(brief.key.tonic, notes[-1].pitch if notes else (low + high) // 2)
        notes.append(Note(form.beats, min(form.ring, 4.0) * 0.9, home, FORCE["lead"] * 0.85))
    return notes


def _ornamented(notes: list[Note], rng: np.random.Generator) -> list[Note]:
    """The second time round: a few long notes are split, a few short ones left out."""
    out: list[Note] = []
    for note in notes:
        draw = rng.random()
        if note.beats > 0.9 and draw < 0.2:
            half = note.beats / 2
            out += [
                Note(note.start, half, note.pitch, note.force),
                Note(note.start + half, half, note.pitch, note.force - 8),
            ]
        elif note.beats < 0.6 and draw < 0.1:
            continue
        else:
            out.append(note)
    return out


def _drums(brief: Brief, form: Form, rng: np.random.Generator) -> list[Note]:
    name = brief.genre.drums or ("waltz" if form.metre == 3 else "ballad")
    pattern = DRUMS[name]
    notes: list[Note] = []
    for number, section in enumerate(form.sections):
        if not _plays("drums", section, form) or (section.name == "break" and not brief.loop):
            continue
        last = number == len(form.sections) - 1
        for bar in range(section.start, section.end):
            through = (bar - section.start + 1) / section.bars
            if section.name == "build" and through > 0.5:
                notes += band.roll_bar(bar, form.metre, 2 * through - 1)
                continue
            turns = (
                bar == section.end - 1
                and section.bars > 1
                and section.energy > 0.45
                and not (last and brief.loop and section.bars < 4)
            )
            fill = (
                band.any_fill(rng, form.metre)
                if turns and name not in ("heartbeat", "onedrop", "bossa", "swing", "timpani")
                else None
            )
            notes += band.drum_bar(
                pattern, bar, form.metre, max(section.energy, 0.55 if len(form.sections) == 1 else 0), fill, rng
            )
        if section.energy > 0.7 and section.start:
            notes.append(band.struck(section.start * form.metre, CRASH, 86))
    if notes and not brief.loop and form.sections[-1].energy > 0.45:
        notes += [band.struck(form.beats, KICK, 100), band.struck(form.beats, CRASH, 92)]
    return [note for note in notes if note.start < form.beats or not brief.loop]


def _swell(section: Section, bar: int, brief: Brief) -> float:
    """How strongly a bar is played: the section's energy, rising through a build and breathing where music flows."""
    through = (bar - section.start) / section.bars
    level = 0.52 + 0.48 * section.energy
    if section.name == "build":
        level *= 0.85 + 0.25 * through
    elif brief.genre.form == "flow":
        level *= 0.92 + 0.12 * np.sin(np.pi * through)
    return float(level)


def _felt(notes: list[Note], brief: Brief, form: Form, rng: np.random.Generator, looseness: float) -> tuple[Note, ...]:
    """Swing, then a hand's small unevenness in time and force; nothing sticks out of the piece."""
    genre, end = brief.genre, form.beats + form.ring
    spread = looseness * genre.loose_ms / 1000 / form.beat_s
    felt = []
    for note in sorted(notes):
        late = rng.normal(0, spread) if spread and note.start < form.beats else 0.0
        start = min(max(0.0, _swung(note.start, genre.swing, genre.swing_step) + late), end - 0.01)
        force = int(np.clip(note.force + rng.normal(0, 3), 12, 127))
        felt.append(Note(start, min(note.beats, end - start), note.pitch, force))
    return tuple(felt)


def _swung(beat: float, amount: float, step: float) -> float:
    whole, within = divmod(beat, 2 * step)
    if within < step - 1e-6:
        return beat + within * amount
    return whole * 2 * step + step * (1 + amount) + (within - step) * (1 - amount)


def _to_the_end(parts: list[Part], form: Form) -> tuple[Part, ...]:
    """Hold the note that ends last until the very end, so that the score is as long as the sound."""
    end = form.beats + form.ring
    held = max((p for p in parts if not p.drum), key=lambda p: max(n.start + n.beats for n in p.notes), default=None)
    if held is None:
        held = parts[0]
    final = max(held.notes, key=lambda n: (n.start + n.beats, n.start))
    notes = tuple(n._replace(beats=end - n.start) if n is final else n for n in held.notes)
    return tuple(Part(p.role, p.program, p.drum, notes) if p is held else p for p in parts)
