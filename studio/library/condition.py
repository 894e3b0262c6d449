"""The condition of a film or a picture: what was measured of it, in words too, and the settings that would help. Drawn
once, and kept among the library's views."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pipelines.faults import Unsupported
from pipelines.restoring import advice, measure, stills

if TYPE_CHECKING:
    from studio.library.store import Library

FORM = 1


class NothingToRestore(Unsupported):
    """Neither a film nor a picture."""


def condition(library: Library, asset_id: str) -> dict[str, Any]:
    """`{"report", "findings": [{name, said, state}], "suggested": options}`. Raises what `Library.get` does, and
    `NothingToRestore`."""
    asset = library.get(asset_id)
    if asset.kind not in ("video", "image"):
        raise NothingToRestore(f"{asset.name} is {asset.kind}.", "Films and pictures are restored.")
    kept = library.cache / "conditions" / f"{asset.id}-{FORM}.json"
    if not kept.exists():
        still = asset.kind == "image" and stills.is_picture(asset.path)
        report = measure.picture(stills.read(asset.path)[..., :3]) if still else measure.film(asset.path)
        found = {"report": report, "findings": advice.findings(report), "suggested": advice.suggested(report)}
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(f".{id(found)}.part")
        part.write_text(json.dumps(found))
        part.replace(kept)
    return json.loads(kept.read_text())
