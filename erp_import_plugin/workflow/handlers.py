"""Which function does which kind of long work."""

from __future__ import annotations

from functools import partial

from erp_import_plugin.jobs import Helpers, JobHandlers
from erp_import_plugin.late import late
from erp_import_plugin.workflow.rooms import Rooms

_STEPS = "erp_import_plugin.workflow"
_HANDLERS = {
    "search": late(f"{_STEPS}.search", "run_search"),
    "fetch": late(f"{_STEPS}.staging", "run_fetch"),
    "plan": late(f"{_STEPS}.preview_job", "run_plan"),
    "import": late(f"{_STEPS}.importing_job", "run_import"),
    "repeat": late(f"{_STEPS}.repeat_job", "run_repeat"),
}
_HELPERS = {"plan": late(f"{_STEPS}.preview_job", "help_plan")}
LATE = (*_HANDLERS.values(), *_HELPERS.values())


def handlers(rooms: Rooms) -> JobHandlers:
    """The handlers of all kinds of job."""
    return {kind: partial(handler, rooms) for kind, handler in _HANDLERS.items()}


def helpers(rooms: Rooms) -> Helpers:
    """What does parts of those kinds of job that several workers can do side by side."""
    return {kind: partial(helper, rooms) for kind, helper in _HELPERS.items()}
