"""Maps that would have another file read, or a server asked: none gives a row of it, and no request leaves."""

from __future__ import annotations

import json
import sqlite3
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer

import geopandas
import pytest

from geodata.drivers import READ, pyogrio
from geodata.errors import GeodataError
from geodata.gisfiles import Reading
from geodata.gislayers import open_layers

SECRET = "nobody may read this"
POINT = '{"type":"Feature","properties":{"name":"mine","crs":"crs"},"geometry":{"type":"Point","coordinates":[10,50]}}'


@pytest.fixture(scope="module")
def asked():
    """A server, and what it was asked for."""
    got: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            got.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", got
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Somebody else's files, which the maps below name."""
    folder = tmp_path_factory.mktemp("home")
    points = geopandas.points_from_xy([10.0], [50.0])
    table = geopandas.GeoDataFrame({"name": [SECRET]}, geometry=points, crs=4326)
    for ending in ("geojson", "shp", "gpkg", "tab"):
        table.to_file(folder / f"secret.{ending}", driver="MapInfo File" if ending == "tab" else None)
    table.assign(name="mine").to_file(folder / "own.gpkg")
    up = "../" * 12 + str(folder).lstrip("/")
    index = geopandas.GeoDataFrame({"Table": [f"{up}/secret.tab"]}, geometry=points.buffer(1), crs=4326)
    index.to_file(folder / "index.tab", driver="MapInfo File")
    return folder


def read(path):
    """Everything that a map gives, as text; its fault where it is refused."""
    try:
        return "\n".join(layer.frame.to_csv() for layer in open_layers(path, Reading()))
    except GeodataError as error:
        return f"refused: {error}"


def kept(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def recipe(source):
    return (
        '<OGRVRTDataSource><!-- <kml> <gml:FeatureCollection> --><OGRVRTLayer name="secret">'
        f"<SrcDataSource>{source}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )


@pytest.mark.parametrize("ending", ["geojson", "json", "kml", "gml", "fgb", "tab", "gpkg"])
def test_a_recipe_to_read_another_file_is_refused_whatever_it_is_called(tmp_path, home, asked, ending):
    url, got = asked
    told = read(kept(tmp_path, f"x.{ending}", recipe(home / "secret.geojson")))
    assert told.startswith("refused")
    assert SECRET not in told
    assert read(kept(tmp_path, f"y.{ending}", recipe(f"/vsicurl/{url}/a.geojson"))).startswith("refused")
    assert got == []


def test_a_recipe_in_an_archive_is_refused(tmp_path, home):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as packed:
        packed.writestr("x.geojson", recipe(home / "secret.geojson"))
    told = read(tmp_path / "x.zip")
    assert told.startswith("refused")
    assert SECRET not in told


def test_a_recipe_of_steps_is_refused(tmp_path, home, asked):
    url, got = asked
    for source in (home / "secret.geojson", f"/vsicurl/{url}/a.geojson"):
        steps = f"gdal vector pipeline ! read {source} ! write --format stream out"
        told = read(kept(tmp_path, "x.json", json.dumps({"type": "gdal_streamed_alg", "command_line": steps})))
        assert told.startswith("refused")
        assert SECRET not in told
    assert got == []


def test_a_server_to_be_asked_is_refused(tmp_path, asked):
    url, got = asked
    client = f"<OGRWFSDataSource><URL>{url}/wfs</URL></OGRWFSDataSource>"
    assert read(kept(tmp_path, "x.json", client)).startswith("refused")
    assert got == []


LINKS = (
    '"crs":{"type":"link","properties":{"href":"URL"}}',
    '"CRS" : {"TYPE":"LinkTo","properties":{"href":"URL"}}',
    '"c\\u0072s":{"type":"url","properties":{"url":"URL"}}',
    "'crs'/* x */:{'type':'link','properties':{'href':'URL'}}",
    '"crs":{"type":"name","type":"link","properties":{"href":"URL"}}',
)
AROUND = {
    "whole": '{"type":"FeatureCollection",CRS,"features":[POINT]}',
    "padded": 'loadGeoJSON({"type":"FeatureCollection",CRS,"features":[POINT]})',
    "shape": '{"type":"Feature","properties":{},"geometry":{"type":"Point",CRS,"coordinates":[1,2]}}',
    "topology": '{"type":"Topology",CRS,"arcs":[],"objects":{"a":{"type":"Point","coordinates":[1,2]}}}',
}


@pytest.mark.parametrize("crs", LINKS)
@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_a_crs_by_link_is_refused_and_not_fetched(tmp_path, asked, crs, around):
    url, got = asked
    text = around.replace("CRS", crs).replace("URL", f"{url}/c").replace("POINT", POINT)
    told = read(kept(tmp_path, "x.geojson", text))
    assert "from a link, which is not followed" in told
    assert got == []


@pytest.mark.parametrize("crs", ['{"type":"name","properties":{"name":"EPSG:4326"}}', "null", '"crs"'])
def test_a_crs_by_name_is_read(tmp_path, crs):
    text = f'{{"type":"FeatureCollection","crs":{crs},"features":[{POINT}]}}'
    assert "mine" in read(kept(tmp_path, "x.geojson", text))


def test_what_a_gml_or_kml_names_is_not_fetched(tmp_path, asked):
    url, got = asked
    space = 'xmlns:gml="http://www.opengis.net/gml" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:my="http://my" '
    gml = (
        f'<?xml version="1.0"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs" {space}'
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://my '
        f'{url}/wfs?service=WFS&amp;version=1.1.0&amp;request=DescribeFeatureType&amp;typename=my:r"><gml:featureMember>'
        f'<my:r><my:name>mine</my:name><my:more xlink:href="{url}/more#a"/><my:geom><gml:Point srsName="EPSG:4326">'
        "<gml:pos>50 10</gml:pos></gml:Point></my:geom></my:r></gml:featureMember></wfs:FeatureCollection>"
    )
    assert "mine" in read(kept(tmp_path, "x.gml", gml))
    kml = (
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link><href>{url}/n.kml</href></Link>'
        f"</NetworkLink><Placemark><name>mine</name><styleUrl>{url}/s.kml#a</styleUrl><Point><coordinates>10,50"
        "</coordinates></Point></Placemark></Document></kml>"
    )
    assert "mine" in read(kept(tmp_path, "x.kml", kml))
    assert got == []


def with_table(home, path, name, statement):
    """Our GeoPackage, and one more table in it that is made by a statement."""
    path.write_bytes((home / "own.gpkg").read_bytes())
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA writable_schema=1")
        file.execute("INSERT INTO sqlite_master VALUES('table', ?, ?, 0, ?)", (name, name, statement))
        file.execute("INSERT INTO gpkg_contents(table_name, data_type, srs_id) VALUES(?, 'features', 4326)", (name,))
        file.execute("INSERT INTO gpkg_geometry_columns VALUES(?, 'Geometry', 'POINT', 4326, 0, 0)", (name,))
    file.close()
    return path


@pytest.mark.parametrize(
    ("begin", "name"),
    [("CREATE VIRTUAL TABLE v", "v"), ('CREATE /* x */ Virtual\nTABLE "v using rtree("', "v using rtree("),
     ("create virtual table [v]", "v")],
)  # fmt: skip
def test_a_geopackage_with_tables_of_other_files_is_refused(tmp_path, home, begin, name):
    statement = f"{begin} USING VirtualShape('{home}/secret', 'UTF-8', 4326)"
    told = read(with_table(home, tmp_path / "x.gpkg", name, statement))
    assert "takes rows from other files" in told


def test_a_geopackage_with_its_own_index_is_read(home):
    with sqlite3.connect(home / "own.gpkg") as file:
        assert file.execute("SELECT count(*) FROM sqlite_master WHERE sql LIKE '%USING rtree%'").fetchone() == (1,)
    file.close()
    assert "mine" in read(home / "own.gpkg")


def test_a_table_of_tables_of_mapinfo_is_refused_and_a_plain_one_read(tmp_path, home):
    assert SECRET in read(home / "secret.tab")  # by its owner
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as packed:
        for ending in ("dat", "map", "id"):
            packed.write(home / f"index.{ending}", f"index.{ending}")
        whole = (home / "index.tab").read_text("latin-1")
        packed.writestr("index.tab", f'{whole}\nbegin_metadata\n"\\IsSeamless" = "TRUE"\nend_metadata\n')
    assert "takes rows from other files" in read(tmp_path / "x.zip")
    view = f'!table\n!version 100\nOpen Table "{home}/secret" Hide\nCreate View v As\nSelect name\nFrom secret\n'
    assert "takes rows from other files" in read(kept(tmp_path, "v.tab", view))


def test_an_archive_in_an_archive_is_refused_whatever_it_is_called(tmp_path):
    with zipfile.ZipFile(tmp_path / "inner.zip", "w") as packed:
        packed.writestr("x.geojson", f'{{"type":"FeatureCollection","features":[{POINT}]}}')
    assert "mine" in read(tmp_path / "inner.zip")
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as packed:
        packed.write(tmp_path / "inner.zip", "x.json")
    assert "an archive in an archive" in read(tmp_path / "outer.zip")


def test_only_drivers_that_read_the_file_itself_are_left():
    assert set(pyogrio().list_drivers()) <= READ
