"""An address as a QR code: for the terminal, and as a picture for a page."""

from __future__ import annotations

import io


def picture(address: str) -> str:
    """An SVG as a data: address, black on white whatever the page's colours."""
    import segno

    return str(segno.make(address, error="m").svg_data_uri(scale=5, border=3, dark="#101114", light="#fff", nl=False))


def printed(address: str) -> str:
    """Two rows of it in a line of half blocks, for a terminal."""
    import segno

    out = io.StringIO()
    segno.make(address, error="l").terminal(out, compact=True, border=2)
    return out.getvalue()
