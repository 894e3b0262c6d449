"""Content credentials: a signed C2PA manifest in a copy of a file, for taking away, or beside the file itself.

The asset's own bytes stay what its recipe makes; a signature has chance in it (C2PA salts its hashes), so it goes into
copies alone. The key is this home's own: made when it is first needed, kept in HOME/credentials, and it leaves the
machine in no export. Nobody vouches for it, so readers call the signer unknown, and the file unchanged since.
"""

from __future__ import annotations

import datetime
import io
import json
import logging
import os
import secrets
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio import __version__
from studio.library.marks import CODES, Origin
from studio.types import Asset

if TYPE_CHECKING:
    import c2pa

log = logging.getLogger(__name__)

SIGNED = (".png", ".jpg", ".webp", ".gif", ".mp4", ".mov", ".m4a", ".wav", ".mp3", ".flac")
"""What can carry a manifest."""
BESIDE = (".mp4", ".mov", ".m4a", ".wav", ".png", ".jpg")
"""What can have it in a file of its own."""
YEARS = 20
KEPT_S = 7 * 24 * 3600


def signed(asset: Asset, origin: Origin, home: Path) -> Path | None:
    """A copy of the file with its manifest in it, made once; None where its form has no place for one, or the file
    will not be signed, which is noted in the log and keeps nobody from the file itself."""
    if asset.path.suffix not in SIGNED:
        return None
    kept = home / "cache" / "signed" / asset.id[:2] / f"{asset.id}-{origin}{asset.path.suffix}"
    if kept.exists():
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    tidy(home / "cache" / "signed")
    part = kept.with_name(f".{secrets.token_hex(8)}{asset.path.suffix}")
    try:
        with asset.path.open("rb") as source, part.open("w+b") as target:
            build(asset, origin, home, source, target)
        part.replace(kept)
    except Exception:  # c2pa raises its own for every form, and a fault in it must not keep a person from the file
        log.exception("no content credentials for %s", asset.id)
        return None
    finally:
        part.unlink(missing_ok=True)
    return kept


def tidy(folder: Path) -> None:
    """Copies that were made more than a week ago go: another is made in no time."""
    for old in folder.glob("*/*"):
        with suppress(OSError):
            if old.stat().st_mtime < time.time() - KEPT_S:
                old.unlink()


def beside(asset: Asset, origin: Origin, home: Path) -> bytes | None:
    """The manifest alone, for a .c2pa file beside the asset's own bytes; None as in `signed`."""
    if asset.path.suffix not in BESIDE:
        return None
    try:
        with asset.path.open("rb") as source:
            return build(asset, origin, home, source, None)
    except Exception:
        log.exception("no content credentials for %s", asset.id)
        return None


def build(asset: Asset, origin: Origin, home: Path, source: Any, target: Any) -> bytes:
    import c2pa

    context = c2pa.Context.from_dict({"builder": {"thumbnail": {"enabled": False}}})
    with c2pa.Builder(json.dumps(claim(asset, origin)), context) as builder:
        if target is None:
            builder.set_no_embed()
        return builder.sign(signer(home), asset.mime, source, target or io.BytesIO())


def claim(asset: Asset, origin: Origin) -> dict[str, Any]:
    """What is claimed of a file: that it was made, how, and by which model."""
    agent: dict[str, Any] = {"name": "Homereel", "version": __version__}
    made = {"action": "c2pa.created", "digitalSourceType": CODES + origin, "softwareAgent": agent}
    by = {"model": asset.recipe.model, "revision": asset.recipe.revision} if asset.recipe else {}
    return {
        "claim_generator_info": [agent],
        "title": asset.name,
        "format": asset.mime,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [made]}},
            {"label": "org.homereel.made", "data": {"asset": asset.id, **by}},
        ],
    }


# --- the key -----------------------------------------------------------------------------------------------------


def signer(home: Path) -> c2pa.Signer:
    import c2pa
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key, chain = pair(home)
    private = load_pem_private_key(key, None)
    assert isinstance(private, Ed25519PrivateKey)
    return c2pa.Signer.from_callback(private.sign, c2pa.C2paSigningAlg.ED25519, chain.decode())


@lru_cache(maxsize=4)
def pair(home: Path) -> tuple[bytes, bytes]:
    """This home's private key and its certificates, as PEM. Whoever comes first makes them; all use the same."""
    folder = home / "credentials"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / "signer.pem"
    if not file.exists():
        part = folder / f".{secrets.token_hex(8)}"
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            target.write(b"".join(made()))
            target.flush()
            os.fsync(target.fileno())
        try:
            os.link(part, file)
        except FileExistsError:
            pass
        finally:
            part.unlink()
    key, _, chain = file.read_bytes().partition(b"-----END PRIVATE KEY-----\n")
    return key + b"-----END PRIVATE KEY-----\n", chain


def made() -> tuple[bytes, bytes, bytes]:
    """A new key, its certificate, and that of the authority that signed it, whose own key is thrown away."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    root, key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    since = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    until = since + datetime.timedelta(days=365 * YEARS)

    def certificate(name: str, issuer: str, of: Ed25519PrivateKey, *extensions: tuple[Any, bool]) -> bytes:
        names = [
            x509.Name([
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Homereel"), x509.NameAttribute(NameOID.COMMON_NAME, said)
            ])
            for said in (name, issuer)
        ]  # fmt: skip
        made = x509.CertificateBuilder(names[1], names[0], of.public_key(), x509.random_serial_number(), since, until)
        for extension, critical in extensions:
            made = made.add_extension(extension, critical)
        return made.sign(root, None).public_bytes(Encoding.PEM)

    def usage(**used: bool) -> x509.KeyUsage:
        names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
        more = ("key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
        return x509.KeyUsage(**{name: used.get(name, False) for name in (*names, *more)})

    ours = x509.SubjectKeyIdentifier.from_public_key(root.public_key())
    authority = certificate(
        "Homereel studio authority", "Homereel studio authority", root, (x509.BasicConstraints(True, None), True),
        (usage(key_cert_sign=True, crl_sign=True), True), (ours, False),
    )  # fmt: skip
    own = certificate(
        "Homereel studio", "Homereel studio authority", key, (x509.BasicConstraints(False, None), True),
        (usage(digital_signature=True), True), (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False),
        (x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(ours), False),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
    )  # fmt: skip
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), own, authority
