"""What most teams write first: SQLAlchemy's ORM, a row at a time, with a link and a log of the changes."""

from __future__ import annotations

from sqlalchemy import Engine, Integer, String, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from benchmarks.workload import TEXTS, Workload, company


class _Base(DeclarativeBase):
    pass


class _Company(_Base):
    __table__ = company.to_metadata(_Base.metadata)
    vat_number: Mapped[str | None]


class _Link(_Base):
    __tablename__ = "bench_link"
    erp_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    entity_id: Mapped[int] = mapped_column(Integer)


class _Log(_Base):
    __tablename__ = "bench_log"
    id: Mapped[int] = mapped_column(primary_key=True)
    erp_key: Mapped[str] = mapped_column(String(40))
    field: Mapped[str] = mapped_column(String(40))
    old: Mapped[str | None] = mapped_column(String(120))
    new: Mapped[str | None] = mapped_column(String(120))


def row_by_row(engine: Engine, workload: Workload) -> None:
    """Import all actors, a thousand in a transaction."""
    _Base.metadata.create_all(engine)
    with Session(engine) as session:
        for n, actor in enumerate(workload.actors()):
            _import(session, str(n), dict(zip(TEXTS, actor, strict=True)))
            if n % 1000 == 999:
                session.commit()
                session.expunge_all()
        session.commit()


def _import(session: Session, erp_key: str, actor: dict[str, str]) -> None:
    found = session.scalar(select(_Company).where(_Company.vat_number == actor["vat_number"]))
    entity = found or _Company()
    changes = []
    for name, new in actor.items():
        old = getattr(entity, name)
        if new and new != old:
            setattr(entity, name, new)
            changes.append((name, old, new))
    if found is None:
        session.add(entity)
        session.flush()
    else:
        session.add_all(_Log(erp_key=erp_key, field=name, old=old, new=new) for name, old, new in changes)
    session.add(_Link(erp_key=erp_key, entity_id=entity.id))
