"""What a staged actor is shown by."""

from __future__ import annotations

from erp_import_plugin.connector_api import Actor
from erp_import_plugin.engine.mapping import ActorMapping
from erp_import_plugin.workflow import cells
from erp_import_plugin.workflow.mappings import shown

_FULL_NAME = ("first_name", "last_name")


class ActorLabels:
    """The labels of actors of one mapping: the name, the first and last name, the first shown field, else the key."""

    def __init__(self, mapping: ActorMapping | None) -> None:
        sources: dict[str, str] = {}
        for one in mapping.fields if mapping else ():
            sources.setdefault(one.crm_field or one.erp.key, one.erp.key)
        self._name = sources.get("name", "")
        self._full = tuple(sources[part] for part in _FULL_NAME if part in sources)
        self._others = tuple(field.key for field in shown(mapping)) if mapping else ()

    def of(self, actor: Actor) -> str:
        """The label of one actor."""
        values = actor.values
        if name := cells.text(values.get(self._name)):
            return name
        if full := " ".join(part for key in self._full if (part := cells.text(values.get(key)))):
            return full
        return next((other for key in self._others if (other := cells.text(values.get(key)))), actor.key)
