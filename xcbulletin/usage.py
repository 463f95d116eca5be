"""Typer speaks English; editors are told in Chinese what was wrong with their command."""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import typer
import typer.core
import typer.main
from typer._coercion import RuntimeParam, TypeDescriptor, build_runtime_param

from xcbulletin.errors import BulletinError, UsageMistakeError, reason

_WORDS = {
    "Arguments": "参数",
    "Options": "选项",
    "Commands": "命令",
    "required": "必填",
    "default: {default}": "默认 {default}",
    "env var: {var}": "环境变量 {var}",
    "(dynamic)": "（自动）",
}

_STOPPED = 130


def run(app: typer.Typer, arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code; every mistake becomes a message on standard error."""
    command = _in_chinese(app)
    try:
        result = command.main(args=_workspace_first(arguments), prog_name="xcbulletin", standalone_mode=False)
    except typer.Abort:
        return _fail("已中止", 1)
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except UsageMistakeError as error:
        return _fail(str(error), 2)
    except BulletinError as error:
        return _fail(str(error), 1)
    except OSError as error:
        return _fail(
            f"{error.filename or '写文件时'}: 读写失败（{reason(error)}）；请检查磁盘空间、权限和路径", 1
        )
    except typer.TyperException as error:
        return _fail(_translated(error, command), 2)
    if result == _STOPPED:  # Typer's word for Ctrl+C
        return _fail("已中止", _STOPPED)
    return result if isinstance(result, int) else 0


def _fail(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code


def _in_chinese(app: typer.Typer) -> Any:
    # Typer asks gettext for these words, and ships no catalogue.
    typer.core._ = lambda message: _WORDS.get(message, message)  # type: ignore[attr-defined]
    typer.core.build_runtime_param = _plainly_taken  # type: ignore[attr-defined]
    command = typer.main.get_command(app)
    for one in _with_all_below(command):
        _translate_furniture(one)
    return command


def _with_all_below(command: Any) -> Iterator[Any]:
    yield command
    for below in getattr(command, "commands", {}).values():
        yield from _with_all_below(below)


def _plainly_taken(descriptor: TypeDescriptor) -> RuntimeParam:
    """Take words as they are; only for other types have pydantic loaded, which takes as long as a build with nothing to do."""
    if descriptor.annotation in _PLAIN:
        return _Plain(annotation=descriptor.annotation, parameter_info=descriptor.parameter_info)
    return build_runtime_param(descriptor)


_PLAIN: dict[Any, Callable[[Any], Any]] = {str: str, bool: bool, Path: Path, list[str]: list}


class _Plain(RuntimeParam):
    """A parameter whose values are words, a path, or a flag."""

    def _coerce_value(self, value: Any, param: Any, ctx: Any) -> Any:  # noqa: ARG002
        return _PLAIN[self.annotation](value)


def _translate_furniture(command: Any) -> None:
    command.options_metavar = "[选项]"
    command.subcommand_metavar = "命令 [参数]..."
    own = command.get_help_option

    def format_usage(context: Any, formatter: Any) -> None:
        pieces = command.collect_usage_pieces(context)
        formatter.write_usage(context.command_path, " ".join(pieces), prefix="用法：")

    def get_help_option(context: Any) -> Any:
        option = own(context)
        option.help = "显示这份说明"
        return option

    command.format_usage = format_usage
    command.get_help_option = get_help_option
    for parameter in command.params:
        if parameter.metavar:  # it says in Chinese what Typer would say in Python
            parameter.display_type = lambda _context: ""


def _workspace_first(arguments: Sequence[str]) -> list[str]:
    """Let --workspace stand anywhere on the line."""
    moved: list[str] = []
    rest = list(arguments)
    for index, word in enumerate(rest):
        if word == "--":
            break
        if word == "--workspace" and index + 1 < len(rest):
            moved = rest[index : index + 2]
            del rest[index : index + 2]
            break
        if word.startswith("--workspace="):
            moved = [rest.pop(index)]
            break
    return moved + rest


def _translated(error: Any, command: Any) -> str:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "xcbulletin"
    return f"{_what(error, context.command if context else command)}；用法见 {path} --help"


def _what(error: Any, command: Any) -> str:
    match type(error).__name__:
        case "NoSuchOption":
            near = "、".join(_alike(error.option_name, error.possibilities or ()))
            return f"没有 {error.option_name} 这个选项" + (f"，是否想写 {near}？" if near else "")
        case "MissingParameter":
            return f"缺少“{error.param.metavar or error.param.name}”"
        case "BadParameter":
            value = str(error.message).partition("'")[2].partition("'")[0]
            name = error.param.opts[0] if error.param and error.param.opts[0].startswith("-") else ""
            if small := re.search(r"greater than or equal to (\d+)", str(error.message)):
                return f"{name} 后面应为 {small[1]} 或更大的整数"
            where = f" {name} 后面" if name else "这里"
            return (
                f"{f'“{value}”' if value else '所写的内容'}不能用在{where}，这里要的是 {error.param.metavar}"
            )
        case "BadOptionUsage":
            is_flag = "does not take" in error.message
            return f"选项 {error.option_name} 后面{'不用' if is_flag else '要'}写内容"
    message = str(error.message)
    if message.startswith("No such command"):
        name = message.partition("'")[2].partition("'")[0]
        close = get_close_matches(name, command.commands, n=1)
        return f"没有 {name} 这个命令" + (
            f"，是否想写 {close[0]}？" if close else f"；可用：{'、'.join(command.commands)}"
        )
    if message.startswith("Missing command"):
        return f"请写一个命令：{'、'.join(command.commands)}"
    if message.startswith("Got unexpected"):
        return "写多了：" + message.rpartition("(")[2].rstrip(")")
    return message


def _alike(option: str, others: Sequence[str]) -> list[str]:
    """Return the options that are alike by more than their dashes."""
    return [one for one in others if get_close_matches(option.lstrip("-"), [one.lstrip("-")])]
