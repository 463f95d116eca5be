"""Vega-Lite to SVG, in our fonts, once: what has been drawn is kept by the digest of all that it depends on."""

import hashlib
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

from xcbulletin.errors import BulletinError
from xcbulletin.publishing.charts.frame import Spec

_VEGA_LITE = "6.4"


class ChartError(BulletinError):
    """A chart cannot be drawn."""


def draw(spec: Spec, fonts: Path, fonts_digest: str, cache_folder: Path) -> bytes:
    """Return the SVG of a spec, drawn with the fonts of a folder or taken from `cache_folder`.

    Raises ChartError.
    """
    written = json.dumps(spec, ensure_ascii=False, sort_keys=True)
    facts = (written, fonts_digest, _version(), _VEGA_LITE)
    return kept(cache_folder, ".svg", facts, lambda: _drawn(written, fonts))


def kept(folder: Path, suffix: str, facts: Iterable[str], draw: Callable[[], bytes]) -> bytes:
    """Return what is drawn from some facts, or what was kept of it in a folder.

    Where that cannot be written the drawing is not kept.
    """
    digest = hashlib.sha256("\0".join(facts).encode()).hexdigest()
    path = folder / f"{digest}{suffix}"
    found = _read(path)
    if found is None:
        found = draw()
        _keep(path, found)
    return found


def _keep(path: Path, drawing: bytes) -> None:
    """Write a drawing if it can be written; one cut short is found out by its digest, and written over."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(hashlib.sha256(drawing).hexdigest().encode() + b"\n" + drawing)


def _read(path: Path) -> bytes | None:
    """Return a kept drawing, or None where there is none or it is not as it was written."""
    try:
        digest, _, drawing = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return drawing if hashlib.sha256(drawing).hexdigest().encode() == digest else None


def _drawn(written: str, fonts: Path) -> bytes:
    import vl_convert

    _register(fonts)
    try:
        svg: str = vl_convert.vegalite_to_svg(written, vl_version=_VEGA_LITE, allowed_base_urls=[])
    except ValueError as error:
        raise ChartError(f"图表画不出来（{str(error).splitlines()[0]}）；请简化，或改用图片") from error
    return svg.encode()


@cache
def _version() -> str:
    return version("vl-convert-python")


@cache
def _register(fonts: Path) -> None:
    import vl_convert

    vl_convert.register_font_directory(str(fonts))
