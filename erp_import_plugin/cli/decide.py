"""``erp-import decide``"""

from __future__ import annotations

from collections.abc import Sequence

import click

from erp_import_plugin.cli import shapes
from erp_import_plugin.cli.acting import DONE, Desk, Refusal, acting
from erp_import_plugin.cli.finding import complete
from erp_import_plugin.cli.printing import accounts_line
from erp_import_plugin.store.plan import PlanFilter
from erp_import_plugin.workflow import decisions, preview
from erp_import_plugin.workflow.decisions import Decided, Wish


@click.command("decide")
@click.argument("token")
@click.argument("rows", type=int, nargs=-1, required=True)
@click.option("--entity", metavar="ID", help="It is this record of the CRM.")
@click.option("--only", "wish", flag_value=Wish.ONLY.value, help="It is the only candidate there is.")
@click.option("--new", "wish", flag_value=Wish.NEW.value, help="A new record is created.")
@click.option("--leave-out", "wish", flag_value=Wish.LEAVE_OUT.value, help="It is not imported.")
@click.option("--again", "wish", flag_value=Wish.AGAIN.value, help="The decision is taken back.")
@acting
def decide(desk: Desk, token: str, rows: Sequence[int], entity: str | None, wish: str | None) -> int:
    """Decide about rows of a preview. Of several rows those stay as they are that the choice does not fit."""
    if (entity is None) is (wish is None):
        raise Refusal("Say one of --entity, --only, --new, --leave-out and --again.")
    if entity is not None and len(rows) > 1:
        raise Refusal("Only one row can be one record.")
    done = _decide(desk, token, rows, Wish(wish) if wish else Wish.ENTITY, entity)
    page = preview.page(desk.rooms, desk.jobs, desk.user, token, PlanFilter())
    desk.show(
        {"import": token, "decided": done.rows, "left": done.left, "accounts": shapes.accounts(page.accounts)},
        lambda: "\n".join(
            [f"{done.rows:,} decided, {done.left:,} left.", accounts_line(page.accounts) if page.accounts else ""]
        ),
    )
    return DONE


def _decide(desk: Desk, token: str, rows: Sequence[int], wish: Wish, entity: str | None) -> Decided:
    if len(rows) == 1 and wish is not Wish.ONLY:
        decisions.decide(desk.rooms, desk.user, token, rows[0], wish, entity)
        return Decided(1, 0)
    done = decisions.decide_all(desk.rooms, desk.jobs, desk.user, token, wish, rows)
    if done.in_background:
        complete(desk, desk.jobs.latest(token))
    return done
