"""`make gallery`: print the gallery, say what has changed, and approve of it where that is asked."""

import argparse
import io
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pikepdf

from gallery.comparing import compare
from gallery.layout import format_layout, parse_layout, read_layout
from gallery.printing import VARIANTS, Variant, compose_gallery, print_variants, web_files
from xcbulletin.publishing.typefaces.fonts import load_fonts
from xcbulletin.publishing.typesetting.press import Press

MOST = 30
"""How many sentences about one variant somebody reads."""


def main() -> None:
    """Print the gallery into a folder."""
    parser = argparse.ArgumentParser(prog="make gallery")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--approve", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, Press(load_fonts(), Path(place) / "press") as press:
        editions = compose_gallery(Path(place))
        pdfs = print_variants(editions, press)
        files = {"gallery.pdf": bound(pdfs), **dict(web_files(editions))}
    for name, content in files.items():
        (wanted.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (wanted.folder / name).write_bytes(content)
    for variant in VARIANTS:
        (approve if wanted.approve else tell)(variant, pdfs[variant.name])
    print(f"印出来的：{wanted.folder / 'gallery.pdf'}\n网页：{wanted.folder / 'index.html'}")


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


def approve(variant: Variant, pdf: bytes) -> None:
    """Write down the layout of a variant as the one that is wanted."""
    variant.approved.parent.mkdir(exist_ok=True)
    variant.approved.write_text(format_layout(variant.title, read_layout(pdf)), encoding="utf-8")
    print(f"{variant.title}：已认可，记在 {variant.approved.name}")


def tell(variant: Variant, pdf: bytes) -> None:
    """Say what has changed in a variant since it was approved."""
    if not variant.approved.exists():
        print(f"{variant.title}：还没有认可过的版面；看过以后运行 make gallery APPROVE=1")
        return
    changes = compare(parse_layout(variant.approved.read_text(encoding="utf-8")), read_layout(pdf))
    print(f"{variant.title}：{f'有 {len(changes)} 类改动' if changes else '与认可的版面相同'}")
    for sentence in changes[:MOST]:
        print(f"  {sentence}")
    if len(changes) > MOST:
        print(f"  ……另有 {len(changes) - MOST} 类")


if __name__ == "__main__":
    main()
