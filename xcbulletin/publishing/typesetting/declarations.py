"""What WeasyPrint declares of Pango and its like, parsed once for a user: that was a third of the time its import takes.

WeasyPrint has cffi parse 470 lines of C whenever it is imported. What cffi has parsed it can write down as a module of
Python (its “out-of-line ABI mode”), which is there at once, and makes objects of C in a third of the time.

Enter `kept_in` around the first import of WeasyPrint.
"""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import cffi  # type: ignore[import-untyped]
from cffi.api import FFI  # type: ignore[import-untyped]

from xcbulletin.workspace import keep, read_kept


@contextmanager
def kept_in(folder: Path) -> Iterator[None]:
    """Let whoever declares something to cffi find it in `folder`, or leave it there."""
    cffi.FFI = partial(Declared, folder)
    try:
        yield
    finally:
        cffi.FFI = FFI


class Declared:
    """Stands for `cffi.FFI`: gathers declarations until it is asked for something else, and is then one that knows them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sources: list[str] = []

    def cdef(self, source: str) -> None:
        """Declare what stands in some lines of C."""
        self._sources.append(source)

    def __getattr__(self, name: str) -> Any:
        known = _knowing(self._sources, self._folder)
        self.__dict__.update({one: getattr(known, one) for one in dir(known) if not one.startswith("_")})
        return getattr(known, name)


def _knowing(sources: list[str], folder: Path) -> Any:
    """Return an FFI that knows the declarations: the one that is kept in the folder, if it is there and whole."""
    facts = "\0".join((cffi.__version__, sys.version, *sources))
    path = folder / f"declared_{hashlib.sha256(facts.encode()).hexdigest()[:16]}"
    if code := read_kept(path):
        module: dict[str, Any] = {}
        exec(code, module)
        return module["ffi"]
    parsed = _parse(sources)
    keep(path, _written_down(parsed, path.name))
    return parsed


def _parse(sources: list[str]) -> Any:
    parsed = FFI()
    for source in sources:
        parsed.cdef(source)
    return parsed


def _written_down(parsed: Any, name: str) -> bytes:
    """Return the module of Python that knows what an FFI has parsed."""
    code = StringIO()
    parsed.set_source(name, None, compiler_verbose=0)
    parsed.emit_python_code(code)
    return code.getvalue().encode()
