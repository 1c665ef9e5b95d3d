"""Whether there are Celery workers for our jobs: asked by whoever looks after an installation."""

from __future__ import annotations

from typing import Any

from kombu.exceptions import OperationalError

from erp_import_plugin.jobs.celery_runner import WORK, celery_of

_PATIENCE = 2.0  # seconds for the broker, and for the workers, to answer


class BrokerAway(Exception):
    """Nobody answers at the address of the broker."""


def answering(broker: Any) -> dict[str, bool]:
    """The workers that answer at a broker, or of a host's Celery app, each with whether it knows our tasks.

    A worker does not answer where its remote control is off. Raises :class:`BrokerAway`.
    """
    app = celery_of(broker)
    try:
        with app.connection_for_write(connect_timeout=_PATIENCE) as connection:
            connection.ensure_connection(max_retries=1, timeout=_PATIENCE)
        found = app.control.inspect(timeout=_PATIENCE).registered() or {}
    except (OperationalError, OSError) as error:
        raise BrokerAway from error
    return {worker: any(task.split(" ")[0] == WORK for task in tasks) for worker, tasks in found.items()}
