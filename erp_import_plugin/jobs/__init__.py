"""Long work in the background: what is started here goes on when the browser closes, and can be resumed anywhere."""

from erp_import_plugin.jobs.context import JobContext, OnProgress
from erp_import_plugin.jobs.errors import Cancelled, LeaseLost
from erp_import_plugin.jobs.execution import Around, Execution
from erp_import_plugin.jobs.handlers import Helper, Helpers, JobHandler, JobHandlers
from erp_import_plugin.jobs.runner import AwayRunner, InlineRunner, Runner
from erp_import_plugin.jobs.service import Jobs
from erp_import_plugin.jobs.team import Caller, Edge, Team, Work
from erp_import_plugin.jobs.thread_runner import ThreadRunner
from erp_import_plugin.jobs.views import JobView
from erp_import_plugin.jobs.worker import Worker

__all__ = [
    "Around",
    "AwayRunner",
    "Caller",
    "Cancelled",
    "Edge",
    "Execution",
    "Helper",
    "Helpers",
    "InlineRunner",
    "JobContext",
    "JobHandler",
    "JobHandlers",
    "JobView",
    "Jobs",
    "LeaseLost",
    "OnProgress",
    "Runner",
    "Team",
    "ThreadRunner",
    "Work",
    "Worker",
]
