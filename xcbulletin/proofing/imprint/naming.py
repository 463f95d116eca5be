"""The name of the bulletin, where the law forbids it to sound like a newspaper or a journal."""

import re
from collections.abc import Iterator, Mapping

from xcbulletin.model import Issue, Kind, Place, Severity
from xcbulletin.proofing.context import Context
from xcbulletin.proofing.findings import Family, Finding, Rule
from xcbulletin.workspace import SETTINGS_FILE

NAME = Rule(
    id="imprint-name",
    family=Family.IMPRINT,
    name="刊名用字",
    severity=Severity.ERROR,
    why="连续性内部资料不得使用“××报”“××刊”“××杂志”“记者××”“期刊社”“杂志社”“刊号”等字样。",
    basis="《内部资料性出版物管理办法》（2015）第十四条",
)
RULES = (NAME,)

_ANYWHERE = re.compile("杂志社?|期刊社|记者|刊号|报社|CN号|ISSN")
_AT_END = re.compile(r"(?<![情快简通专公汇预年要])报\Z|(?<![增特])刊\Z")


def find(issue: Issue, texts: Mapping[str, str], context: Context) -> Iterator[Finding]:
    """Yield what is forbidden in the name, once: in `issue.yaml`, or in the settings where it is from."""
    if context.profile != "permit" or issue.kind is not Kind.BULLETIN:
        return
    name = issue.title.strip("《》 　")
    match = _ANYWHERE.search(name) or _AT_END.search(name)
    if match:
        word = match[0] if len(match[0]) > 1 else f"××{match[0]}"
        yield Finding(
            rule=NAME,
            place=place_of_value(issue, "title", issue.title, texts),
            excerpt=match[0],
            message=f"名称“{name}”用了“{word}”，内部资料不得这样取名",
            suggestion="请用准印证核定的名称",
        )


def place_of_value(issue: Issue, key: str, value: str, texts: Mapping[str, str]) -> Place:
    """Return where a value is written: in `issue.yaml`, or in the settings where it is from."""
    own = f"issues/{issue.id}/issue.yaml"
    for file in (own, SETTINGS_FILE):
        for number, line in enumerate(texts.get(file, "").split("\n"), start=1):
            if re.search(rf"\b{key}:", line) and value in line:
                return Place(file=file, line=number, column=line.index(value) + 1)
    return Place(file=own)
