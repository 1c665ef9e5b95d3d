"""``erp-import worker``"""

from __future__ import annotations

import signal

import click
from flask import current_app
from flask.cli import with_appcontext

from erp_import_plugin.cli.acting import Refusal


@click.command("worker")
@click.option("--burst", is_flag=True, help="End when there is nothing left to do, as for cron.")
@with_appcontext
def worker(burst: bool) -> None:
    """Do the long work that others have begun, until it is told to end (SIGTERM, Ctrl+C)."""
    installed = current_app.extensions.get("erp_import")
    if installed is None:
        raise Refusal("This app has no ERP import.")
    if not burst:
        click.echo(f"Waiting for work, {installed.config.workers} at once. End with Ctrl+C.", err=True)
    if installed.config.runner == "celery" and not burst:
        installed.serve_celery()
        return
    made = installed.worker()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: made.stop())
    made.run_out() if burst else made.run()
