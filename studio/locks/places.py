"""Where the studio stands: the address it listens on, those that others reach it by, and the certificate for all of
them."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.locks.lan import NAME, Announcement, addresses
from studio.settings import Settings, listed


@dataclass
class Standing:
    settings: Settings
    port: int
    ips: list[str]
    """This machine's own addresses that others come to."""
    announcement: Announcement | None = field(default=None, repr=False)

    @property
    def scheme(self) -> str:
        return "https" if self.settings.tls else "http"

    @property
    def address(self) -> str:
        """Where whoever sits at this machine opens it."""
        host = self.settings.host
        return self.at("127.0.0.1" if ipaddress_of(host).is_unspecified else host)

    def others(self) -> list[str]:
        """Where others find it, the best first. Announces the name on the LAN."""
        named = (
            [self.at(name) for name in listed(self.settings.names)]
            if not self.settings.proxy
            else [f"https://{name}{self.settings.root_path}" for name in listed(self.settings.names)]
        )
        found = named + [self.at(ip) for ip in self.ips]
        if self.settings.lan and self.ips:
            self.announcement = Announcement(self.ips, self.port, self.settings.tls)
            if self.announcement.begin():
                found.append(self.at(NAME))
        return found

    def at(self, host: str) -> str:
        return f"{self.scheme}://{f'[{host}]' if ':' in host else host}:{self.port}{self.settings.root_path}"

    def secured(self, home: Path) -> dict[str, Any]:
        """What the server is told of its certificate; nothing without --tls."""
        if not self.settings.tls:
            return {}
        from studio.locks.certificate import certificate

        local = ["localhost", "127.0.0.1", "::1", *([NAME] if self.settings.lan else [])]
        cert, key = certificate(home, [*local, *self.ips, *listed(self.settings.names)])
        return {"ssl_certfile": str(cert), "ssl_keyfile": str(key)}

    def leave(self) -> None:
        if self.announcement:
            self.announcement.end()


def standing(settings: Settings, port: int) -> Standing:
    host = ipaddress_of(settings.listens_on)
    if host.is_unspecified:
        return Standing(settings, port, addresses())
    return Standing(settings, port, [] if host.is_loopback else [settings.listens_on])


def ipaddress_of(host: str) -> Any:
    return ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
