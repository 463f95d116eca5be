"""Naming the city is no news for a bulletin of industry; what its economy does is."""

import pytest

from xcbulletin.collecting.suggesting.bearing import bears_on_industry


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("许昌一男子酒驾被查", "他开的公司在产业园"),
        ("长葛市气象台发布大雾橙色预警", "影响高铁"),
        ("禹州药王庙会开幕", "拉动消费"),
        ("讣告：许昌电业局离休干部逝世", "生前参与变电工程"),
        ("许继集团乒乓球赛圆满落幕", "分项目进行"),
        ("灞陵桥下看晚霞", "许昌的桥"),
        ("许昌三国文化讲座开讲", ""),
        ("许昌早茶店的故事", f"{'故' * 90}投资"),
    ],
)
def test_a_place_or_a_company_alone_is_no_news(title: str, text: str) -> None:
    assert not bears_on_industry(title, text)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("许昌市政府工作报告全文", ""),
        ("长葛一批重大项目开工", ""),
        ("许昌GDP一季度公布", ""),
        ("鄢陵企业获专利", ""),
        ("禹州再添新军", "总投资3亿元的基地落户"),
        ("黄河旋风一字涨停", ""),
    ],
)
def test_policy_projects_technology_and_economy_are_news(title: str, text: str) -> None:
    assert bears_on_industry(title, text)
