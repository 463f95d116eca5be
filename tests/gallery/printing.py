"""The gallery's issues, printed from the repository's templates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from xcbulletin.publishing.documents import make_page, print_job
from xcbulletin.publishing.layout import lay_out_page
from xcbulletin.publishing.typesetting.press import Press
from xcbulletin.settings import PageSettings
from xcbulletin.starter import starter_files
from xcbulletin.workshop import Composed, Workshop
from xcbulletin.workspace import parse_issue_id

HERE = Path(__file__).parent
APPROVED = HERE / "approved"


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """An issue on one kind of page."""

    name: str
    title: str
    issue: str = "gallery"
    page: PageSettings = field(default_factory=PageSettings)
    large: bool = False

    @property
    def approved(self) -> Path:
        """The file of its approved layout."""
        return APPROVED / f"{self.name}.txt"


VARIANTS = (
    Variant(name="a4", title="快递 A4 一栏"),
    Variant(name="columns", title="快递 A4 两栏", page=PageSettings(columns=2)),
    Variant(name="16k", title="快递 16K 一栏", page=PageSettings(size="16K")),
    Variant(name="large", title="快递 大字版", large=True),
    Variant(name="report", title="报告", issue="gallery-report"),
)
WEB = {"bulletin": "gallery", "report": "gallery-report"}
"""The issues whose web edition is shown, by its folder."""


def compose_gallery(root: Path) -> dict[str, Composed]:
    """Make a workspace of the gallery's issues; return their editions."""
    files = {path: path.read_bytes() for path in HERE.glob("issues/**/*") if path.is_file()}
    own = {path.relative_to(HERE).as_posix(): content for path, content in files.items()}
    for name, content in {**starter_files(), **own}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return compose_all(root)


def compose_all(root: Path) -> dict[str, Composed]:
    """Return the editions of a workspace of the gallery's issues."""
    with Workshop(root, {}) as workshop:
        return {issue: workshop.compose(parse_issue_id(issue)) for issue in WEB.values()}


def print_variants(
    editions: Mapping[str, Composed], press: Press, variants: tuple[Variant, ...] = VARIANTS
) -> dict[str, bytes]:
    """Return the PDF of each variant by its name."""
    tickets = {}
    for variant in variants:
        composed = editions[variant.issue]
        layout = lay_out_page(variant.page, composed.edition.kind, large=variant.large)
        tickets[variant.name] = press.submit(
            print_job(composed.edition, replace(composed.material, layout=layout))
        )
    return {name: press.result(ticket) for name, ticket in tickets.items()}


def web_files(editions: Mapping[str, Composed]) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of everything that the gallery's page shows."""
    yield "index.html", (HERE / "index.html").read_bytes()
    for folder, issue in WEB.items():
        for name, content in make_page(editions[issue].edition, editions[issue].material).items():
            yield f"{folder}/{name}", content
