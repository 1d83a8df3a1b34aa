"""Read GraphML as OSMnx writes it: nodes with places, edges with tags and, where they bend, a drawn shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geodata.errors import Fault, GeodataError
from geodata.saying import say


def read_graphml(path: Path) -> tuple[pd.DataFrame, npt.NDArray[np.object_], str]:
    """Return the edges as a table with ``u``, ``v`` and tags, their lines, and the CRS.

    An edge without a drawn shape is the straight line between its nodes. The CRS is that of the graph's attributes;
    without one, OSMnx means degrees.

    Raises
    ------
    GeodataError
        Damaged, or nodes without places.
    """
    keys: dict[str, str] = {}
    graph: dict[str, str] = {}
    nodes: dict[str, tuple[float, float]] = {}
    edges: list[dict[str, Any]] = []
    placeless: list[str] = []
    directed = True
    try:
        for event, item in ET.iterparse(path, events=("start", "end")):  # noqa: S314
            tag = item.tag.rsplit("}", 1)[-1]
            if event == "start":
                if tag == "graph":
                    directed = item.get("edgedefault") != "undirected"
                continue
            if tag == "key":
                keys[item.get("id", "")] = item.get("attr.name", "")
            elif tag == "node":
                data = _data(item, keys)
                try:
                    nodes[item.get("id", "")] = (float(data["x"]), float(data["y"]))
                except (KeyError, ValueError):
                    placeless.append(item.get("id", ""))
                item.clear()
            elif tag == "edge":
                edges.append(
                    {**_data(item, keys), "u": item.get("source"), "v": item.get("target")}
                )
                item.clear()
            elif tag == "graph":
                graph = _data(item, keys)
    except (ET.ParseError, LookupError, ValueError) as error:
        raise GeodataError(
            [Fault(say("{name} cannot be read as GraphML ({error})", name=path.name, error=error),
                   expected=say("a whole XML file"),
                   mend=say("Export it again; it may be cut short."))]
        ) from None  # fmt: skip
    lost = sorted(
        {str(end) for edge in edges for end in (edge["u"], edge["v"]) if end not in nodes}
    )
    bad = list(dict.fromkeys([*placeless, *lost]))
    if bad:
        raise GeodataError(
            [Fault(say("{name} has nodes without a place", name=path.name), tuple(bad[:3]), len(bad),
                   say("numbers x and y on every node, as OSMnx writes them"))]
        )  # fmt: skip
    lines = [_line(edge, nodes, path.name) for edge in edges]
    frame = pd.DataFrame(edges).drop(columns=["geometry"], errors="ignore")
    if not directed and "oneway" not in frame:
        frame["oneway"] = "no"
    return frame, np.array(lines, dtype=object), graph.get("crs", "EPSG:4326")


def _data(item: Any, keys: dict[str, str]) -> dict[str, str]:
    return {
        keys.get(child.get("key", ""), ""): child.text or ""
        for child in item
        if child.tag.rsplit("}", 1)[-1] == "data"
    }


def _line(edge: dict[str, Any], nodes: dict[str, tuple[float, float]], name: str) -> Any:
    drawn = edge.get("geometry")
    if drawn:
        try:
            with np.errstate(all="ignore"):
                return shapely.from_wkt(drawn)
        except shapely.errors.GEOSException:
            raise GeodataError(
                [Fault(say("{name}: the shape of edge {first}-{second} cannot be read", name=name, first=edge["u"],
                           second=edge["v"]), expected="WKT")]
            ) from None  # fmt: skip
    return shapely.linestrings([nodes[edge["u"]], nodes[edge["v"]]])
