"""Writes a piece as a MIDI file that lasts as long as its sound and opens well in a notation or music program."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from pipelines.draft.score.compose import Piece

TICKS = 960
CHANNEL_LEVELS = {"lead": 104, "chords": 84, "pad": 70, "arp": 72, "bass": 100, "drums": 100}
VOLUME, PAN, REVERB = 7, 10, 91


def write_midi(path: Path, piece: Piece) -> Path:
    """One track for each part; tempo, metre, key and section names as events."""
    midi: Any = import_module("symusic")
    score = midi.Score(TICKS)
    score.tempos.append(midi.Tempo(0, piece.form.bpm))
    score.time_signatures.append(midi.TimeSignature(0, piece.form.metre, 4))
    score.key_signatures.append(midi.KeySignature(0, _fifths(piece), int(piece.brief.key.minor)))
    for section in piece.form.sections:
        score.markers.append(midi.TextMeta(section.start * piece.form.metre * TICKS, section.name))
    end = round(piece.beats * TICKS)
    for part in piece.parts:
        track = midi.Track(name=part.role, program=part.program, is_drum=part.drum)
        for kind, value in ((VOLUME, CHANNEL_LEVELS[part.role]), (PAN, 64), (REVERB, 40)):
            track.controls.append(midi.ControlChange(0, kind, value))
        for note in part.notes:
            start = min(round(note.start * TICKS), end - 1)
            stop = min(max(start + 1, round((note.start + note.beats) * TICKS)), end)
            track.notes.append(midi.Note(start, stop - start, note.pitch, int(note.force)))
        score.tracks.append(track)
    score.dump_midi(str(path))
    return path


def _fifths(piece: Piece) -> int:
    """The key signature as sharps (above nought) or flats."""
    key = piece.brief.key
    home = key.tonic + {"major": 0, "minor": 3, "dorian": 10, "phrygian": 8}[key.mode]
    return (home * 7 + 5) % 12 - 5
