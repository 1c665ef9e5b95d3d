"""What a saved import found when it was run again, in words."""

from __future__ import annotations

from erp_import_plugin.engine.repeating import Repeat
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import ngettext
from erp_import_plugin.web.dates import day


def found(repeat: Repeat) -> str:
    """One sentence: "Since 3 Nov 2026: 12 new, 5 changed, 9,983 as before, 2 no longer in the ERP."."""
    parts = [
        ngettext("%(num)s new", "%(num)s new", repeat.new),
        ngettext("%(num)s changed", "%(num)s changed", repeat.changed),
        ngettext("%(num)s as before", "%(num)s as before", repeat.same),
    ]
    if repeat.gone:
        parts.append(ngettext("%(num)s no longer in the ERP", "%(num)s no longer in the ERP", repeat.gone))
    if repeat.outside:
        parts.append(
            ngettext(
                "%(num)s that the criteria no longer find", "%(num)s that the criteria no longer find", repeat.outside
            )
        )
    what = ", ".join(parts)
    if repeat.since is None:
        return _("Nothing was imported by it before: %(what)s.", what=what)
    return _("Since %(day)s: %(what)s.", day=day(repeat.since), what=what)


def remarks(repeat: Repeat) -> list[str]:
    """What has to be known beside it."""
    said = []
    if repeat.everything:
        said.append(_("The mapping or the settings have changed since, so every actor counts as changed."))
    if repeat.cut:
        said.append(_("There is more than one import holds. Import these, then run it again for the rest."))
    return said
