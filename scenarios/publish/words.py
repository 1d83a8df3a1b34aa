"""Words and clock times of the papers, in the language of the plan."""

from __future__ import annotations

from collections.abc import Container

from scenarios.tongue.catalogue import catalogue
from scenarios.view import PlanView

_ZH = {
    "Post map": "岗位分布图",
    "Older than its inputs: the scenario was changed after this plan was made.":
        "已过时：本方案生成后，输入已有变更。",
    "Whole area": "全域图",
    "One number of posts is all that can be asked here: there is no curve to draw.": "只有一个岗位数，没有曲线。",
    "Who answers for what": "责任范围",
    "Answers for": "负责的要点",
    "Answers for it in time": "及时到达",
    "Answers for it, but late": "迟于标准",
    "What each post is worth": "各岗位的作用",
    "Where one more post would do most": "最值得增设的点位",
    "The question turned round": "反向问题",
    "Cordons": "封控",
    "Exit": "出口",
    "Unit from": "力量来自",
    "Seconds": "秒",
    "Weight": "权重",
    "Share": "份额",
    "When": "时间",
    "late": "迟",
    "Post list": "岗位一览表",
    "Patrol route card": "巡逻路线卡",
    "Duty sheet": "勤务表",
    "Plan summary": "方案摘要",
    "Post card": "岗位卡",
    "Roster": "花名册",
    "No.": "编号",
    "Place": "点位",
    "Grid": "方格",
    "Manned": "在岗时间",
    "Units": "力量",
    "Owner": "主管单位",
    "Lead": "负责人",
    "Name": "姓名",
    "Unit": "单位",
    "Rank": "职级",
    "Category": "类别",
    "Report": "报到",
    "Where": "地点",
    "Post / call sign": "岗位/呼号",
    "On duty": "执勤时间",
    "Task": "任务",
    "Relief": "接替",
    "Break": "休息",
    "Marks": "标记",
    "Signed": "签名",
    "Legend": "图例",
    "Arrive": "到达",
    "Dwell": "停留",
    "Stop": "序",
    "Crew": "组员",
    "Role": "角色",
    "Call sign": "呼号",
    "Leaves": "出发",
    "Returns": "返回",
    "Length": "里程",
    "Stops": "点数",
    "Breaks": "休息",
    "Depot": "驻地",
    "Version": "版本",
    "Scenario": "方案",
    "Scale": "比例尺",
    "Page": "页",
    "of": "/",
    "Report at": "报到时间",
    "Report place": "报到地点",
    "Sheet": "图幅",
    "Coordinates": "坐标系",
    "Grid squares": "方格边长",
    "printed at full size": "原尺寸打印",
    "Post": "岗位",
    "Site, class 1": "一级重点目标",
    "Site, class 2": "二级目标",
    "Site, class 3": "三级目标",
    "Site not covered in time": "未按时覆盖的目标",
    "Patrol route": "巡逻路线",
    "Main road": "主干道",
    "Secondary road": "次干道",
    "Street": "街道",
    "Path, track": "小路",
    "Railway": "铁路",
    "Rail section under patrol": "巡护铁路区段",
    "Level crossing": "平交道口",
    "Water": "水域",
    "Green": "绿地",
    "Zone": "分区",
    "Closed": "封闭道路",
    "Closed area": "封闭区域",
    "All times are 24-hour local time": "均为24小时制当地时间",
    "next day": "次日",
    "min": "分",
    "synthetic staff": "人员均为虚构",
    "All people named here are synthetic.": "本件所列人员均为虚构。",
    "notes": "备注",
    "Notes": "备注",
    "Duties": "勤务",
    "Seats": "席位",
    "Hours": "工时",
    "Nights": "夜班",
    "Strength by hour": "逐时力量",
    "Headlines": "要点",
    "Shortages": "缺口",
    "Audit": "核查",
    "Engines": "求解",
    "Status": "状态",
    "Objective": "目标值",
    "Bound": "下界",
    "Proven": "已证明",
    "yes": "是",
    "no": "否",
    "Measure": "指标",
    "Value": "值",
    "The audit agrees: no hard rule is broken.": "核查一致：未违反任何硬性规则。",
    "No seat is short.": "无缺口。",
    "Sessions": "场次",
    "Event area": "活动区域",
    "North": "北",
    "Personnel": "人员",
    "duties": "项勤务",
    "people": "人",
    "Day": "日期",
    "lead": "负责人",
    "alone": "单人",
    "ends": "结束",
    "night": "夜",
    "From": "自",
    "To": "至",
    "Alongside": "同岗",
    "Neighbours": "邻岗",
    "Covers": "保护目标",
    "Detail": "内容",
    "Confirmed": "签收",
    "hard rules broken": "项硬性规则被违反",
    "Key figures": "关键数据",
    "continued": "续",
    "Posts": "岗位",
    "Sites": "目标",
    "not covered in time": "未按时覆盖",
    "units": "组",
    "to": "至",
    "more in the report": "详见报告",
    "Formula": "算式",
    "Source": "依据",
    "core": "核心",
    "buffer": "缓冲",
    "outer": "外围",
    "driver": "驾驶员",
    "Classification": "密级",
    "Each row is the best that so many posts at once can do on this map, under all rules. Shares are of the weight of "
    "sites, over all periods.": "每行为在全部规则下、该数量岗位同时在岗的最优结果；比例按目标权重、全部时段计。",
    "sites reached in time": "按时可达目标",
    "sites with a second unit in time": "第二岗按时可达目标",
    "mean response (right scale)": "平均到场时间（右轴）",
    "In time": "按时可达",
    "Second unit in time": "第二岗可达",
    "Mean response": "平均到场",
    "this plan": "本方案",
    "base": "基础值守",
    "reserve": "备勤",
    "guard": "守护",
    "relief": "顶岗",
    "post": "岗位",
    "supervisor": "督导",
    "gate": "出入口",
    "search": "安检",
    "crew": "巡组",
    "other": "其他",
    "sworn": "民警",
    "auxiliary": "辅警",
    "armed police force": "武警",
    "military": "军人",
    "steward": "保安",
    "volunteer": "志愿者",
    "optimal": "最优",
    "feasible": "可行",
    "infeasible": "无解",
    "unknown": "未知",
    "siting": "布点",
    "patrols": "巡逻",
    "roster": "排班",
    "car": "车巡",
    "foot": "步巡",
    "Enlarged": "局部放大",
    "Seats short": "缺席位",
    "Stand by until the next stop": "待命至下一点",
    "Patrol tours": "巡逻班次",
    "People on duty by hour; the line is the seats needed": "逐时在岗人数；折线为所需席位",
    "Need": "需要",
    "Want": "期望",
    "Filled": "已到位",
    "Short": "缺",
    "Asks": "要求",
    "important sites out of reach": "一级目标未覆盖",
    "sites out of reach, by weight": "未覆盖目标（加权）",
    "sites within reach of one post only, by weight": "仅一岗可达目标（加权）",
    "effort for posts": "设岗投入",
    "response times, by weight": "到场时间（加权）",
    "calls missed, by weight": "漏访（加权）",
    "minutes unseen beyond promise, by weight": "超时未巡分钟（加权）",
    "minutes without a crew in the core": "核心区无巡逻分钟",
    "effort for crews": "巡逻投入",
    "presence given up": "放弃的在场",
    "seconds on the way": "行驶秒数",
    "uneven load of crews": "巡组负荷不均",
    "mandatory seats empty": "必须席位空缺",
    "other seats empty": "其他席位空缺",
    "wishes and fairness given up": "放弃的意愿与公平",
}
_DAYS_ZH = "一二三四五六日"
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def prints_chinese(glyphs: Container[int]) -> bool:
    """Whether the characters of some fonts are enough for Chinese."""
    return ord("岗") in glyphs


class Words:
    """Titles and dates in the plan's language; English where a word has no translation.

    Days and months are our own tables, since the locale of the machine must not change a paper.
    """

    def __init__(self, view: PlanView, *, glyphs: Container[int] | None = None) -> None:
        self.view = view
        # Without a Chinese font the headings at least stay legible, in English.
        self.zh = view.language.lower().startswith("zh") and (glyphs is None or prints_chinese(glyphs))

    def __call__(self, word: str) -> str:
        """``word`` in the plan's language."""
        return (_ZH.get(word) or catalogue("zh").one(word)) if self.zh else word

    def day(self, second: int) -> str:
        """The local date, e.g. ``Fri 28 Aug``."""
        t = self.view.clock(second)
        if self.zh:
            return f"{t.month}月{t.day}日 周{_DAYS_ZH[t.weekday()]}"
        return f"{_DAYS_EN[t.weekday()]} {t.day} {_MONTHS_EN[t.month - 1]}"

    def short_day(self, second: int) -> str:
        """The weekday and the day of the month, e.g. ``Fri 28``."""
        t = self.view.clock(second)
        return f"{t.day}日" if self.zh else f"{_DAYS_EN[t.weekday()]} {t.day}"

    def days(self) -> str:
        """The whole horizon, e.g. ``Fri 28 Aug - Sun 30 Aug 2026``."""
        first, last = self.day(0), self.day(max(0, self.view.horizon_s - 1))
        year = self.view.clock(0).year
        both = first if first == last else f"{first} – {last}"
        return f"{year}年 {both}" if self.zh else f"{both} {year}"

    def hours(self, start_s: int, end_s: int) -> str:
        """``18:00–02:00 Sat 29``: the day of the end is written out when it is not that of the start."""
        a, b = self.view.clock(start_s), self.view.clock(end_s)
        text = f"{a:%H:%M}–{b:%H:%M}"
        return text if a.date() == b.date() else f"{text} {self.short_day(end_s)}"

    def span(self, start_s: int, end_s: int) -> str:
        """``Fri 28 18:00–02:00 Sat 29``."""
        return f"{self.short_day(start_s)} {self.hours(start_s, end_s)}"

    def minutes(self, seconds: int) -> str:
        """Whole minutes, rounded to the nearest; seconds below one minute."""
        if 0 < seconds < 60:
            return f"{seconds} s"
        return f"{round(seconds / 60)} {self('min')}"

    def clean(self, key: str) -> str:
        """A machine's word as people write it: ``armed_police`` becomes ``armed police``."""
        return self(key.replace("_", " ").strip())
