"""`make gallery`: print the gallery, say what has changed, and approve of it where that is asked."""

import argparse
import io
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pikepdf

from gallery.comparing import compare
from gallery.elements import compare_elements, format_elements, parse_elements
from gallery.layout import format_layout, parse_layout, read_layout
from gallery.printing import VARIANTS, Variant, compose_gallery, print_variants, web_files
from gallery.screens import CHROMIUM, VIEWS, Screen, View, look
from xcbulletin.publishing.typefaces.fonts import load_fonts
from xcbulletin.publishing.typesetting.press import Press

MOST = 30
"""How many sentences about one layout somebody reads."""


def main() -> None:
    """Print the gallery into a folder."""
    parser = argparse.ArgumentParser(prog="make gallery")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--approve", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, Press(load_fonts(), Path(place) / "press") as press:
        editions = compose_gallery(Path(place))
        pdfs = print_variants(editions, press)
        pages = dict(web_files(editions))
        screens = look(Path(place) / "screens", pages.items(), VIEWS) if CHROMIUM else {}
    for name, content in {"gallery.pdf": bound(pdfs), **pages}.items():
        (wanted.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (wanted.folder / name).write_bytes(content)
    for layout in (
        *map(partial(printed, pdfs), VARIANTS),
        *map(partial(shown, screens), VIEWS if screens else ()),
    ):
        (approve if wanted.approve else tell)(layout)
    if not screens:
        print("网页：没有装 chromium，没有比较")
    print(f"印出来的：{wanted.folder / 'gallery.pdf'}\n网页：{wanted.folder / 'index.html'}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """What there is to approve of."""

    title: str
    approved: Path
    text: str
    """What is written down of it."""
    compare: Callable[[str], list[str]]
    """Tells in sentences what has changed since something was written down."""


def printed(pdfs: Mapping[str, bytes], variant: Variant) -> Layout:
    """Return the layout of a variant in print."""
    pieces = read_layout(pdfs[variant.name])
    return Layout(
        title=variant.title,
        approved=variant.approved,
        text=format_layout(variant.title, pieces),
        compare=lambda text: compare(parse_layout(text), pieces),
    )


def shown(screens: Mapping[str, Screen], view: View) -> Layout:
    """Return the layout of a page on a screen."""
    elements = screens[view.name].elements
    return Layout(
        title=view.title,
        approved=view.approved,
        text=format_elements(view.title, elements),
        compare=lambda text: compare_elements(parse_elements(text), elements),
    )


def bound(pdfs: Mapping[str, bytes]) -> bytes:
    """Return one PDF of all variants, with a bookmark for each."""
    stream = io.BytesIO()
    with pikepdf.new() as whole:
        with whole.open_outline() as outline:
            for variant in VARIANTS:
                outline.root.append(pikepdf.OutlineItem(variant.title, len(whole.pages)))
                with pikepdf.open(io.BytesIO(pdfs[variant.name])) as part:
                    whole.add_pages_from(part, outlines="ignore")
        whole.save(stream)
    return stream.getvalue()


def approve(layout: Layout) -> None:
    """Write down a layout as the one that is wanted."""
    layout.approved.parent.mkdir(exist_ok=True)
    layout.approved.write_text(layout.text, encoding="utf-8")
    print(f"{layout.title}：已认可，记在 {layout.approved.name}")


def tell(layout: Layout) -> None:
    """Say what has changed since a layout was approved."""
    if not layout.approved.exists():
        print(f"{layout.title}：还没有认可过的版面；看过以后运行 make gallery APPROVE=1")
        return
    changes = layout.compare(layout.approved.read_text(encoding="utf-8"))
    print(f"{layout.title}：{f'有 {len(changes)} 类改动' if changes else '与认可的版面相同'}")
    for sentence in changes[:MOST]:
        print(f"  {sentence}")
    if len(changes) > MOST:
        print(f"  ……另有 {len(changes) - MOST} 类")


if __name__ == "__main__":
    main()
