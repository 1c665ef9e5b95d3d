"""The tabs of one connection's set-up, and of its actor types."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.web.steps import Tab
from erp_import_plugin.web.texts import ACTOR_TYPES

CONNECTION, MAPPINGS, LISTS, DEFAULTS = "connection_edit", "mappings", "list_mapping", "defaults"


def connection_tabs(current: str, connection_id: int) -> list[Tab]:
    """The pages of a connection; ``current`` is the endpoint of the one that is shown."""
    pages = [
        (CONNECTION, _("Connection")),
        (MAPPINGS, _("Mappings")),
        (LISTS, _("Lists")),
        (DEFAULTS, _("Defaults")),
    ]
    return [Tab(label, url_for(f".{page}", connection_id=connection_id), page == current) for page, label in pages]


def type_tabs(endpoint: str, connection_id: int, types: Iterable[ActorType], current: ActorType) -> list[Tab]:
    """The same page of each actor type."""
    return [
        Tab(
            str(ACTOR_TYPES[one]),
            url_for(f".{endpoint}", connection_id=connection_id, actor_type=one.value),
            one is current,
        )
        for one in types
    ]
