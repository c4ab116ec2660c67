"""Geo files of strangers: what GDAL is never given, and what it may not do with the rest."""

import zipfile

import geopandas as gpd
import pytest
from shapely.geometry import Point

from loopback import serving
from ptreach.errors import InputError
from ptreach.sources.tables import read_table

SENDS = "it holds no shapes, but where to have them"
LAYER = (
    '<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer>'
    "</OGRVRTDataSource>"
)
CHAIN = '{{"type": "gdal_streamed_alg", "command_line": "gdal vector filter {} --output-format=stream s"}}'
CLIENT = "<OGRWFSDataSource><URL>{}</URL></OGRWFSDataSource>"
# A feature as servers send it: its schema is to be had from an address
FEATURE = (
    '<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs" xmlns:gml="http://www.opengis.net/gml" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:o="http://x" xsi:schemaLocation="http://x '
    '{}?SERVICE=WFS&amp;VERSION=1.0.0&amp;REQUEST=DescribeFeatureType&amp;TYPENAME=o:a"><gml:featureMember>'
    '<o:a><o:id>7</o:id><o:g><gml:Point srsName="EPSG:4326"><gml:coordinates>-1,50</gml:coordinates>'
    "</gml:Point></o:g></o:a></gml:featureMember></wfs:FeatureCollection>"
)


@pytest.fixture
def secret(tmp_path):
    """A file of the machine that no other file has any business with."""
    path = tmp_path / "secret.geojson"
    gpd.GeoDataFrame({"word": ["swordfish"]}, geometry=[Point(-1, 50)], crs=4326).to_file(path)
    return path


@pytest.fixture
def server():
    with serving() as running:
        yield running


@pytest.mark.parametrize(
    "name", ["a.geojson", "a.json", "a.gml", "a.kml", "a.gpx", "a.shp", "a.tab", "a.gpkg"]
)
@pytest.mark.parametrize("text", [LAYER, f"<gml/><!-- -->{LAYER}", CHAIN, f" {CHAIN}"])
def test_a_file_that_sends_to_another_is_refused(tmp_path, secret, name, text):
    path = tmp_path / name
    path.write_text(text.format(secret), encoding="utf-8")
    with pytest.raises(InputError, match=SENDS) as refused:
        read_table(path)
    assert refused.value.where == str(path)


@pytest.mark.parametrize(
    "text", [LAYER.replace("{}", "/vsicurl/{}"), CHAIN.replace("{}", "/vsicurl/{}"), CLIENT]
)
def test_a_file_that_sends_to_an_address_is_refused_and_none_is_asked(tmp_path, server, text):
    path = tmp_path / "a.geojson"
    path.write_text(text.format(server.url("/a.geojson")), encoding="utf-8")
    with pytest.raises(InputError, match=SENDS):
        read_table(path)
    assert server.asked == []


@pytest.mark.parametrize("names", [["a.vrt"], ["a.shp"], ["a.vrt", "b.txt"], ["deep/a.gml"], ["readme.txt"]])
def test_so_is_one_within_a_zip(tmp_path, secret, names):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, LAYER.format(secret))
    with pytest.raises(InputError, match=rf"{SENDS}|the zip has no geo file"):
        read_table(path)


def test_a_schema_is_not_sent_for(tmp_path, server):
    path = tmp_path / "a.gml"
    path.write_text(FEATURE.format(server.url("/wfs")), encoding="utf-8")
    assert read_table(path)["id"].tolist() == [7]
    assert server.asked == []


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.gpkg", b"{}"), ("a.geojson", b"MsRcd"), ("a.kml", b"$GPGGA"), ("a.fgb", b"PK"), ("a.zip", b"fgb")],
)
def test_a_file_of_another_kind_than_its_name_is_refused(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=rf"does not begin as a file called \.{name[2:]} does"):
        read_table(path)


@pytest.mark.parametrize("name", ["p.gpkg", "p.geojson", "p.shp", "p.fgb", "p.kml", "p.tab", "p.mif"])
@pytest.mark.parametrize("packed", [False, True])
def test_files_that_gdal_writes_are_read(tmp_path, name, packed):
    folder = tmp_path / "whole"
    folder.mkdir()
    frame = gpd.GeoDataFrame({"name": ["seven"]}, geometry=[Point(-1, 50)], crs=4326)
    frame.to_file(folder / name, driver={"p.kml": "KML", "p.tab": "MapInfo File"}.get(name))
    path = folder / name
    if packed:
        path = tmp_path / "p.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for part in sorted(folder.iterdir()):
                archive.write(part, part.name)
    table = read_table(path)
    assert "seven" in table.iloc[0].tolist()
    assert table.geometry.iloc[0].distance(Point(-1, 50)) < 1e-6


def test_a_zip_that_is_damaged_or_locked_is_one_line(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.geojson", "{}" * 999)
    content = bytearray(path.read_bytes())
    content[44:48] = b"\xff" * 4
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.zip, a\.geojson: not readable"):
        read_table(path)
