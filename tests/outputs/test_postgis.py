"""Publishing to a real PostGIS: what stands in the tables, what is replaced, and that all or nothing is."""

import dataclasses
import json
import re
import shutil
import sys

import geopandas as gpd
import psycopg
import pyogrio
import pytest
import sqlalchemy as sa

from postgres import GUARDED, PASSWORD, free_port, reason, serving
from ptreach.errors import InputError
from ptreach.outputs.layers.files import write_layers
from ptreach.outputs.paperwork.manifest import write_manifest
from ptreach.outputs.postgis import publish_pack

LAYERS = {
    "isochrones": 2, "isochrones_p5_best": 2, "isochrones_p95_always": 2, "lsoa_2011": 5, "origin": 1,
    "routes": 2, "stops": 2, "streets": 3,
}  # fmt: skip


@pytest.fixture(scope="module")
def server():
    why = reason()
    if why:
        pytest.skip(why)
    with serving() as running:
        with psycopg.connect(running.dsn("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE with_postgis")
        with psycopg.connect(running.dsn("with_postgis"), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION postgis")
        yield running


@pytest.fixture
def database(server, request):
    """A new database with PostGIS: how to connect to it."""
    name = f"d{abs(hash(request.node.nodeid)) % 10**9}"
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE with_postgis")
    return server.dsn(name)


@pytest.fixture
def write(tmp_path, town, zones, isochrones, facts, surroundings):
    """Write what is published of a pack: its layers and its manifest."""

    def run(slug="ryde", around=surroundings):
        named, folder = town.model_copy(update={"slug": slug}), tmp_path / slug
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "layers").mkdir(parents=True)
        place = {
            "town": named,
            "zones": zones,
            "isochrones": isochrones,
            "facts": facts,
            "surroundings": around,
        }
        write_layers(folder / "layers", origin_xy_m=(459_154.0, 92_600.0), **place)
        write_manifest(folder, **place)
        return folder

    return run


def ask(dsn, text):
    with psycopg.connect(dsn) as connection:
        return connection.execute(text).fetchall()


def tables(dsn, schema="public"):
    found = ask(dsn, f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{schema}'")
    return {name for (name,) in found} - {"spatial_ref_sys", "geometry_columns", "geography_columns"}


def test_every_layer_is_a_table_with_its_rows_its_grid_and_its_key(database, write):
    folder = write()
    published = publish_pack(folder, database, "public")
    assert {table.name: table.rows for table in published} == {
        f"public.ryde_{layer}": rows for layer, rows in LAYERS.items()
    }
    assert tables(database) == {f"ryde_{layer}" for layer in LAYERS}
    engine = sa.create_engine(database.replace("postgresql://", "postgresql+psycopg://"))
    for layer in LAYERS:
        back = gpd.read_postgis(f"SELECT * FROM ryde_{layer} ORDER BY fid", engine, geom_col="geom")
        there = pyogrio.read_dataframe(folder / "layers" / "ryde.gpkg", layer=layer)
        assert back.crs.to_epsg() == 27700
        assert list(back.columns) == ["fid", *there.columns[:-1], "geom"]
        assert back.geometry.geom_equals(there.geometry).all()
        assert back["fid"].tolist() == list(range(1, len(there) + 1))
        for column in there.columns.drop("geometry"):
            known = there[column].replace("", None)  # an empty text has no value
            assert back[column].isna().tolist() == known.isna().tolist()
            assert back[column].dropna().tolist() == known.dropna().tolist()
    engine.dispose()
    keys = ask(
        database,
        "SELECT count(*) FROM pg_constraint WHERE contype = 'p' AND conrelid::regclass::text LIKE 'ryde%'",
    )
    assert keys == [(len(LAYERS),)]
    indexed = ask(database, "SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%USING gist%'")
    assert indexed == [(len(LAYERS),)]


def test_columns_say_what_they_are(database, write):
    publish_pack(write(), database, "public")
    ((comment,),) = ask(
        database,
        "SELECT col_description('ryde_stops'::regclass, attnum) FROM pg_attribute "
        "WHERE attrelid = 'ryde_stops'::regclass AND attname = 'minutes_p50'",
    )
    assert comment.startswith("Median travel time (minutes): Median over the window")


def test_tables_of_an_earlier_publish_of_the_town_are_replaced_and_no_others(database, write, surroundings):
    publish_pack(write("newport"), database, "public")
    publish_pack(write("ryde"), database, "public")
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE ryde_notes (text text)")
        connection.execute("UPDATE newport_origin SET town = 'kept'")
        connection.execute("UPDATE ryde_origin SET town = 'old'")
    fewer = dataclasses.replace(surroundings, streets=surroundings.streets[:0])
    publish_pack(write("ryde", fewer), database, "public")
    left = {f"ryde_{layer}" for layer in LAYERS if layer != "streets"}
    assert tables(database) == left | {f"newport_{layer}" for layer in LAYERS} | {"ryde_notes"}
    assert ask(database, "SELECT town FROM newport_origin") == [("kept",)]
    assert ask(database, "SELECT town FROM ryde_origin") == [("Ryde high street",)]


def test_a_table_that_is_not_ours_is_refused_and_nothing_is_written(database, write):
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE ryde_stops (mine text)")
    with pytest.raises(
        InputError, match=r"'public\.ryde_stops' is there and is not of an earlier publish"
    ) as caught:
        publish_pack(write(), database, "public")
    assert "--schema" in caught.value.remedy
    assert tables(database) == {"ryde_stops"}


def test_a_failure_on_the_way_leaves_all_as_it_was(database, write, monkeypatch):
    publish_pack(write(), database, "public")
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE ryde_origin SET town = 'old'")
        connection.execute("CREATE VIEW on_stops AS SELECT stop_name FROM ryde_stops")
    with pytest.raises(InputError, match="the database says: cannot drop table") as caught:
        publish_pack(write(), database, "public")
    assert "\n" not in str(caught.value)
    assert ask(database, "SELECT town FROM ryde_origin") == [("old",)]
    assert {f"ryde_{layer}" for layer in LAYERS} <= tables(database)
    # late: when half of the new tables are there
    with psycopg.connect(database) as connection:
        connection.execute("DROP VIEW on_stops")
    whole, calls = gpd.GeoDataFrame.to_postgis, []

    def fail(self, name, *arguments, **options):
        calls.append(name)
        if len(calls) == 4:
            raise sa.exc.InternalError("COPY", {}, Exception("disk full"))
        return whole(self, name, *arguments, **options)

    monkeypatch.setattr(gpd.GeoDataFrame, "to_postgis", fail)
    with pytest.raises(InputError, match="nothing was written; the database says: disk full"):
        publish_pack(write(), database, "public")
    assert ask(database, "SELECT town FROM ryde_origin") == [("old",)]
    assert {f"ryde_{layer}" for layer in LAYERS} == tables(database)


def test_a_schema_is_made_where_it_is_missing(database, write):
    publish_pack(write(), database, "reach")
    publish_pack(write(), database, "reach")
    assert tables(database, "reach") == {f"ryde_{layer}" for layer in LAYERS}
    assert tables(database) == set()


def test_a_database_without_postgis_is_told_what_it_lacks(server, write):
    with pytest.raises(InputError, match="has no PostGIS") as caught:
        publish_pack(write(), server.dsn("postgres"), "public")
    assert "CREATE EXTENSION postgis" in caught.value.remedy


def test_a_user_without_rights_is_told_so(database, server, write):
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE ROLE reader LOGIN")
    poor = re.sub("//[^@]+@", "//reader@", database)
    with pytest.raises(InputError, match="permission denied"):
        publish_pack(write(), poor, "public")
    assert tables(database) == set()


@pytest.fixture
def guarded(server):
    """A user with a password."""
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        if not connection.execute(f"SELECT 1 FROM pg_roles WHERE rolname = '{GUARDED}'").fetchone():
            connection.execute(f"CREATE ROLE {GUARDED} LOGIN SUPERUSER PASSWORD '{PASSWORD}'")


@pytest.mark.parametrize("given", ["dsn", "words", "environment"])
def test_a_password_is_taken_from_wherever_libpq_takes_it(
    database, server, write, guarded, monkeypatch, given
):
    name = database.rpartition("/")[2]
    dsn = server.dsn(name, GUARDED)
    if given == "dsn":
        dsn = dsn.replace("@", ":" + PASSWORD.replace("%", "%25") + "@")
    elif given == "words":
        dsn = f"host=127.0.0.1 port={server.port} dbname={name} user={GUARDED} password={PASSWORD}"
    else:
        monkeypatch.setenv("PGPASSWORD", PASSWORD)
    assert len(publish_pack(write(), dsn, "public")) == len(LAYERS)


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://guarded:wr0ng-secret@127.0.0.1:{port}/postgres",
        "host=127.0.0.1 port={port} dbname=postgres user=guarded password=wr0ng-secret",
        "postgresql://test:wr0ng-secret@127.0.0.1:{free}/postgres",
        "postgresql://test:wr0ng-secret@127.0.0.1:{port}/nosuch",
        "postgresql+psycopg2://guarded:wr0ng-secret@127.0.0.1:{port}/postgres",
        "wr0ng-secret",
        "postgresql://test:wr0ng-secret@127.0.0.1:{port}/postgres?nonsense=wr0ng-secret",
    ],
)
def test_no_message_holds_a_password(server, write, guarded, dsn):
    with pytest.raises(InputError) as caught:
        publish_pack(write(), dsn.format(port=server.port, free=free_port()), "public")
    error = caught.value
    assert error.where == "--postgis"
    assert error.remedy
    assert "\n" not in str(error)
    while error is not None:  # nor what a traceback would show of it
        assert "wr0ng-secret" not in str(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def test_a_folder_that_is_no_pack_is_refused(tmp_path, write):
    with pytest.raises(InputError, match="is no pack"):
        publish_pack(tmp_path, "postgresql://nowhere", "public")
    folder = write()
    (folder / "layers" / "ryde.gpkg").unlink()
    with pytest.raises(InputError, match="holds no layers of a town"):
        publish_pack(folder, "postgresql://nowhere", "public")
    shutil.rmtree(folder / "layers")
    (folder / "manifest.json").write_text(json.dumps({"ptreach": {}, "files": {}, "area": "Kent"}), "utf-8")
    with pytest.raises(InputError, match="holds no layers of a town"):
        publish_pack(folder, "postgresql://nowhere", "public")


def test_nothing_outside_a_pack_is_published_whatever_it_says(tmp_path, write):
    folder = write()
    path, outside = folder / "layers" / "ryde.gpkg", tmp_path / "secret.gpkg"
    manifest = folder / "manifest.json"
    outside.write_bytes(path.read_bytes())
    content = json.loads(manifest.read_text("utf-8"))
    content["town"]["slug"] = "../../secret"
    manifest.write_text(json.dumps(content), "utf-8")
    with pytest.raises(InputError, match="holds no layers of a town"):
        publish_pack(folder, "postgresql://nowhere", "public")
    content["town"]["slug"] = "ryde"
    manifest.write_text(json.dumps(content), "utf-8")
    path.unlink()
    path.symlink_to(outside)
    with pytest.raises(InputError, match="holds no layers of a town"):
        publish_pack(folder, "postgresql://nowhere", "public")
    path.unlink()
    layer = f'<OGRVRTLayer name="a"><SrcDataSource>{outside}</SrcDataSource></OGRVRTLayer>'
    path.write_text(f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>", "utf-8")
    with pytest.raises(InputError, match="no GeoPackage"):
        publish_pack(folder, "postgresql://nowhere", "public")


def test_a_name_that_no_table_may_have_is_refused(write):
    with pytest.raises(InputError, match="longer than a table's name may be"):
        publish_pack(write("a" * 60), "postgresql://nowhere", "public")


def test_without_the_libraries_the_extra_is_named(write, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg.conninfo", None)
    with pytest.raises(InputError, match="libraries that are not installed") as caught:
        publish_pack(write(), "postgresql://nowhere", "public")
    assert "[postgis]" in caught.value.remedy
