"""Sign-offs for tests: chained as signing chains them."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from xcbulletin.proofing.signoffs.entries import Decision, Signoff, fingerprint
from xcbulletin.proofing.signoffs.standing import Standing, standing
from xcbulletin.settings import ReviewSettings

STAGES = ("一审", "二审", "三审", "一校", "二校", "三校")
PEOPLE = dict(zip(STAGES, ("张三", "李四", "王五", "赵六", "钱七", "孙八"), strict=True))
MORNING = datetime.datetime(2021, 1, 29, 9, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
SETTINGS = ReviewSettings()


class Texts:
    """An issue in memory: its files as they are now, and every text that it ever had."""

    def __init__(self, **files: str) -> None:
        self._kept: dict[str, str] = {}
        self.files: dict[str, str] = {}
        self.write({"news/01.md": "正文一句话。\n", "issue.yaml": "date: 2021-01-29\n", **files})

    def write(self, files: Mapping[str, str | None]) -> None:
        for file, text in files.items():
            if text is None:
                del self.files[file]
            else:
                digest = sha256(text.encode()).hexdigest()
                self.files[file], self._kept[digest] = digest, text

    def of(self, digest: str) -> str | None:
        return self._kept.get(digest)


def rejected(stage: str, why: str = "数字与来源不符") -> dict[str, Any]:
    return {"stage": stage, "decision": Decision.REJECTED, "why": why}


def chain(
    files: Mapping[str, str], *words: str | dict[str, Any], after: Iterable[Signoff] = ()
) -> tuple[Signoff, ...]:
    """Return sign-offs one a minute, each a stage or the fields that matter; those in `after` come first."""
    signoffs = list(after)
    for word in words:
        own = {"stage": word} if isinstance(word, str) else word
        usual: dict[str, Any] = {
            "issue": "2021-01",
            "by": PEOPLE.get(own["stage"], "某人"),
            "at": MORNING + datetime.timedelta(minutes=len(signoffs)),
            "decision": Decision.SIGNED,
            "files": dict(files),
            "previous": signoffs[-1].sha256 if signoffs else None,
        }
        signoff = Signoff(**{**usual, **own})
        signoffs.append(replace(signoff, sha256=fingerprint(signoff)))
    return tuple(signoffs)


def stand(signoffs: Iterable[Signoff], texts: Texts, settings: ReviewSettings = SETTINGS) -> Standing:
    return standing(tuple(signoffs), texts.files, settings, texts.of)


def states(now: Standing) -> str:
    """Return the states in one word, such as `signed signed open open open open`."""
    return " ".join(one.state for one in now.stages)
