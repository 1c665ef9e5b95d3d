"""The pages on a small host, with a shop for an ERP and jobs that are done at once; what a test does on them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from erp_import_plugin.engine.settings import Action, DuplicateSettings, ImportSettings, NoCompany
from erp_import_plugin.host_api import User
from erp_import_plugin.translations import Catalogues, ensure_babel
from erp_import_plugin.web.blueprint import make_blueprint
from erp_import_plugin.workflow import importing, preview
from erp_import_plugin.workflow import settings as settings_step
from tests.support.reading import Page
from tests.support.rooms import ADMIN, House, People, build, jobs_of

BY_NAME = ImportSettings(
    company=DuplicateSettings("name", Action.REPLACE),
    person=DuplicateSettings("name", Action.MERGE),
    project=DuplicateSettings("name", Action.MERGE),
    no_company=NoCompany.WITHOUT,
)


@dataclass
class Visitors(People):
    """The host's users, one of whom is signed in."""

    signed_in: User | None = field(default_factory=lambda: ADMIN)

    def current_user(self) -> User | None:
        return self.signed_in


@dataclass
class Site:
    """The pages, and the rooms below them."""

    house: House
    visitors: Visitors
    client: FlaskClient

    def path(self, token: str, page: str = "") -> str:
        """The address of a page of an import."""
        return f"/erp-import/imports/{token}/{page}"

    def get(self, path: str, status: int = 200, **headers: str) -> Page:
        """A page, as a browser asks for it."""
        answer = self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        assert answer.status_code == status, answer.get_data(as_text=True)[-2000:]
        return Page(answer.get_data(as_text=True))

    def post(self, path: str, status: int = 303, **sent: object) -> Page | str:
        """Send a form with a token; gives the address to go on to, or the page."""
        data = {"csrf_token": self.token(), **{name.replace("__", "-"): value for name, value in sent.items()}}
        answer = self.client.post(path, data=data)
        assert answer.status_code == status, answer.get_data(as_text=True)[-2000:]
        return answer.headers["Location"] if "Location" in answer.headers else Page(answer.get_data(as_text=True))

    def token(self) -> str:
        """A CSRF token of this session."""
        return self.get("/erp-import/sync/connections/new/shop").value("csrf_token")

    def staged(self) -> str:
        """The token of an import of all customers of the shop."""
        token = self.house.begin()
        self.house.stage(token)
        return token

    def planned(self, chosen: ImportSettings = BY_NAME) -> str:
        """The same, as far as the preview."""
        token = self.staged()
        settings_step.save(self.house.rooms, ADMIN, token, chosen)
        job = preview.start(self.house.rooms, self.house.jobs, ADMIN, token)
        assert job.state == "done", job.note
        return token

    def imported(self) -> str:
        """The same, imported."""
        token = self.planned()
        importing.start(self.house.rooms, self.house.jobs, ADMIN, token)
        return token


def build_site(engine: Engine, **config: object) -> Site:
    """The pages on an empty database, with twelve customers in the shop."""
    site = site_of(build(engine, **config))
    site.house.shop.add_companies(12)
    site.house.connect()
    return site


def site_of(house: House) -> Site:
    """The pages of a house."""
    visitors = Visitors()
    rooms = replace(house.rooms, host=replace(house.rooms.host, access=visitors), tongue=Catalogues())
    house = replace(house, rooms=rooms, jobs=jobs_of(rooms))
    app = Flask(__name__)
    app.config.update(SECRET_KEY="a secret of the tests", TESTING=True)
    app.extensions["erp_import"] = SimpleNamespace(rooms=rooms, jobs=house.jobs, config=rooms.config)
    ensure_babel(app, rooms.config.languages)
    app.register_blueprint(make_blueprint(rooms.config))
    return Site(house, visitors, app.test_client())
