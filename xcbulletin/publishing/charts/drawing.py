"""Vega-Lite to SVG, in our fonts, once: what has been drawn is kept by the digest of all that it depends on."""

import hashlib
import json
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

    Where that cannot be written the drawing is not kept. Raises ChartError.
    """
    written = json.dumps(spec, ensure_ascii=False, sort_keys=True)
    facts = "\0".join((written, fonts_digest, _version(), _VEGA_LITE))
    path = cache_folder / f"{hashlib.sha256(facts.encode()).hexdigest()}.svg"
    kept = _read(path)
    if kept is None:
        kept = _drawn(written, fonts)
        _keep(path, kept)
    return kept


def _keep(path: Path, svg: bytes) -> None:
    """Write a drawing if it can be written; one cut short is found out by its digest, and written over."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(hashlib.sha256(svg).hexdigest().encode() + b"\n" + svg)


def _read(path: Path) -> bytes | None:
    """Return a kept drawing, or None where there is none or it is not as it was written."""
    try:
        digest, _, svg = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return svg if hashlib.sha256(svg).hexdigest().encode() == digest else None


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
