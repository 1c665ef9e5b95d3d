"""Which function does which kind of long work."""

from __future__ import annotations

from functools import partial

from erp_import_plugin.jobs import Helpers, JobHandlers
from erp_import_plugin.workflow.importing_job import run_import
from erp_import_plugin.workflow.preview_job import help_plan, run_plan
from erp_import_plugin.workflow.repeat_job import run_repeat
from erp_import_plugin.workflow.rooms import Rooms
from erp_import_plugin.workflow.search import run_search
from erp_import_plugin.workflow.staging import run_fetch


def handlers(rooms: Rooms) -> JobHandlers:
    """The handlers of all kinds of job."""
    kinds = {"search": run_search, "fetch": run_fetch, "plan": run_plan, "import": run_import, "repeat": run_repeat}
    return {kind: partial(handler, rooms) for kind, handler in kinds.items()}


def helpers(rooms: Rooms) -> Helpers:
    """What does parts of those kinds of job that several workers can do side by side."""
    return {"plan": partial(help_plan, rooms)}
