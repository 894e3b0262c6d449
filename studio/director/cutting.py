"""Cuts a film together: shots to the narration and, where that allows, to the music's beats; titles, captions, sound.
Pure: takes in, a timeline out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from pipelines.vtt import Cue, Word
from studio.director.films import Film
from studio.director.plan import FPS, SHAPES, Plan, Shot
from studio.director.sheet import BREATH_S, FIRST_S, LEAD_S, Sheet, beds
from studio.timeline import captions
from studio.timeline.model import Timeline, Track
from studio.types import Asset

DISSOLVE, FADE = FPS // 2, FPS  # frames
SNAP_S = 0.3  # how far a cut moves to meet a beat
MUSIC_DB, BED_DB = -7.0, -17.0
DRIFTS = (
    ([0, 0, 1, 1], [0.06, 0.05, 0.88, 0.88]),
    ([0.1, 0.06, 0.88, 0.88], [0, 0.06, 0.88, 0.88]),
    ([0.06, 0.05, 0.88, 0.88], [0, 0, 1, 1]),
    ([0, 0.06, 0.88, 0.88], [0.12, 0.06, 0.88, 0.88]),
)
"""How pictures that stand still are passed over, one after the other."""


def cut(
    film: Film, sheet: Sheet, beats: Sequence[float] = (), cues: Mapping[str, Sequence[Cue]] | None = None
) -> Timeline:
    """The film on a timeline. `beats` are the music's, in seconds; `cues` each line's captions by its shot's id."""
    plan = film.plan
    assert plan, "a film is cut after it was planned"
    ends = on_beats(plan, sheet, beats)
    width, height = SHAPES[film.brief.aspect]
    rows = [
        track("Picture", "video", pictures(plan, sheet, ends)),
        track("Titles", "video", titles(plan, ends)),
        track("Voice", "audio", voices(plan, sheet, ends), role="narration"),
        track("Music", "audio", tune(sheet, ends[-1]), role="music", gain_db=MUSIC_DB, duck=True),
        track("Sound", "audio", ambience(plan, sheet, ends), role="effects", gain_db=BED_DB, duck=True, duck_db=-5),
    ]
    if film.brief.captions:
        row = captions.track(spoken(plan, sheet, ends, cues or {}), Fraction(FPS))
        rows.append(dumped(row) | {"name": "Captions"})
    markers = [{"frame": start, "name": shot.title, "color": "amber"}
               for shot, start in zip(plan.shots, ends, strict=False) if shot.title]  # fmt: skip
    return Timeline.parse({
        "version": 1, "title": plan.title, "fps": f"{FPS}/1", "width": width, "height": height, "loudness_lufs": -14,
        "markers": markers, "tracks": rows,
    })  # fmt: skip


def dumped(row: Track) -> dict[str, Any]:
    return row.model_dump(mode="json", by_alias=True, exclude_unset=True) | {"kind": row.kind}


def track(name: str, kind: str, items: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"kind": kind, "name": name, "items": items, **more}


def start_s(n: int) -> float:
    """How long after its cut a shot's line begins."""
    return FIRST_S if n == 0 else LEAD_S


def on_beats(plan: Plan, sheet: Sheet, beats: Sequence[float]) -> list[int]:
    """The frames at which shots begin, and the last one's end. A cut moves to the nearest beat, if the line before it
    is over by then, and the next one has its time."""
    ends, at = [0], 0.0
    for slot in sheet.slots:
        at += slot
        ends.append(round(at * FPS))
    said = [length(sheet.takes.get(f"voice-{shot.id}")) for shot in plan.shots]
    for n in range(1, len(ends) - 1):
        here = ends[n] / FPS
        near = min(beats, key=lambda beat: abs(beat - here), default=here)
        moved = round(near * FPS)
        quiet = ends[n - 1] / FPS + (start_s(n - 1) + said[n - 1] + BREATH_S / 2 if said[n - 1] else 1.0)
        room = moved / FPS + (start_s(n) + said[n] + BREATH_S / 2 if said[n] else 1.0)
        if abs(near - here) <= SNAP_S and moved / FPS >= quiet and room <= ends[n + 1] / FPS:
            ends[n] = moved
    return ends


def length(take: Any) -> float:
    return (take.asset.duration_s or 0.0) if take and take.asset else 0.0


def shows(sheet: Sheet, shot: Shot) -> Asset:
    take = sheet.takes.get(f"shot-{shot.id}") or sheet.takes[f"picture-{shot.id}"]
    assert take.asset
    return take.asset


def dissolves(plan: Plan) -> list[bool]:
    """Whether the cut after each shot is a dissolve: where the scene changes; in a poem, everywhere."""
    pairs = zip(plan.shots, plan.shots[1:], strict=False)
    return [a.scene != b.scene or plan.structure == "poem" for a, b in pairs]


def pictures(plan: Plan, sheet: Sheet, ends: list[int]) -> list[dict[str, Any]]:
    """The row of shots: a transition plays the frames that the shot before it has to spare."""
    soft, items = dissolves(plan), list[dict[str, Any]]()
    for n, shot in enumerate(plan.shots):
        wanted = ends[n + 1] - ends[n]
        last = n == len(plan.shots) - 1
        over = DISSOLVE if not last and soft[n] and min(wanted, ends[n + 2] - ends[n + 1]) > 2 * DISSOLVE else 0
        items.append(clip(shows(sheet, shot), wanted + over, n))
        items += [{"type": "transition", "name": "dissolve", "frames": over}] if over else []
    frames = min(FADE, items[-1]["frames"] // 2)
    return [*items, {"type": "transition", "name": "dissolve", "frames": frames}, {"type": "gap", "frames": frames}]


def clip(asset: Asset, frames: int, n: int) -> dict[str, Any]:
    """A shot at its length: a picture is passed over, a take that is too short plays slower and then holds."""
    item: dict[str, Any] = {"type": "clip", "asset": asset.id, "in": 0, "frames": frames}
    if asset.kind == "image":
        start, end = DRIFTS[n % len(DRIFTS)]
        return item | {"motion": {"from": start, "to": end, "ease": "in-out"}}
    item["muted"] = True
    has = int((asset.duration_s or 0) * FPS + 1e-3)
    if has < frames:
        slow = max(Fraction(3, 5), Fraction(max(1, has), frames))
        item |= {"speed": f"{slow.numerator}/{slow.denominator}", "freeze": True}
    return item


def titles(plan: Plan, ends: list[int]) -> list[dict[str, Any]]:
    """The film's title over its first shot (a trailer's over its last), and each shot's own words."""
    placed = list[tuple[int, int, dict[str, Any]]]()
    at_end = plan.structure == "trailer" and len(plan.shots) > 1
    first, end = (ends[-2] + FPS // 2, ends[-1] - FPS // 4) if at_end else (FPS // 2, max(ends[1] - FPS // 4, FPS * 2))
    if plan.title.strip():
        placed.append((first, min(end, first + 3 * FPS), {"style": "centre-card", "text": plan.title}))
    for n, shot in enumerate(plan.shots):
        if shot.title.strip():
            begin = max(ends[n] + FPS // 3, placed[-1][1] + 6 if placed and not at_end else 0)
            placed.append(
                (begin, min(ends[n + 1] - FPS // 4, begin + 4 * FPS), {"style": "lower-third", "text": shot.title})
            )
    items, at = list[dict[str, Any]](), 0
    for begin, end, what in sorted(placed, key=lambda one: one[0]):
        if begin < at or end - begin < FPS:
            continue
        fades = {"fade_in": 8, "fade_out": 8}
        items += [*gap(begin - at), {"type": "title", "frames": end - begin, **what, **fades}]
        at = end
    return items


def gap(frames: int) -> list[dict[str, Any]]:
    return [{"type": "gap", "frames": frames}] if frames > 0 else []


def voices(plan: Plan, sheet: Sheet, ends: list[int]) -> list[dict[str, Any]]:
    items, at = list[dict[str, Any]](), 0
    for n, shot in enumerate(plan.shots):
        take = sheet.takes.get(f"voice-{shot.id}")
        if take and take.asset:
            begin = max(at, ends[n] + round(start_s(n) * FPS))
            frames = max(1, int((take.asset.duration_s or 0) * FPS))
            items += [*gap(begin - at), {"type": "clip", "asset": take.asset.id, "in": 0, "frames": frames}]
            at = begin + frames
    return items


def spoken(plan: Plan, sheet: Sheet, ends: list[int], cues: Mapping[str, Sequence[Cue]]) -> list[Cue]:
    """What is said, in the film's seconds: each line's captions where its voice lies."""
    found, at = list[Cue](), 0
    for n, shot in enumerate(plan.shots):
        if lasts := length(sheet.takes.get(f"voice-{shot.id}")):
            begin = max(at, ends[n] + round(start_s(n) * FPS))
            at = begin + max(1, int(lasts * FPS))
            own = cues.get(shot.id) or [Cue(0.0, lasts, shot.line)]
            found += [moved(cue, begin / FPS) for cue in own]
    return found


def moved(cue: Cue, by: float) -> Cue:
    words = tuple(Word(w.text, w.start_s + by, w.end_s + by) for w in cue.words)
    return Cue(cue.start_s + by, cue.end_s + by, cue.text, words)


def tune(sheet: Sheet, frames: int) -> list[dict[str, Any]]:
    take = sheet.takes.get("music")
    if take is None or take.asset is None:
        return []
    has = int((take.asset.duration_s or 0) * FPS)
    lasts = min(frames, has)
    loop = {"loop": True} if has < frames - FPS else {}
    return [{"type": "clip", "asset": take.asset.id, "in": 0, "frames": frames if loop else lasts, **loop,
             "fade_out": min(FPS, lasts)}]  # fmt: skip


def ambience(plan: Plan, sheet: Sheet, ends: list[int]) -> list[dict[str, Any]]:
    items, at = list[dict[str, Any]](), 0
    for first, last in beds(plan):
        take = sheet.takes.get(f"sound-{plan.shots[first].id}")
        if take is None or take.asset is None:
            continue
        frames = ends[last + 1] - ends[first]
        fade = min(FPS // 2, frames // 2)
        items += [*gap(ends[first] - at), {"type": "clip", "asset": take.asset.id, "in": 0, "frames": frames,
                                           "loop": True, "fade_in": fade, "fade_out": fade}]  # fmt: skip
        at = ends[last + 1]
    return items
