"""Pictures that come inside a document: which can be kept, and under what name."""

import base64
import binascii
import hashlib
import re
from urllib.parse import unquote_to_bytes

from xcbulletin.manuscript.importing.blocks import Asset, Picture
from xcbulletin.manuscript.importing.inline import clean

_SIGNATURES = {"png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}
_DATA_URL = re.compile(r"data:image/[\w.+-]+(?:;[\w=-]+)*?(;base64)?,(.*)", re.DOTALL | re.IGNORECASE)


def picture(line: int, alt: str, reference: str) -> Picture:
    """Return a picture that is given by its address; only a `data:` address brings the picture itself."""
    content = _data(reference)
    asset = None if content is None else keep(content)
    shown = "内嵌图片" if reference.lower().startswith("data:") else clean(reference)
    return Picture(line=line, alt=clean(alt).strip(), asset=asset, reference=shown)


def _data(reference: str) -> bytes | None:
    match = _DATA_URL.match(reference)
    if match is None:
        return None
    raw = unquote_to_bytes(match[2])
    try:
        return base64.b64decode(raw) if match[1] else raw
    except binascii.Error:
        return None


def keep(content: bytes) -> Asset | None:
    """Return a PNG or JPEG under a name that follows from its content, or None for anything else."""
    for ending, signature in _SIGNATURES.items():
        if content.startswith(signature):
            digest = hashlib.sha256(content).hexdigest()[:8]
            return Asset(name=f"picture-{digest}.{ending}", content=content)
    return None
