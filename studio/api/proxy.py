"""What stands between: a reverse proxy that was named tells who asks, by which name and over which protocol. Nobody
else's word on that is taken."""

from __future__ import annotations

import ipaddress
from typing import Any

from starlette.types import Scope

from studio.settings import Settings, listed

DROPPED = (b"x-forwarded-", b"forwarded", b"x-gradio-server", b"x-real-ip")


class Proxy:
    def __init__(self, settings: Settings):
        self.networks = [ipaddress.ip_network(one, strict=False) for one in listed(settings.proxy)]
        self.root = settings.root_path

    def seen(self, scope: Scope) -> Scope:
        """The request as the proxy saw it; without what others say of themselves."""
        headers = [(name.lower(), value) for name, value in scope["headers"]]
        kept = [h for h in headers if not h[0].startswith(DROPPED)]
        client = scope.get("client") or ("", 0)
        changed: dict[str, Any] = {"headers": kept}
        if self.networks and self.trusts(client[0]):
            said = {name: value.decode("latin-1") for name, value in headers if name.startswith(b"x-forwarded-")}
            if (scheme := last(said.get(b"x-forwarded-proto", ""))) in ("http", "https"):
                changed["scheme"] = scheme
            if host := last(said.get(b"x-forwarded-host", "")):
                changed["headers"] = [h for h in kept if h[0] != b"host"] + [(b"host", host.encode("latin-1"))]
            changed["client"] = (self.client(said.get(b"x-forwarded-for", ""), client[0]), client[1])
        return {**scope, **changed, **self.placed(scope)}

    def trusts(self, address: str) -> bool:
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return False
        ip = getattr(ip, "ipv4_mapped", None) or ip
        return any(ip in network for network in self.networks)

    def client(self, chain: str, nearest: str) -> str:
        """Who asked first, by the word of proxies that are trusted: from the right, the first that is none of them."""
        hops = [hop.strip() for hop in chain.split(",") if hop.strip()]
        return next((hop for hop in reversed(hops) if not self.trusts(hop)), nearest)

    def placed(self, scope: Scope) -> dict[str, str]:
        """The path below the one the studio stands under, whether the proxy left that in or took it out."""
        if not self.root:
            return {}
        path, root = scope["path"], self.root
        return {"root_path": root, "path": path if path == root or path.startswith(f"{root}/") else root + path}


def last(chain: str) -> str:
    return chain.rsplit(",", 1)[-1].strip()
