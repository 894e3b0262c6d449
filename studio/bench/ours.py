"""Our own engine on RT60, one export in a process of its own.

`python -m studio.bench.ours FOLDER ITEMS HEIGHT EDIT N OUT`

A worker has long started when an export comes to it, so this measures itself from the first line of the export on.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from studio.bench.measure import own_cost
from studio.bench.rt60 import Cut, Film, build
from studio.timeline.export import master  # noqa: F401  a worker has it, once it has exported
from studio.timeline.export.export import export
from studio.timeline.items import Caption, Clip, Title
from studio.timeline.model import Timeline

EDITS = ("title", "caption", "clip", "music", "unchanged")


def edited(film: Film, edit: str, n: int) -> Timeline:
    """RT60 after the n-th edit of a kind; each is another."""
    timeline = film.timeline()
    pictures, titles, voice, music, captions = timeline.tracks
    if edit == "title":
        items = changed(titles.items, Title, 0, text=f"Harbour, {1933 + n}")
        return with_track(timeline, 1, items)
    if edit == "caption":
        return with_track(timeline, 4, changed(captions.items, Caption, 1, text=f"Another line, number {n}"))
    if edit == "clip":
        other = film.folder / f"v{n % (film.cut.kinds - 1) + 2}.mp4"
        return with_track(timeline, 0, changed(pictures.items, Clip, 1, asset=other.name))
    if edit == "music":
        louder = music.model_copy(update={"gain_db": music.gain_db + 0.5 * (n + 1)})
        return timeline.model_copy(update={"tracks": (pictures, titles, voice, louder, captions)})
    return timeline


def changed(items: tuple, kind: type, which: int, **values: object) -> tuple:
    """The items with the which-th one of a kind changed."""
    place = [n for n, item in enumerate(items) if isinstance(item, kind)][which]
    return (*items[:place], items[place].model_copy(update=values), *items[place + 1 :])


def with_track(timeline: Timeline, n: int, items: tuple) -> Timeline:
    track = timeline.tracks[n].model_copy(update={"items": items})
    return timeline.model_copy(update={"tracks": (*timeline.tracks[:n], track, *timeline.tracks[n + 1 :])})


def main() -> None:
    folder, items, height, edit, n, out = sys.argv[1:]
    film = build(Path(folder) / "sources", Cut(int(items), int(height)))
    timeline, media, cache = edited(film, edit, int(n)), film.media, Path(folder) / "cache"
    cost = own_cost(lambda: export(timeline, media, Path(out), workdir=Path(folder) / "work", cache=cache))
    print(json.dumps({"wall": cost.wall, "cpu": cost.cpu}))


if __name__ == "__main__":
    main()
