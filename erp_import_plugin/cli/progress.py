"""The progress of a job on standard error: one line that changes on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time

import click

from erp_import_plugin.cli.printing import clean
from erp_import_plugin.store.jobs import Progress
from erp_import_plugin.translations import say

_ON_TERMINAL, _ELSEWHERE = 0.2, 5.0  # seconds between two lines
_WIDTH = 79


class ProgressLine:
    """Called with every progress; shows some of them, and the last of each part of the work."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._shown = float("-inf")

    def __call__(self, progress: Progress) -> None:
        """Show it, if it is time to."""
        complete = progress.total is not None and progress.done >= progress.total
        now = time.monotonic()
        if now - self._shown < (_ON_TERMINAL if self._terminal else _ELSEWHERE) and not complete:
            return
        self._shown = now
        line = _line(progress)
        if not self._terminal:
            click.echo(line, err=True)
        else:
            click.echo(f"\r{line[:_WIDTH]:<{_WIDTH}}", err=True, nl=complete)


def _line(progress: Progress) -> str:
    of = f" of {progress.total:,}" if progress.total is not None else ""
    rate = f", {progress.rate:,.0f} per second" if progress.rate else ""
    note = f"  {clean(say(progress.note))}" if progress.note else ""
    return f"{progress.done:,}{of}{rate}{note}"
