"""``flask erp-import …``: the same workflow without a browser. Its options and JSON shapes: ``docs/cli.md``."""

from __future__ import annotations

from flask.cli import AppGroup

from erp_import_plugin.cli.audit import audit
from erp_import_plugin.cli.connections import connections
from erp_import_plugin.cli.connectors import connectors
from erp_import_plugin.cli.decide import decide
from erp_import_plugin.cli.doctor import doctor
from erp_import_plugin.cli.importing import import_
from erp_import_plugin.cli.keys import rotate_keys
from erp_import_plugin.cli.mappings import discover, map_, mappings, unmap
from erp_import_plugin.cli.preview import preview
from erp_import_plugin.cli.prune import prune
from erp_import_plugin.cli.run import run
from erp_import_plugin.cli.runs import runs
from erp_import_plugin.cli.saved import saved
from erp_import_plugin.cli.search import search
from erp_import_plugin.cli.undo import undo
from erp_import_plugin.cli.worker import worker

__all__ = ["command"]

command = AppGroup("erp-import", help="Import customers, suppliers, persons and projects from an ERP.")
for part in (mappings, map_, unmap, discover):
    command.add_command(part)
for part in (
    connectors,
    connections,
    search,
    preview,
    decide,
    import_,
    undo,
    runs,
    saved,
    run,
    prune,
    rotate_keys,
    audit,
    worker,
    doctor,
):
    command.add_command(part)
