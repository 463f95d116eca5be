import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.collecting.items import DateSource
from xcbulletin.collecting.reading.dates import date_in_url, dated, parse_date

SHANGHAI = ZoneInfo("Asia/Shanghai")
FETCHED = datetime(2024, 5, 7, 12, 0, tzinfo=SHANGHAI)
"""A Tuesday."""

# The text, and what it means in Shanghai; "" where nothing may be read.
TABLE = """
2024-05-06 14:30                                        | 2024-05-06 14:30
2024-05-06 14:30:00                                     | 2024-05-06 14:30
2024-05-06 14:30:59                                     | 2024-05-06 14:30:59
2024-5-6 9:05                                           | 2024-05-06 09:05
2024/5/6 14:30:00                                       | 2024-05-06 14:30
2024/05/06                                              | 2024-05-06 00:00
2024.05.06                                              | 2024-05-06 00:00
2024.5.6 14:30                                          | 2024-05-06 14:30
2024–05–06 14∶30                                        | 2024-05-06 14:30
２０２４－０５－０６　１４：３０                        | 2024-05-06 14:30
2024年5月6日                                            | 2024-05-06 00:00
2024年5月6日 14:30                                      | 2024-05-06 14:30
2024年05月06日14时30分                                  | 2024-05-06 14:30
2024年5月6日14时30分15秒                                | 2024-05-06 14:30:15
2024 年 5 月 6 日                                       | 2024-05-06 00:00
2024年5月6号 14点半                                     | 2024-05-06 14:30
2024年5月6日9时                                         | 2024-05-06 09:00
24年5月6日                                              | 2024-05-06 00:00
二〇二四年五月六日                                      | 2024-05-06 00:00
二○二四年四月二十八日                                   | 2024-04-28 00:00
二零二三年十二月三十一日                                | 2023-12-31 00:00
二〇二四年四月廿六日 下午三时                           | 2024-04-26 15:00
5月6日 14:30                                            | 2024-05-06 14:30
5月6日                                                  | 2024-05-06 00:00
五月六日                                                | 2024-05-06 00:00
12月31日                                                | 2023-12-31 00:00
05-06 14:30                                             | 2024-05-06 14:30
[05-06]                                                 | 2024-05-06 00:00
12-31 08:00                                             | 2023-12-31 08:00
05/06 14:30                                             | 2024-05-06 14:30
今天 11:30                                              | 2024-05-07 11:30
今天                                                    | 2024-05-07 00:00
今日 上午8:15                                           | 2024-05-07 08:15
昨天 14:30                                              | 2024-05-06 14:30
昨天14:30                                               | 2024-05-06 14:30
前天 23:59                                              | 2024-05-05 23:59
yesterday 14:30                                         | 2024-05-06 14:30
刚刚                                                    | 2024-05-07 12:00
3分钟前                                                 | 2024-05-07 11:57
半小时前                                                | 2024-05-07 11:30
2小时前                                                 | 2024-05-07 10:00
两小时前                                                | 2024-05-07 10:00
1小时20分钟前                                           | 2024-05-07 10:40
3天前                                                   | 2024-05-04 00:00
三天前                                                  | 2024-05-04 00:00
2 hours ago                                             | 2024-05-07 10:00
an hour ago                                             | 2024-05-07 11:00
5 mins ago                                              | 2024-05-07 11:55
2024-05-06 下午2:30                                     | 2024-05-06 14:30
2024-05-06 上午 9:30                                    | 2024-05-06 09:30
2024年5月6日 晚上8点                                    | 2024-05-06 20:00
2024年5月6日 中午12:10                                  | 2024-05-06 12:10
2024年5月6日 凌晨1点20分                                | 2024-05-06 01:20
2024/5/6 2:30:00 PM                                     | 2024-05-06 14:30
2024-05-06 星期一 14:30                                 | 2024-05-06 14:30
2024年5月6日（星期一）14:30                             | 2024-05-06 14:30
14:30 2024-05-06                                        | 2024-05-06 14:30
2024-05-06T14:30:00+08:00                               | 2024-05-06 14:30
2024-05-06T06:30:00Z                                    | 2024-05-06 14:30
2024-05-06T06:30:00.123Z                                | 2024-05-06 14:30
2024-05-06T14:30:00                                     | 2024-05-06 14:30
2024-05-06T14:30+0800                                   | 2024-05-06 14:30
2024-05-06T14:30:00.000000+08:00[Asia/Shanghai]         | 2024-05-06 14:30
2024-05-06T02:30:00-04:00                               | 2024-05-06 14:30
2024-05-06 06:30:00 UTC                                 | 2024-05-06 14:30
2024-05-06 14:30:00 +0800 CST                           | 2024-05-06 14:30
2024-05-06 14:30:00 GMT+8                               | 2024-05-06 14:30
2024-05-06 14:30（北京时间）                            | 2024-05-06 14:30
Mon, 06 May 2024 14:30:00 +0800                         | 2024-05-06 14:30
Mon, 06 May 2024 06:30:00 GMT                           | 2024-05-06 14:30
Mon, 6 May 2024 06:30 Z                                 | 2024-05-06 14:30
Mon,06 May 2024 14:30:00+0800                           | 2024-05-06 14:30
Mon, 06 May 24 06:30:00 GMT                             | 2024-05-06 14:30
Monday, 06-May-24 06:30:00 GMT                          | 2024-05-06 14:30
Mon, 06 May 2024 14:30:00 CST                           | 2024-05-06 14:30
Mon, 06 May 2024 02:30:00 EDT                           | 2024-05-06 14:30
Mon, 06 May 2024 14:30:00                               | 2024-05-06 14:30
06 May 2024                                             | 2024-05-06 00:00
6th May 2024 14:30                                      | 2024-05-06 14:30
May 6, 2024 2:30 PM                                     | 2024-05-06 14:30
Apr. 30, 2024                                           | 2024-04-30 00:00
Mon May  6 14:30:00 2024                                | 2024-05-06 14:30
Mon May 06 14:30:00 CST 2024                            | 2024-05-06 14:30
Mon May 06 06:30:00 +0000 2024                          | 2024-05-06 14:30
Mon May 06 2024 14:30:00 GMT+0800 (中国标准时间)        | 2024-05-06 14:30
Mon May 06 2024 14:30:00 GMT+0800 (CST)                 | 2024-05-06 14:30
周一, 06 五月 2024 14:30:00 +0800                       | 2024-05-06 14:30
星期一, 06 5月 2024 14:30:00 +0800                      | 2024-05-06 14:30
星期一 五月 06 14:30:00 CST 2024                        | 2024-05-06 14:30
Mon, 06 五月 2024 14:30:00 GMT+8                        | 2024-05-06 14:30
Tue, 31 十二月 2019 08:00:00 +0800                      | 2019-12-31 08:00
发布时间：2024-05-06 14:30 来源：新华社                 | 2024-05-06 14:30
来源：人民网-人民日报 2024年05月06日08:10               | 2024-05-06 08:10
时间：2024/5/6 14:30:00 点击：1024 次                   | 2024-05-06 14:30
发布日期：2024-05-06  更新日期：2024-05-07              | 2024-05-06 00:00
成文日期：2024年5月6日 有效期至：2029年12月31日         | 2024-05-06 00:00
<span>2024-05-06</span>&nbsp;<em>14:30</em>             | 2024-05-06 14:30
06 2024-05                                              | 2024-05-06 00:00
06/2024-05                                              | 2024-05-06 00:00
2024-05 06                                              | 2024-05-06 00:00
2024 05-06                                              | 2024-05-06 00:00
20240506                                                | 2024-05-06 00:00
202405061430                                            | 2024-05-06 14:30
20240506143000                                          | 2024-05-06 14:30
20240506T063000Z                                        | 2024-05-06 14:30
1714977000                                              | 2024-05-06 14:30
1714977000000                                           | 2024-05-06 14:30
/Date(1714977000000+0800)/                              | 2024-05-06 14:30
13/04/2024                                              | 2024-04-13 00:00
04/13/2024                                              | 2024-04-13 00:00
更新时间：2024-05-07 10:00 发布时间：2024-05-06 14:30    | 2024-05-06 14:30
2024-05-06 14:30 Z世代                                  | 2024-05-06 14:30
2024-05-06 14:30 IT之家                                 | 2024-05-06 14:30
2024-05-06 12:30 AM                                     | 2024-05-06 00:30
2024-05-06 下午12:30                                    | 2024-05-06 12:30
2024-05-06 凌晨12:30                                    | 2024-05-06 00:30
20240506T143000+0800                                    | 2024-05-06 14:30
5-6 14:30                                               | 2024-05-06 14:30
2024-05-06+08:00                                        | 2024-05-06 00:00
2024-05-06 24:30                                        |
2024-05-06 上午12:30                                    |
2024-05-06 14:30:00:123                                 |
1-20                                                    |
24-05-06 14:30                                          |
2024年5月6家企业                                        |
5月6家企业投产                                          |
去年12月31日                                            |
2024年第5期                                             |
2023-2024                                               |
一个半小时前                                            |
05/06/2024                                              |
05-06-2024                                              |
24-05-06                                                |
06 May 24                                               |
Tue, 06 May 24 14:30:00 GMT                             |
2024年5月                                               |
2024-05                                                 |
2024                                                    |
2024-02-30                                              |
2024-13-01 10:00                                        |
0000-00-00 00:00:00                                     |
0001-01-01T00:00:00                                     |
1970-01-01 08:00:00                                     |
Thu, 01 Jan 1970 08:00:00 +0800                         |
0                                                       |
2099-01-01                                              |
2024-05-09                                              |
Wed, 06 May 2054 14:30:00 GMT                           |
2024-05-06 25:61                                        |
2024-05-06 09:00-11:00                                  |
2024-05-06 14:30 IST                                    |
2024-05-06 至 2024-05-08                                |
公示期：2024年5月6日—5月12日                            |
2024年5月6日 2024年5月7日                               |
民国113年5月6日                                         |
农历五月初六                                            |
3个月前                                                 |
几天前                                                  |
周一 14:30                                              |
14:30                                                   |
上午15:30 2024-05-06                                    |
2024-05-06 晚上12:30                                    |
5.06                                                    |
5/6                                                     |
v2024.5.6.1                                             |
电话 0374-2965 分机 0506                                |
报名截止：2024-05-06                                    |
报名时间：2024-05-06                                    |
截止2024-05-06                                          |
征求意见截止2024-05-06                                  |
截止到 2024-05-06                                       |
2024-05-06截止                                          |
2024-05-06 截止                                         |
开标时间：2024-05-06 09:00                              |
会议时间：09:00 2024-05-06                              |
会议地点：郑州 时间：2024-05-06                         |
Event date: 2024-05-06                                  |
Deadline: May 6, 2024                                   |
活动时间 2024年5月6日 09:00                             |
发布会时间：2024-05-06                                  |
会期2024-05-06                                          |
展期：5月1日                                            |
施行日期：2024-05-06                                    |
自2024年5月6日起施行                                    |
自2024年5月1日起                                        |
2024年5月6日前报名                                      |
2024年5月6日（星期一）9:00召开                          |
生效日期 2024-05-06                                     |
下架日期 2024-05-06                                     |
生产日期 2024-05-06                                     |
有效期：2024-05-06                                      |
有效期至2024-05-06                                      |
失效日期：2024-05-06                                    |
预计2024年5月6日投产                                    |
2024年5月6日全面建成                                    |
计划于2024年5月6日                                      |
距2024-05-06还有3天                                     |
2024-05-06 后恢复                                       |
明天 10:00 2024-05-06                                   |
附件2024-05-06.pdf                                      |
浏览次数：2024-05-06                                    |
访问量：20240506                                        |
文号 20240506                                           |
第20240506期                                            |
编号：202405061430                                      |
¥20240506                                               |
20240506 次浏览                                         |
电话 0374-20240506                                      |
ICP备20240506号                                         |
2024年第5期 阅读20240506次                              |
3天前截止                                               |
报名3天前                                               |
昨天截止 10:00                                          |
昨天 10:00截止                                          |
今天 14:30                                              |
今天下午2:30                                            |
今日头条                                                |
发布日期：20240506                                      | 2024-05-06 00:00
日期：20240506 点击：5                                  | 2024-05-06 00:00
20240506 14:30                                          | 2024-05-06 14:30
[20240506]                                              | 2024-05-06 00:00
20240506 来源：新华社                                   | 2024-05-06 00:00
日 期：2024-05-06                                       | 2024-05-06 00:00
发布时间（北京时间）：2024-05-06                        | 2024-05-06 00:00
信息公开日期：2024-05-06                                | 2024-05-06 00:00
北京时间 2024-05-06 14:30                               | 2024-05-06 14:30
来源：光明日报 2024-05-06                               | 2024-05-06 00:00
2024-05-06 前瞻网                                       | 2024-05-06 00:00
2024-05-06 关于召开会议的通知                           | 2024-05-06 00:00
2024-05-06 实施方案印发                                 | 2024-05-06 00:00
2024年5月6日起施行                                      |
2024年5月6日施行                                        |
2024-05-06 14:30 截止                                   |
关于召开会议的通知 2024-05-06                           | 2024-05-06 00:00
发布时间：2024-05-06 会议通知                           | 2024-05-06 00:00
更新于2024-05-06                                        | 2024-05-06 00:00
Last updated: 2024-05-06                                | 2024-05-06 00:00
1小时前更新                                             | 2024-05-07 11:00
昨天 10:00 来自网易                                     | 2024-05-06 10:00
不详                                                    |
暂无                                                    |
null                                                    |
Invalid Date                                            |
NaN-NaN-NaN                                             |
{{ item.date }}                                         |
"""
ROWS = [tuple(part.strip() for part in line.split("|")) for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(("text", "meant"), ROWS)
def test_a_date_is_read_right_or_not_at_all(text: str, meant: str):
    moment = parse_date(text, SHANGHAI, FETCHED)
    assert moment == (datetime.fromisoformat(meant).replace(tzinfo=SHANGHAI) if meant else None)
    assert moment is None or moment.utcoffset() == timedelta(0)


def test_words_of_a_story_are_no_date():
    story = "三天前，公司宣布五月六日的会议改期，昨天又说明了原因，刚刚完成的改造将使产量提高一成，专家对此表示肯定，并说今天的市场已经不同于一个月以前的市场了。"
    assert parse_date(story, SHANGHAI, FETCHED) is None


@pytest.mark.parametrize(
    "piece", ["1:", "1时", "(1)", "下午1:", "发布", "时间", " 1:1", "截止", "20240506", "年"]
)
def test_hostile_words_around_a_day_cost_no_time(piece: str):
    started = time.monotonic()
    for text in (f"2024-05-06{piece * 200}", f"{piece * 140} 2024-05-06", f"2024-05-06 14:30{piece * 100}!"):
        parse_date(text, SHANGHAI, FETCHED)
    assert time.monotonic() - started < 2


def test_no_text_is_no_date():
    assert parse_date("", SHANGHAI, FETCHED) is None
    assert parse_date(" \n\u3000", SHANGHAI, FETCHED) is None


def test_a_time_without_zone_is_in_the_zone_of_the_source():
    tokyo = ZoneInfo("Asia/Tokyo")
    assert parse_date("2024-05-06 14:30", tokyo, FETCHED) == datetime(2024, 5, 6, 5, 30, tzinfo=UTC)
    assert parse_date("昨天", tokyo, FETCHED) == datetime(2024, 5, 5, 15, 0, tzinfo=UTC)


def test_cst_is_china_except_for_an_american_source():
    chicago = ZoneInfo("America/Chicago")
    assert parse_date("Mon, 06 May 2024 01:30:00 CST", chicago, FETCHED) == datetime(
        2024, 5, 6, 6, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("text", "year"),
    [("05-07", 2024), ("05-08", 2023), ("02-29", 2024), ("12-31", 2023), ("05-07 12:30", 2024)],
)
def test_a_date_without_year_is_the_nearest_past(text: str, year: int):
    moment = parse_date(text, SHANGHAI, FETCHED)
    assert moment is not None
    assert moment.astimezone(SHANGHAI).year == year


def test_the_29th_of_february_is_sought_in_leap_years_only():
    assert parse_date("02-29", SHANGHAI, datetime(2023, 5, 7, tzinfo=UTC)) is None


def test_today_is_today_where_the_source_is():
    late = datetime(2024, 5, 6, 17, 0, tzinfo=UTC)
    assert parse_date("今天 00:30", SHANGHAI, late) == datetime(2024, 5, 6, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ahead", "trusted"),
    [(timedelta(hours=23), True), (timedelta(hours=24), True), (timedelta(hours=25), False)],
)
def test_a_date_more_than_a_day_ahead_is_none(ahead: timedelta, trusted: bool):
    moment = FETCHED + ahead
    assert (parse_date(f"{moment:%Y-%m-%d %H:%M}", SHANGHAI, FETCHED) is not None) == trusted


@pytest.mark.parametrize(
    "url",
    [
        "http://www.news.cn/politics/2024-05/06/c_1130140000.htm",
        "http://paper.people.com.cn/rmrb/html/2024-05/06/nw.D110000renmrb_1.htm",
        "https://www.gov.cn/zhengce/202405/t20240506_6949000.htm",
        "http://finance.people.com.cn/n1/2024/0506/c1004-40229000.html",
        "https://fgw.example.gov.cn/gk/20240506/abc.html",
        "https://www.miit.example.gov.cn/art/2024/5/6/art_1146_2.html",
        "https://blog.example.com/2024/05/06/slug",
        "https://blog.example.com/posts/2024-05-06-slug.html",
        "https://news.example.com/rain/a/20240506A01ABC00",
        "https://news.example.com/20240506.html",
    ],
)
def test_the_day_in_an_address_is_read(url: str):
    assert date_in_url(url, SHANGHAI) == datetime(2024, 5, 5, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/",
        "https://example.com/article/4882908.html",
        "https://example.com/a/202405063066789123.html",
        "https://example.com/list?date=2024-05-06",
        "https://example.com/2024/13/45/x",
        "https://example.com/20240506/t20240507_1.html",
        "https://example.com/1023456789/20991399/",
        "https://[broken/20240506/",
        "",
    ],
)
def test_numbers_that_are_no_day_are_not_taken_for_one(url: str):
    assert date_in_url(url, SHANGHAI) is None


URL = "https://www.example.gov.cn/202404/t20240401_1.html"


def test_the_address_stands_in_for_a_date_that_cannot_be_read():
    found = dated(("不详", None), URL, SHANGHAI, FETCHED, DateSource.FEED)
    assert found.published == datetime(2024, 3, 31, 16, 0, tzinfo=UTC)
    assert (found.source, found.unread, found.apart) == (DateSource.URL, "不详", False)


def test_the_feed_comes_before_the_address_which_may_contradict_it():
    found = dated(("", "2024-05-06 14:30"), URL, SHANGHAI, FETCHED, DateSource.FEED)
    assert found.published == datetime(2024, 5, 6, 6, 30, tzinfo=UTC)
    assert (found.source, found.unread, found.apart) == (DateSource.FEED, None, True)
    assert not dated(("2024-04-03 10:00",), URL, SHANGHAI, FETCHED, DateSource.FEED).apart


def test_a_future_day_in_an_address_is_no_witness():
    url = "https://example.com/2030-01/01/x.html"
    assert dated((), url, SHANGHAI, FETCHED, DateSource.FEED).published is None


PIECES = st.sampled_from(
    [
        "2024",
        "05",
        "06",
        "-",
        "/",
        ".",
        ":",
        "年",
        "月",
        "日",
        "时",
        "分",
        "下午",
        "今天",
        "昨天",
        "前",
        "小时",
        "May",
        "Mon",
        "GMT",
        "+0800",
        "CST",
        "T",
        "Z",
        "二〇",
        "十",
        "廿",
        "星期",
        "14:30",
        "99",
        "0",
        "发布时间",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join), st.lists(PIECES).map(" ".join)))
def test_any_text_is_a_plausible_moment_or_none(text: str):
    moment = parse_date(text, SHANGHAI, FETCHED)
    assert moment is None or datetime(1995, 1, 1, tzinfo=UTC) <= moment <= FETCHED + timedelta(hours=24)


@given(st.datetimes(datetime(1996, 1, 1), datetime(2024, 5, 6)))
def test_what_is_written_in_any_of_the_usual_forms_is_read_back(moment: datetime):
    moment = moment.replace(microsecond=0, tzinfo=SHANGHAI, fold=0)
    texts = (
        moment.isoformat(),
        f"{moment:%Y-%m-%d %H:%M:%S}",
        f"{moment:%Y/%m/%d %H:%M:%S}",
        f"{moment.year}年{moment.month}月{moment.day}日{moment:%H时%M分%S秒}",
        f"{moment:%a, %d %b %Y %H:%M:%S %z}",
        f"{moment:%Y%m%d%H%M%S}",
        f"{moment:%a %b %d %H:%M:%S} CST {moment.year}",
        f"{moment:%B %d, %Y %I:%M:%S %p}",
    )
    for text in texts:
        assert parse_date(text, SHANGHAI, FETCHED) == moment, text


@given(st.text())
def test_any_address_has_a_day_or_none(url: str):
    found = date_in_url(url, SHANGHAI)
    assert found is None or found.tzinfo is UTC


@given(
    st.integers(0, 32),
    st.sampled_from(("Jan", "Feb", "Dec", "Foo")),
    st.sampled_from(("1990", "2021", "2024", "2027")),
    st.sampled_from(("00:00:00", "23:59:59", "24:00:00", "08:60:00", "08:00:60")),
    st.sampled_from(("GMT", "+0800", "-0330", "+1400", "+1500", "+0860")),
)
def test_the_quick_way_reads_what_the_long_way_reads(day: int, month: str, year: str, clock: str, zone: str):
    written = f"{day:02} {month} {year} {clock} {zone}"
    assert parse_date(written, SHANGHAI, FETCHED) == parse_date(f"({written})", SHANGHAI, FETCHED)
