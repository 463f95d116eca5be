"""The sources listed, with how each fares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from xcbulletin.cli.sources.words import JsonOption, group, iso
from xcbulletin.cli.terminal import columns_of
from xcbulletin.cli.words import list_problems, open_newsroom, say, say_json
from xcbulletin.errors import has_errors

if TYPE_CHECKING:
    from xcbulletin.collecting.following.sources import Source
    from xcbulletin.collecting.inbox.health import Health
    from xcbulletin.collecting.inbox.standing import Standing
    from xcbulletin.model import Industry
    from xcbulletin.newsroom import Newsroom

# Heavy imports stand inside the commands that need them, so that --help answers at once.


@group.command("list")
def list_(context: typer.Context, as_json: JsonOption = False) -> None:
    """列出信息源：名称、类型、产业，最近一次采集的结果和从何时起。"""
    with open_newsroom(context) as newsroom:
        sources, problems = newsroom.sources, newsroom.source_problems
        industries = newsroom.workspace.industries
        states = _states(newsroom)
    if as_json:
        rows = [_source_json(source, states[source.key]) for source in sources]
        document = {"sources": rows, "problems": list(map(str, problems))}
        say_json(document)
    else:
        for row in _rows(sources, industries, states):
            say(row)
        list_problems(problems)
        say(f"{len(sources)} 个信息源，其中 {sum(source.paused for source in sources)} 个不采集")
    if has_errors(problems):
        raise typer.Exit(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class _State:
    """How a source fares."""

    health: "Health"
    standing: "Standing | None"
    """None as long as it was never asked."""


def _states(newsroom: "Newsroom") -> dict[str, _State]:
    """Return how each source fares, by its key."""
    from xcbulletin.collecting.collect import examine
    from xcbulletin.collecting.inbox import inbox
    from xcbulletin.database import reading

    sources = newsroom.sources
    found = examine(newsroom.engine, sources, newsroom.clock())
    with reading(newsroom.engine) as connection:
        standings = inbox.standings(connection, sources)
    return {key: _State(health=health, standing=standings.get(key)) for key, health in found.items()}


def _source_json(source: "Source", state: _State) -> dict[str, Any]:
    standing = state.standing
    return {
        "name": source.name,
        "kind": source.kind,
        "url": source.url,
        "industries": list(source.industries),
        "column": source.column,
        "authority": source.authority,
        "paused": source.paused,
        "evidence": source.evidence,
        "note": source.note,
        "line": source.line,
        "outcome": standing.outcome if standing else None,
        "since": iso(standing.outcome_since if standing else None, source),
        "detail": standing.detail if standing else "",
        "last_ok": iso(standing.last_ok if standing else None, source),
        "last_new": iso(standing.last_new if standing else None, source),
        "state": _said(source, state),
        "ailment": state.health.ailment,
        "advice": state.health.advice,
    }


def _rows(
    sources: Sequence["Source"], industries: Sequence["Industry"], states: Mapping[str, _State]
) -> list[str]:
    names = {industry.code: industry.short_name for industry in industries}
    table = [
        (
            source.name,
            source.kind.value,
            "、".join(names[code] for code in source.industries) or "—",
            _said(source, states[source.key]),
        )
        for source in sources
    ]
    widths = [max((_columns(row[place]) for row in table), default=0) for place in range(3)]
    return ["  ".join((*map(_padded, row[:3], widths), row[3])) for row in table]


def _said(source: "Source", state: _State) -> str:
    if source.needs_rsshub:
        return "等 RSSHub"
    return "暂停" if source.paused else state.health.said


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _columns(text))


def _columns(text: str) -> int:
    return columns_of(text, ambiguous=1)
