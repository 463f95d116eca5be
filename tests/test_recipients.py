"""recipients.csv as Excel and people save it; whatever is wrong in it is said with its line, all at once."""

import codecs
from collections.abc import Sequence

import pytest
from conftest import AI, ROBOT
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.delivery.mailing import PdfChoice, Recipient
from xcbulletin.delivery.recipients.reading import COLUMNS, read_recipients
from xcbulletin.model import Problem, Severity

INDUSTRIES = (AI, ROBOT)
FILE = "recipients.csv"
LIST = (
    "姓名,邮箱,单位,职务,关系,产业,PDF,份数,名单\r\n"
    "张三,zhangsan@example.org,市科学技术局,局长,隶属,*,attach,2,领导\r\n"
    "李四,lisi@example.org,某重点企业,技术中心主任,指导,人工智能；robot,链接,,重点企业、园区\r\n"
    "\r\n"
    ",,,,,,,,\r\n"
    "王五,,市档案馆,,隶属,,无,１,\r\n"
)
READ = (
    Recipient(
        name="张三",
        address="zhangsan@example.org",
        organisation="市科学技术局",
        role="局长",
        relation="隶属",
        copies=2,
        lists=("领导",),
        line=2,
    ),
    Recipient(
        name="李四",
        address="lisi@example.org",
        organisation="某重点企业",
        role="技术中心主任",
        relation="指导",
        industries=("ai", "robot"),
        pdf=PdfChoice.LINK,
        lists=("重点企业", "园区"),
        line=3,
    ),
    Recipient(
        name="王五",
        address=None,
        organisation="市档案馆",
        relation="隶属",
        pdf=PdfChoice.NONE,
        copies=1,
        line=6,
    ),
)


def read(content: str | bytes) -> tuple[tuple[Recipient, ...], tuple[Problem, ...]]:
    return read_recipients(content.encode() if isinstance(content, str) else content, FILE, INDUSTRIES)


def messages(content: str | bytes) -> list[str]:
    return list(map(str, read(content)[1]))


def only(content: str) -> Recipient:
    (recipient,), problems = read(content)
    assert problems == ()
    return recipient


# Files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-be-bom"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_and_delimiter_of_excel_is_read(encoding: str, delimiter: str) -> None:
    text = LIST.replace(",", delimiter)
    content = (
        codecs.BOM_UTF16_BE + text.encode("utf-16-be")
        if encoding == "utf-16-be-bom"
        else text.encode(encoding)
    )
    assert read(content) == (READ, ())


@pytest.mark.parametrize("newline", ["\n", "\r"])
def test_every_line_end_is_read(newline: str) -> None:
    assert read(LIST.replace("\r\n", newline)) == (READ, ())


def test_excels_line_on_the_separator_is_no_row() -> None:
    assert only("sep=;\n姓名;邮箱\n张三;a@example.org\n").line == 3
    assert only("sep=\t\n姓名\t邮箱\n张三\ta@example.org\n").name == "张三"


def test_a_quoted_cell_may_have_commas_quotes_and_line_breaks() -> None:
    text = '姓名,邮箱,单位\n张三,a@example.org,"市局,""二""\n处"\n李四,b@example.org,"Room 1\nXuchang"\n'
    recipients, problems = read(text)
    assert problems == ()
    assert [(one.organisation, one.line) for one in recipients] == [('市局,"二"处', 2), ("Room 1 Xuchang", 4)]


def test_empty_columns_at_the_end_are_none() -> None:
    assert only("姓名,邮箱,,\n张三,a@example.org,,,,\n").name == "张三"


def test_lines_may_be_shorter_than_the_first() -> None:
    assert only("邮箱,姓名,单位,份数\na@example.org,张三\n") == Recipient(
        name="张三", address="a@example.org", line=2
    )


@pytest.mark.parametrize(
    "text",
    [
        "姓名，邮箱，单位\n张三，zhangsan＠example。org，市局\n",
        "姓名,邮箱,单位\n张三，zhangsan@example.org，市局\n",
        "姓名,邮箱,单位\n张三，zhangsan@example.org,市局\n",
        "姓名；邮箱；单位\n张三；　zhangsan@example.org　；市局\n",
        "姓名;邮箱;单位\n张三；zhangsan@example.org;市局\n",
        "姓名，邮箱，单位\n张三,ｚｈａｎｇｓａｎ@example.org,市局\n",
    ],
)
def test_what_a_chinese_keyboard_makes_wide_is_read(text: str) -> None:
    assert only(text) == Recipient(name="张三", address="zhangsan@example.org", organisation="市局", line=2)


@pytest.mark.parametrize("names", [tuple(COLUMNS), tuple(others[0] for others in COLUMNS.values())])
def test_columns_have_english_or_chinese_names_in_any_order(names: Sequence[str]) -> None:
    cells = ("张三", "a@example.org", "市局", "局长", "隶属", "ai", "none", "2", "领导")
    swapped = f"{','.join(reversed(names))}\n{','.join(reversed(cells))}\n"
    assert only(swapped) == only(f"{','.join(names).upper()}\n{','.join(cells)}\n")
    assert only(swapped).role == "局长"


@pytest.mark.parametrize("heading", ["邮件", "地址", "Ｅ－ｍａｉｌ", "电子 邮箱", "E_mail"])
def test_the_address_goes_by_many_names(heading: str) -> None:
    assert only(f"{heading}\na@example.org\n").address == "a@example.org"


# Files that are wrong as a whole

AS_CSV = "请用 Excel 打开，另存为“CSV UTF-8（逗号分隔）”"
EMPTY = f"{FILE}: 里面一个收件人也没有；第一行写列名（如 姓名,邮箱,单位,产业），下面每行写一位"
HEADINGS = (
    "能用的列名：姓名（name）、邮箱（address）、单位（organisation）、职务（role）、关系（relation）、"
    "产业（industries）、pdf、份数（copies）、名单（lists）"
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"PK\x03\x04\x14\x00", [f"{FILE}: 这是 Excel 工作簿，不是 CSV；{AS_CSV}"]),
        (b"\xd0\xcf\x11\xe0\xa1", [f"{FILE}: 这是 Excel 工作簿，不是 CSV；{AS_CSV}"]),
        ("name\n".encode("utf-16-le"), [f"{FILE}:1: 里面有空字符，不是 CSV 文本；{AS_CSV}"]),
        (
            b"name\nab\xff\xff\n",
            [f"{FILE}:2: 有无法辨认的字节，既不是 UTF-8 也不是 GBK 编码；请用记事本打开，另存为 UTF-8 编码"],
        ),
        (b"," * 10_000_001, [f"{FILE}: 文件超过 10 MB，不像收件人名单；请检查是否放错了文件"]),
        (
            b"address\n" + b"a\n" * 50_000,
            [f"{FILE}:50001: 超过 50000 行，不像收件人名单；请检查是否放错了文件"],
        ),
        (b"address" + b",a" * 100, [f"{FILE}:1: 超过 100 列，不像收件人名单；请检查是否放错了文件"]),
        (b"", [EMPTY]),
        (codecs.BOM_UTF8 + b"\r\n,,\r\n", [EMPTY]),
        ("姓名,邮箱\n".encode(), [EMPTY]),
        (
            "张三,zhangsan@example.org\n".encode(),
            [
                f"{FILE}:1: 第一行应为列名，现为一位收件人；请加上一行列名，如 姓名,邮箱,单位,产业,PDF,份数,名单"
            ],
        ),
        (
            "\n收件人名单（2026）,,\n姓名,邮箱\n".encode(),
            [
                f"{FILE}:2: 第一行应为列名，现为“收件人名单（2026）”；请加上一行列名，如 姓名,邮箱,单位,产业,PDF,份数,名单"
            ],
        ),
        (
            "姓名,单位\n张三,市局\n".encode(),
            [
                f"{FILE}:1: 没有“邮箱”这一列，也没有“份数”；请加上其中一列：邮箱（address）或份数（copies）",
            ],
        ),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_told(content: bytes, expected: list[str]) -> None:
    assert read(content)[0] == ()
    assert messages(content) == expected


def test_doubled_and_unknown_columns_are_named() -> None:
    recipients, problems = read(
        "姓名,邮箱,地址,organisaton,备注,电话,,份数\n张三,a@example.org,,市局,好,1,x,2\n"
    )
    assert list(map(str, problems)) == [
        f"{FILE}:1: “邮箱”和“地址”是同一列（address）；请只留一列；邮寄的地址请另起列名，如“通信地址”",
        f"{FILE}:1: 不认识“organisaton”这一列；是否想写 单位（organisation）？",
        f"{FILE}:1: 不认识“备注”、“电话”这几列，没有用；{HEADINGS}",
        f"{FILE}:1: 第 7 列没有列名，第 2 行却写了内容；请写上列名，或清空这一列",
    ]
    assert [one.severity for one in problems] == [
        Severity.ERROR,
        Severity.ERROR,
        Severity.WARNING,
        Severity.ERROR,
    ]
    assert [one.copies for one in recipients] == [2]


def test_wrong_quotes_cost_no_more_than_their_line() -> None:
    text = '姓名,邮箱\n"张三,a@example.org\n李四,b@example.org\n"王五"x,c@example.org\n赵六,d@example.org\n'
    recipients, problems = read(text)
    assert [one.name for one in recipients] == ["李四", "赵六"]
    advice = "这一行的英文双引号不成对，没有读；请用 Excel 打开，改好后另存为 CSV"
    assert list(map(str, problems)) == [f"{FILE}:2: {advice}", f"{FILE}:4: {advice}"]


def test_quotes_wrong_everywhere_are_not_told_for_ever() -> None:
    told = messages("姓名,邮箱\n" + '"张三"x,a@example.org\n' * 30)
    assert len(told) == 21
    assert told[-1] == f"{FILE}:22: 从这一行起没有读，前面的引号错得太多；{AS_CSV}"


@pytest.mark.parametrize("column", ["单位", "名单"])
def test_quotes_that_swallow_a_line_are_seen(column: str) -> None:
    text = f'姓名,邮箱,{column}\n张三,a@example.org,"市局\n李四,b@example.org,县局"\n'
    assert messages(text) == [
        f"{FILE}:2: “{column}”里混进了下面的行；英文双引号不成对；请用 Excel 打开，改好后另存为 CSV"
    ]


def test_a_line_with_too_many_cells_is_wrong() -> None:
    assert messages("姓名,邮箱\n张三,a@example.org,市局\n") == [
        f"{FILE}:2: 这一行有 3 列，第一行只有 2 列；内容里有逗号的，整格要放在英文双引号里；用 Excel 填写、另存为 CSV 就不会错"
    ]


# Cells


def test_everything_that_is_wrong_is_told_at_once() -> None:
    text = (
        "姓名,邮箱,产业,pdf,纸质份数\n"
        "张三,zhangsan,ai;芯片,要,二\n"
        "李四,b@example.org,,,\n"
        ",,,,1\n"
        "王五,,,,\n"
        '"赵\n六",c@example.org,,,-1\n'
    )
    assert [one.name for one in read(text)[0]] == ["李四"]
    assert messages(text) == [
        f"{FILE}:2: “zhangsan”不是邮件地址，没有 @；如 zhangsan@example.org",
        f"{FILE}:2: 没有“芯片”这个产业；可用：ai（人工智能）、robot（工业机器人）",
        f"{FILE}:2: “pdf”不能写“要”；应为 attach（附件）、link（链接）或 none（无），空着就是附件",
        f"{FILE}:2: “纸质份数”应为 0 到 99999 的整数，现为“二”；写 0 或空着就是不要纸质的",
        f"{FILE}:4: 纸质的送给谁，没有写；请写上姓名或单位",
        f"{FILE}:5: 既没有邮箱，也没有纸质份数，送不到；请写上其中一样，或删去这一行",
        f"{FILE}:6: “姓名”里有换行；请写成一行",
        f"{FILE}:6: “纸质份数”应为 0 到 99999 的整数，现为“-1”；写 0 或空着就是不要纸质的",
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            '"张三\nBcc: x@example.org"',
            "“姓名”里混进了下面的行；英文双引号不成对；请用 Excel 打开，改好后另存为 CSV",
        ),
        ('"张三\r\n Bcc: x"', "“姓名”里有换行；请写成一行"),
        ("张三\u2028Bcc: x", "“姓名”里有换行；请写成一行"),
        ("张三\x0bx", "“姓名”里有换行；请写成一行"),
        ("张三\x1b[2J", "“姓名”里有看不见的控制字符（U+001B）；请删去重写这一格"),
        ("张\u202e三", "“姓名”里有看不见的控制字符（U+202E）；请删去重写这一格"),
        ("张\ufffd", "“姓名”里有乱码（U+FFFD）；请重新写这一格"),
        ("张\ue301", "“姓名”里有乱码（U+E301）；请重新写这一格"),
        ("张" * 201, "“姓名”有 201 个字；最多 200 个字"),
    ],
)
def test_nothing_that_could_begin_another_header_comes_through(name: str, expected: str) -> None:
    assert messages(f"姓名,邮箱\n{name},a@example.org\n") == [f"{FILE}:2: {expected}"]


def test_two_addresses_in_a_cell_are_told() -> None:
    assert messages('邮箱\n"a@example.org\nb@example.org"\n') == [f"{FILE}:2: “邮箱”里有换行；请写成一行"]
    assert messages('邮箱,姓名\n"a@example.org;b@example.org",张三\n') == [
        f"{FILE}:2: “a@example.org;b@example.org”不止一个地址；一行只写一个，请各写一行"
    ]


@pytest.mark.parametrize("cell", ["", "*", "＊", "全部", "ALL", "所有产业", "ai;*"])
def test_the_whole_issue_has_many_names(cell: str) -> None:
    assert only(f"邮箱,产业\na@example.org,{cell}\n").industries == ()


@pytest.mark.parametrize(
    "cell", ["robot;ai", "工业机器人、人工智能", "ＡＩ；工业机器人产业", '"robot,ai"', "robot | AI"]
)
def test_industries_go_by_code_name_and_alias(cell: str) -> None:
    assert only(f"邮箱,产业\na@example.org,{cell}\n").industries == ("ai", "robot")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("", PdfChoice.ATTACH),
        ("附件", PdfChoice.ATTACH),
        ("ＬＩＮＫ", PdfChoice.LINK),
        ("链接", PdfChoice.LINK),
        ("none", PdfChoice.NONE),
        ("无", PdfChoice.NONE),
    ],
)
def test_the_pdf_goes_by_english_and_chinese_words(cell: str, expected: PdfChoice) -> None:
    assert only(f"邮箱,PDF\na@example.org,{cell}\n").pdf is expected


@pytest.mark.parametrize(
    ("cell", "expected"), [("", 0), ("0", 0), ("２", 2), ("3份", 3), ("4.00", 4), ("无", 0), ("99999", 99999)]
)
def test_copies_are_counted(cell: str, expected: int) -> None:
    assert only(f"邮箱,份数\na@example.org,{cell}\n").copies == expected


@pytest.mark.parametrize("cell", ["-1", "1.5", "二", "100000", "9" * 5000, "1e3", "٣"])
def test_other_copies_are_wrong(cell: str) -> None:
    (problem,) = read(f"邮箱,份数\na@example.org,{cell}\n")[1]
    assert problem.rule == "copies"


@pytest.mark.parametrize("cell", ["无", "/", "—"])
def test_a_mark_for_nothing_is_no_address_and_no_relation(cell: str) -> None:
    recipient = only(f"姓名,邮箱,关系,份数\n张三,{cell},{cell},1\n")
    assert (recipient.address, recipient.relation) == (None, "")


def test_nothing_that_a_terminal_obeys_is_quoted() -> None:
    text = "邮箱,产业,pdf,份数,\x1b[2J\n\x1b]0;x\x07@example.org,\x1b[1m,\x1b[1m,\x1b[1m\na@b\x1b,,,\n"
    assert not any("\x1b" in message or "\x07" in message for message in messages(text))


# Whatever bytes come

CELLS = st.sampled_from(
    [
        "张三",
        "a@example.org",
        "a＠b。cn",
        "ai",
        "*",
        "附件",
        "2",
        '"',
        "\n",
        "\r",
        "@",
        "\0",
        "\u2028",
        "，",
        "；",
    ]
) | st.text(max_size=5)
TABLES = st.lists(st.lists(CELLS, max_size=11), max_size=6)
HEADS = st.lists(st.sampled_from([*COLUMNS, *(one[0] for one in COLUMNS.values()), "", "备注"]), max_size=10)


@given(st.binary(max_size=300))
def test_any_bytes_give_recipients_or_problems(content: bytes) -> None:
    recipients, problems = read(content)
    assert recipients or problems


@given(
    head=HEADS,
    table=TABLES,
    delimiter=st.sampled_from(",;\t，；"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
)
def test_any_table_gives_recipients_that_are_safe(
    head: list[str], table: list[list[str]], delimiter: str, encoding: str
) -> None:
    text = "\n".join(delimiter.join(row) for row in [head, *table])
    recipients, problems = read(text.encode(encoding, "replace"))
    assert recipients or problems
    for one in recipients:
        texts = (one.name, one.address or "", one.organisation, one.role, one.relation, *one.lists)
        assert all(" ".join(text.splitlines()) == text and text == text.strip() for text in texts)
        assert "\0" not in "".join(texts)
        assert one.address or one.copies
    assert all("\n" not in str(problem) for problem in problems)
