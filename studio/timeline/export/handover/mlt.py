"""MLT XML, which melt plays and Kdenlive and Shotcut open (https://www.mltframework.org/docs/mltxml). Each row is a
playlist; a transition is a tractor of its two neighbours' ends. Motion and colour stay behind: their nouns differ."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from studio.timeline.export.handover import cards
from studio.timeline.items import Clip, Gap, Title, Transition
from studio.timeline.model import Span, Timeline, Track
from studio.types import Asset

LONG = 100_000_000


class Film:
    """One MLT document under way."""

    def __init__(self, timeline: Timeline, media: Mapping[str, Asset], folder: str):
        self.timeline, self.media, self.folder = timeline, media, folder
        self.cards = cards.names(timeline)
        self.root = Element("mlt", {"LC_NUMERIC": "C", "version": "7.0.0", "title": timeline.title or "film"})
        fps = timeline.fps
        SubElement(self.root, "profile", {
            "description": "Homereel", "width": str(timeline.width), "height": str(timeline.height), "progressive": "1",
            "sample_aspect_num": "1", "sample_aspect_den": "1", "display_aspect_num": str(timeline.width),
            "display_aspect_den": str(timeline.height), "frame_rate_num": str(fps.numerator),
            "frame_rate_den": str(fps.denominator), "colorspace": "709",
        })  # fmt: skip
        self.made = 0

    def named(self, kind: str) -> str:
        self.made += 1
        return f"{kind}{self.made}"

    def producer(self, item: Clip | Title, first: int, frames: int) -> tuple[str, int]:
        """What plays an item's own frames [first, first + frames), and where in it that is."""
        made = SubElement(self.root, "producer", {"id": self.named("producer")})
        if isinstance(item, Title):
            put(made, resource=f"{self.folder}/{self.cards[cards.name_of(item)]}", mlt_service="qimage", length=LONG)
            fades(made, item, first, frames, picture=True)
            return made.attrib["id"], 0
        asset = self.media.get(item.asset)
        resource = f"{self.folder}/{item.asset}{asset.path.suffix if asset else ''}"
        still = asset is not None and asset.kind == "image"
        start = 0 if still else item.offset + round(first * item.speed)
        if still:
            put(made, resource=resource, mlt_service="qimage", length=LONG)
        elif item.speed not in (0, 1) or item.reverse:
            speed = -item.speed if item.reverse else item.speed
            put(made, resource=f"{float(speed):g}:{resource}", mlt_service="timewarp", warp_resource=resource)
            start = round((item.offset / item.speed if item.speed else 0) + first)
        else:
            put(made, resource=resource, mlt_service="avformat")
        if item.muted:
            put(made, audio_index=-1)
        if item.gain_db:
            put(SubElement(made, "filter"), mlt_service="volume", level=f"{item.gain_db:g}")
        fades(made, item, first, frames, picture=False)
        return made.attrib["id"], start

    def row(self, track: Track) -> str:
        """A track as a playlist."""
        entries: list[tuple[str | None, int, int]] = []
        for span in track.spans():
            own = self.alone(span)
            if isinstance(span.item, Gap):
                entries.append((None, 0, own[1] - own[0]))
            elif own[1] > own[0]:
                id, start = self.producer(span.item, own[0], own[1] - own[0])
                entries.append((id, start, own[1] - own[0]))
            if span.after:
                entries.append((self.crossing(track, span, span.after), 0, span.after.frames))
        playlist = SubElement(self.root, "playlist", {"id": self.named("playlist")})
        for played, start, frames in entries:
            if played is None and frames:
                SubElement(playlist, "blank", {"length": str(frames)})
            elif played:
                SubElement(playlist, "entry", {"producer": played, "in": str(start), "out": str(start + frames - 1)})
        if track.gain_db:
            put(SubElement(playlist, "filter"), mlt_service="volume", level=f"{track.gain_db:g}")
        return playlist.attrib["id"]

    @staticmethod
    def alone(span: Span) -> tuple[int, int]:
        """Which of an item's frames it plays by itself."""
        before, after = (t.frames if t else 0 for t in (span.before, span.after))
        return before, span.item.frames - after

    def crossing(self, track: Track, span: Span, transition: Transition) -> str:
        """The last frames of one item and the first of the next, mixed."""
        following = next(s for s in track.spans() if s.index == span.index + 2)
        n = transition.frames
        ends = [(span.item, span.item.frames - n), (following.item, 0)]
        tractor_tracks = []
        for item, first in ends:
            if isinstance(item, Gap):
                clear = SubElement(self.root, "producer", {"id": self.named("producer")})
                put(clear, resource="#00000000", mlt_service="color", length=LONG)
                tractor_tracks.append((clear.attrib["id"], 0))
            else:
                tractor_tracks.append(self.producer(item, first, n))
        tractor = SubElement(self.root, "tractor", {"id": self.named("tractor"), "in": "0", "out": str(n - 1)})
        for id, start in tractor_tracks:
            SubElement(tractor, "track", {"producer": id, "in": str(start), "out": str(start + n - 1)})
        span_ = {"in": "0", "out": str(n - 1)}
        put(SubElement(tractor, "transition", span_), mlt_service="luma", a_track=0, b_track=1)
        put(SubElement(tractor, "transition", span_), mlt_service="mix", a_track=0, b_track=1, start=-1, combine=1)
        return tractor.attrib["id"]

    def whole(self) -> None:
        """The rows over one another: pictures laid over, sound summed."""
        tracks = [track for track in self.timeline.tracks if track.kind != "captions"]
        last = str(max(0, self.timeline.frames - 1))
        ground = SubElement(self.root, "producer", {"id": "black", "in": "0", "out": last})
        put(ground, resource="black", mlt_service="color", length=max(1, self.timeline.frames))
        rows = [(track, self.row(track)) for track in sorted(tracks, key=lambda track: track.kind != "audio")]
        name = self.timeline.title or "film"
        film = SubElement(self.root, "tractor", {"id": "film", "title": name, "in": "0", "out": last})
        SubElement(film, "track", {"producer": "black"})
        for track, id in rows:
            hide = "both" if track.muted else "video" if track.kind == "audio" else ""
            SubElement(film, "track", {"producer": id} | ({"hide": hide} if hide else {}))
        for n, (track, _) in enumerate(rows, 1):
            put(SubElement(film, "transition"), mlt_service="mix", a_track=0, b_track=n, always_active=1, sum=1)
            if track.kind == "video":
                put(SubElement(film, "transition"), mlt_service="composite", a_track=0, b_track=n, always_active=1,
                    fill=1, geometry="0/0:100%x100%:100")  # fmt: skip


def put(element: Element, **properties: object) -> None:
    for name, value in properties.items():
        SubElement(element, "property", {"name": name}).text = str(value)


def fades(made: Element, item: Clip | Title, first: int, frames: int, picture: bool) -> None:
    """An item's own fades, where it plays them."""
    service = {True: "brightness", False: "volume"}[picture]
    word = "alpha" if picture else "level"
    if item.fade_in and not first:
        shade = SubElement(made, "filter", {"in": "0", "out": str(item.fade_in - 1)})
        put(shade, mlt_service=service, **{word: f"0={0 if picture else -60};{item.fade_in - 1}={1 if picture else 0}"})
    if item.fade_out and first + frames == item.frames:
        start = frames - item.fade_out
        shade = SubElement(made, "filter", {"in": str(start), "out": str(frames - 1)})
        end = {True: "0=1;{n}=0", False: "0=0;{n}=-60"}[picture].format(n=item.fade_out - 1)
        put(shade, mlt_service=service, **{word: end})


def write(timeline: Timeline, media: Mapping[str, Asset], folder: str = "media") -> str:
    """The text of an .mlt file, whose producers name `folder`/ID.EXT beside it."""
    film = Film(timeline, media, folder)
    film.whole()
    indent(film.root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(film.root, encoding="unicode") + "\n"
