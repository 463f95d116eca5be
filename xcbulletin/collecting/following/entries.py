"""The list of sources as YAML: where one entry breaks it, each entry by itself, so that no mistake hides the rest."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from xcbulletin.model import Place, Problem
from xcbulletin.yamltext import YamlText, parse_yaml

_DASH = re.compile(r"-\s|-$")
_LIKE_A_DASH = re.compile(r"(?:[－—–−‒﹣•●·]\s*|-(?=[^\s-]))(?=\S)")
_RULER = re.compile(r"-{3,}\s*$")
_NAMED = re.compile(r"-\s+name:\s")
_BROKEN = frozenset({"yaml-syntax", "yaml-depth"})


def parse_entries(text: str, file: str) -> tuple[YamlText, ...]:
    """Return the list as it stands, or in as many parts as it has entries where it cannot be read as a whole.

    An entry that is not YAML is left out, with one problem.
    """
    whole = parse_yaml(text, file)
    if (whole.data is None or isinstance(whole.data, list)) and not _is_broken(whole):
        return (whole,)
    rows = text.split("\n")
    margin = _margin(rows)
    starts = list(_starts(rows, margin))
    if not starts or (len(starts) == 1 and not _LIKE_A_DASH.match(rows[starts[0]].lstrip())):
        return (whole,)
    ends = (*starts[1:], len(rows))
    return tuple(
        _part(rows[start:end], file, start + 1, margin) for start, end in zip(starts, ends, strict=True)
    )


def _is_broken(parsed: YamlText) -> bool:
    return any(problem.rule in _BROKEN for problem in parsed.problems)


def _margin(rows: Sequence[str]) -> int:
    return min((_indent(row) for row in rows if _DASH.match(row.lstrip())), default=0)


def _starts(rows: Sequence[str], margin: int) -> Iterator[int]:
    """Yield the rows with which an entry begins: those with a dash, and those that stand as far left after a gap.

    One with a dash and a name begins an entry wherever it stands, for nothing within an entry has a name.
    """
    after_gap = True
    for number, row in enumerate(rows):
        words = row.strip()
        if not words or words.startswith("#") or _RULER.match(words):
            after_gap = True
        elif _indent(row) <= margin:
            if after_gap or _DASH.match(words) or _LIKE_A_DASH.match(words):
                yield number
            after_gap = False
        elif _NAMED.match(words):
            yield number


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip())


def _part(rows: Sequence[str], file: str, line: int, margin: int) -> YamlText:
    first, *others = rows
    words = first.lstrip()
    dash = _LIKE_A_DASH.match(words)
    if dash:
        below = next((_indent(row) for row in others if row.strip()), 0)
        first = " " * _indent(first) + "-".ljust(max(2, below - _indent(first))) + words[dash.end() :]
    kept = [first, *("" if _RULER.match(row.strip()) else row for row in others)]
    parsed = parse_yaml("\n".join(kept), file, line)
    problems = list(parsed.problems)
    if dash:
        problems.insert(0, _wrong_dash(dash[0].strip(), Place(file=file, line=line)))
    if _indent(first) > margin and _NAMED.match(words):
        problems.insert(0, _out_of_line(Place(file=file, line=line)))
    if not _is_broken(parsed):
        return replace(parsed, problems=tuple(problems))
    first_broken = next(problem for problem in problems if problem.rule in _BROKEN)
    sound = (problem for problem in problems if problem.rule not in _BROKEN)
    return replace(parsed, data=[], problems=(*sound, first_broken))


def _wrong_dash(dash: str, place: Place) -> Problem:
    what = "开头的“-”后面少一个空格" if dash == "-" else f"开头的“{dash}”不是英文减号"
    return Problem(
        place=place, rule="yaml-dash", message=what, suggestion="请写成“- name: 名称”，英文减号加一个空格"
    )


def _out_of_line(place: Place) -> Problem:
    return Problem(
        place=place,
        rule="yaml-indent",
        message="这一条的“-”没有与上面各条对齐",
        suggestion="请让各条的“-”前面空格一样多",
    )
