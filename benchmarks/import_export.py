"""django-import-export with its best settings: a dry run for the preview, then the import in bulk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine

from benchmarks.workload import TEXTS, Workload

_ENGINES = {"sqlite": "sqlite3", "postgresql": "postgresql", "mariadb": "mysql"}


@contextmanager
def previewing_and_importing(engine: Engine, workload: Workload) -> Iterator[Callable[[], None]]:
    """The preview of all actors, then their import."""
    _set_up(engine)
    import tablib

    resource = _resource()

    def work() -> None:
        for dry_run in (True, False):
            result = resource.import_data(tablib.Dataset(*workload.actors(), headers=list(TEXTS)), dry_run=dry_run)
            if result.has_errors():
                raise RuntimeError(str(result.row_errors()[:1]))

    yield work


def _set_up(engine: Engine) -> None:
    if engine.dialect.name == "mariadb":
        import pymysql

        pymysql.install_as_MySQLdb()
    import django
    from django.conf import settings

    url = engine.url
    database = {
        "ENGINE": f"django.db.backends.{_ENGINES[engine.dialect.name]}",
        "NAME": url.database,
        "USER": url.username or "",
        "PASSWORD": url.password or "",
        "HOST": url.host or "",
        "PORT": str(url.port or ""),
    }
    settings.configure(DATABASES={"default": database}, INSTALLED_APPS=["import_export"], USE_TZ=True)
    django.setup()


def _resource() -> Any:
    from django.db import models
    from import_export import resources
    from import_export.instance_loaders import CachedInstanceLoader

    def text(name: str) -> Any:
        return models.CharField(max_length=120, null=name != "name", blank=True)

    meta = type("Meta", (), {"app_label": "import_export", "db_table": "company", "managed": False})
    columns = {name: text(name) for name in TEXTS}
    model = type("Company", (models.Model,), {"__module__": __name__, "Meta": meta, **columns})
    options = {
        "model": model,
        "fields": TEXTS,
        "import_id_fields": ("vat_number",),
        "skip_unchanged": True,
        "use_bulk": True,
        "batch_size": 1000,
        "use_transactions": True,
        "instance_loader_class": CachedInstanceLoader,
    }
    of_resource = type("Meta", (), options)
    return type("CompanyResource", (resources.ModelResource,), {"Meta": of_resource})()
