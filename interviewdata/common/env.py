"""Typed readers of environment variables; a bad value names the variable and the cure."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off"})


def load_dotenv(path: Path) -> None:
    """Read `path` into the environment where it exists; what is already set wins."""
    if not path.is_file():
        return
    try:
        environ.Env.read_env(path, overwrite=False)
    except (OSError, ValueError) as error:
        raise _bad(str(path), "cannot be read", "Write NAME=value lines as UTF-8.") from error


def _bad(name: str, problem: str, cure: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name}: {problem}. {cure}")


def text(name: str, default: str = "") -> str:
    """The variable, or the content of the file that NAME_FILE names, stripped; an empty one
    counts as not set."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    file_name = os.environ.get(f"{name}_FILE", "").strip()
    if not file_name:
        return default
    try:
        return Path(file_name).read_text(encoding="utf-8").strip() or default
    except (OSError, ValueError) as error:  # ValueError: no text, or a NUL in the name
        raise _bad(
            f"{name}_FILE", f"cannot read {file_name!r}", "Name a readable text file."
        ) from error


def boolean(name: str, *, default: bool) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value in TRUE_WORDS:
        return True
    if value in FALSE_WORDS:
        return False
    raise _bad(name, f"{value!r} is neither yes nor no", "Set it to 1 or 0.")


def integer(name: str, *, default: int, minimum: int, maximum: int) -> int:
    raw = text(name, str(default))
    try:
        value = int(raw)
    except ValueError as error:
        raise _bad(
            name, f"{raw!r} is not a whole number", f"Set it to {minimum}–{maximum}."
        ) from error
    if not minimum <= value <= maximum:
        raise _bad(name, f"{value} is out of range", f"Set it to {minimum}–{maximum}.")
    return value


def number(name: str, *, default: float, minimum: float, maximum: float) -> float:
    raw = text(name, str(default))
    try:
        value = float(raw)
    except ValueError as error:
        raise _bad(name, f"{raw!r} is not a number", f"Set it to {minimum}–{maximum}.") from error
    if not minimum <= value <= maximum:
        raise _bad(name, f"{raw} is out of range", f"Set it to {minimum}–{maximum}.")
    return value


def choice(name: str, choices: Sequence[str], *, default: str) -> str:
    value = text(name, default).lower()
    if value not in choices:
        raise _bad(name, f"{value!r} is unknown", f"Set it to one of: {', '.join(choices)}.")
    return value


def words(name: str, default: Sequence[str] = ()) -> list[str]:
    """A comma-separated list; empty parts are dropped."""
    raw = text(name, ",".join(default))
    return [part.strip() for part in raw.split(",") if part.strip()]


_HOST = re.compile(r"\*|\.?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]", re.IGNORECASE)


def hosts(name: str) -> list[str]:
    """A comma-separated list of host names, `.domain` for all below it, `*` for any."""
    found = words(name)
    for value in found:
        if not _HOST.fullmatch(value):
            raise _bad(
                name,
                f"{value!r} is not a host name",
                "Write names as in interviews.example.org, without scheme, port and path.",
            )
    return found


def origins(name: str) -> list[str]:
    """A comma-separated list of origins, each `scheme://host[:port]` and nothing more."""
    found = []
    for value in words(name):
        origin = value.lower()
        if not _is_http_url(origin) or not re.fullmatch(r"https?://[^/?#@*\s]+", origin):
            raise _bad(
                name,
                f"{value!r} is not an origin",
                "Write scheme://host or scheme://host:port, without a path.",
            )
        found.append(origin)
    return found


def path(name: str, default: Path) -> Path:
    """A folder, which need not exist yet; `default` must not be a file either."""
    value = text(name)
    try:
        found = Path(value).expanduser().resolve() if value else default
        is_other = found.exists() and not found.is_dir()
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: ~ of an unknown user
        raise _bad(name, f"{value!r} cannot be read", "Name a folder.") from error
    if is_other:
        raise _bad(name, f"{str(found)!r} is not a folder", "Name a folder.")
    return found


def _is_http_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, half an IPv6 address
        return False


def http_url(name: str) -> str:
    """An http(s) URL or the empty text."""
    value = text(name)
    if value and not _is_http_url(value):
        raise _bad(name, f"{value!r} is not a web address", "Write http(s)://host[:port][/path].")
    return value.rstrip("/")


def language(name: str) -> str:
    """Two letters such as "en", in lower case, or the empty text."""
    value = text(name).lower()
    if value and not re.fullmatch("[a-z]{2}", value):
        raise _bad(name, f"{value!r} is not a language", "Write two letters, such as en or de.")
    return value


def redis_url(name: str, *, package: str = "redis") -> str:
    """The address of a Redis server or the empty text; `package` is what talks to it."""
    value = text(name)
    if not value:
        return ""
    if not re.fullmatch(r"rediss?://\S+|unix:///\S+", value):
        raise _bad(name, "is not an address of Redis", "Write redis://[:password@]host:6379[/0].")
    if find_spec(package) is None:
        raise _bad(
            name,
            "needs a package that is not installed",
            "Run: pip install -r requirements-redis.txt",
        )
    return value


def database(name: str, default: str) -> dict[str, Any]:
    """Django's DATABASES entry from `sqlite:///path` or `postgresql://user:pw@host:port/name`."""
    url = text(name, default)
    try:
        config = environ.Env.db_url_config(url)
    except Exception as error:  # the parser raises many kinds, all of them mean: not such a URL
        raise _bad(
            name,
            "cannot be read",
            "Write sqlite:////path/db.sqlite3 or postgresql://user:password@host:5432/name.",
        ) from error
    engine = str(config.get("ENGINE", ""))
    known = engine.endswith((".sqlite3", ".postgresql"))
    if not known or config.get("NAME") in (None, "", ":memory:"):
        raise _bad(
            name,
            "is not a database that this project knows",
            "Write sqlite:////path/db.sqlite3 or postgresql://user:password@host:5432/name.",
        )
    return dict(config)


_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_STORAGE_CURE = (
    "Write s3://[key:secret@]bucket[/prefix][?endpoint=http://…&region=…], with each / + @ : and %"
    " of key and secret percent-encoded."
)


def storage(name: str) -> dict[str, str] | None:
    """Bucket settings from `s3://key:secret@bucket/prefix?endpoint=…&region=…`; None when unset."""
    url = text(name)
    if not url:
        return None
    try:
        parts = urlsplit(url)
        options = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        is_plain = parts.port is None and not parts.fragment and "@" not in parts.path
    except ValueError as error:
        raise _bad(name, "cannot be read", _STORAGE_CURE) from error
    if parts.scheme != "s3" or not _BUCKET.fullmatch(parts.hostname or "") or not is_plain:
        raise _bad(name, "is not a store that this project knows", _STORAGE_CURE)
    found = {"bucket": str(parts.hostname), "prefix": unquote(parts.path.strip("/"))}
    if "@" in parts.netloc:
        if not parts.username or not parts.password:
            raise _bad(name, "has a key without a secret, or a secret without a key", _STORAGE_CURE)
        found["access_key"] = unquote(parts.username)
        found["secret_key"] = unquote(parts.password)
    for key, value in options:
        if key not in {"endpoint", "region"}:
            raise _bad(name, f"{key!r} is an unknown option", "Use endpoint and region.")
        if key == "endpoint" and not _is_http_url(value):
            raise _bad(
                name, f"{value!r} is not a web address", "Write endpoint=http(s)://host[:port]."
            )
        if not value:
            raise _bad(name, f"{key} is empty", "Leave it out or give it a value.")
        found[key] = value
    if find_spec("boto3") is None:
        raise _bad(
            name,
            "needs packages that are not installed",
            "Run: pip install -r requirements-s3.txt",
        )
    return found
