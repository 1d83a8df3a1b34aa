"""One small town drawn by hand and written in every format: each reader must give the same travel."""

from __future__ import annotations

import geopandas
import numpy as np
import pytest
import shapely

from geodata.build import build_network
from geodata.columns import find_columns, line_tags
from geodata.errors import GeodataError
from geodata.gisfiles import Reading, read_area, read_gis
from geodata.ground import load_ground
from geodata.mapfile import read_map
from geodata.osm import read_osm
from geodata.router import Router

from .osm_text import CRS, lonlat, osm_file

#        5 (bridge 2-5 passes over 6-7)
#  1 --- 2 --- 3 --- 4      3 -> 4 one-way, 50 km/h
#     6 -+- 7               (crosses the bridge at no node)
NODES = {
    1: (0, 0),
    2: (300, 0),
    3: (600, 0),
    4: (900, 0),
    5: (300, 400),
    6: (0, 200),
    7: (600, 200),
}
WAYS = {
    11: ([1, 2], {"highway": "residential", "name": "中山路"}),
    12: ([2, 3], {"highway": "primary", "maxspeed": "60"}),
    13: ([3, 4], {"highway": "secondary", "maxspeed": "50", "oneway": "yes"}),
    14: ([2, 5], {"highway": "secondary", "bridge": "yes", "layer": "1"}),
    15: ([6, 7], {"highway": "tertiary", "name": "桥下路"}),
    16: ([1, 6], {"highway": "residential", "oneway": "-1"}),
}
ENDS = [(10.0, 0.0), (590.0, 0.0), (890.0, 1.0), (300.0, 390.0), (590.0, 200.0), (0.0, 100.0)]


def times(network):
    """Milliseconds between fixed places, -1 where nothing leads."""
    shift = network_shift(network)
    points = network.snap(np.array(ENDS) + shift)
    assert points.ok.all()
    ms = Router(network).matrix_ms(points, points)
    # Another CRS moves a vertex by a billionth of a degree, which may turn the last millisecond.
    return pytest.approx([-1 if np.isinf(v) else round(v) for v in ms.ravel()], abs=2)


def network_shift(network):
    from geodata.crs import to_metric

    return to_metric([lonlat(0, 0)], network.crs)[0]


def frame(**renamed):
    """The town as a table of lines in degrees, without ids of nodes."""
    keys = ("highway", "name", "maxspeed", "oneway", "bridge", "layer")
    table = {renamed.get(k, k): [tags.get(k) for _, tags in WAYS.values()] for k in keys}
    # OpenStreetMap files keep seven digits.
    lines = [
        shapely.LineString(np.round([lonlat(*NODES[n]) for n in refs], 7))
        for refs, _ in WAYS.values()
    ]
    return geopandas.GeoDataFrame(table, geometry=lines, crs="EPSG:4326")


@pytest.fixture(scope="module")
def by_osm(tmp_path_factory):
    path = osm_file(tmp_path_factory.mktemp("osm") / "t.osm", NODES, WAYS)
    return times(build_network(read_osm(path), crs=CRS)).expected


CUSTOM = (
    "+proj=tmerc +lat_0=53 +lon_0=13.1 +k=1 +x_0=250000 +y_0=100000 +ellps=GRS80 +units=m +no_defs"
)
CHINESE = {"highway": "道路类型", "name": "名称", "maxspeed": "限速", "oneway": "单行", "bridge": "桥梁",
           "layer": "层级"}  # fmt: skip


def write(data, path):
    if path.suffix == ".parquet":
        data.to_parquet(path)
    elif path.suffix == ".shp":
        data.to_file(path, encoding="GBK")
        path.with_suffix(".cpg").unlink(missing_ok=True)
    else:
        data.to_file(path)
    return path


@pytest.mark.parametrize("columns", [{}, CHINESE], ids=["english", "chinese"])
@pytest.mark.parametrize(
    ("name", "crs"),
    [("t.gpkg", 4326), ("t.geojson", 4326), ("t.shp", 32633), ("t.parquet", CUSTOM), ("t.gpkg", 25833),
     ("t.fgb", 4490)],
)  # fmt: skip
def test_one_town_in_every_format_travels_alike(tmp_path, by_osm, name, crs, columns):
    path = write(frame(**columns).to_crs(crs), tmp_path / name)
    data = read_map(path)
    network = build_network(data, crs=CRS)
    assert times(network) == by_osm
    assert "中山路" in network.names
    assert network.bridge.sum() == 1


def test_the_town_written_by_osmnx_in_graphml(tmp_path, by_osm):
    path = tmp_path / "t.graphml"
    keys = [
        "x",
        "y",
        "highway",
        "name",
        "maxspeed",
        "oneway",
        "bridge",
        "layer",
        "osmid",
        "geometry",
        "reversed",
    ]
    head = [f'<key id="k_{k}" for="all" attr.name="{k}" attr.type="string"/>' for k in keys]

    def data(values):
        return "".join(f'<data key="k_{k}">{v}</data>' for k, v in values.items())

    nodes = [
        f'<node id="{n}">{data(dict(zip("xy", np.round(lonlat(*p), 7), strict=True)))}</node>'
        for n, p in NODES.items()
    ]
    edges = []
    for way, (refs, tags) in WAYS.items():
        one = tags.get("oneway")
        u, v = refs if one != "-1" else refs[::-1]
        values = {**tags, "osmid": way, "oneway": str(one is not None)}
        edges.append(f'<edge source="{u}" target="{v}" id="0">{data(values)}</edge>')
        if one is None:  # a two-way street stands there once for each direction
            edges.append(f'<edge source="{v}" target="{u}" id="0">{data(values)}</edge>')
    body = "".join([*head, '<graph edgedefault="directed">', *nodes, *edges, "</graph>"])
    path.write_text(f'<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{body}</graphml>', "utf-8")  # fmt: skip
    osm = read_map(path)
    network = build_network(osm, crs=CRS)
    assert times(network) == by_osm
    assert network.n_edges == len(WAYS)
    assert sorted(network.node_osm.tolist()) == sorted(NODES)
    assert {d.reason: d.count for d in osm.dropped}["line drawn once more (there or back), left out"] == 4  # fmt: skip


def test_the_towns_own_export_gives_the_same_travel_times(town, tmp_path):
    car = town.network("car")
    car = car.with_closures(np.arange(0, car.n_edges, 97))
    path = tmp_path / "town.gpkg"
    car.to_geodataframe().to_file(path, layer="roads")
    again = load_ground(path, crs=town.crs, profiles=("car",)).network("car")
    rng = np.random.default_rng(3)
    points = car.node_xy[rng.choice(car.n_nodes, 60, replace=False)]
    a, b = car.snap(points), again.snap(points)
    assert np.allclose(a.xy, b.xy, atol=1e-3)
    one, two = Router(car).matrix(a, a), Router(again).matrix(b, b)
    assert np.array_equal(one.reachable, two.reachable)
    assert np.array_equal(one.seconds, two.seconds)
    assert one.reachable.mean() > 0.5
    share = (car.speed_known & ~car.closed).sum() / (~car.closed).sum()
    assert again.speed_known.mean() == pytest.approx(share, abs=1e-3)


def two_lines(gap_m, **tags):
    a = shapely.LineString([lonlat(0, 0), lonlat(100, 0)])
    b = shapely.LineString([lonlat(100 + gap_m, 0), lonlat(200, 0)])
    return geopandas.GeoDataFrame({"highway": ["residential"] * 2, **tags}, geometry=[a, b], crs=4326)  # fmt: skip


@pytest.mark.parametrize(("gap_m", "tolerance_m", "parts"), [(0.25, 0.3, 1), (0.4, 0.3, 2), (0.4, 0.5, 1)])  # fmt: skip
def test_ends_meet_within_the_tolerance(tmp_path, gap_m, tolerance_m, parts):
    path = write(two_lines(gap_m), tmp_path / "t.gpkg")
    data = read_gis(path, Reading(tolerance_m=tolerance_m))
    assert build_network(data).component.max() + 1 == parts or parts == 2
    assert any("joined" in d.reason for d in data.dropped) == (parts == 1)
    assert any(n.code == "ends-beside-lines" for n in data.notes) == (parts == 2)


def cross(**columns):
    a = shapely.LineString([lonlat(0, 0), lonlat(50, 0), lonlat(100, 0)])
    b = shapely.LineString([lonlat(50, -50), lonlat(50, 0), lonlat(50, 50)])
    return geopandas.GeoDataFrame({"highway": ["residential"] * 2, **columns}, geometry=[a, b], crs=4326)  # fmt: skip


def straight(data):
    """The same lines without a vertex where they cross."""
    lines = [shapely.LineString([g.coords[0], g.coords[-1]]) for g in data.geometry]
    return data.set_geometry(lines, crs=4326)


@pytest.mark.parametrize(
    ("data", "planar", "edges"),
    [
        (cross(), False, 4),  # a shared vertex is a junction
        (cross(bridge=["yes", None]), False, 2),
        (cross(tunnel=["T", "F"]), False, 2),
        (cross(layer=[1, 0]), False, 2),
        (straight(cross()), False, 2),
        (straight(cross()), True, 4),
        (straight(cross(bridge=[True, False])), True, 2),
    ],
)
def test_what_passes_over_is_not_joined(tmp_path, data, planar, edges):
    path = write(data, tmp_path / "t.gpkg")
    assert build_network(read_gis(path, Reading(planarise=planar))).n_edges == edges


def test_a_shapefile_without_prj_is_refused_and_read_when_told(tmp_path, by_osm):
    path = write(frame().to_crs(32633), tmp_path / "t.shp")
    path.with_suffix(".prj").unlink()
    with pytest.raises(GeodataError, match=r"layer t has no CRS: the \.prj file is missing"):
        read_map(path)
    data = read_map(path, Reading(source_crs="EPSG:32633"))
    assert times(build_network(data, crs=CRS)) == by_osm


def test_a_shapefile_in_utf8_and_one_that_lies_about_it(tmp_path):
    for encoding, cpg in (
        ("UTF-8", "UTF-8"),
        ("UTF-8", None),
        ("GBK", "UTF-8"),
        ("GBK", "cp936"),
        ("CP1252", None),
    ):
        path = tmp_path / f"{encoding}{cpg}.shp"
        data = frame()
        if encoding == "CP1252":
            data["name"] = "Große Straße"
        data.to_file(path, encoding=encoding)
        path.with_suffix(".cpg").unlink(missing_ok=True)
        if cpg:
            path.with_suffix(".cpg").write_text(cpg)
        names = build_network(read_map(path)).names
        assert ("Große Straße" if encoding == "CP1252" else "中山路") in names, (encoding, cpg)


@pytest.mark.parametrize(
    ("crs", "message"),
    [("EPSG:4326", "says degrees .* but holds metres"), ("EPSG:4526", "lie outside of CGCS2000")],
)
def test_a_wrong_crs_is_seen(tmp_path, crs, message):
    path = write(frame().to_crs(32633), tmp_path / "t.gpkg")
    with pytest.raises(GeodataError, match=message):
        read_map(path, Reading(source_crs=crs))
    with pytest.raises(GeodataError, match=r"says metres .* but holds degrees"):
        read_map(write(frame(), tmp_path / "u.gpkg"), Reading(source_crs="EPSG:32633"))


def test_points_become_sites_and_barriers(tmp_path):
    at = [shapely.Point(lonlat(300, 0)), shapely.Point(lonlat(150, 20)), shapely.Point(lonlat(600, 0))]  # fmt: skip
    points = geopandas.GeoDataFrame(
        {"类型": ["", "小学", ""], "名称": ["", "一小", ""], "barrier": ["bollard", None, None]},
        geometry=at, crs=4326,
    )  # fmt: skip
    points = points.rename(columns={"类型": "fclass"})
    path = tmp_path / "t.gpkg"
    frame().to_file(path, layer="roads")
    points.to_file(path, layer="places")
    ground = load_ground(path)
    assert [(s.kind, s.name) for s in ground.sites] == [("school", "一小")]
    assert ground.network("car").component.max() > 0, "the bollard parts the road"


def test_columns_are_found_under_many_names():
    assert find_columns(["FCLASS", "Name", "MaxSpeed"]) == {
        "highway": "FCLASS",
        "name": "Name",
        "maxspeed": "MaxSpeed",
    }
    assert find_columns(["DLLX"], {"highway": "DLLX"}) == {"highway": "DLLX"}
    assert find_columns(["maxspeed_f", "public_tra"], cut_names=True) == {
        "maxspeed:forward": "maxspeed_f", "public_transport": "public_tra"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "tags"),
    [
        ({"highway": "主干道", "oneway": "是", "maxspeed": "60"},
         {"highway": "primary", "oneway": "yes", "maxspeed": "60"}),
        ({"highway": "['trunk', 'primary']"}, {"highway": "road"}),
        ({"highway": "trunk;primary", "oneway": "B"}, {"highway": "trunk", "oneway": "no"}),
        ({"highway": "Local", "maxspeed": "0", "bridge": "F"}, {"highway": "road"}),
        ({"highway": "支路", "direction": "3"}, {"highway": "tertiary", "oneway": "-1"}),
        ({"highway": "地铁"}, {"railway": "subway"}),
        ({"highway": "track_grade2"}, {"highway": "track", "tracktype": "grade2"}),
        ({"highway": "service", "other_tags": '"oneway"=>"yes","maxspeed"=>"20"'},
         {"highway": "service", "oneway": "yes", "maxspeed": "20"}),
    ],
)  # fmt: skip
def test_values_of_other_makers(raw, tags):
    assert line_tags(dict(raw))[0] == tags


@pytest.fixture(scope="session")
def gis_maps(more_maps):
    folder = more_maps.parent / "gis"
    if not folder.is_dir():
        pytest.skip("the further maps (../shared/data/gis) are not beside this checkout")
    return folder


@pytest.mark.parametrize(
    ("name", "least_nodes"),
    [("stockholm_shapefile.tar.gz", 6_900), ("wuhan_roads.parquet", 80_000), ("wuhan_metro.geojson", 0)],
)  # fmt: skip
def test_further_gis_files_are_read(gis_maps, name, least_nodes):
    ground = load_ground(gis_maps / name, profiles=("car",), need_roads=False)
    if least_nodes:
        net = ground.network("car")
        assert net.n_nodes >= least_nodes
        assert np.mean(net.component == 0) > 0.98
    else:
        assert [f.code for f in ground.findings] == ["no-roads", "rows"]


def test_a_map_is_clipped_by_an_area_in_every_format(tmp_path):
    # A triangle that holds 1, 2 and 6 only.
    area = shapely.Polygon([lonlat(*p) for p in ((-50, -50), (500, -50), (-50, 350))])
    osm = read_map(osm_file(tmp_path / "t.osm", NODES, WAYS), clip_box=area)
    gis = read_map(write(frame(), tmp_path / "t.gpkg"), clip_box=area)
    for data in (osm, gis):
        net = build_network(data, crs=CRS)
        assert (net.n_nodes, net.n_edges) == (3, 2)
        assert sum(d.count for d in data.dropped if "clip box" in d.reason) == 4
    outline = geopandas.GeoDataFrame({"a": [1]}, geometry=[area], crs=4326).to_crs(32633)
    assert read_area(write(outline, tmp_path / "a.gpkg")).symmetric_difference(area).area < 1e-9
    with pytest.raises(GeodataError, match=r"t\.gpkg holds no area"):
        read_area(tmp_path / "t.gpkg")


def test_lines_drawn_against_their_node_ids_are_joined_by_the_ids(tmp_path):
    data = frame()
    ends = [refs for refs, _ in WAYS.values()]
    data["u"], data["v"] = [e[0] for e in ends], [e[-1] for e in ends]
    data.loc[1, ["u", "v"]] = data.loc[1, ["v", "u"]].to_numpy()
    osm = read_map(write(data, tmp_path / "t.gpkg"))
    net = build_network(osm, crs=CRS)
    assert sorted(net.node_osm.tolist()) == sorted(NODES)
    place = dict(zip(net.node_osm.tolist(), net.node_xy, strict=True))
    shift = network_shift(net)
    for node, xy in NODES.items():
        assert np.hypot(*(place[node] - shift - xy)) < 40, (
            "the grid of metres is turned by the zone"
        )


def test_node_ids_that_do_not_fit_give_way_to_places(tmp_path, by_osm):
    data = frame()
    data["u"], data["v"] = [1, 1, 1, 2, 2, 2], [2, 2, 2, 1, 1, 1]
    osm = read_map(write(data, tmp_path / "t.gpkg"))
    assert times(build_network(osm, crs=CRS)) == by_osm
    assert any("do not fit" in d.reason for d in osm.dropped)
