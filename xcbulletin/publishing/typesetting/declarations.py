"""What WeasyPrint declares of Pango and its like, parsed once for a user: that was a third of the time its import takes.

WeasyPrint has cffi parse 470 lines of C whenever it is imported. What cffi has parsed it can write down as a module of
Python (its “out-of-line ABI mode”), which is there at once, and makes objects of C in a third of the time.

Enter `kept_in` around the first import of WeasyPrint.
"""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import cffi  # type: ignore[import-untyped]
from cffi.api import FFI  # type: ignore[import-untyped]


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
    path = folder / f"declared_{hashlib.sha256(facts.encode()).hexdigest()[:16]}.py"
    try:
        return _load(path)
    except Exception:  # whatever became of the file, it is there to save time only
        return _parse(sources, path)


def _load(path: Path) -> Any:
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ffi


def _parse(sources: list[str], path: Path) -> Any:
    parsed = FFI()
    for source in sources:
        parsed.cdef(source)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        parsed.set_source(path.stem, None, compiler_verbose=0)
        parsed.emit_python_code(str(path))
    return parsed
