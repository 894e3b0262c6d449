"""Stems for a music program: each row's sound as a WAV as long as the film, the MIDI of music that has one, and a MIDI
file with the film's tempo and markers. Ardour, and every other program, takes them at the session's start."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.timeline.export.handover import bundle
from studio.timeline.export.master import master, voice
from studio.timeline.export.order import EmptyFilm, Order, Report
from studio.timeline.model import Timeline, Track
from studio.types import Asset

TEMPO = 120.0


def write(order: Order) -> Report:
    """A zip of stems/NAME.wav (48 kHz, 16 bits, stereo), tempo.mid, and stems.json, which says what is what."""
    timeline = order.timeline
    rows = [n for n, track in enumerate(timeline.tracks) if heard(track, order.media)]
    if not rows:
        raise EmptyFilm("Nothing on this timeline sounds.", "Add music, speech or sound first.")
    names = [name_of(n, timeline.tracks[n]) for n in rows]
    bpm = tempo(timeline, order.media)
    listed = [
        {"file": f"stems/{name}", "track": n, "role": timeline.tracks[n].role}
        for n, name in zip(rows, names, strict=True)
    ]
    facts = {"bpm": bpm, "seconds": float(timeline.seconds), "rate": 48_000, "stems": listed}
    pages: bundle.Pages = {"stems.json": json.dumps(facts, indent=1), "tempo.mid": tempo_map(timeline, bpm)}
    pages |= bundle.project_pages(timeline, {})
    with tempfile.TemporaryDirectory(dir=order.out.parent) as folder:
        for place, (n, name) in enumerate(zip(rows, names, strict=True)):
            order.progress(0.9 * place / len(rows), f"{name}: {place + 1} of {len(rows)}")
            stem = Path(folder) / f"{place}.wav"
            master(alone(timeline, n), order.media, stem, voice("wav", 0), order.alive)
            pages[f"stems/{name}"] = stem
        bundle.write(order.out, pages, {}, order.progress)
    return Report(order.out, frames=timeline.frames)


def name_of(n: int, track: Track) -> str:
    """A file name that every system takes: the row's number and what it is called."""
    words = re.findall(r"\w+", track.name or track.role or "")
    return "-".join([f"{n + 1:02d}", *words])[:60].lower() + ".wav"


def heard(track: Track, media: Mapping[str, Asset]) -> bool:
    ids = [getattr(item, "asset", "") for item in track.items]
    return any(media[id].kind == "audio" or media[id].sound for id in ids if id in media)


def alone(timeline: Timeline, n: int) -> Timeline:
    """The film with one row to be heard, as loud as it stands: with gains and fades, without ducking or a master."""
    tracks = tuple(
        track.model_copy(update={"muted": at != n, "solo": False, "duck": False})
        for at, track in enumerate(timeline.tracks)
    )
    return timeline.model_copy(update={"tracks": tracks, "loudness_lufs": None})


def tempo(timeline: Timeline, media: Mapping[str, Asset]) -> float:
    """Beats a minute of the film's music, as its recipe says; 120 where nothing does."""
    for id in sorted(timeline.assets()):
        asset = media.get(id)
        said = asset.recipe.options.get("bpm") if asset and asset.recipe else None
        if isinstance(said, int | float) and 20 <= said <= 400:
            return float(said)
    return TEMPO


def tempo_map(timeline: Timeline, bpm: float) -> bytes:
    """A MIDI file of one tempo, with the timeline's markers at their times."""
    from symusic import Score, Tempo, TextMeta

    score: Any = Score(480)
    score.tempos.append(Tempo(0, bpm))
    for marker in sorted(timeline.markers, key=lambda marker: marker.frame):
        ticks = round(float(marker.frame / timeline.fps) * bpm / 60 * 480)
        score.markers.append(TextMeta(ticks, marker.name or "marker"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tempo.mid"
        score.dump_midi(path)
        return path.read_bytes()
