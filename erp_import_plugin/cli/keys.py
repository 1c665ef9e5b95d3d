"""``erp-import rotate-keys``"""

from __future__ import annotations

import click

from erp_import_plugin.cli.acting import DONE, WITH_FAULTS, Desk, acting
from erp_import_plugin.cli.printing import clean
from erp_import_plugin.workflow import keys as workflow
from erp_import_plugin.workflow.keys import Rotated


@click.command("rotate-keys")
@acting
def rotate_keys(desk: Desk) -> int:
    """Encrypt the passwords of all connections with the first key.

    Ends with 1 when there are passwords that no key opens; they are left as they are.
    """
    done = workflow.rotate(desk.rooms, desk.user)
    desk.show({"rotated": done.rotated, "locked": list(done.locked)}, lambda: _text(done))
    return WITH_FAULTS if done.locked else DONE


def _text(done: Rotated) -> str:
    lines = [f"Connections with their passwords under the first key now: {done.rotated}."]
    lines += [f"{clean(name)}: no key opens its passwords. Type them again." for name in done.locked]
    return "\n".join(lines)
