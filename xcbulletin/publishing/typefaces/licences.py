"""The licences that go with the fonts: each original's own notice and its licence word for word."""

import gzip
from pathlib import Path

from xcbulletin.publishing.typefaces.packages import Package


def licence_name(package: Package) -> str:
    """Such as `LICENCE-fonts-noto-cjk.txt`."""
    return f"LICENCE-{package.name}.txt"


def licence_text(package: Package, sources: Path) -> str:
    """Return the licence of a package's fonts, from the unpacked package."""
    head = f"Fonts cut from Debian's {package.pinned}; the original is under:\n\n"
    return head + "\n\n".join(_words(sources / name) for name in package.licence_files) + "\n"


def _words(path: Path) -> str:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = content.decode("utf-8")
    return open_font_licence(text) if path.name == "copyright" else text.strip()


def open_font_licence(copyright_file: str) -> str:
    """Return the fonts' notice and the Open Font License from a Debian copyright file (DEP-5)."""
    paragraphs = [paragraph.strip("\n") for paragraph in copyright_file.split("\n\n")]
    notice = next(text for text in paragraphs if text.startswith("Files: *\n"))
    licence = next(text for text in paragraphs if text.startswith("License: ") and "SIL OPEN FONT" in text)
    lines = ("" if line == " ." else line.removeprefix(" ") for line in licence.splitlines()[1:])
    return f"{notice}\n\n" + "\n".join(lines).strip()
