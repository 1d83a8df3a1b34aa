"""What people call the sheets and columns of a workbook, and the words in some cells, in English and Chinese.

The first name of each is the one that is written into a Chinese workbook; the others are understood too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from itertools import count

from scenarios.tablewords import COLUMNS
from scenarios.tongue import ENGLISH, language

#: Sheet -> its table ("" for the event itself) and its Chinese names.
SHEET_NAMES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "Event": ("", ("活动", "活动信息")),
    "Sites": ("sites", ("地点", "重点部位", "部位", "场所")),
    "Units": ("units", ("单位", "责任单位")),
    "People": ("people", ("人员", "警力", "人员名单")),
    "Leave": ("absences", ("请假", "休假", "缺勤")),
    "Sessions": ("sessions", ("场次", "日程")),
    "Qualifications": ("qualifications", ("资质", "资格")),
    "Resources": ("resources", ("装备", "车辆与装备")),
}
#: Column -> its Chinese names, where every sheet means the same by it.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("编号", "警号"), "name": ("名称", "姓名"), "title": ("标题", "活动名称", "场次名称"),
    "unit": ("单位", "所属单位"),
    "category": ("人员类别", "类别"), "rank": ("职级", "警衔", "职务"), "person": ("人员", "姓名", "警号"),
    "start": ("开始", "开始时间", "起"), "end": ("结束", "结束时间", "止"), "kind": ("类别", "类型", "请假类型"),
    "lon": ("经度",), "lat": ("纬度",), "class": ("等级", "级别"), "weight": ("权重",), "guards": ("守护", "守护人数"),
    "strength": ("警力数",), "site": ("地点", "重点部位"),
    "attendance": ("预计人数", "人数"), "gates": ("入口数", "入口"),
    "risk": ("风险", "风险等级"), "timezone": ("时区",), "qualification": ("资质", "资格"), "valid_from": ("有效期起",),
    "valid_until": ("有效期止", "有效期至"), "number": ("数量",), "share_pct": ("工时比例(%)", "工时比例"),
    "seniority": ("警龄(年)", "警龄"), "tags": ("限制",), "base_need": ("留守人数",), "duty_lead": ("带班领导",),
    "owner": ("责任单位",), "lead": ("责任人",), "cover": ("响应时段",),
}  # fmt: skip
#: What a column is called first on one sheet.
_FIRST: Mapping[tuple[str, str], str] = {
    ("people", "name"): "姓名", ("people", "id"): "警号", ("absences", "kind"): "请假类型",
    ("people", "category"): "类别",
    ("sessions", "title"): "名称", ("", "title"): "名称",
}  # fmt: skip
#: Words in cells, by column; a scenario's own words come before these.
_CELLS: Mapping[str, Mapping[str, str]] = {
    "category": {
        "民警": "sworn", "警察": "sworn", "辅警": "auxiliary", "安保": "steward",
        "保安": "steward", "安保员": "steward",
    },
    "rank": {"警员": "officer", "警司": "sergeant", "警督": "inspector"},
    "kind": {
        "休假": "leave", "请假": "leave", "事假": "leave", "年假": "leave", "病假": "medical", "体检": "medical",
        "培训": "training", "出庭": "court", "演唱会": "concert", "音乐会": "concert", "比赛": "match", "赛事": "match",
        "展览": "exhibition", "集市": "market", "夜市": "market", "仪式": "ceremony",
        "巡游": "parade", "游行": "parade",
        "其他": "other", "体育场": "stadium", "体育馆": "arena", "礼堂": "hall", "广场": "square", "车站": "station",
        "火车站": "station", "地铁站": "metro_station", "公交站": "bus_station",
        "医院": "hospital", "大学": "university",
        "学校": "school", "商场": "mall", "购物中心": "mall", "酒店": "hotel", "剧院": "theatre", "公园": "park",
    },
    "risk": {"低": "low", "中": "medium", "高": "high"},
    "duty_lead": {"是": "yes", "有": "yes", "否": "no", "无": "no"},
}  # fmt: skip
_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?\s*")
_CLOCK = re.compile(r"(\d{1,2})[时点](?:(\d{1,2})分?)?$")
TIMES = ("start", "end", "valid_from", "valid_until")


def folded(text: str) -> str:
    """A name for comparing: full-width signs as plain ones, no case, no space around or between."""
    return re.sub(r"[\s_]+", "", unicodedata.normalize("NFKC", text)).casefold()


def sheet_of(title: str) -> str | None:
    """The sheet that a title in a file means."""
    wanted = folded(title)
    for name, (table, words) in SHEET_NAMES.items():
        if wanted in {folded(word) for word in (name, table, *words) if word}:
            return name
    return None


def made_id(name: str, head: str, taken: Collection[str]) -> str:
    """An id that nobody has: the letters of a name, else ``head``, with a number where that is needed."""
    word = re.sub(r"[^\w-]+", "-", name).strip("-_").lower()[:24] or head
    return next(one for n in count(1) if (one := word if n == 1 else f"{word}-{n}") not in taken)


def column_of(table: str, title: str, known: tuple[str, ...]) -> str | None:
    """The column of a table that a heading means, one of ``known``."""
    wanted = folded(title)
    if not wanted:
        return None
    for name in known:
        english = {folded(name), folded(COLUMNS.get(name, name))}
        if wanted in english:
            return name
    first = [name for name in known if folded(_FIRST.get((table, name), "")) == wanted]
    return first[0] if first else next(
        (name for name in known if wanted in {folded(word) for word in _COLUMNS.get(name, ())}), None
    )  # fmt: skip


def sheet_name(name: str) -> str:
    """A sheet's name in the reader's language."""
    return name if language() == ENGLISH else SHEET_NAMES[name][1][0]


def heading(table: str, column: str) -> str:
    """A column's heading in the reader's language."""
    if language() == ENGLISH or column not in _COLUMNS:
        return column
    return _FIRST.get((table, column), _COLUMNS[column][0])


def cell_of(column: str, text: str, known: tuple[str, ...] = ()) -> str:
    """A cell as files have it: Chinese dates and words in ours; a word of the scenario's own stays."""
    if column in TIMES:
        plain = unicodedata.normalize("NFKC", text).strip()
        if not _DATE.match(plain):
            return text
        plain = _DATE.sub(lambda d: f"{d[1]}-{int(d[2]):02d}-{int(d[3]):02d} ", plain).strip()
        return _CLOCK.sub(lambda c: f"{int(c[1]):02d}:{int(c[2] or 0):02d}", plain)
    return text if text in known else _CELLS.get(column, {}).get(text, text)
