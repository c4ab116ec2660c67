"""A pack's layers as tables of a PostGIS database: all of them or none.

Each table says in its comment which town's it is. Only tables that say so are replaced, those of the same
town; others are never touched.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pyogrio

from ptreach.errors import InputError
from ptreach.outputs.paperwork.verify import is_own, require_pack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd
    from sqlalchemy import Connection

_OPTION: Final = "--postgis"
_GEOPACKAGE: Final = b"SQLite format 3\0"
_LONGEST_NAME: Final = 63
_CONNECT_S: Final = 10
_HIDDEN: Final = "***"
_NO_EXTRA: Final = "publishing needs libraries that are not installed"


class PublishedTable(NamedTuple):
    """A table that was written: its name with the schema, and its rows."""

    name: str
    rows: int


def publish_pack(folder: Path, dsn: str, schema: str) -> tuple[PublishedTable, ...]:
    """Write the layers of a pack as tables ``<town>_<layer>`` of a schema, in one transaction.

    An empty text becomes null.

    Parameters
    ----------
    folder
        The pack.
    dsn
        How to connect, as libpq takes it: ``postgresql://user@host/database`` or ``host=… dbname=…``. What is
        not given comes from the environment (``PGPASSWORD``) or a password file.
    schema
        Made where it is missing.

    Raises
    ------
    InputError
        Where the folder is no pack of a town, the database can't be reached or written to, has no PostGIS, or
        another table has one of the names. No message holds a password.
    """
    slug, path = _geopackage(folder)
    try:
        import geoalchemy2  # noqa: F401  what geopandas writes geometry with
        import sqlalchemy as sa
        from psycopg.conninfo import conninfo_to_dict
    except ImportError as error:
        raise InputError(
            f"{_NO_EXTRA} ({error.name})", where=_OPTION, remedy='install them: pip install ".[postgis]"'
        ) from error
    settings = _settings(conninfo_to_dict, dsn)
    layers = _layers(path, slug)
    engine = sa.create_engine(
        "postgresql+psycopg://", connect_args={"connect_timeout": _CONNECT_S, **settings}
    )
    try:
        with engine.begin() as connection:
            _require_postgis(connection)
            _make_room(connection, schema, slug, layers)
            return tuple(
                _write(
                    connection, schema, slug, name, layer, _columns(path, name.removeprefix(_prefix(slug)))
                )
                for name, layer in layers.items()
            )
    except sa.exc.SQLAlchemyError as error:
        raise _fault(error, str(settings.get("password") or "")) from None
    finally:
        engine.dispose()


def _geopackage(folder: Path) -> tuple[str, Path]:
    """Return the town's short name and the GeoPackage of a pack."""
    town = require_pack(folder).get("town")
    named = town.get("slug") if isinstance(town, dict) else None
    slug = PureWindowsPath(str(named or "")).name  # no path, whichever way its slashes lean
    path = folder / "layers" / f"{slug}.gpkg"
    if not slug or not is_own(folder, path):
        raise InputError(
            "holds no layers of a town", where=str(folder), remedy="name a pack that ptreach run wrote"
        )
    with path.open("rb") as stream:
        if stream.read(len(_GEOPACKAGE)) != _GEOPACKAGE:  # GDAL opens any kind, those too that send elsewhere
            raise InputError("no GeoPackage", where=str(path), remedy="make the pack again")
    return slug, path


def _settings(parse: Any, dsn: str) -> dict[str, Any]:  # noqa: ANN401  psycopg's, imported late
    """Return the parts of a DSN; the error shows nothing of it, for it may hold a password."""
    import psycopg

    plain = re.sub(r"^postgres(ql)?\+\w+://", "postgresql://", dsn.strip())
    try:
        return dict(parse(plain))
    except psycopg.Error:
        raise InputError(
            "the DSN can't be read",
            where=_OPTION,
            remedy="write postgresql://user@host:5432/database, with the password in PGPASSWORD",
        ) from None


def _prefix(slug: str) -> str:
    """Return what the names of a town's tables begin with."""
    return re.sub(r"[^a-z0-9]+", "_", slug.lower()).strip("_") + "_"


def _layers(path: Path, slug: str) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers by the names of their tables."""
    layers = {}
    for layer, geometry in pyogrio.list_layers(path):
        if geometry is None:
            continue
        name = f"{_prefix(slug)}{layer}"
        if len(name.encode()) > _LONGEST_NAME:
            raise InputError(
                f"'{name}' is longer than a table's name may be",
                where=str(path),
                remedy="give the town's file a shorter name, and make the pack again",
            )
        frame = pyogrio.read_dataframe(path, layer=layer).rename_geometry("geom")
        frame.index += 1
        layers[name] = frame
    return layers


def _columns(path: Path, layer: str) -> dict[str, str]:
    """Return what the columns of a layer are, by their names, as the GeoPackage has it."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as file:
        rows = file.execute(
            "SELECT column_name, title, description FROM gpkg_data_columns WHERE table_name = ?", (layer,)
        )
        return {name: f"{title}: {about}" for name, title, about in rows}


def _require_postgis(connection: Connection) -> None:
    """Raise InputError where the database has no PostGIS."""
    import sqlalchemy as sa

    if connection.execute(sa.text("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")).first() is None:
        raise InputError(
            "the database has no PostGIS",
            where=_OPTION,
            remedy="have its owner say: CREATE EXTENSION postgis",
        )


def _comment(slug: str) -> str:
    """Return what the comments of a town's tables begin with."""
    return f"ptreach, town '{slug}': "


def _make_room(connection: Connection, schema: str, slug: str, names: Iterable[str]) -> None:
    """Drop the tables of an earlier publish of the town; refuse to touch others."""
    import sqlalchemy as sa

    # one at a time: two that publish the same town would find each other's tables half way
    connection.execute(
        sa.text("SELECT pg_advisory_xact_lock(hashtext(:what))"), {"what": f"ptreach {schema} {slug}"}
    )
    there = sa.text("SELECT 1 FROM pg_namespace WHERE nspname = :schema")
    if connection.execute(there, {"schema": schema}).first() is None:
        connection.execute(sa.schema.CreateSchema(schema))
    found = connection.execute(
        sa.text(
            "SELECT c.relname, c.relkind, obj_description(c.oid, 'pg_class') FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = :schema"
        ),
        {"schema": schema},
    ).all()
    ours = {
        name for name, kind, comment in found if kind == "r" and (comment or "").startswith(_comment(slug))
    }
    if taken := sorted(set(names) & ({name for name, _, _ in found} - ours)):
        raise InputError(
            f"'{schema}.{taken[0]}' is there and is not of an earlier publish of town '{slug}'",
            where=_OPTION,
            remedy="rename it, or publish to another schema with --schema",
        )
    for name in sorted(ours):
        connection.execute(sa.schema.DropTable(sa.Table(name, sa.MetaData(), schema=schema)))


def _write(
    connection: Connection,
    schema: str,
    slug: str,
    name: str,
    layer: gpd.GeoDataFrame,
    about: Mapping[str, str],
) -> PublishedTable:
    """Write one table with its key, and what it and its columns are."""
    import sqlalchemy as sa

    layer.to_postgis(name, connection, schema=schema, if_exists="fail", index=True, index_label="fid")
    columns: list[sa.Column[Any]] = [sa.Column(column, comment=words) for column, words in about.items()]
    comment = f"{_comment(slug)}{name.removeprefix(_prefix(slug))}"
    table = sa.Table(name, sa.MetaData(), *columns, schema=schema, comment=comment)
    connection.execute(sa.schema.SetTableComment(table))
    for column in table.columns:
        connection.execute(sa.schema.SetColumnComment(column))
    connection.execute(sa.text(f'ALTER TABLE "{schema}"."{name}" ADD PRIMARY KEY (fid)'))
    return PublishedTable(f"{schema}.{name}", len(layer))


def _fault(error: Exception, password: str) -> InputError:
    """Return what the database says as an error of one line, without the password."""
    import sqlalchemy as sa

    said = getattr(error, "orig", None) or error
    line = " ".join(str(said).split("\n")[0].split()).rstrip(".")
    if password:
        line = line.replace(password, _HIDDEN)
    if isinstance(error, sa.exc.OperationalError):
        return InputError(
            f"the database can't be reached or used: {line}",
            where=_OPTION,
            remedy="check host, port, user and database; give the password in PGPASSWORD",
        )
    return InputError(
        f"nothing was written; the database says: {line}",
        where=_OPTION,
        remedy="grant the user what it needs, or publish to another schema with --schema",
    )
