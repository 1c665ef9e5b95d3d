"""Which callable does which kind of work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from erp_import_plugin.jobs.context import JobContext

JobHandler: TypeAlias = Callable[[JobContext], None]
"""Does the work of one job.

It may be started again after it was cut anywhere: it looks in the database for what is left, calls ``check`` at every
edge, and returns when nothing is left. An :class:`~erp_import_plugin.errors.ErpImportError` is shown to the admin as it
is; any other error ends the job as failed, with its traceback in the log.
"""

JobHandlers: TypeAlias = Mapping[str, JobHandler]
"""The handlers by kind of job."""
