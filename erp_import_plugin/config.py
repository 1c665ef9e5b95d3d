"""The plugin's configuration: one field per ``ERP_IMPORT_*`` key of the host's ``app.config``, read once."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import Field, dataclass, field, fields, replace
from difflib import get_close_matches
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from erp_import_plugin.errors import ConfigError

PREFIX = "ERP_IMPORT_"
LONGEST_LEASE = 3600
"""Seconds."""


class _MustBe(Exception):
    """What a value must be, as the end of a sentence."""


def _option(default: Any, read: Callable[[Any], Any], help: str, *, secret: bool = False) -> Any:
    """A key of the configuration. ``read`` gives the value as we keep it, or raises :class:`_MustBe`."""
    return field(default=default, repr=not secret, metadata={"read": read, "help": help})


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise _MustBe("a text")
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)


def _path(value: Any) -> str:
    if not isinstance(value, str) or not value.startswith("/") or value.endswith("/"):
        raise _MustBe("a path such as /erp-import, with a slash in front and none at the end")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Sequence) or not all(isinstance(item, str) for item in value):
        raise _MustBe("a list of texts")
    return tuple(value)


def _fernet_keys(value: Any) -> tuple[str, ...]:
    keys = _texts(value)
    if not all(_is_fernet_key(key) for key in keys):
        raise _MustBe("a list of keys made by cryptography.fernet.Fernet.generate_key")
    return keys


def _is_fernet_key(text: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(text)) == 32
    except ValueError:
        return False


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _MustBe("True or False")
    return value


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise _MustBe(f"a whole number from {least} to {most}")
        return value

    return read


def _whole_or_none(least: int, most: int) -> Callable[[Any], int | None]:
    whole = _whole(least, most)

    def read(value: Any) -> int | None:
        try:
            return None if value is None else whole(value)
        except _MustBe as must_be:
            raise _MustBe(f"None, or {must_be}") from None

    return read


def _broker(value: Any) -> Any:
    if value is not None and not isinstance(value, str) and not callable(getattr(value, "send_task", None)):
        raise _MustBe("a Celery app, or the address of a broker such as redis://localhost:6379/0")
    return value or None


def _seconds(least: float, most: float) -> Callable[[Any], float]:
    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
            raise _MustBe(f"a number of seconds from {least:g} to {most:g}")
        return float(value)

    return read


def _one_of(*choices: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in choices:
            raise _MustBe("one of " + ", ".join(choices))
        return str(value)

    return read


@dataclass(frozen=True, slots=True)
class Config:
    """What the host has chosen. ``url_prefix`` is ``app.config["ERP_IMPORT_URL_PREFIX"]``, and so on."""

    url_prefix: str = _option("/erp-import", _path, "Where the plugin's pages are.")
    base_template: str | None = _option(
        None, _text_or_none, "The host's template that the pages extend. None: a plain one that we bring."
    )
    secret_keys: tuple[str, ...] = _option(
        (),
        _fernet_keys,
        "Fernet keys for the passwords of connections, newest first: the first encrypts, all decrypt. "
        "Keys derived from the app's SECRET_KEY and SECRET_KEY_FALLBACKS come after them and can serve alone.",
        secret=True,
    )
    files: str | None = _option(
        None, _text_or_none, "Folder with the files a connector may read. None: no connector reads files."
    )
    chunk: int = _option(1000, _whole(1, 10_000), "Rows that are planned, or written in one transaction, together.")
    page_size: int = _option(50, _whole(1, 500), "Rows on a page.")
    max_actors: int = _option(1_000_000, _whole(1, 10_000_000), "Actors in one import at most.")
    confirm_above: int | None = _option(
        500,
        _whole_or_none(0, 10_000_000),
        "Records of the CRM that one import may change or remove without the number being typed first. None: any.",
    )
    runner: str = _option(
        "thread",
        _one_of("thread", "worker", "celery", "inline"),
        "What does long work: threads of this process, processes of `flask erp-import worker`, Celery, or the request "
        "itself.",
    )
    celery: Any = _option(  # noqa: RUF009 - a key as all the others; only its type can be anything
        None, _broker, "The host's Celery app, or the address of a broker, for the runner celery.", secret=True
    )
    workers: int = _option(2, _whole(1, 32), "Long works that one process does at the same time.")
    lease: float = _option(
        60.0,
        _seconds(1, LONGEST_LEASE),
        "Seconds without a sign of life after which a long work counts as interrupted.",
    )
    streams: int = _option(
        2,
        _whole(0, 1000),
        "Pages that one process tells of progress as it comes, each by a thread of the server; all others ask.",
    )
    call_timeout: float = _option(60.0, _seconds(0.1, 3600), "Seconds one call to a connector may take.")
    test_timeout: float = _option(15.0, _seconds(0.1, 600), "Seconds the test of a connection may take.")
    tests_per_minute: int | None = _option(
        20, _whole_or_none(1, 10_000), "Tests of connections a minute, per user and per connection. None: any number."
    )
    searches_per_minute: int | None = _option(
        60, _whole_or_none(1, 10_000), "Searches in an ERP a minute, per user and per connection. None: any number."
    )
    audit_days: int | None = _option(
        730, _whole_or_none(1, 36_500), "Days the audit log is kept; older entries go with the next prune. None: all."
    )
    languages: tuple[str, ...] = _option(
        ("en", "nb", "da", "sv", "de", "nl"),
        _texts,
        "Languages the pages are offered in, where the host does not choose the language itself.",
    )
    private_addresses: bool = _option(
        False, _flag, "Whether a connection may name a server in a private network, or this machine."
    )

    @classmethod
    def from_mapping(cls, mapping: MutableMapping[str, Any]) -> Config:
        """Read ``app.config``. A key that is missing is set to its default, so that the host sees what is in force.

        Raises:
            ConfigError: a key is unknown or its value is not what it must be.
        """
        known = {PREFIX + option.name.upper(): option for option in fields(cls)}
        for key in mapping:
            if key.startswith(PREFIX) and key not in known:
                raise ConfigError(f"{key} is not a key of the ERP import." + _did_you_mean(key, known))
        config = cls(**{option.name: _read(mapping, key, option) for key, option in known.items()})
        if config.runner == "celery" and config.celery is None:
            raise ConfigError(
                f"{PREFIX}RUNNER is celery, so set {PREFIX}CELERY: {known[PREFIX + 'CELERY'].metadata['help']}"
            )
        return replace(config, secret_keys=config.secret_keys + _derived_keys(mapping))


def _did_you_mean(key: str, known: Mapping[str, object]) -> str:
    close = get_close_matches(key, known, n=1)
    return f" Did you mean {close[0]}?" if close else f" Known keys: {', '.join(sorted(known))}."


def _read(mapping: MutableMapping[str, Any], key: str, option: Field[Any]) -> Any:
    value = mapping.setdefault(key, option.default)
    try:
        return option.metadata["read"](value)
    except _MustBe as must_be:
        # The value itself is not told: it may be a secret.
        raise ConfigError(f"{key} must be {must_be}. {option.metadata['help']}") from None


def _derived_keys(mapping: Mapping[str, Any]) -> tuple[str, ...]:
    """Fernet keys made of the app's own secrets, by HKDF (RFC 5869) with SHA-256."""
    secrets = [mapping.get("SECRET_KEY"), *(mapping.get("SECRET_KEY_FALLBACKS") or ())]
    return tuple(_derived_key(secret) for secret in secrets if secret)


def _derived_key(secret: str | bytes) -> str:
    material = secret.encode() if isinstance(secret, str) else secret
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"erp-import-plugin connection secrets")
    return base64.urlsafe_b64encode(hkdf.derive(material)).decode()
