"""Columns of GIS layers, in English and Chinese, as the tags of OpenStreetMap that the rest of this package reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from geodata.profiles import ACCESS_KEYS
from geodata.sites import KIND_TABLE

ALIASES: Mapping[str, tuple[str, ...]] = {
    "highway": ("highway", "fclass", "road_type", "roadtype", "road_class", "roadclass", "道路类型", "道路等级",
                "道路类别", "道路级别",
                "straßenklasse", "strassenklasse", "straßenart", "strassenart", "widmung", "tipo_via",
                "tipo_de_via", "clase_via", "tipologia", "classe_via", "type_route", "type_voie", "classe_route"),
    "maxspeed": ("maxspeed", "max_speed", "speed_limit", "speedlimit", "spd_limit", "speed_kph", "限速", "最高限速",
                 "限速值", "道路限速", "速度",
                "geschwindigkeit", "vmax", "hoechstgeschwindigkeit", "höchstgeschwindigkeit", "velocidad",
                "vel_max", "velocidad_maxima", "velocidade", "velocidade_maxima", "vitesse", "vitesse_max",
                "vit_max"),
    "oneway": ("oneway", "one_way", "单行", "单行线", "单向", "单行道", "是否单行", "单向通行",
                "einbahnstraße", "einbahnstrasse", "einbahn", "sentido_unico", "sentido_único", "via_unica",
                "mao_unica", "mão_única", "sens_unique"),
    "direction": ("direction", "通行方向", "方向",
                "fahrtrichtung", "sentido", "sens", "sens_circulation", "sens_de_circulation"),
    "name": ("name", "road_name", "roadname", "street", "street_name", "st_name", "名称", "道路名称", "路名", "道路名",
             "街道名称",
                "straßenname", "strassenname", "straße", "strasse", "nombre", "nombre_via", "nome", "nome_via",
                "logradouro", "nom", "nom_voie", "nom_rue"),
    "ref": ("ref", "road_no", "道路编号", "路线编号", "编号"),
    "bridge": ("bridge", "桥梁", "桥", "是否桥梁",
                "brücke", "bruecke", "puente", "ponte", "pont"),
    "tunnel": ("tunnel", "隧道", "是否隧道",
                "tunel", "túnel", "túnnel"),
    "layer": ("layer", "zlevel", "z_level", "层级", "层"),
    "access": ("access", "通行限制", "准入"),
    "railway": ("railway", "铁路", "铁路类型", "轨道类型"),
    "u": ("u", "from", "from_node", "fnode", "fnode_", "source", "start_node", "snodeid", "起点", "起点编号",
          "起始节点"),
    "v": ("v", "to", "to_node", "tnode", "tnode_", "target", "end_node", "enodeid", "终点", "终点编号", "终止节点"),
    "osmid": ("osmid", "osm_id", "osm_way", "osm_way_id", "way_id", "@id", "full_id", "id"),
}  # fmt: skip
"""What a layer may call a column; the first that is there counts."""

VAGUE_CLASS = (
    "type", "class", "kind", "tipo", "clase", "classe", "nature", "importance", "art", "klasse", "roadkind", "类型",
    "类别", "等级", "技术等级",
)  # fmt: skip
"""Columns that hold the road class in some layers only: taken where a third of their values are road classes."""

KEPT = (
    "junction", "area", "place", "amenity", "leisure", "tourism", "shop", "office", "emergency", "building", "landuse",
    "natural", "waterway", "man_made", "historic", "public_transport", "station", "barrier", "entrance", "crossing",
    "usage", "service", "disused", "abandoned", "razed", "locked", "tracktype", "maxspeed:forward",
    "maxspeed:backward", "maxspeed:type", "source:maxspeed", "zone:maxspeed", "oneway:foot", "oneway:bicycle",
    "other_tags", *ACCESS_KEYS, "ahead_ms", "back_ms", "length_m", "closed", "speed_known", "profile",
)  # fmt: skip
"""Columns taken under their own name."""

ROAD_CLASSES = frozenset(
    {
        "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link",
        "tertiary", "tertiary_link", "unclassified", "residential", "living_street", "service", "road", "track",
        "pedestrian", "footway", "path", "cycleway", "bridleway", "corridor", "steps", "platform", "elevator",
        "proposed", "construction", "planned", "abandoned", "razed", "disused", "dismantled", "raceway", "busway",
        "bus_guideway", "rest_area", "services", "escape", "via_ferrata", "emergency_bay",
    }
)  # fmt: skip

_CLASS_WORDS: Mapping[str, str] = {
    "高速公路": "motorway", "高速": "motorway", "高速路": "motorway", "快速路": "trunk", "城市快速路": "trunk",
    "国道": "trunk", "主干道": "primary", "主干路": "primary", "城市主干路": "primary", "省道": "primary",
    "次干道": "secondary", "次干路": "secondary", "城市次干路": "secondary", "县道": "secondary", "支路": "tertiary",
    "城市支路": "tertiary", "支线": "tertiary", "乡道": "tertiary", "村道": "unclassified", "城市道路": "unclassified",
    "居住区道路": "residential", "居民区道路": "residential", "小区道路": "residential", "街道": "residential",
    "住宅区道路": "residential", "内部道路": "service", "服务道路": "service", "匝道": "motorway_link",
    "步行街": "pedestrian",
    "步行道": "footway", "人行道": "footway", "自行车道": "cycleway", "小路": "path", "台阶": "steps", "土路": "track",
}  # fmt: skip
# German, Spanish, Portuguese and French, as road offices name their classes.
_CLASS_WORDS_WEST: Mapping[str, str] = {
    "autobahn": "motorway", "bundesautobahn": "motorway", "schnellstraße": "trunk", "kraftfahrstraße": "trunk",
    "bundesstraße": "primary", "landesstraße": "secondary", "staatsstraße": "secondary", "kreisstraße": "tertiary",
    "gemeindestraße": "unclassified", "wohnstraße": "residential", "anliegerstraße": "residential",
    "spielstraße": "living_street", "zufahrt": "service", "wirtschaftsweg": "track", "feldweg": "track",
    "waldweg": "track", "fußgängerzone": "pedestrian", "fußweg": "footway", "gehweg": "footway", "radweg": "cycleway",
    "autopista": "motorway", "autovía": "motorway", "autovia": "motorway", "carretera nacional": "trunk",
    "carretera autonómica": "primary", "carretera": "secondary", "avenida": "secondary", "calle": "residential",
    "camino": "track", "sendero": "path", "paseo": "tertiary", "plaza": "residential", "peatonal": "pedestrian",
    "autoestrada": "motorway", "estrada nacional": "primary", "estrada regional": "secondary",
    "estrada municipal": "tertiary", "rodovia": "trunk", "rua": "residential", "travessa": "residential",
    "caminho": "track", "autoroute": "motorway", "quasi-autoroute": "trunk", "voie rapide": "trunk",
    "route nationale": "primary", "route départementale": "secondary", "route à 2 chaussées": "primary",
    "route à 1 chaussée": "tertiary", "voie communale": "unclassified", "avenue": "secondary",
    "boulevard": "secondary", "rue": "residential", "rond-point": "tertiary", "bretelle": "motorway_link",
    "route empierrée": "track", "chemin": "track", "sentier": "path", "piste cyclable": "cycleway",
}  # fmt: skip
_RAIL_WORDS: Mapping[str, str] = {
    "铁路": "rail", "普通铁路": "rail", "高速铁路": "rail", "高铁": "rail", "地铁": "subway", "轻轨": "light_rail",
    "有轨电车": "tram",
}  # fmt: skip
_SITE_WORDS: Mapping[str, Mapping[str, str]] = {
    "学校": {"amenity": "school"}, "小学": {"amenity": "school"}, "中学": {"amenity": "school"},
    "幼儿园": {"amenity": "kindergarten"}, "大学": {"amenity": "university"}, "医院": {"amenity": "hospital"},
    "派出所": {"amenity": "police"}, "公安局": {"amenity": "police"}, "警务站": {"amenity": "police"},
    "消防站": {"amenity": "fire_station"}, "消防队": {"amenity": "fire_station"}, "加油站": {"amenity": "fuel"},
    "火车站": {"railway": "station"}, "地铁站": {"railway": "station", "station": "subway"},
    "汽车站": {"amenity": "bus_station"}, "体育场": {"leisure": "stadium"}, "体育馆": {"leisure": "sports_centre"},
    "商场": {"shop": "mall"}, "超市": {"shop": "supermarket"}, "广场": {"place": "square", "area": "yes"},
    "法院": {"amenity": "courthouse"}, "教堂": {"amenity": "place_of_worship"}, "寺庙": {"amenity": "place_of_worship"},
    "剧院": {"amenity": "theatre"}, "电影院": {"amenity": "cinema"}, "博物馆": {"tourism": "museum"},
    "政府机关": {"office": "government"},
}  # fmt: skip
_FCLASS_SITES: Mapping[str, Mapping[str, str]] = {
    "railway_station": {"railway": "station"},
    "railway_halt": {"railway": "halt"},
    "christian": {"amenity": "place_of_worship"},
    **{
        value: {key: value} for _, key, values in KIND_TABLE for value in values if key != "highway"
    },
}
_TRUE = frozenset({"yes", "true", "1", "t", "y", "是", "有", "ja", "j", "sí", "si", "sim", "oui"})
_FALSE = frozenset({"no", "false", "0", "f", "n", "否", "无", "", "nein", "não", "nao", "non"})
_ONEWAY = {
    "是": "yes", "单行": "yes", "单向": "yes", "正向": "yes", "顺向": "yes", "ft": "yes", "y": "yes",
    "否": "no", "双向": "no", "双行": "no", "b": "no", "n": "no",
    "逆向": "-1", "反向": "-1", "tf": "-1",
    "ja": "yes", "j": "yes", "sí": "yes", "si": "yes", "s": "yes", "sim": "yes", "oui": "yes", "o": "yes",
    "único": "yes", "unico": "yes", "sens direct": "yes", "direct": "yes", "einbahn": "yes",
    "nein": "no", "não": "no", "nao": "no", "non": "no", "doble": "no", "duplo": "no", "double": "no",
    "double sens": "no", "beide": "no", "inverse": "-1", "inverso": "-1", "sens inverse": "-1", "gegen": "-1",
}  # fmt: skip
# Codes of Chinese navigation data: 0 not surveyed, 1 both, 2 along, 3 against, 4 closed both ways.
_DIRECTION = {"0": "no", "1": "no", "2": "yes", "3": "-1"}
_HSTORE = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')


def find_columns(
    names: Sequence[str], given: Mapping[str, str] | None = None, *, cut_names: bool = False
) -> dict[str, str]:
    """Say which column of a layer stands for which tag.

    Parameters
    ----------
    names
        Columns of the layer.
    given
        Tag to column, from somebody who knows; beats the aliases.
    cut_names
        Shapefiles cut names at ten bytes, so a beginning of an alias is taken too.

    Returns
    -------
    dict
        Tag to column name.
    """
    plain = {_plain(name): name for name in reversed(names)}
    found = {tag: name for tag, name in (given or {}).items() if name in names}
    wanted = {**ALIASES, **{key: (key,) for key in KEPT}}
    for tag, aliases in wanted.items():
        if tag in found:
            continue
        hit = next((plain[_plain(a)] for a in aliases if _plain(a) in plain), None)
        if hit is None and cut_names:
            hit = next((n for a in aliases for n in names if _is_cut(n, a)), None)
        if hit is not None and (tag == "osmid" or hit not in found.values()):
            found[tag] = hit
    return found


def _plain(name: str) -> str:
    return re.sub(r"[\s\-]+", "_", name.strip().lower())


def _is_cut(name: str, alias: str) -> bool:
    """Whether ``name`` is ``alias`` cut at ten bytes, in UTF-8 or GBK."""
    short = _plain(name).replace(":", "_")
    whole = alias.replace(":", "_")
    if short == whole or not whole.startswith(short):
        return False
    return any(
        len(short.encode(code, "replace")) >= 8 and len(whole.encode(code, "replace")) > 10
        for code in ("utf-8", "gbk")
    )


def texts(column: pd.Series[Any]) -> list[str | None]:
    """Values of a column as tag texts: no empty ones, whole numbers without a point, lists joined by ``;``."""
    try:
        codes, values = pd.factorize(column.astype(object), use_na_sentinel=True)
    except TypeError:  # lists and tables in a cell, which GeoJSON allows
        plain = column.astype(object).map(_hashable)
        codes, values = pd.factorize(plain, use_na_sentinel=True)
    said = [_text(value) for value in values]
    return [said[code] if code >= 0 else None for code in codes.tolist()]


def _hashable(value: Any) -> Any:
    """Several values in one cell as osmnx writes them, as text."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    return str(value) if isinstance(value, (list, dict, set)) else value


def _text(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return None
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    text = str(value).strip()
    if text[:1] == "[" and text[-1:] == "]":
        # osmnx writes several values as a Python list.
        try:
            parts = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            parts = [text]
        text = ";".join(dict.fromkeys(str(part).strip() for part in parts))
    return None if text.lower() in ("", "nan", "none", "null", "<null>", "na") else text


def class_column(frame: pd.DataFrame, columns: dict[str, str]) -> None:
    """Add the road class to ``columns`` from a vaguely named column, where its values say that it is one."""
    if "highway" in columns or "railway" in columns:
        return
    for name in frame.columns:
        if _plain(str(name)) not in VAGUE_CLASS:
            continue
        said = [value.lower() for value in texts(frame[name]) if value]
        known = sum(v in ROAD_CLASSES or v in _CLASS_WORDS or v in _CLASS_WORDS_WEST or v in _RAIL_WORDS for v in said)
        if said and 3 * known >= len(said):
            columns["highway"] = str(name)
            return


def line_tags(raw: dict[str, str]) -> tuple[dict[str, str], str | None]:
    """Tags of one line from its raw values (by tag name), and a note where a class was not known."""
    _hstore(raw)
    tags = {k: v for k, v in raw.items() if k not in _OWN and k != "direction"}
    note = _road_class(tags)
    if "maxspeed" in tags and tags["maxspeed"] in ("0", "-1"):
        del tags["maxspeed"]
    for key in ("bridge", "tunnel"):
        said = tags.get(key, "no").lower()
        if said in _FALSE:
            tags.pop(key, None)
        elif said in _TRUE:
            tags[key] = "yes"
    if "oneway" in tags:
        said = tags["oneway"].lower()
        # "F" is "along" beside "B" and "T" in extracts by country, and "false" nowhere that we have seen.
        tags["oneway"] = {"f": "yes", "t": "-1"}.get(tags["oneway"], _ONEWAY.get(said, said))
    elif "direction" in raw:
        said = raw["direction"].lower()
        if said == "4":
            tags["access"] = "no"
        tags["oneway"] = _DIRECTION.get(said, _ONEWAY.get(said, "no"))
    _own_times(raw, tags)
    return tags, note


def _road_class(tags: dict[str, str]) -> str | None:
    """Put a class of roads or rails into the words of OpenStreetMap."""
    said = tags.get("highway")
    if "railway" in tags:
        tags["railway"] = _RAIL_WORDS.get(tags["railway"], tags["railway"])
    if said is None:
        return None
    first = said.split(";")[0].strip()
    low = first.lower()
    plain = _CLASS_WORDS.get(first) or _CLASS_WORDS_WEST.get(low.replace("strasse", "straße"), low)
    if first in _RAIL_WORDS:
        del tags["highway"]
        tags["railway"] = _RAIL_WORDS[first]
        return None
    if plain in ROAD_CLASSES:
        tags["highway"] = plain
        return "several road classes, the first was taken" if ";" in said else None
    if plain.startswith("track_grade"):
        tags["highway"], tags["tracktype"] = "track", plain[6:]
        return None
    tags["highway"] = "road"
    return f"road class {first} not known, taken as highway=road"


_OWN = frozenset(
    {
        "ahead_ms",
        "back_ms",
        "length_m",
        "closed",
        "speed_known",
        "profile",
        "u",
        "v",
        "osmid",
        "other_tags",
    }
)
_OPENS = {"car": "motorcar", "emergency": "emergency", "foot": "foot", "bike": "bicycle"}


def _own_times(raw: Mapping[str, str], tags: dict[str, str]) -> None:
    """Speeds and directions out of the columns that ``RoadNetwork.to_geodataframe`` writes."""
    if not {"ahead_ms", "back_ms", "length_m"} <= raw.keys():
        return
    ahead, back = int(raw["ahead_ms"]), int(raw["back_ms"])
    for key, ms in (("maxspeed:forward", ahead), ("maxspeed:backward", back)):
        if ms > 0:
            # Half a millisecond early, so that rounding up gives the very number again.
            tags[key] = f"{float(raw['length_m']) * 3600 / (ms - 0.5):.4f}"
    tags["oneway"] = "no" if (ahead > 0) == (back > 0) else "yes" if ahead > 0 else "-1"
    if raw.get("speed_known") == "no":
        tags["source:maxspeed"] = "default"
    profile = raw.get("profile", "")
    if profile in _OPENS:
        tags[_OPENS[profile]] = "yes"
    if profile == "foot":
        tags["oneway:foot"] = tags["oneway"]
    if raw.get("closed") == "yes" or max(ahead, back) <= 0:
        tags["access"] = "no"
        tags.pop(_OPENS.get(profile, ""), None)


def feature_tags(raw: dict[str, str]) -> dict[str, str]:
    """Tags of one point or area; classes in the words of extracts by country, and Chinese ones, are put into keys."""
    _hstore(raw)
    tags = {k: v for k, v in raw.items() if k not in _OWN}
    said = tags.get("highway", "")
    for words in (_SITE_WORDS, _FCLASS_SITES):
        if said in words:
            del tags["highway"]
            return {**words[said], **tags}
    return tags


def _hstore(raw: dict[str, str]) -> None:
    """Unpack the column in which GDAL puts all tags that have no column of their own."""
    packed = raw.pop("other_tags", None)
    if packed:
        for key, value in _HSTORE.findall(packed):
            raw.setdefault(key, value.replace('\\"', '"'))


def rows(frame: pd.DataFrame, columns: Mapping[str, str]) -> Iterable[dict[str, str]]:
    """Raw values by tag, one dict for each row of a layer."""
    keys = [key for key in columns if key not in ("u", "v")]
    lists = [texts(frame[columns[key]]) for key in keys]
    for values in zip(*lists, strict=True) if lists else ((),) * len(frame):
        yield {k: v for k, v in zip(keys, values, strict=True) if v is not None}
