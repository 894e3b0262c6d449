"""FCPXML 1.9, which Final Cut Pro and DaVinci Resolve open (Apple, Final Cut Pro X XML Reference).

The row with the most clips is the spine; all other rows are connected to it in lanes, pictures above and sound below.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from studio.timeline.export.handover import cards
from studio.timeline.export.handover.cuts import Cut, cuts, halves
from studio.timeline.items import Clip, Title
from studio.timeline.model import Timeline, Track
from studio.types import Asset


class Document:
    """One FCPXML under way: its resources by what they are."""

    def __init__(self, timeline: Timeline, media: Mapping[str, Asset], folder: str):
        self.timeline, self.media, self.folder = timeline, media, folder
        self.cards, self.ids = cards.names(timeline), dict[str, str]()
        self.root = Element("fcpxml", {"version": "1.9"})
        self.resources = SubElement(self.root, "resources")
        SubElement(self.resources, "format", {
            "id": "r0", "frameDuration": seconds(1 / timeline.fps), "width": str(timeline.width),
            "height": str(timeline.height), "colorSpace": "1-1-1 (Rec. 709)",
        })  # fmt: skip

    def asset(self, item: Clip | Title) -> str:
        """The resource an item plays, declared once."""
        if isinstance(item, Title):
            return self.resource(self.cards[cards.name_of(item)], item.text[:60], still=True)
        found = self.media.get(item.asset)
        file = f"{item.asset}{found.path.suffix if found else ''}"
        length = Fraction(found.duration_s).limit_denominator(48_000) if found and found.duration_s else None
        still = bool(found) and found.kind == "image"  # type: ignore[union-attr]
        sound = bool(found) and (found.kind == "audio" or found.sound)  # type: ignore[union-attr]
        picture = not found or found.kind != "audio"
        return self.resource(file, found.name if found else item.asset[:12], still, length, picture, sound)

    def resource(
        self, file: str, name: str, still=False, length: Fraction | None = None, picture=True, sound=False
    ) -> str:
        if file not in self.ids:
            self.ids[file] = id = f"r{len(self.ids) + 1}"
            said = {"id": id, "name": name, "start": "0s", "duration": seconds(length or Fraction(0))}
            said |= {"hasVideo": "1", "format": "r0"} if picture else {}
            said |= {"hasAudio": "1", "audioSources": "1", "audioChannels": "2", "audioRate": "48000"} if sound else {}
            made = SubElement(self.resources, "asset", said)
            SubElement(made, "media-rep", {"kind": "original-media", "src": f"./{self.folder}/{file}"})
        return self.ids[file]

    def element(self, cut: Cut, offset: int, lane: int = 0) -> Element:
        """A cut as it stands in the spine, or connected to it in a lane."""
        fps, item = self.timeline.fps, cut.item
        said = {"offset": seconds(offset / fps), "duration": seconds(cut.frames / fps)}
        if lane:
            said["lane"] = str(lane)
        if cut.is_gap:
            return Element("gap", {"name": "Gap", "start": "0s", **said})
        if isinstance(item, Title):
            return Element("video", {"ref": self.asset(item), "name": item.text[:60], "start": "0s", **said})
        found = self.media.get(item.asset)
        name = found.name if found else item.asset[:12]
        start = item.offset + round(cut.head * item.speed)
        if found and found.kind == "image":
            return Element("video", {"ref": self.asset(item), "name": name, "start": "0s", **said})
        made = Element("asset-clip", {"ref": self.asset(item), "name": name, "start": seconds(start / fps), **said})
        if item.speed != 1 and item.speed:
            spans = SubElement(made, "timeMap")
            for at in (0, cut.frames):
                value = (start + at * item.speed) / fps
                SubElement(
                    spans, "timept", {"time": seconds((start + at) / fps), "value": seconds(value), "interp": "linear"}
                )
        if item.gain_db or item.muted:
            SubElement(made, "adjust-volume", {"amount": f"{-96 if item.muted else item.gain_db:g}dB"})
        return made

    def spine(self, into: Element, track: Track | None, frames: int) -> list[tuple[int, int, Element]]:
        """The main row, filled to the film's length: (start, end, element) of each."""
        found, at = [], 0
        for cut in cuts(track) if track else ():
            if cut.frames < 1:
                continue
            made = self.element(cut, cut.start)
            into.append(made)
            found.append((cut.start, cut.end, made))
            at = cut.end
            if cut.after:
                lead = halves(cut.after)[0]
                fps = self.timeline.fps
                SubElement(into, "transition", {
                    "name": "Cross Dissolve", "offset": seconds((cut.end - lead) / fps),
                    "duration": seconds(cut.after.frames / fps),
                })  # fmt: skip
        if at < frames:
            gap = SubElement(into, "gap", {
                "name": "Gap", "start": "0s", "offset": seconds(at / self.timeline.fps),
                "duration": seconds((frames - at) / self.timeline.fps),
            })  # fmt: skip
            found.append((at, frames, gap))
        return found

    def connect(self, spine: list[tuple[int, int, Element]], track: Track, lane: int) -> None:
        """Hang every item of a row on whatever lies on the spine where it begins."""
        for cut in cuts(track):
            if cut.is_gap or cut.frames < 1:
                continue
            start, _, host = next(s for s in spine if s[0] <= cut.start < s[1])
            inner = Fraction(host.get("start", "0s").removesuffix("s")) * self.timeline.fps
            made = self.element(cut, round(inner) + cut.start - start, lane)
            if track.muted:
                made.set("enabled", "0")
            anchored = len([child for child in host if child.tag in ("timeMap", "adjust-volume")])
            host.insert(anchored + len([c for c in host if c.get("lane")]), made)


def write(timeline: Timeline, media: Mapping[str, Asset], folder: str = "media") -> str:
    """The text of an .fcpxml file, whose assets name ./`folder`/ID.EXT beside it."""
    document = Document(timeline, media, folder)
    videos = [track for track in timeline.tracks if track.kind == "video"]
    sounds = [track for track in timeline.tracks if track.kind == "audio"]
    main = max(videos, key=lambda t: sum(isinstance(item, Clip) for item in t.items), default=None)
    title = timeline.title or "Untitled film"
    event = SubElement(SubElement(document.root, "library"), "event", {"name": title})
    sequence = SubElement(SubElement(event, "project", {"name": title}), "sequence", {
        "format": "r0", "duration": seconds(timeline.frames / timeline.fps), "tcStart": "0s", "tcFormat": "NDF",
        "audioLayout": "stereo", "audioRate": "48k",
    })  # fmt: skip
    spine = document.spine(SubElement(sequence, "spine"), main, timeline.frames)
    above = [t for t in videos if t is not main]
    for lane, track in [*enumerate(above, 1), *((-n, t) for n, t in enumerate(sounds, 1))]:
        document.connect(spine, track, lane)
    indent(document.root)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n'
    return head + tostring(document.root, encoding="unicode") + "\n"


def seconds(time: Fraction) -> str:
    """Rational seconds, as the format writes them: `1001/30000s`."""
    time = Fraction(time)
    return f"{time.numerator}s" if time.denominator == 1 else f"{time.numerator}/{time.denominator}s"
