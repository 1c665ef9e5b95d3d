"""Presets: import settings saved under a name, applied to other imports, shared, and opened with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import Connection as Transaction
from sqlalchemy.exc import IntegrityError

from erp_import_plugin.engine.settings import ImportSettings
from erp_import_plugin.errors import NotFound, Refused, Sentence
from erp_import_plugin.host_api import User
from erp_import_plugin.store import presets as preset_store
from erp_import_plugin.store.presets import Preset
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, settings, typed
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.rooms import Rooms
from erp_import_plugin.workflow.settings_form import SettingsForm


@dataclass(frozen=True, slots=True)
class PresetLine:
    """A preset the user can apply. ``own``: they may change it; ``default``: their settings open with it."""

    preset: Preset
    own: bool
    default: bool


def listed(rooms: Rooms, user: User) -> tuple[PresetLine, ...]:
    """The user's own presets and the shared ones, by name."""
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        default = preset_store.default_of(tx, user.id)
        found = preset_store.listed(tx, user.id)
    return tuple(PresetLine(one, _may_change(rooms, user, one), default == one) for one in found)


def apply(rooms: Rooms, user: User, token: str, preset_id: int, own: ImportSettings) -> SettingsForm:
    """The settings page with the preset's choices; where one does not fit, ``own`` stays and it is told.

    Nothing is kept. Raises NotFound.
    """
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        found = access.open_import(tx, rooms, user, token)
        return settings.fit(tx, rooms, found, _open(tx, user, preset_id), own)


def save(
    rooms: Rooms,
    user: User,
    token: str,
    chosen: ImportSettings,
    name: str,
    *,
    shared: bool = False,
    default: bool = False,
    again: bool = False,
) -> int:
    """Keep settings that an import could be made with under a name; gives the preset's id.

    With ``again`` they take the place of those of the user's preset of that name.

    Raises:
        Invalid: by "preset_name", and as ``settings.save`` does.
        NotFound: there is no such import.
    """
    access.check_user(rooms, user)
    errors: dict[str, str] = {}
    with _naming(rooms) as tx:
        found = access.open_import(tx, rooms, user, token)
        wanted, before = " ".join(name.split()), None
        try:
            before = _before(tx, user.id, wanted, again=again)
        except Invalid as invalid:
            errors |= invalid.errors
        try:
            chosen = replace(settings.complete(tx, rooms, found, chosen), left_out=frozenset())
        except Invalid as invalid:
            errors |= invalid.errors
        if errors:
            raise Invalid(errors)
        if before is None:
            preset_id = preset_store.create(tx, wanted, shared, chosen, user, rooms.now())
        else:
            preset_id = before.id
            preset_store.replace(tx, preset_id, shared, chosen)
        if default:
            preset_store.set_default(tx, user.id, preset_id)
    return preset_id


def rename(rooms: Rooms, user: User, preset_id: int, name: str, *, shared: bool) -> None:
    """Another name, shared with everyone or not. Raises Invalid by "preset_name", NotFound, Refused."""
    access.check_user(rooms, user)
    wanted = " ".join(name.split())
    with _naming(rooms) as tx:
        preset = _open_own(tx, rooms, user, preset_id)
        if wanted != preset.name:
            _before(tx, preset.owner_id, wanted, again=False)
        preset_store.rename(tx, preset.id, wanted, shared)


def make_default(rooms: Rooms, user: User, preset_id: int | None) -> None:
    """Have the settings of a connection that the user has chosen none for open with a preset. Raises NotFound."""
    access.check_user(rooms, user)
    with writing(rooms.engine) as tx:
        if preset_id is not None:
            _open(tx, user, preset_id)
        preset_store.set_default(tx, user.id, preset_id)


def delete(rooms: Rooms, user: User, preset_id: int) -> str:
    """Forget a preset and give its name; imports made with it keep their settings. Raises NotFound, Refused."""
    access.check_user(rooms, user)
    with writing(rooms.engine) as tx:
        preset = _open_own(tx, rooms, user, preset_id)
        preset_store.delete(tx, preset.id)
    return preset.name


@contextmanager
def _naming(rooms: Rooms) -> Iterator[Transaction]:
    """A transaction that names a preset. Raises Invalid where another one has taken the name meanwhile."""
    try:
        with writing(rooms.engine) as tx:
            yield tx
    except IntegrityError:
        raise _taken() from None


def _taken() -> Invalid:
    return Invalid({"preset_name": Sentence("You have one of this name already. Replace it, or choose another name.")})


def _before(tx: Transaction, owner_id: str, name: str, *, again: bool) -> Preset | None:
    """The owner's preset of a name that is to be replaced. Raises Invalid where the name cannot be taken."""
    try:
        typed.line(name)
    except typed.NotAValue as error:
        raise Invalid({"preset_name": error.sentence}) from None
    if not name:
        raise Invalid({"preset_name": Sentence("Enter a name.")})
    if len(name) > preset_store.NAME_LENGTH:
        raise Invalid({"preset_name": Sentence("Enter at most %(most)s characters.", most=preset_store.NAME_LENGTH)})
    before = preset_store.named(tx, owner_id, name)
    if before is not None and not again:
        raise _taken()
    return before


def _open(tx: Transaction, user: User, preset_id: int) -> Preset:
    found = preset_store.get(tx, preset_id, user.id)
    if found is None:
        raise NotFound(Sentence("There is no such preset."))
    return found


def _open_own(tx: Transaction, rooms: Rooms, user: User, preset_id: int) -> Preset:
    found = _open(tx, user, preset_id)
    if not _may_change(rooms, user, found):
        raise Refused(Sentence("Only %(owner)s can change this preset.", owner=found.owner_name))
    return found


def _may_change(rooms: Rooms, user: User, preset: Preset) -> bool:
    return preset.owner_id == user.id or rooms.host.access.may_manage_all(user)
