"""What is counted and measured in, and how one unit goes into another."""

import re
from decimal import Decimal

PERCENT = "%"
POINTS = "个百分点"
TIMES = "倍"
RELATIVE = frozenset({PERCENT, POINTS, TIMES})
DURATIONS = frozenset({"小时", "分钟", "天"})

MAGNITUDES = {
    "万亿": Decimal(10**12),
    "千亿": Decimal(10**11),
    "百亿": Decimal(10**10),
    "千万": Decimal(10**7),
    "百万": Decimal(10**6),
    "亿": Decimal(10**8),
    "万": Decimal(10**4),
    "千": Decimal(10**3),
}

_MEASURED: dict[str, tuple[str, int | Decimal]] = {
    "元": ("元 元人民币 人民币", 1),
    "美元": ("美元", 1),
    "欧元": ("欧元", 1),
    "日元": ("日元", 1),
    "韩元": ("韩元", 1),
    "英镑": ("英镑", 1),
    "加元": ("加元", 1),
    "港元": ("港元 港币", 1),
    "瓦": ("瓦 W", 1),
    "千瓦": ("千瓦 kW", 10**3),
    "兆瓦": ("兆瓦 MW", 10**6),
    "吉瓦": ("吉瓦 GW", 10**9),
    "太瓦": ("太瓦 TW", 10**12),
    "千瓦时": ("千瓦时 千瓦·时 kWh 度电", 10**3),
    "兆瓦时": ("兆瓦时 MWh", 10**6),
    "吉瓦时": ("吉瓦时 GWh", 10**9),
    "太瓦时": ("太瓦时 TWh", 10**12),
    "克": ("克 g", 1),
    "千克": ("千克 公斤 kg", 10**3),
    "吨": ("吨 t", 10**6),
    "吨标准煤": ("吨标准煤 吨标煤", 1),
    "吨二氧化碳当量": ("吨二氧化碳当量", 1),
    "米": ("米", 1),
    "千米": ("公里 千米 km", 10**3),
    "毫米": ("毫米 mm", Decimal("0.001")),
    "微米": ("微米 μm", Decimal("0.000001")),
    "纳米": ("纳米 nm", Decimal("0.000000001")),
    "平方米": ("平方米 平米 ㎡", 1),
    "平方公里": ("平方公里 平方千米", 10**6),
    "公顷": ("公顷", 10**4),
    "亩": ("亩", 1),
    "立方米": ("立方米", 1),
    "千伏": ("千伏 kV", 1),
    "小时": ("小时 个小时", 1),
    "分钟": ("分钟", 1),
    "天": ("天", 1),
    "摄氏度": ("摄氏度 ℃", 1),
    "Mbps": ("Mbps", 1),
    "Gbps": ("Gbps", 1000),
    "GHz": ("GHz", 1000),
    "MHz": ("MHz", 1),
}
_BASES = {
    "千瓦": "瓦",
    "兆瓦": "瓦",
    "吉瓦": "瓦",
    "太瓦": "瓦",
    "千瓦时": "瓦时",
    "兆瓦时": "瓦时",
    "吉瓦时": "瓦时",
    "太瓦时": "瓦时",
    "千克": "克",
    "吨": "克",
    "千米": "米",
    "毫米": "米",
    "微米": "米",
    "纳米": "米",
    "平方公里": "平方米",
    "公顷": "平方米",
    "Gbps": "Mbps",
    "GHz": "MHz",
}
_COUNTED = [
    "个",
    "家次",
    "家",
    "件套",
    "件",
    "项",
    "篇",
    "人次",
    "人",
    "名",
    "位",
    "户",
    "台（套）",
    "台(套)",
    "台套",
    "台",
    "套",
    "辆",
    "架",
    "艘",
    "列",
    "种",
    "款",
    "座",
    "部",
    "份",
    "批次",
    "批",
    "次",
    "例",
    "宗",
    "所",
    "支",
    "枚",
    "颗",
    "粒",
    "只",
    "头",
    "株",
    "棵",
    "张",
    "片",
    "块",
    "条",
    "间",
    "栋",
    "处",
    "场",
    "笔",
    "单",
    "标准箱",
    "箱",
    "本",
    "册",
    "卷",
    "门",
    "排",
    "组",
    "层",
    "类",
    "轮",
    "股",
    "羽",
    "根",
    "国",
]
_NOT_BEFORE = {
    "人": "工才民均口类形体机物脸心士生力员为",
    "名": "称单义为录列额誉校企",
    "位": "于列居置次数",
    "部": "门委分署长级",
    "份": "额",
    "批": "准复发量示",
    "例": "如",
    "只": "有是能要占需",
    "张": "力",
    "条": "例件款",
    "处": "理于置罚在",
    "单": "位项",
    "本": "科地身市次期报刊年月省",
    "组": "织件成合建委",
    "层": "面次级",
    "类": "似型别",
    "股": "份票东权市",
    "根": "据本",
    "国": "际家产内外企网务资民有道标庆集",
    "列": "入出为举第示",
    "天": "然津气下线",
    "次": "年日月",
}
"""Characters with which one of a counted thing's names begins another word."""
_SAME = {"台（套）": "台", "台(套)": "台", "台套": "台", "件套": "件", "名": "人", "位": "人"}

UNITS: dict[str, tuple[str, Decimal]] = {
    **{alias: (_SAME.get(alias, alias), Decimal(1)) for alias in _COUNTED},
    **{
        alias: (_BASES.get(name, name), Decimal(factor))
        for name, (aliases, factor) in _MEASURED.items()
        for alias in aliases.split()
    },
    **dict.fromkeys(("%", "％", "﹪"), (PERCENT, Decimal(1))),
    **dict.fromkeys(("‰",), (PERCENT, Decimal("0.1"))),
    **dict.fromkeys(("个百分点", "百分点"), (POINTS, Decimal(1))),
    "倍": (TIMES, Decimal(1)),
}
"""As written: the unit that its values are kept in, and how many of that it is."""

COUNTED = frozenset(UNITS[alias][0] for alias in _COUNTED)
"""Units of what comes in whole pieces."""


def _pattern(alias: str) -> str:
    blocked = _NOT_BEFORE.get(alias)
    end = (
        f"(?![{blocked}])"
        if blocked
        else "(?![A-Za-z])"
        if alias[-1].isascii() and alias[-1].isalpha()
        else ""
    )
    return re.escape(alias) + end


UNIT_PATTERN = "|".join(_pattern(alias) for alias in sorted(UNITS, key=len, reverse=True))
"""Matches a unit as written, the longest first."""
