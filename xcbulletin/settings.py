"""`bulletin.yaml` and `sources/industries.yaml`, read and found right as a whole."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from email.utils import parseaddr
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, cast
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from xcbulletin.errors import ProblemsError, WorkspaceError, reason
from xcbulletin.model import Column, Imprint, Industry, Place, Problem
from xcbulletin.workspace import (
    ENVIRONMENT_PREFIX,
    INDUSTRIES_FILE,
    SETTINGS_FILE,
    is_unfit,
    setting_overrides,
)
from xcbulletin.yamltext import Path as KeyPath
from xcbulletin.yamltext import YamlText, decode, parse_yaml, validate

MAIL_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")
"""An address that every relay takes, and that cannot break out of the header it stands in."""
MOST_CORRECTED = 200
"""Characters that slips put right may come to, whatever an institute sets."""
_CODE = r"^[a-z0-9][a-z0-9_-]*$"


def as_list(value: Any) -> Any:
    """Let one text stand for a list of one, and read 、 ， and ； as an editor means them."""
    if isinstance(value, str):
        return [part for part in re.split(r"[,，、;；]\s*", value.strip().strip("［］【】")) if part]
    return [] if value is None else value


def _mail_address(value: str) -> str:
    if "\n" in value or not MAIL_ADDRESS.fullmatch(parseaddr(value)[1]):
        raise ValueError("应为邮件地址（如 许昌竞争情报快递 <bulletin@example.org>）")
    return value


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_address = False
    if not is_address:
        raise ValueError(f"应为网址（http:// 或 https:// 开头），现为“{value}”")
    return value


def _one_or_two(value: int) -> int:
    if value not in (1, 2):
        raise ValueError(f"应为 1 或 2，现为“{value}”")
    return value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
TextList = Annotated[tuple[Text, ...], BeforeValidator(as_list)]
WebAddress = Annotated[Text, AfterValidator(_web_address)]
MailAddress = Annotated[Text, AfterValidator(_mail_address)]


class Section(BaseModel):
    """A mapping in a YAML file; an unknown key in it is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class MastheadSettings(Section):
    """What stands at the head of every issue."""

    title: Text
    publisher: TextList = ()
    notice: Text | None = None


class ImprintFields(Section):
    """The imprint, in `bulletin.yaml` for all issues or in `issue.yaml` for one."""

    permit_number: Text | None = None
    recipients: Text | None = None
    printer: Text | None = None
    print_date: date | None = None
    copies: int | None = Field(default=None, ge=0)
    editor: Text | None = None
    reviewer: Text | None = None
    contact: Text | None = None

    def over(self, general: "ImprintFields") -> Imprint:
        """Return this imprint, with what it leaves out taken from `general`."""
        return Imprint(**{**general.model_dump(exclude_none=True), **self.model_dump(exclude_none=True)})


def _column_code(code: str) -> str:
    if code == "report":
        raise ValueError("不能是“report”：归档里的专题报告用它；请换一个，如 reports")
    return _folder_name(code)


def _industry_code(code: str) -> str:
    if code == "all":
        raise ValueError("不能是“all”：归档里全部文章的订阅源用它；请换一个")
    return _folder_name(code)


def _folder_name(code: str) -> str:
    if is_unfit(code):
        raise ValueError(f"不能是“{code}”：Windows 不许文件夹叫这个名字；请换一个")
    return code


class ColumnFields(Section):
    """A column of the bulletin."""

    code: Annotated[str, Field(pattern=_CODE), AfterValidator(_column_code)]
    name: Text


class _IndustryFields(Section):
    code: Annotated[str, Field(pattern=_CODE), AfterValidator(_industry_code)]
    name: Text
    short_name: Text
    aliases: TextList = ()
    sub_sectors: TextList = ()
    companies: TextList = ()
    words: TextList = ()
    stop_contexts: TextList = ()


_Coded = TypeVar("_Coded", ColumnFields, _IndustryFields)


def _each_once(coded: tuple[_Coded, ...]) -> tuple[_Coded, ...]:
    codes = [one.code for one in coded]
    if twice := [code for code in dict.fromkeys(codes) if codes.count(code) > 1]:
        raise ValueError(f"里的代码每个只能用一次，“{'”“'.join(twice)}”用了几次")
    return coded


class PageSettings(Section):
    """How the bulletin is printed: on the trim size that the permit names."""

    size: Literal["A4", "16K"] = "A4"
    columns: Annotated[int, AfterValidator(_one_or_two)] = 1
    typeface: Literal["song", "fangsong"] = "song"
    """Of the body text. Reports have one column."""


def _stages(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names or len(set(names)) < len(names):
        raise ValueError("至少要有一级，每级只能写一次；例如 [一审, 二审, 三审, 一校, 二校, 三校]")
    return names


class ReviewSettings(Section):
    """Whether three reviews and three proofs are required, and of whom."""

    mode: Literal["required", "off"] = "off"
    stages: Annotated[TextList, AfterValidator(_stages)] = ("一审", "二审", "三审", "一校", "二校", "三校")
    """In the order in which they are signed; those with 校 in their name are proofs, the others reviews."""
    roles: dict[str, Text] = {}
    """Whose stage it is, such as 责任编辑 or 分管领导."""
    people: dict[str, TextList] = {}
    """Who may sign a stage; one that names nobody may be signed by anyone who gives a name."""
    small_correction: int = Field(default=20, ge=0, le=MOST_CORRECTED)
    """Characters of an issue that may be put right after it was signed, with only the last proof signed again."""

    @field_validator("roles", "people")
    @classmethod
    def _of_stages(cls, named: dict[str, Any], found: ValidationInfo) -> dict[str, Any]:
        stages = found.data.get("stages", named)
        if unknown := [stage for stage in named if stage not in stages]:
            raise ValueError(f"里的“{'”“'.join(unknown)}”不是签审的一级；现有：{'、'.join(stages)}")
        return named


class CheckSettings(Section):
    """Which rules of proofing an institute does without, and what it measures itself by."""

    off: TextList = ()
    """Ids of rules."""
    yardstick: float = Field(default=2, gt=0)
    """Slips in 10,000 characters that an issue may have (差错率)."""


class CollectorSettings(Section):
    """How politely, and where, the collector fetches."""

    allow_private_networks: bool = False
    host_gap: float = Field(default=1, ge=0)
    """Seconds between two requests to one host."""
    min_interval: int = Field(default=60, ge=0)
    """Minutes before a source is due again."""
    concurrency: int = Field(default=8, ge=1, le=64)
    rsshub: Text | None = None
    """Address of the RSSHub that answers for routes."""


class LocalitySettings(Section):
    """What belongs to the city: stories that name it stand higher."""

    places: TextList = ()
    companies: TextList = ()


class MailSettings(Section):
    """The relay that letters go through."""

    host: Text = "127.0.0.1"
    port: int = Field(default=25, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "none"
    username: Text | None = None
    password: Text | None = None
    sender: MailAddress = Field(default="bulletin@example.org", alias="from")
    reply_to: MailAddress | None = None
    connections: int = Field(default=2, ge=1, le=4)
    per_connection: int = Field(default=20, ge=1)
    per_minute: int = Field(default=60, ge=1)
    domains: dict[str, Annotated[int, Field(ge=1)]] = {}
    """How many letters a minute one domain takes; those not named have no limit of their own."""
    retry_minutes: tuple[Annotated[float, Field(ge=0)], ...] = (2, 5, 15, 45, 120, 360, 720)
    """How long to wait before each try after the first; after the last of them a letter is given up."""
    timeout_after_data: float = Field(default=600, gt=0)
    """Seconds to wait for the relay's word on a letter (RFC 5321 §4.5.3.2.6)."""
    pdf_base: WebAddress | None = None
    """Address under which `build/` is served, for recipients who get a link."""
    unsubscribe_url: WebAddress | None = None
    copy_numbers: bool = False
    """Whether each recipient's PDF bears a number of its own."""


class MailboxSettings(Section):
    """The mailbox that bounces and answers come to, read by IMAP."""

    host: Text | None = None
    port: int = Field(default=993, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    username: Text | None = None
    password: Text | None = None
    folder: Text = "INBOX"


class ArchiveSettings(Section):
    """The archive: for the inside of the institute unless it says otherwise."""

    public: bool = False
    """Whether search engines may list it, and the notice is left out."""
    notice: Text = "内部资料，仅供在单位内网查阅，请勿上传互联网"
    base_url: WebAddress | None = None
    """Address under which `build/archive/` is served, for feeds and citations."""
    companies: TextList = ()
    """Those that annual volumes index besides the companies of the industries and of the locality."""


class Settings(Section):
    """`bulletin.yaml`, with what the environment overrides."""

    masthead: MastheadSettings
    profile: Literal["permit", "brief"] = "permit"
    columns: Annotated[tuple[ColumnFields, ...], AfterValidator(_each_once)] = Field(min_length=1)
    imprint: ImprintFields = ImprintFields()
    page: PageSettings = PageSettings()
    review: ReviewSettings = ReviewSettings()
    check: CheckSettings = CheckSettings()
    collector: CollectorSettings = CollectorSettings()
    locality: LocalitySettings = LocalitySettings()
    mail: MailSettings = MailSettings()
    mailbox: MailboxSettings = MailboxSettings()
    archive: ArchiveSettings = ArchiveSettings()
    database: Text = "sqlite:///sources/desk.db"


class _IndustriesFile(Section):
    industries: Annotated[tuple[_IndustryFields, ...], AfterValidator(_each_once)] = Field(min_length=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Workspace:
    """A folder with `bulletin.yaml`, read."""

    root: Path
    settings: Settings
    industries: tuple[Industry, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the bulletin, in printing order."""
        return tuple(Column(code=column.code, name=column.name) for column in self.settings.columns)


def open_workspace(root: Path, environment: Mapping[str, str]) -> Workspace:
    """Read the settings and industries of `root`. Raises ProblemsError with every mistake in them."""
    settings, problems = _read_settings(root, environment)
    industries, more = _read_industries(root)
    if settings is None or more:
        raise ProblemsError((*problems, *more))
    return Workspace(root=root, settings=settings, industries=industries)


def _read_settings(root: Path, environment: Mapping[str, str]) -> tuple[Settings | None, tuple[Problem, ...]]:
    parsed = _read_yaml(root, SETTINGS_FILE)
    data = _overridden(parsed.data, environment) if isinstance(parsed.data, dict) else parsed.data
    problems = [_password_in_file(parsed)] if _get(parsed.data, "mail", "password") else []
    elsewhere: dict[KeyPath, Place] = {
        _path_of(name): Place(file=f"环境变量 {name}") for name in setting_overrides(environment)
    }
    settings, more = validate(
        Settings,
        replace(parsed, data=data, elsewhere=elsewhere, problems=(*parsed.problems, *problems)),
    )
    return settings, more


def _password_in_file(parsed: YamlText) -> Problem:
    return Problem(
        place=parsed.place(("mail", "password")),
        rule="password",
        message="密码不能写在设置文件里",
        suggestion="请删去这一行，改放到环境变量 XCBULLETIN_MAIL__PASSWORD",
    )


def _get(data: Any, *path: str) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _overridden(data: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """Return `data` with `XCBULLETIN_MAIL__HOST=…` put in at mail.host; lists and mappings are JSON."""
    data = cast(dict[str, Any], json.loads(json.dumps(data)))
    for name, value in setting_overrides(environment).items():
        *sections, key = _path_of(name)
        target = data
        for section in sections:
            if not isinstance(target.get(section), dict):
                target[section] = {}
            target = target[section]
        target[key] = value if key == "password" else _json_or_text(value)
    return data


def _path_of(variable: str) -> tuple[str, ...]:
    return tuple(variable.removeprefix(ENVIRONMENT_PREFIX).lower().split("__"))


def _json_or_text(value: str) -> Any:
    if value.startswith(("[", "{")):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _read_industries(root: Path) -> tuple[tuple[Industry, ...], tuple[Problem, ...]]:
    parsed = _read_yaml(root, INDUSTRIES_FILE)
    wrapped = YamlText(
        file=parsed.file,
        data={"industries": parsed.data},
        lines={("industries", *path): line for path, line in parsed.lines.items()},
        problems=parsed.problems,
    )
    value, problems = validate(_IndustriesFile, wrapped)
    if value is None:
        return (), problems
    return tuple(Industry(**dict(one)) for one in value.industries), ()


def _read_yaml(root: Path, file: str) -> YamlText:
    try:
        content = (root / file).read_bytes()
    except OSError as error:
        raise WorkspaceError(
            f"{file}: 读不到这个文件（{reason(error)}）；可从 xcbulletin init 新建的工作区里复制一份"
        ) from error
    return parse_yaml(decode(content, file), file)


def resolve_industries(
    names: Iterable[str], industries: Iterable[Industry]
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return the codes meant by `names`, in the order of `industries`, and each unknown name with advice.

    A code, the full name, the short name and the aliases are all accepted, in any width and case.
    """
    by_name = {
        _folded(name): one.code
        for one in industries
        for name in (one.code, one.name, one.short_name, *one.aliases)
    }
    codes = {by_name[_folded(name)] for name in names if _folded(name) in by_name}
    unknown = [
        (name, _nearest_industries(name, industries)) for name in names if _folded(name) not in by_name
    ]
    return tuple(one.code for one in industries if one.code in codes), tuple(unknown)


@lru_cache(maxsize=1024)  # every article asks for the same names
def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().lower().removesuffix("产业")


def _nearest_industries(name: str, industries: Iterable[Industry]) -> str:
    scored = sorted(industries, key=lambda one: -_likeness(name, one))
    best = [one for one in scored[:2] if _likeness(name, one) >= 0.3]
    if not best:
        return f"可用：{'、'.join(f'{one.code}（{one.short_name}）' for one in industries)}"
    return f"最接近的是 {'、'.join(f'{one.code}（{one.name}）' for one in best)}"


def _likeness(name: str, industry: Industry) -> float:
    names = (industry.code, industry.name, industry.short_name, *industry.aliases)
    return max(SequenceMatcher(None, _folded(name), _folded(other)).ratio() for other in names)
