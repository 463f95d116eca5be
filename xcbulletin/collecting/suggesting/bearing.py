"""Whether news that names the city is news for a bulletin of industry: a place or a company alone is none."""

import re

from xcbulletin.collecting.classifying.lexicon import fold, is_daily_life

_LEAD = 80
"""Characters of a text after which something else may be told."""
_INDUSTRY = "产业|工业|制造|智造|企业|产能|产量|产值|产品|供应链|园区|开发区|高新区|经开区|农业|材料|设备|装备|能源|电站|变电|电网"
_POLICY = (
    "政策|规划|方案|意见|办法|条例|措施|印发|出台|批复|获批|试点|示范区|改革|补贴|奖补|专项|政府工作报告|常务会|营商环境|"
    "行动计划"
)
_PROJECT = "项目|工程|开工|投产|签约|签署|竣工|奠基|投运|并网|下线|招商|引资|投资|招标|中标|采购|订单|合同|基地|工厂|合作|链主"
_TECHNOLOGY = (
    "技术|科技|创新|研发|研究院|实验室|专利|标准|数字化|智能|算力|首[台套]|国产|院士|转型|升级|突破|发布新"
)
_ECONOMY = (
    "经济|gdp|增加值|出口|进口|外贸|跨境|营收|净利|业绩|年报|季报|消费|税|上市|融资|贷款|金融|收购|重组|增资|价格|销量|市场|"
    "股[价权东]|持股|控股|[增减]持|回购|分红|[涨跌]停|概念|亿元|万元|增长|下降|同比|环比|物流|高铁|机场|[中自]贸"
)
_BEARING = re.compile("|".join((_INDUSTRY, _POLICY, _PROJECT, _TECHNOLOGY, _ECONOMY)))


def bears_on_industry(title: str, text: str) -> bool:
    """Tell whether an item speaks of industry, policy, projects, technology or the economy."""
    return not is_daily_life(title) and bool(_BEARING.search(fold(f"{title}\n{text[:_LEAD]}")))
