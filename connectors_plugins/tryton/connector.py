"""What a connection to Tryton must be told, and how it is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from connectors_plugins.tryton.rpc import Account, TrytonRpc
from connectors_plugins.tryton.server import RoleNames, Server
from connectors_plugins.tryton.session import TrytonSession
from erp_import_plugin.connector_api import (
    AdminCanFix,
    Capabilities,
    ConfigField,
    ConfigType,
    ConfigValue,
    Connector,
    Platform,
    Session,
)

_LONGEST_NAME = 200


class TrytonConnector(Connector):
    """Tryton 6.0 to 8.2 over its own remote procedure calls."""

    key = "tryton"
    name = "Tryton"
    description = "Customers, suppliers, contact persons and projects from a Tryton server, series 6.0 to 8.2."
    capabilities = Capabilities(changes=True, one_key=True, calls_at_once=4)

    def config_fields(self) -> Sequence[ConfigField]:
        """The fields of the connection dialog."""
        return _CONFIG_FIELDS

    def open(self, config: Mapping[str, ConfigValue], platform: Platform) -> Session:
        """A session that logs in when it is first used.

        Raises:
            AdminCanFix: the address is none.
        """
        values = {key: str(value or "").strip() for key, value in config.items()}
        account = Account(values["database"], values["user"], str(config["password"] or ""))
        rpc = TrytonRpc(platform, _server_address(values["url"]), account)
        roles = RoleNames(values["customers"], values["suppliers"], _names(values["contacts"]))
        return TrytonSession(Server(rpc, values["company"], roles))


def _server_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise AdminCanFix("The server address must look like https://erp.example.com:8000.", field="url")
    return text


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for part in text.split(",") if (name := part.strip()))


def _text(key: str, label: str, tooltip: str, *, mandatory: bool = False, default: str = "") -> ConfigField:
    return ConfigField(
        key, label, tooltip=tooltip, mandatory=mandatory, default=default or None, max_length=_LONGEST_NAME
    )


_CONFIG_FIELDS = (
    ConfigField(
        "url",
        "Server address",
        tooltip="As in a browser, for example https://erp.example.com:8000.",
        mandatory=True,
        max_length=500,
    ),
    _text("database", "Database", "The database to log in to; Tryton's login window lists it.", mandatory=True),
    _text("user", "User", "A user of its own with no more than the right to read parties.", mandatory=True),
    ConfigField("password", "Password", ConfigType.PASSWORD, mandatory=True, max_length=_LONGEST_NAME),
    _text("company", "Company", "The company in Tryton to work for. Empty: the user's own company."),
    _text(
        "customers",
        "Category of customers",
        "Parties of this category, or of one below it, are customers. Empty: every party but contact persons.",
        default="Customer",
    ),
    _text(
        "suppliers",
        "Category of suppliers",
        "Parties of this category, or of one below it, are suppliers. Empty: every party but contact persons.",
        default="Supplier",
    ),
    _text(
        "contacts",
        "Relations of contact persons",
        "Names of the relation types that lead from a person to the company, with commas between them. "
        "Empty: no contact persons.",
        default="Contact person of",
    ),
)
