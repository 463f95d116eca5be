"""Issues made up for letters: one with everything in it, a report, and ones of any length."""

import datetime
import io
from pathlib import Path
from typing import Any

import pikepdf
from PIL import Image

from xcbulletin.model import REPORT_PARTS, Article, Column, Imprint, Industry, Issue, IssueId, Kind, Source
from xcbulletin.publishing.edition import Edition, compose
from xcbulletin.publishing.figures import PNG, Picture
from xcbulletin.publishing.letter import Letter, render_letter
from xcbulletin.publishing.pages import Templates
from xcbulletin.settings import MailSettings, Settings

TEMPLATES = Path(__file__).parent.parent / "templates"
INDUSTRIES = (
    Industry(code="nev", name="新能源及网联汽车产业", short_name="新能源汽车"),
    Industry(code="ai", name="新一代人工智能产业", short_name="人工智能"),
    Industry(code="bio", name="现代生物和生命健康产业", short_name="生物健康"),
)
COLUMNS = (
    Column(code="editorial", name="编者的话"),
    Column(code="news", name="行业动态"),
    Column(code="reports", name="行业报告"),
)
MAIL = MailSettings(sender="许昌竞争情报快递 <bulletin@example.org>")
UNSUBSCRIBE = "mailto:bulletin@example.org?subject=unsubscribe"

EVERYTHING = """
“引号”与 & < > 都照样印出；见[@fig-sales]和[@tbl-sales]。[^1]*产业*、**要点**、~~旧稿~~、`A<B`，详见[公报](https://example.org/a?b=1&c=2)和[附件](assets/x.pdf)。

## 一、总体

### （一）分类

- 纯电动
- 混合动力
  - 插电式
  - 增程式

3. 第三步
4. 第四步

> 引文一段。

![销量（万辆）](assets/sales.svg "数据来源：样例协会"){#fig-sales}

![待画的图](待补)

表：销量 {#tbl-sales}

| 年份 | 销量 | 增长/% |
|---|--:|--:|
| 2019年 | 120.6 | −4.0 |
| 2020年12月 | 136.7 | 10.9 |

资料来源：样例协会

| 甲 | 乙 | 丙 | 丁 | 戊 | 己 | 庚 |
|---|---|---|---|---|---|---|
| 1001 | 1002 | 1003 | 1004 | 1005 | 1006 | 1007 |

```
代码 一行

代码 二行
```

---

句中有图![图标](assets/icon.png)一枚。

[^1]: 样例注释，口径见公报。
"""


def make_article(**fields: Any) -> Article:
    given = {
        "file": "issues/2021-01/news/01.md",
        "title": "样例标题",
        "column": "news",
        "body": "样例正文。",
        "body_line": 5,
    }
    return Article(**(given | fields))


def make_edition(*articles: Article, selection: tuple[str, ...] = (), **fields: Any) -> Edition:
    given: dict[str, Any] = {
        "id": IssueId("2021-01"),
        "kind": Kind.BULLETIN,
        "title": "许昌竞争情报快递",
        "date": datetime.date(2021, 1, 29),
        "columns": COLUMNS,
        "articles": articles or (make_article(),),
        "publishers": ("许昌市科学技术情报研究所",),
        "number": 1,
        "total_number": 37,
        "imprint": Imprint(
            permit_number="样例准印证第000号", copies=200, contact="请寄 bulletin@example.org"
        ),
    }
    return compose(Issue(**(given | fields)), INDUSTRIES, selection)[0]


def make_picture(name: str, color: str, width: int = 1184, height: int = 600) -> Picture:
    stream = io.BytesIO()
    Image.new("RGB", (width, height), color).save(stream, "PNG")
    return Picture(name=name, content=stream.getvalue(), media_type=PNG, width=width, height=height)


PICTURES = {
    "assets/sales.svg": make_picture("assets/sales.png", "navy"),
    "assets/icon.png": make_picture("assets/icon.png", "red", 48, 48),
    "assets/unused.png": make_picture("assets/unused.png", "green"),
}


def full_edition() -> Edition:
    return make_edition(
        make_article(column="editorial", title="编者的话", body="新年第一期。"),
        make_article(
            title="销量<增长>",
            body=EVERYTHING,
            industries=("nev", "ai"),
            author="样例作者",
            source=Source(name="样例协会", url="https://example.org/", date=datetime.date(2021, 1, 13)),
        ),
        make_article(title="第二篇", column="reports"),
    )


def make_letter(edition: Edition, profile: str = "permit", **options: Any) -> Letter:
    settings = Settings.model_validate(
        {
            "masthead": {"title": "许昌竞争情报快递", "notice": "内部资料　免费交流"},
            "profile": profile,
            "columns": [{"code": column.code, "name": column.name} for column in COLUMNS],
        }
    )
    templates = Templates([TEMPLATES], settings, INDUSTRIES)
    return render_letter(templates, edition, PICTURES, unsubscribe=UNSUBSCRIBE, **options)


def make_report(*articles: Article) -> Edition:
    return make_edition(
        *articles,
        kind=Kind.REPORT,
        id=IssueId("ai-2021"),
        title="人工智能观察",
        subtitle="——十个数字",
        columns=REPORT_PARTS,
    )


def long_articles(count: int, length: int, **fields: Any) -> tuple[Article, ...]:
    columns = [column.code for column in COLUMNS]
    return tuple(
        make_article(
            title=f"第{index}篇文章的标题大约有二十个字那么长",
            column=columns[index * len(columns) // count],
            body=f"正文第{index}篇。" + "这一句话正好有十六个字一个也不多。" * length,
            industries=("ai",),
            **fields,
        )
        for index in range(count)
    )


def pdf_of_one_page() -> bytes:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        stream = io.BytesIO()
        pdf.save(stream, deterministic_id=True)
    return stream.getvalue()
