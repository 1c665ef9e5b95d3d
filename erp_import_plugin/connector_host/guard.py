"""A session with a stranger's connector, every call guarded. No other room calls a connector."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import TypeVar

from erp_import_plugin.connector_api import (
    ActorType,
    ConfigType,
    ConfigValue,
    ErpField,
    ListItem,
    Query,
    Restriction,
    Session,
    Sort,
)
from erp_import_plugin.connector_host.calling import Caller
from erp_import_plugin.connector_host.cancelling import Cancellation
from erp_import_plugin.connector_host.checking import check_actor_types, check_list_items
from erp_import_plugin.connector_host.checking_actors import ActorCheck, CheckedPage
from erp_import_plugin.connector_host.checking_fields import check_fields
from erp_import_plugin.connector_host.declaring import LoadedConnector
from erp_import_plugin.connector_host.excerpts import excerpt
from erp_import_plugin.connector_host.failures import NonsenseError, Recovery
from erp_import_plugin.connector_host.limits import Limits
from erp_import_plugin.connector_host.pacing import Pace
from erp_import_plugin.connector_host.parts import in_parts, joined
from erp_import_plugin.connector_host.platform import PlatformSettings, PluginPlatform
from erp_import_plugin.connector_host.redacting import redactor_for
from erp_import_plugin.connector_host.searching import Gathering, SearchPlan
from erp_import_plugin.connector_host.streaming import Fetched, SearchPage, sort_out, stream
from erp_import_plugin.errors import Sentence

T = TypeVar("T")


def open_session(
    loaded: LoadedConnector,
    config: Mapping[str, ConfigValue],
    limits: Limits | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    settings: PlatformSettings | None = None,
    pace: Pace | None = None,
) -> GuardedSession:
    """Open a session; use it in a ``with``. ``cancelled`` is asked now and then, only in the calling thread.

    Sessions of one connection share a ``pace``. Every method of the session raises ConnectorFailure, or
    ``connector_api.Cancelled`` when the work was stopped.
    """
    return GuardedSession(
        loaded,
        config,
        limits or Limits(),
        Cancellation(cancelled),
        settings or PlatformSettings(),
        pace or Pace(loaded.capabilities.calls_per_minute),
    )


class GuardedSession:
    """One thread at a time may use it. ``complaints`` collects what was left out of fields and lists, in sentences."""

    def __init__(
        self,
        loaded: LoadedConnector,
        config: Mapping[str, ConfigValue],
        limits: Limits,
        cancellation: Cancellation,
        settings: PlatformSettings,
        pace: Pace,
    ) -> None:
        self.loaded = loaded
        self.limits = limits
        self.complaints: list[Sentence] = []
        self._cancellation = cancellation
        self._platform = PluginPlatform(_within(settings, limits), cancellation)
        self._caller = Caller(loaded.name, redactor_for(loaded.config_fields, config), limits, cancellation, pace)
        self._cache: dict[tuple[str, str], object] = {}
        try:
            self._session = self._open(_complete(loaded, config))
        except BaseException:
            self._caller.close(self._platform.close)
            raise

    def __enter__(self) -> GuardedSession:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def stop(self) -> None:
        """Have the call that is under way, and all later ones, end with ``Cancelled``; from any thread."""
        self._cancellation.stop()

    def close(self) -> None:
        """Close the connector's session; it cannot stop us from doing so."""

        def act() -> None:
            try:
                self._session.close()
            finally:
                self._platform.close()

        self._caller.close(act)

    def test(self) -> str:
        """What the connector says it reached; at most 500 characters."""

        def act() -> str:
            said = self._session.test()
            return excerpt(said) if isinstance(said, str) else ""

        return self._caller.call("test", act)

    def actor_types(self) -> tuple[ActorType, ...]:
        """The actor types of this ERP company."""
        return self._cached("actor_types", "", lambda: check_actor_types(self._session.actor_types()))

    def fields(self, actor_type: ActorType) -> tuple[ErpField, ...]:
        """The usable fields of an actor type, in the connector's order."""

        def act() -> tuple[ErpField, ...]:
            fields, complaints = check_fields(self._session.fields(actor_type), self.limits)
            self.complaints.extend(complaints)
            return fields

        return self._cached("fields", actor_type.value, act)

    def list_items(self, list_name: str) -> tuple[ListItem, ...]:
        """The items of a list, one per key."""

        def act() -> tuple[ListItem, ...]:
            items, complaints = check_list_items(self._session.list_items(list_name), self.limits)
            self.complaints.extend(complaints)
            return items

        return self._cached("list_items", list_name, act)

    def search(
        self,
        restriction_sets: Sequence[Sequence[Restriction]],
        actor_type: ActorType,
        fields: Collection[str],
        sort: Sort | None = None,
        page_size: int = 200,
    ) -> Iterator[SearchPage]:
        """The actors that fulfil every restriction of at least one set; no set at all means every actor.

        Each actor comes once. A failure ends the stream; the pages before it stay good. Raises ConnectorFailure with
        the recovery FIX for a field the connector does not offer, ValueError for a restriction that does not suit its
        field (see ``filtering.check_restriction``).
        """
        declared = self.fields(actor_type)
        gathering = Gathering()
        for restrictions in restriction_sets or [()]:
            self._refuse_unknown("search", declared, [*fields, *(one.field for one in restrictions)])
            plan = SearchPlan.of(self.loaded, declared, restrictions, fields, sort, alone=len(restriction_sets) <= 1)
            query = Query(actor_type, plan.pushed, plan.wanted, plan.sort, page_size)
            check = ActorCheck(actor_type, plan.fields, self.limits)

            def fetch(cursor: str | None, query: Query = query, check: ActorCheck = check) -> CheckedPage:
                return check.page(self._session.search(query, cursor))

            for page in self._stream("search", fetch):
                yield gathering.add(page, plan)

    def get(self, actor_type: ActorType, keys: Sequence[str], fields: Collection[str]) -> Fetched:
        """The actors with these keys, all at once."""
        return joined(list(self.fetch(actor_type, keys, fields)))

    def fetch(self, actor_type: ActorType, keys: Sequence[str], fields: Collection[str]) -> Iterator[Fetched]:
        """The actors with these keys, in chunks, so that memory does not depend on their number.

        An actor that the connector fails for is rejected, and the others come.
        """
        declared = self.fields(actor_type)
        self._refuse_unknown("get", declared, fields)
        asked = frozenset(fields)
        wanted = {field.key: field for field in declared if field.key in asked}
        distinct = tuple(dict.fromkeys(keys))
        for start in range(0, len(distinct), self.limits.get_chunk):
            yield self._get_chunk(actor_type, distinct[start : start + self.limits.get_chunk], wanted)

    def changes(self, actor_type: ActorType, since: str, fields: Collection[str]) -> Iterator[SearchPage]:
        """The actors changed at or after a ``last_modified`` mark; only where the capabilities say so."""
        if not self.loaded.capabilities.changes:
            raise self._caller.failure("changes", Sentence("This connector does not tell what changed."))
        declared = self.fields(actor_type)
        self._refuse_unknown("changes", declared, fields)
        plan = SearchPlan.of(self.loaded, declared, (), fields, None, alone=True)
        gathering = Gathering()
        check = ActorCheck(actor_type, plan.fields, self.limits)

        def fetch(cursor: str | None) -> CheckedPage:
            return check.page(self._session.changes(actor_type, since, plan.wanted, cursor))

        for page in self._stream("changes", fetch):
            yield gathering.add(page, plan)

    def _open(self, config: Mapping[str, ConfigValue]) -> Session:
        def act() -> Session:
            session: object = self.loaded.connector.open(config, self._platform)
            if not isinstance(session, Session):
                kind = type(session).__name__
                raise NonsenseError(Sentence("The connector opened %(type)s instead of a session.", type=kind))
            return session

        return self._caller.call("open", act)

    def _get_chunk(self, actor_type: ActorType, keys: tuple[str, ...], wanted: Mapping[str, ErpField]) -> Fetched:
        check = ActorCheck(actor_type, wanted, self.limits)

        def ask(some: tuple[str, ...]) -> Fetched:
            def act() -> Fetched:
                return sort_out(*check.actors(self._session.get(actor_type, some, tuple(wanted))), some)

            return self._caller.call("get", act)

        return in_parts(keys, ask)

    def _stream(self, method: str, fetch: Callable[[str | None], CheckedPage]) -> Iterator[CheckedPage]:
        pages = stream(lambda cursor: self._caller.call(method, lambda: fetch(cursor)), self.limits)
        while True:
            try:
                page = next(pages, None)
            except NonsenseError as error:
                failure = self._caller.failure(method, error.sentence)
            else:
                if page is None:
                    return
                yield page
                continue
            raise failure

    def _cached(self, method: str, name: str, act: Callable[[], T]) -> T:
        place = (method, name)
        if place not in self._cache:
            self._cache[place] = self._caller.call(method, act)
        return self._cache[place]  # type: ignore[return-value]

    def _refuse_unknown(self, method: str, declared: Sequence[ErpField], asked: Collection[str]) -> None:
        known = {field.key for field in declared}
        for key in asked:
            if key not in known:
                sentence = Sentence("The ERP no longer offers the field “%(key)s”.", key=excerpt(key, 60))
                raise self._caller.failure(method, sentence, Recovery.FIX)


def _within(settings: PlatformSettings, limits: Limits) -> PlatformSettings:
    """An ERP that is silent shall make the connector's call fail by name, not run into the limit of the call."""
    most = limits.call_timeout * 0.75
    return replace(
        settings,
        answer_timeout=min(settings.answer_timeout, most),
        connect_timeout=min(settings.connect_timeout, most),
    )


def _complete(loaded: LoadedConnector, config: Mapping[str, ConfigValue]) -> dict[str, ConfigValue]:
    inputs = (field for field in loaded.config_fields if field.type is not ConfigType.LABEL)
    return {field.key: config.get(field.key, field.default) for field in inputs}
