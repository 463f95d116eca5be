"""An issue for an audience: chosen, numbered, with every reference resolved."""

from conftest import AI, ROBOT, make_article, make_issue

from xcbulletin.model import Issue, Kind, Severity, Source
from xcbulletin.publishing.edition import Edition, compose, texts
from xcbulletin.publishing.nodes import Node, walk

INDUSTRIES = (ROBOT, AI)


def edition(*articles: object, selection: tuple[str, ...] = (), **fields: object) -> Edition:
    return compose(make_issue(*articles, **fields), INDUSTRIES, selection)[0]  # type: ignore[arg-type]


def complaints(issue: Issue, *selection: str) -> list[str]:
    return [str(problem) for problem in compose(issue, INDUSTRIES, selection)[1]]


def find(made: Edition, kind: str) -> list[Node]:
    return [node for entry in made.entries for node in walk(entry.body) if node.kind == kind]


# Choosing


def test_an_article_that_is_chosen_is_nowhere_else() -> None:
    twice = make_article("![图](a.png){#f}\n\n见[@f]", industries=("ai",))
    other = make_article("![图](b.png){#g}\n\n见[@f]和[@g]", industries=("robot",))
    labels = [one.label for one in find(edition(twice, twice, other, selection=("robot",)), "reference")]
    assert labels == ["（见全刊）", "图1"]


def test_a_draft_stays_out() -> None:
    assert edition(make_article(draft=True)).columns == ()


def test_a_drafts_mistakes_are_nobodys() -> None:
    issue = make_issue(
        make_article("见[@nothing]", draft=True), make_article(file="issues/2021-01/news/2.md")
    )
    assert complaints(issue) == [
        "issues/2021-01/news/01.md: 是草稿（draft: true），没有编入；写好后请删去 draft 一行"
    ]


def test_an_issue_of_drafts_has_nothing_to_print() -> None:
    assert complaints(make_issue(make_article(draft=True)))[1:] == [
        "issues/2021-01: 没有可印的文章；请先写文章，或删去草稿的 draft 一行"
    ]


def test_columns_come_in_the_order_of_the_issue_and_empty_ones_not_at_all() -> None:
    made = edition(make_article(column="reports"), make_article(column="news"))
    assert [(column.code, column.name) for column in made.columns] == [
        ("news", "行业动态"),
        ("reports", "行业报告"),
    ]


def test_articles_keep_their_order_and_have_an_anchor() -> None:
    made = edition(make_article(title="甲"), make_article(title="乙"))
    assert [(entry.title, entry.anchor) for entry in made.entries] == [("甲", "news-1"), ("乙", "news-2")]


def test_a_selection_has_the_articles_of_its_industries() -> None:
    articles = (
        make_article(title="人工智能", industries=("ai",)),
        make_article(title="两者", industries=("robot", "ai")),
        make_article(title="机器人", industries=("robot",)),
        make_article(title="都不是"),
    )
    made = edition(*articles, selection=("ai",))
    assert [entry.title for entry in made.entries] == ["人工智能", "两者"]
    assert made.selection == (AI,)
    assert [entry.title for entry in edition(*articles, selection=("robot", "ai")).entries] == [
        "人工智能",
        "两者",
        "机器人",
    ]
    assert len(edition(*articles).entries) == 4


def test_the_industries_of_a_report_are_those_of_its_untagged_parts() -> None:
    parts = (make_article(column="body"), make_article(column="appendix", industries=("robot",)))
    made = edition(*parts, kind=Kind.REPORT, industries=("ai",), selection=("ai",))
    assert [column.code for column in made.columns] == ["body"]


def test_the_industries_of_a_bulletin_tag_no_article() -> None:
    assert edition(make_article(), industries=("ai",), selection=("ai",)).columns == ()


def test_an_edition_knows_its_industries_each_once() -> None:
    made = edition(make_article(industries=("ai",)), make_article(industries=("robot", "ai")))
    assert made.industries == (AI, ROBOT)


# Numbering


FIGURE = "![题](assets/a.png){#fig-%s}\n"
TABLE = "%s：题 {#%s}\n\n|a|\n|-|\n|b|\n"


def test_figures_and_tables_are_numbered_through_the_edition() -> None:
    first = FIGURE % "a" + "\n" + TABLE % ("表", "tbl-a")
    second = FIGURE % "b" + "\n" + TABLE % ("附表", "tbl-x") + "\n" + TABLE % ("表", "tbl-b")
    made = edition(make_article(first), make_article(second))
    assert [(one.label, one.anchor) for one in made.figures] == [("图1", "fig-1"), ("图2", "fig-2")]
    assert [(one.label, one.anchor) for one in made.tables] == [
        ("表1", "tbl-1"),
        ("附表", "tbl-2"),
        ("表2", "tbl-3"),
    ]


def test_a_table_without_a_caption_has_no_number() -> None:
    assert edition(make_article("|a|\n|-|\n|b|\n")).tables == ()


def test_numbers_follow_the_columns_not_the_files() -> None:
    made = edition(make_article(FIGURE % "b", column="reports"), make_article(FIGURE % "a", column="news"))
    assert [(node.src, node.label) for node in find(made, "figure")] == [
        ("assets/a.png", "图1"),
        ("assets/a.png", "图2"),
    ]
    assert made.columns[0].entries[0].body[0].label == "图1"


def test_a_draft_and_a_selection_leave_no_gap() -> None:
    articles = (
        make_article(FIGURE % "a", industries=("robot",)),
        make_article(FIGURE % "b", draft=True, industries=("ai",)),
        make_article(FIGURE % "c", industries=("ai",)),
    )
    assert [one.label for one in edition(*articles, selection=("ai",)).figures] == ["图1"]
    assert [one.label for one in edition(*articles).figures] == ["图1", "图2"]


def test_notes_are_counted_through_the_edition_and_headings_by_article() -> None:
    body = "# 题\n\n甲[^1]乙[^2]\n\n[^1]: 一\n\n[^2]: 二"
    made = edition(make_article(body), make_article(body))
    assert [node.number for entry in made.entries for node in entry.notes] == [1, 2, 3, 4]
    assert [node.id for node in made.entries[1].notes] == ["note-3", "note-4"]
    assert [(one.anchor, one.level, one.text) for one in made.entries[1].headings] == [("news-2-h1", 1, "题")]


def test_a_note_is_counted_where_nothing_else_is() -> None:
    made = edition(make_article("甲[^1]\n\n[^1]: 一"), make_article("乙[^1]\n\n[^1]: 一"))
    assert [(node.number, node.id) for node in find(made, "note")] == [(1, "note-1"), (2, "note-2")]


def test_an_id_used_twice_is_reported() -> None:
    issue = make_issue(
        make_article(FIGURE % "a"), make_article("段落\n\n" + TABLE % ("表", "fig-a"), column="reports")
    )
    assert complaints(issue) == ["issues/2021-01/reports/01.md:8: 编号“fig-a”已经用在图1上；请换一个编号"]


# References


def test_a_reference_becomes_the_number() -> None:
    made = edition(
        make_article("见[@fig-a]和[@tbl-a]"), make_article(FIGURE % "a" + "\n" + TABLE % ("表", "tbl-a"))
    )
    assert [(node.label, node.id) for node in find(made, "reference")] == [("图1", "fig-1"), ("表1", "tbl-1")]


def test_a_name_of_han_is_not_the_number_that_is_printed() -> None:
    figures = [f"见[@{name}]。\n\n![图](待补){{#{name}}}" for name in ("图2", "图-产量")]
    made = edition(make_article("\n\n".join(figures)))
    assert [(node.label, node.id) for node in find(made, "reference")] == [("图1", "fig-1"), ("图2", "fig-2")]


def test_a_reference_in_a_note_and_in_a_caption_is_resolved() -> None:
    made = edition(
        make_article("甲[^1]\n\n![同[@fig-a]](assets/b.png)\n\n" + FIGURE % "a" + "\n[^1]: 见[@fig-a]")
    )
    assert [node.label for node in find(made, "reference")] == ["图2", "图2"]
    (note,) = made.entries[0].notes
    assert note.children[1].label == "图2"


def test_a_dangling_reference_is_an_error_with_those_there_are() -> None:
    issue = make_issue(make_article("段落\n\n见[@fig-x]"), make_article(FIGURE % "a"))
    assert complaints(issue) == [
        "issues/2021-01/news/01.md:6: “[@fig-x]”没有对应的图或表；可引用的编号：fig-a"
    ]
    assert compose(issue, INDUSTRIES)[1][0].severity is Severity.ERROR


def test_where_there_is_nothing_to_refer_to_the_message_says_how() -> None:
    assert complaints(make_issue(make_article("见[@fig-x]"))) == [
        "issues/2021-01/news/01.md:4: “[@fig-x]”没有对应的图或表；请在图或表题后面写上编号，如 {#fig-1}"
    ]


def test_in_a_selection_a_reference_to_what_stays_out_says_so() -> None:
    issue = make_issue(make_article("见[@fig-a]", industries=("ai",)), make_article(FIGURE % "a"))
    made, problems = compose(issue, INDUSTRIES, ("ai",))
    assert problems == ()
    assert [(node.label, node.id) for node in find(made, "reference")] == [("（见全刊）", None)]


def test_even_in_a_selection_a_reference_to_nothing_is_an_error() -> None:
    issue = make_issue(make_article("见[@fig-typo]", industries=("ai",)), make_article(FIGURE % "a"))
    assert complaints(issue, "ai") == [
        "issues/2021-01/news/01.md:4: “[@fig-typo]”没有对应的图或表；可引用的编号：fig-a"
    ]


# The rest


def test_all_that_is_printed_is_among_the_texts() -> None:
    article = make_article(
        '正文[^1]\n\n![图题](assets/a.png "图源")\n\n表：表题\n\n|格|\n|-|\n|子|\n\n来源：表源\n\n```\n代码\n```\n\n[^1]: 注',
        title="标题",
        author="作者",
        summary="摘要",
        source=Source(name="来处"),
    )
    found = "".join(
        text for _place, text in texts(edition(article, publishers=("编印单位",), subtitle="副题"))
    )
    for word in (
        "快递",
        "副题",
        "编印单位",
        "行业动态",
        "标题",
        "作者",
        "摘要",
        "来处",
        "正文",
        "图题",
        "图源",
        "表题",
    ):
        assert word in found
    for word in ("格", "子", "表源", "代码", "注"):
        assert word in found


def test_texts_know_their_line() -> None:
    places = {text: str(place) for place, text in texts(edition(make_article("甲\n\n- 乙\n- **丙**\n")))}
    assert places["丙"] == "issues/2021-01/news/01.md:7"


def test_appended_tables_are_counted_apart_where_there_are_several() -> None:
    table = "\n\n|a|b|\n|-|-|\n|1|2|\n\n"
    one, _problems = compose(make_issue(make_article(f"表：甲{table}附表：乙{table}表：丙{table}")), ())
    assert [listed.label for listed in one.tables] == ["表1", "附表", "表2"]
    two, _problems = compose(make_issue(make_article(f"附表：甲{table}附表：乙{table}")), ())
    assert [listed.label for listed in two.tables] == ["附表1", "附表2"]
