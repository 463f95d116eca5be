"""An Edition through the templates: the page for the printer, the page for the web, the letter."""

import copy
import datetime
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import (
    BytecodeCache,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateRuntimeError,
    select_autoescape,
)
from jinja2.bccache import Bucket
from jinja2.runtime import Macro
from markupsafe import Markup, escape

from xcbulletin.errors import BulletinError
from xcbulletin.model import Industry
from xcbulletin.publishing.contributors import align_names
from xcbulletin.publishing.edition import Edition
from xcbulletin.publishing.flow import runs
from xcbulletin.publishing.nodes import PENDING_PICTURE, Node, Pictured, Table
from xcbulletin.publishing.tabular import is_short, is_tall, notes_below, set_table, with_notes_below
from xcbulletin.publishing.titles import ems, shortened, title_lines
from xcbulletin.settings import Settings
from xcbulletin.workspace import keep, read_kept

try:
    from markupsafe._speedups import _escape_inner as _escape_text
except ImportError:
    _escape_text = escape

_LONGEST_TITLE = 40
"""Characters, of those that a window shows."""


class TemplateFailedError(BulletinError):
    """A template cannot be read, or asks for something that is not there."""


class Templates:
    """The templates of a workspace, each falling back to the one that came with the program."""

    def __init__(
        self,
        folders: Sequence[Path],
        settings: Settings,
        industries: Sequence[Industry],
        compiled: Path | None = None,
    ) -> None:
        """Take the templates in `folders`; what they are compiled to is kept in the folder `compiled`."""
        self._settings = settings
        self._industries = industries
        self._environment = _environment(folders)
        if compiled is not None:
            self._environment.bytecode_cache = _Compiled(compiled)

    def as_they_are(self) -> "Templates":
        """Return these templates for pages by the thousand: each is read once, and not looked at again for changes."""
        settled = copy.copy(self)
        settled._environment = self._environment.overlay(auto_reload=False)
        return settled

    def render(
        self,
        name: str,
        edition: Edition,
        *,
        blocks: str,
        picture: Callable[[Pictured], str],
        **context: Any,
    ) -> str:
        """Return the page that template `name` makes of the edition.

        `blocks` names the template whose macros render marked-up text; `picture` gives the address of a
        picture in this output. Raises TemplateFailedError.
        """
        return self.renderer(edition, blocks=blocks, picture=picture, **context)(name)

    def renderer(
        self, edition: Edition, *, blocks: str, picture: Callable[[Pictured], str], **context: Any
    ) -> Callable[..., str]:
        """Return what makes the pages of an edition: it takes a template's name, and what only that page gets.

        It is what `render` is for one page, but macros are made once. Raises TemplateFailedError, and so does
        what it returns.
        """
        shared = {
            "edition": edition,
            "issue_label": issue_label(edition),
            "masthead": self._settings.masthead,
            "profile": self._settings.profile,
            "all_industries": self._industries,
            "pending": PENDING_PICTURE,
            "picture": picture,
            **context,
        }
        try:
            # Macros may render nodes themselves: the notes of a table stand behind its rows.
            within = {**shared, "marked": lambda nodes: marked(nodes)}
            macros = self._environment.get_template(blocks).make_module(within)
            marked: _Marked = _Marked(macros, escaping=blocks.endswith(".html"))
        except _FAILURES as error:
            raise _failed(blocks, error) from error
        shared["marked"] = marked
        return lambda name, **own: self._render(name, shared | own)

    def render_page(self, name: str, **context: Any) -> str:
        """Return the page that template `name` makes of `context` alone. Raises TemplateFailedError."""
        return self._render(name, context)

    def _render(self, name: str, context: dict[str, Any]) -> str:
        try:
            return self._environment.get_template(name).render(context)
        except _FAILURES as error:
            raise _failed(name, error) from error


def render_alone(folders: Sequence[Path], name: str, **context: Any) -> str:
    """Return the page that template `name` makes without an edition: `context` is all it gets.

    Raises TemplateFailedError.
    """
    try:
        return _environment(folders).get_template(name).render(**context)
    except _FAILURES as error:
        raise _failed(name, error) from error


class _Loader(FileSystemLoader):
    """Loads templates that escape by `_escaped`, which compiled templates know by the name of `escape`."""

    def load(
        self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None
    ) -> Template:
        template = super().load(environment, name, globals)
        template.root_render_func.__globals__["escape"] = _escaped
        template.globals = dict(template.globals)  # copied for each page, which a ChainMap is slow at
        return template


def _escaped(value: object) -> str:
    """Return the text of what `markupsafe.escape` returns, at a tenth of the cost: printed, it is no Markup."""
    if type(value) is str:
        return _escape_text(value)
    if type(value) is Markup:
        return value
    return escape(value) if hasattr(value, "__html__") else _escape_text(str(value))


class _Compiled(BytecodeCache):
    """Compiled templates, kept where they can be: one of each name, whatever folder it is in."""

    def __init__(self, folder: Path) -> None:
        own = [Path(__file__).with_name(name).read_text("utf-8") for name in _COMPILING]
        self._folder, self._compiler = folder, "".join((version("jinja2"), *own))

    def get_cache_key(self, name: str, filename: str | None = None) -> str:  # noqa: ARG002  Jinja asks for it
        return super().get_cache_key(name)

    def get_source_checksum(self, source: str) -> str:
        return super().get_source_checksum(self._compiler + source)

    def load_bytecode(self, bucket: Bucket) -> None:
        if kept := read_kept(self._folder / bucket.key):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        keep(self._folder / bucket.key, bucket.bytecode_to_string())


_COMPILING = ("pages.py", "contributors.py", "flow.py", "tabular.py", "titles.py", "wholes.py")
"""What templates are compiled with: filters of constants are worked out by then."""


def _environment(folders: Sequence[Path]) -> Environment:
    environment = Environment(
        loader=_Loader(folders),
        autoescape=select_autoescape(("html", "xml")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "align_names": align_names,
        "chinese_date": chinese_date,
        "chinese_month": chinese_month,
        "cut_title": cut_title,
        "ems": ems,
        "is_short": is_short,
        "is_tall": is_tall,
        "marks": marks,
        "notes_below": notes_below,
        "runs": runs,
        "set_table": set_table,
        "shortened": shortened,
        "title_lines": title_lines,
    }
    return environment


_FAILURES = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What comes of a template that cannot be read, or of an expression in it."""


def _failed(name: str, error: Exception) -> Exception:
    """Return the error as a message about the template, or as it is where no template stood behind it."""
    place = _place_in_template(error)
    if isinstance(error, TemplateError):
        own, line = getattr(error, "name", None) or name, getattr(error, "lineno", None)
        place = f"{own}:{line}" if line else place or own
    elif isinstance(error, UnicodeDecodeError):
        place = place or name
    if place is None:
        return error
    what = error.message if isinstance(error, TemplateError) else str(error)
    return TemplateFailedError(
        f"templates/{place}: 模板有误（{what}）；请改正，或删去这个文件以改用程序自带的模板"
    )


def _place_in_template(error: Exception) -> str | None:
    """Return the template and its line that stood nearest to the error."""
    trace, place = error.__traceback__, None
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.suffix in (".html", ".txt", ".css", ".js", ".xml"):
            place = f"{'/'.join(file.parts[-2:])}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


class _Marked:
    """Renders nodes with the macros of a template, each node with the macro of its kind."""

    def __init__(self, macros: Any, *, escaping: bool) -> None:
        self._macros = macros
        self._macro = cache(self._find)
        self._text: Callable[[str], str] = _escaped if escaping else str
        self._whole: Callable[[str], str] = Markup if escaping else str

    def __call__(self, nodes: Iterable[Node]) -> str:
        return self._whole("".join([self._one(node) for node in nodes]))

    def _one(self, node: Node) -> str:
        if node.kind == "text":
            return self._text(node.text)
        node = with_notes_below(node)
        return self._macro(node.kind)(node, self._content(node))

    def _find(self, kind: str) -> Callable[[Node, str], str]:
        macro = getattr(self._macros, kind, None)
        if macro is None:
            raise TemplateRuntimeError(f"blocks 里没有 {kind}")
        return _function_of(macro) or (lambda node, content: self._text(macro(node, content)))

    def _content(self, node: Node) -> str:
        children = node.children
        if len(children) == 1 and children[0].kind == "text":  # nearly always, and it need not be joined
            return self._whole(self._text(children[0].text))
        return self._rows(node) if isinstance(node, Table) else self(children)

    def _rows(self, table: Table) -> str:
        head = [row for row in table.children if row.head]
        body = [row for row in table.children if not row.head]
        parts = [
            self._macros.head_rows(table, self(head)) if head else "",
            self._macros.body_rows(table, self(body)),
        ]
        return self._whole("".join(map(self._text, parts)))


def _function_of(macro: Any) -> Callable[[Node, str], str] | None:
    """Return the function that a macro of a node and its content is made of, if it is such a macro.

    A macro sorts its arguments before it calls that, which costs more than most of ours do themselves.
    """
    is_plain = isinstance(macro, Macro) and len(macro.arguments) == 2
    if not is_plain or macro.caller or macro.catch_kwargs or macro.catch_varargs:
        return None
    function: Callable[[Node, str], str] | None = getattr(macro, "_func", None)
    return function


def chinese_date(date: datetime.date) -> str:
    """Return a date as it is printed: 2021年1月29日."""
    return f"{date.year}年{date.month}月{date.day}日"


def chinese_month(date: datetime.date) -> str:
    """Return the month of a date as it stands on a cover: 2021年3月."""
    return f"{date.year}年{date.month}月"


def marks(industries: Sequence[Industry], known: Sequence[Industry]) -> list[str]:
    """Return the marks of an article: its industries, or one mark where it is about all that there are."""
    is_for_all = len(industries) == len(known) > 1
    return ["全部产业"] if is_for_all else [one.short_name for one in industries]


def cut_title(title: str) -> str:
    """Return a title as it goes into the title of a window: short enough to be told from others there."""
    return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"


def issue_label(edition: Edition) -> str:
    """Return the number of an issue as it is printed: 2021年第1期（总第37期); empty where it has none."""
    if edition.number is None:
        return ""
    total = f"（总第{edition.total_number}期）" if edition.total_number else ""
    return f"{edition.date.year}年第{edition.number}期{total}"
