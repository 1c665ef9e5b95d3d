"""Which callable does which kind of work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from erp_import_plugin.jobs.context import JobContext
from erp_import_plugin.jobs.team import Work

JobHandler: TypeAlias = Callable[[JobContext], None]
"""Does the work of one job.

It may be started again after it was cut anywhere: it looks in the database for what is left, calls ``check`` at every
edge, and returns when nothing is left. An :class:`~erp_import_plugin.errors.ErpImportError` is shown to the admin as it
is; any other error ends the job as failed, with its traceback in the log.
"""

JobHandlers: TypeAlias = Mapping[str, JobHandler]
"""The handlers by kind of job."""

Helper: TypeAlias = Callable[[JobContext, str], Work]
"""What does parts of one phase of a job that another worker leads, made for each worker anew."""

Helpers: TypeAlias = Mapping[str, Helper]
"""The helpers by kind of job; the other kinds are done by one worker alone."""
