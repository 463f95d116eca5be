"""Which WeasyPrint the modules of this room know: they replace functions inside it, which another version may not have."""

import logging

import weasyprint

_LOGGER = logging.getLogger(__name__)


def is_known(otherwise: str) -> bool:
    """Tell whether WeasyPrint is version 70; where it is not, log what pages will look like without us."""
    if weasyprint.__version__.startswith("70."):
        return True
    _LOGGER.warning("WeasyPrint %s is not 70.*: %s", weasyprint.__version__, otherwise)
    return False
