"""Rules switched off on one line of a manuscript: `<!-- 不检查: 规则号 -->`, which is never printed.

It stands at the end of the line, or alone on the line before; in front matter as `# 不检查: 规则号`.
"""

import re
from collections.abc import Iterator, Mapping

_SWITCH = re.compile(r"[ \t]*<!--[ \t]*不检查(?:[ \t]*[:：]|[ \t])(.*?)-->[ \t]*\Z")
_FRONT_SWITCH = re.compile(r"(?:\A|[ \t])#[ \t]*不检查[ \t]*[:：](.*)\Z")
_FENCE = re.compile(r"---[^\S\n]*")
_IDS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def without_switches(text: str) -> tuple[str, tuple[int, ...]]:
    """Return a Markdown text without its switches, and the row, from 0, on which each of its lines stood.

    A line with nothing but a switch is left out whole, so that it parts nothing.
    """
    kept = [
        (row, _SWITCH.sub("", line))
        for row, line in enumerate(text.split("\n"))
        if not (line.strip() and not _SWITCH.sub("", line).strip())
    ]
    return "\n".join(line for _row, line in kept), tuple(row for row, _line in kept)


def switches_blanked(text: str) -> list[str]:
    """Return the lines of a Markdown text without its switches, each where it stood."""
    return [_SWITCH.sub("", line) for line in text.split("\n")]


def line_switches(text: str) -> Mapping[int, frozenset[str]]:
    """Return the ids of the rules that are switched off on each line of a file, counted from 1."""
    found: dict[int, frozenset[str]] = {}
    waiting: frozenset[str] = frozenset()
    for line, (rest, ids) in enumerate(_read(text.split("\n")), start=1):
        if ids and not rest.strip():
            waiting |= ids
            continue
        if ids | waiting:
            found[line] = ids | waiting
        waiting = frozenset()
    return found


def _read(lines: list[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield what stands on each line beside a switch, and the ids in the switch."""
    in_front = bool(lines and _FENCE.fullmatch(lines[0]))
    for row, line in enumerate(lines):
        if row and in_front and _FENCE.fullmatch(line):
            in_front = False
        match = (_FRONT_SWITCH if in_front else _SWITCH).search(line)
        yield (line[: match.start()], frozenset(_IDS.findall(match[1]))) if match else (line, frozenset())
