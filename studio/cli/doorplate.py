"""What the terminal says when the studio opens: its addresses, and to whom it is open, how one gets in."""

from __future__ import annotations

import sys
from typing import Any

from studio.locks.qr import printed


def plate(studio: Any, address: str, password: str | None) -> str:
    """`password` is one that was just made, and is shown this once."""
    lines = ["", f"  Homereel is open at {address}"]
    lines += [f"  {'and to others at' if n == 0 else '              or'} {at}" for n, at in enumerate(studio.addresses)]
    lines.append(f"  Everything is kept in {studio.home}")
    if studio.locks.on:
        lines += ["", *lock(studio, password, studio.addresses[0] if studio.addresses else address)]
    if studio.settings.tls:
        lines += ["", *trust(studio, studio.addresses[0] if studio.addresses else address)]
    return "\n".join([*lines, ""])


def lock(studio: Any, password: str | None, address: str) -> list[str]:
    link = f"{address}/login#{studio.locks.passes.door()}"
    word = (
        f"  Password   {password}   (shown this once; studio password sets another)"
        if password
        else "  Password   the one that was set; studio password sets another"
    )
    lines = ["  It is locked. This link lets one browser in, as yourself:", "", f"  {link}", "", word]
    if blocks():
        lines += ["", *(f"  {line}" for line in printed(link).splitlines())]
    return [*lines, "  More links, and what each may do: Share, at the top of the window."]


def trust(studio: Any, address: str) -> list[str]:
    authority = studio.home / "tls" / "homereel-ca.pem"
    return [
        "  Browsers will warn of its certificate until they trust the studio's own authority:",
        f"  on other devices open {address}/login/homereel-ca.crt, and install it as a trusted authority;",
        f"  on this one: {authority}. docs/sharing.md says how for each system.",
    ]


def blocks() -> bool:
    """Whether the terminal can show a QR code's blocks."""
    try:
        "█▀▄".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
