"""What the person who runs the studio may set: flags before environment before HOME/settings.toml before defaults."""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from platformdirs import user_data_dir
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from pipelines.faults import Fault, Invalid

FILE = "settings.toml"


class BadSetting(Invalid):
    """A setting that cannot be meant; the message says which one and where it stands."""


def an_address(host: str) -> str:
    """An address to listen on: a number, since a name may stand for several."""
    if host != "localhost":
        try:
            ipaddress.ip_address(host)
        except ValueError:
            raise ValueError("should be an address of this machine, such as 127.0.0.1 or 0.0.0.0") from None
    return host


def listed(words: str) -> tuple[str, ...]:
    return tuple(word for word in words.replace(",", " ").split() if word)


def host_names(names: str) -> str:
    for name in listed(names):
        if not re.fullmatch(
            r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*", name.lower()
        ):
            raise ValueError(f"{name} is no host name; they look like studio.example, without http:// and port")
    return names.lower()


def networks(addresses: str) -> str:
    for address in listed(addresses):
        try:
            ipaddress.ip_network(address, strict=False)
        except ValueError:
            raise ValueError(f"{address} is no address and no network such as 10.0.0.0/24") from None
    return addresses


def sub_path(path: str) -> str:
    path = path.rstrip("/")
    if path and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", path):
        raise ValueError("should be a path such as /studio")
    return path


def origins(addresses: str) -> str:
    for address in listed(addresses):
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError(
                f"{address} is no origin; they look like https://app.example, with a port where it has one"
            )
    return addresses.replace("/ ", " ").rstrip("/").lower()


def port_or_auto(port: Any) -> Any:
    if port == "auto" or (str(port).isascii() and str(port).isdigit() and 1 <= int(port) <= 65535):
        return port
    raise ValueError("should be a number from 1 to 65535, or auto")


def web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("should be an address like http://127.0.0.1:11434")
    if parts.username or parts.password:
        raise ValueError("should carry no name or password, which would end up in logs")
    return url.rstrip("/")


WebAddress = Annotated[str, AfterValidator(web_address)]


class Settings(BaseSettings):
    """Every setting is a field, its environment variable STUDIO_ and its name; Hugging Face's two keep their own."""

    model_config = SettingsConfigDict(
        env_prefix="STUDIO_", env_ignore_empty=True, extra="forbid", frozen=True, populate_by_name=True
    )

    home: Path = Field(description="Database, library, exports and logs")
    host: Annotated[str, AfterValidator(an_address)] = Field("127.0.0.1", description="The address to listen on")
    port: Annotated[int | Literal["auto"], BeforeValidator(port_or_auto)] = Field(
        7860, description="The port; `auto` takes the next free one"
    )
    workers: int | None = Field(None, ge=1, le=64, description="Workers on the processor")
    password: SecretStr | None = Field(None, description="What opens the studio; it is locked on this machine too")
    lan: bool = Field(False, description="Let the local network in, by link, password or key")
    tls: bool = Field(False, description="Speak https, with a certificate of the studio's own")
    names: Annotated[str, AfterValidator(host_names)] = Field(
        "", description="Further names the studio is reached by, with commas between"
    )
    proxy: Annotated[str, AfterValidator(networks)] = Field(
        "", description="Addresses of a reverse proxy whose X-Forwarded headers are believed"
    )
    root_path: Annotated[str, AfterValidator(sub_path)] = Field(
        "", description="The path the studio stands under behind a proxy, such as /studio"
    )
    origin: Annotated[str, AfterValidator(origins)] = Field(
        "", description="Other sites whose pages may use the API, with commas between"
    )
    upload_gb: float = Field(
        50, gt=0, allow_inf_nan=False, description="What each guest may have in the library, in GB"
    )
    device: str = Field("auto", pattern=r"^(auto|cuda(:\d+)?|mps|cpu)$", description="auto, cuda, cuda:1, mps or cpu")
    vram_gb: float | None = Field(None, gt=0, allow_inf_nan=False, description="GPU memory to use, in GB")
    offload: Literal["auto", "none", "model", "group", "sequential"] = Field(
        "auto", description="What of a model waits in main memory: auto decides by what the GPU has free"
    )
    compile: bool = Field(False, description="Compile the networks on the GPU: the first job waits, the others gain")
    offline: bool = Field(False, description="Never ask anything of another machine")
    lan_hosts: str = Field(
        "", description="Machines of this network that may be fetched from and told of jobs: host:port, by commas"
    )
    webhook_secret: SecretStr | None = Field(None, description="What calls to webhooks are signed with")
    job_timeout_s: int = Field(1800, ge=1, description="Seconds after which a job is given up")
    content_credentials: bool = Field(True, description="Say in files how they were made, and sign what is taken away")
    cache_gb: float = Field(20, gt=0, allow_inf_nan=False, description="Disk for finished pieces of films, in GB")
    llm_url: WebAddress | None = Field(None, description="An OpenAI-compatible chat endpoint")
    llm_model: str | None = Field(None, description="The model to ask there")
    llm_key: SecretStr | None = Field(None, description="Its key")
    riva_url: str | None = Field(None, description="A Riva speech server, host:port")
    comfyui_url: WebAddress | None = Field(None, description="A ComfyUI server")
    seedvr_home: Path | None = Field(None, description="A checkout of SeedVR")
    ray_address: str | None = Field(None, description="A Ray cluster that hosts the workers")
    hf_token: SecretStr | None = Field(None, validation_alias="HF_TOKEN", description="Hugging Face's access token")
    hf_home: Path | None = Field(None, validation_alias="HF_HOME", description="Hugging Face's folder")

    @property
    def listens_on(self) -> str:
        """The address to bind: --lan means every one, unless one was named."""
        return "0.0.0.0" if self.lan and self.here_alone else self.host

    @property
    def here_alone(self) -> bool:
        """Whether the host named is this machine's own loopback."""
        return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback

    @property
    def open_to_others(self) -> bool:
        """Whether anybody but this machine can come to the door: then it is locked."""
        return self.lan or not self.here_alone or bool(self.proxy or self.names)

    @classmethod
    def load(cls, home: Path | str | None = None, **flags: Any) -> Settings:
        """The settings as they are now; a flag that is None was not given. Raises `BadSetting`."""
        chosen = Path(home or os.environ.get("STUDIO_HOME") or user_data_dir("homereel", appauthor=False))
        given = {name: value for name, value in flags.items() if value is not None}
        try:
            return cls(**given, home=chosen.expanduser().absolute())
        except ValidationError as error:
            raise explained(error, given, chosen) from None

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *others: Any, **more: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        flags = init_settings()
        in_file = InitSettingsSource(settings_cls, kept_in(Path(flags["home"])))
        return init_settings, EnvSettingsSource(settings_cls), in_file

    def environment(self) -> dict[str, str]:
        """These settings as variables for a process of our own, secrets included: never print them."""
        found = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if value is not None:
                plain = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
                found[variable(name)] = plain
        return found | ({"HF_HUB_OFFLINE": "1"} if self.offline else {})


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return str(Settings.model_fields[name].validation_alias or f"STUDIO_{name.upper()}")


def kept_in(home: Path) -> dict[str, Any]:
    """What HOME/settings.toml says; nothing where there is none. Raises `BadSetting`."""
    file = home / FILE
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        raise BadSetting(
            f"{file} cannot be read: {error}.", 'One setting a line: port = 8000, device = "cpu".'
        ) from None
    names = Settings.model_fields.keys() - {"home"}
    if strangers := said.keys() - names:
        raise BadSetting(
            f"{file} sets {', '.join(sorted(strangers))}, which is no setting.",
            f"It takes: {', '.join(sorted(names))}.",
        )
    return said


def explained(error: ValidationError, flags: dict[str, Any], home: Path) -> Fault:
    """Which setting cannot be meant, and where it was set."""
    fields = Settings.model_fields
    finding = error.errors(include_url=False, include_input=False)[0]
    name, wrong = str(finding["loc"][0]), finding["msg"].removeprefix("Value error, ")
    name = next((field for field in fields if name in (field, variable(field))), name)
    if name not in fields:
        return BadSetting(f"{name} is no setting.", f"There are: {', '.join(fields)}.")
    if name in flags:
        place = f"--{name.replace('_', '-')}"
    else:
        place = variable(name) if os.environ.get(variable(name)) else f"{name} in {home / FILE}"
    return BadSetting(f"{place} cannot be used: {wrong}.", f"It says: {fields[name].description}.")
