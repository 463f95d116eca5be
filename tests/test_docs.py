"""The two READMEs know every command, option and field."""

import re
from pathlib import Path

import pytest
import typer.main
from pydantic import BaseModel

from xcbulletin.cli import app
from xcbulletin.collecting.following.sources import SourceFields
from xcbulletin.manuscript.frontmatter import ArticleFields, IssueFields
from xcbulletin.proofing.catalogue import CATALOGUE
from xcbulletin.publishing.markup.keyfigures import KeyFiguresFields
from xcbulletin.settings import Settings

ROOT = Path(__file__).parent.parent
MANUAL = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
TOP = typer.main.get_command(app).commands  # type: ignore[attr-defined]
COMMANDS = {
    **TOP,
    **{
        f"{name} {below}": command
        for name, group in TOP.items()
        for below, command in getattr(group, "commands", {}).items()
    },
}


def fields_of(model: type[BaseModel]) -> set[str]:
    names = set()
    for name, info in model.model_fields.items():
        names.add(info.alias or name)
        for inner in (info.annotation, *getattr(info.annotation, "__args__", ())):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                names |= fields_of(inner)
    return names


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert f"xcbulletin {command}" in README
    assert f"xcbulletin {command}" in MANUAL


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_in_the_manual(command: str) -> None:
    for parameter in COMMANDS[command].params:
        for option in parameter.opts:
            assert not option.startswith("--") or option in MANUAL


@pytest.mark.parametrize("model", [ArticleFields, IssueFields, KeyFiguresFields, Settings, SourceFields])
def test_every_field_is_in_the_manual(model: type[BaseModel]) -> None:
    assert {name for name in fields_of(model) if not re.search(rf"\b{name}\b", MANUAL)} == set()


def test_every_rule_of_proofing_is_in_the_manual() -> None:
    assert [name for name in CATALOGUE if f"`{name}`" not in MANUAL] == []
