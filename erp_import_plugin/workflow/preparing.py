"""Having entities found fast by a rule. In a large CRM, the first time, that takes longer than a lease holds."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeAlias

import stamina
from sqlalchemy import Connection as Transaction

from erp_import_plugin.host_api import Crm, EntityKind, MatchRule
from erp_import_plugin.jobs import JobContext
from erp_import_plugin.store.transactions import is_passing

Writing: TypeAlias = Callable[[], AbstractContextManager[Transaction]]
"""Begins a transaction that writes."""


def prepare(crm: Crm, context: JobContext, kind: EntityKind, rule: MatchRule, writing: Writing) -> None:
    """Have the CRM make ready what it finds entities by, part by part, each in a transaction that holds the lease."""

    # A deadlock or a locked database passes; the transaction is rolled back, so trying again changes nothing.
    @stamina.retry(on=is_passing, attempts=5, timeout=60)
    def part(after: object) -> object:
        with writing() as tx:
            context.hold(tx)
            return crm.prepare(tx, kind, rule, after)

    after = part(None)
    while after is not None:
        context.check()
        after = part(after)
