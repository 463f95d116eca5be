"""Learning from files, decisions and past issues."""

from dataclasses import dataclass
from pathlib import Path

from xcbulletin.collecting.classifying.examples import read_examples
from xcbulletin.collecting.suggesting.learning import Lesson, add_examples
from xcbulletin.database import lasting
from xcbulletin.errors import BulletinError, reason
from xcbulletin.model import Problem
from xcbulletin.newsroom import Newsroom, silent
from xcbulletin.newsroom.refreshing import classify, refresh
from xcbulletin.room import Tell
from xcbulletin.yamltext import decode


@dataclass(frozen=True, kw_only=True, slots=True)
class Learnt:
    """What came of learning."""

    read: int
    """Examples in the file."""
    new: int
    """Those of them that were not known."""
    problems: tuple[Problem, ...]
    """Of the file."""
    lesson: Lesson
    relabelled: int


def learn(newsroom: Newsroom, file: Path | None = None, tell: Tell = silent) -> Learnt:
    """Learn from labelled examples, decisions and past issues; label what is recent anew.

    Lines of the file that are wrong are left out, and told of. Raises BulletinError, ProblemsError.
    """
    text = "" if file is None else decode(_content(file), str(file))
    workspace = newsroom.workspace
    examples, problems = read_examples(text, str(file), workspace.industries, workspace.columns)
    with lasting(newsroom.engine) as connection:
        new = add_examples(connection, examples, newsroom.clock())
    tell("正在学习")
    refresh(newsroom, tell)
    lesson = newsroom.learner.learn(newsroom.printed, newsroom.clock())
    relabelled = classify(newsroom, tell) if lesson.adopted else 0
    return Learnt(read=len(examples), new=new, problems=problems, lesson=lesson, relabelled=relabelled)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BulletinError(f"{file}: 读不到这个文件（{reason(error)}）；请检查文件名和所在文件夹") from error


def learn_if_due(newsroom: Newsroom, tell: Tell) -> None:
    """Learn anew once editors have decided enough since the last time."""
    if newsroom.learner.is_due():
        tell("编辑的取舍又多了一些，正在学习")
        newsroom.learner.learn(newsroom.printed, newsroom.clock(), if_better=True)
