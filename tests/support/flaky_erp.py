"""An ERP behind a real HTTP server that fails now and then, and a connector that knows nothing of it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any

from werkzeug import Request, Response
from werkzeug.serving import WSGIRequestHandler, make_server

from erp_import_plugin.connector_api import (
    Actor,
    ActorType,
    Capabilities,
    ConfigField,
    ConfigValue,
    Connector,
    ErpField,
    GiveUp,
    Page,
    Platform,
    Query,
    Session,
    hookimpl,
)

FIELDS = (ErpField("NAME", "Name"), ErpField("VATNO", "VAT number"), ErpField("POSTALCITY", "City"))
ACTOR = ActorType.CUSTOMER


class FlakyErp:
    """Customers by key. ``share`` of the calls go wrong, in one of the ``FAULTS``; ``faults`` tells
    which did, ``next`` is what the next calls are to get."""

    def __init__(self, size: int, chance: Random, share: float) -> None:
        self.customers = {f"C{n:05}": {"NAME": f"Ødegård {n} AS", "VATNO": f"NO{n:09}"} for n in range(size)}
        self.faults: list[str] = []
        self.next: list[str] = []
        self.gone: set[str] = set()
        self._chance = chance
        self._share = share
        self._lock = threading.Lock()
        self._kinds = list(FAULTS)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        with self._lock:
            fault = self._fault()
        answer = FAULTS[fault](self, Request(environ)) if fault else self.answer(Request(environ))
        return answer(environ, start_response)

    def _fault(self) -> str:
        """The ones that are to come; else every kind before one comes again."""
        if not self.next and self._chance.random() < self._share:
            self._kinds = self._kinds or list(FAULTS)
            self.next.append(self._kinds.pop(self._chance.randrange(len(self._kinds))))
        self.faults += self.next[:1]
        return self.next.pop(0) if self.next else ""

    def answer(self, request: Request) -> Response:
        """What the ERP says when all goes well."""
        with self._lock:
            known = sorted(self.customers)
            after, size = request.args.get("after", ""), int(request.args.get("size", "0"))
            asked = request.args.get("keys")
            keys = asked.split(",") if asked is not None else [key for key in known if key > after][:size]
            found = [{"key": key, **self.customers[key]} for key in keys if key in self.customers]
            more = asked is None and bool(found) and found[-1]["key"] != known[-1]
            return Response(json.dumps({"customers": found, "more": more, "count": len(known)}), 200)

    def busy(self, _: Request) -> Response:
        return Response("Internal error", 500)

    def throttled(self, _: Request) -> Response:
        return Response("Too many requests", 429, {"Retry-After": "1"})

    def cut(self, request: Request) -> Response:
        """Half of the answer, though it was said to be whole."""
        body = self.answer(request).get_data()
        response = Response(iter([body[: len(body) // 2]]), 200)
        response.headers["Content-Length"] = str(len(body))
        return response

    def drip(self, request: Request) -> Response:
        """All of the answer, a few bytes at a time."""
        body = self.answer(request).get_data()
        step = len(body) // 8 + 1

        def pieces() -> Iterator[bytes]:
            for start in range(0, len(body), step):
                time.sleep(0.02)
                yield body[start : start + step]

        return Response(pieces(), 200)

    def stall(self, request: Request) -> Response:
        """The beginning of an answer, and then nothing for longer than anyone waits."""
        body = self.answer(request).get_data()

        def pieces() -> Iterator[bytes]:
            yield body[:10]
            time.sleep(STALL)
            yield body[10:]

        return Response(pieces(), 200)

    def changed(self, request: Request) -> Response:
        """The answer to a question that comes after someone has removed a customer and added another."""
        with self._lock:
            key = self._chance.choice(sorted(self.customers))
            self.customers[f"{key}-moved"] = self.customers.pop(key)
            self.gone.add(key)
        return self.answer(request)


STALL = 1.5  # seconds
FAULTS = {one.__name__: one for one in (
    FlakyErp.busy, FlakyErp.throttled, FlakyErp.cut, FlakyErp.drip, FlakyErp.stall, FlakyErp.changed,
)}  # fmt: skip


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Tests need no log."""


@contextmanager
def served(erp: FlakyErp) -> Iterator[str]:
    """The address of the ERP, as long as the ``with`` lasts."""
    server = make_server("127.0.0.1", 0, erp, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class HttpConnector(Connector):
    """As a vendor would write it: no retries, no time-outs, no care."""

    key = "http"
    name = "ERP over HTTP"
    capabilities = Capabilities(calls_at_once=4)

    @hookimpl
    def erp_connectors(self) -> Sequence[Connector]:
        """Its own plugin."""
        return [self]

    def config_fields(self) -> Sequence[ConfigField]:
        return [ConfigField("url", "Address", mandatory=True)]

    def open(self, config: Mapping[str, ConfigValue], platform: Platform) -> Session:
        return _HttpSession(platform.http(str(config["url"])))


class _HttpSession(Session):
    def __init__(self, http: Any) -> None:
        self._http = http

    def test(self) -> str:
        return f"{self._ask(size=1)['count']} customers"

    def actor_types(self) -> Sequence[ActorType]:
        return [ACTOR]

    def fields(self, actor_type: ActorType) -> Sequence[ErpField]:
        return FIELDS

    def search(self, query: Query, cursor: str | None) -> Page:
        answer = self._ask(after=cursor or "", size=20)
        actors = tuple(map(_actor, answer["customers"]))
        return Page(actors, actors[-1].key if answer["more"] else None, answer["count"])

    def get(self, actor_type: ActorType, keys: Sequence[str], fields: Sequence[str]) -> Sequence[Actor]:
        return [_actor(one) for one in self._ask(keys=",".join(keys))["customers"]]

    def _ask(self, **params: Any) -> Any:
        answer = self._http.get("/customers", params=params)
        if answer.status_code != 200:
            raise GiveUp(f"The ERP answered {answer.status_code}.")
        return answer.json()


def _actor(record: dict[str, str]) -> Actor:
    return Actor(ACTOR, record["key"], {key: value for key, value in record.items() if key != "key"})
