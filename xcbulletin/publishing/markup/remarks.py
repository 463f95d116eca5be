"""What is found amiss while an article is read."""

from functools import cached_property

from markdown_it.tree import SyntaxTreeNode

from xcbulletin.model import Article, Place, Problem, Severity
from xcbulletin.switches import switches_blanked


class Remarks:
    """The problems of one article, and where in its file things stand."""

    def __init__(self, article: Article) -> None:
        self.problems: list[Problem] = []
        self.body_line = article.body_line
        self.file = article.file
        self._body = article.body

    @cached_property
    def rows(self) -> list[str]:
        """The body as written, but for its switches."""
        return switches_blanked(self._body) if "<!--" in self._body else self._body.split("\n")

    def line_of(self, tree: SyntaxTreeNode) -> int:
        """Return the line of the file on which a tree begins, or what it stands in."""
        while not tree.map:
            assert tree.parent
            tree = tree.parent
        return tree.map[0] + self.body_line

    def add(
        self,
        line: int | None,
        rule: str,
        message: str,
        suggestion: str,
        severity: Severity = Severity.WARNING,
    ) -> None:
        """Note a problem."""
        place = Place(file=self.file, line=line)
        self.problems.append(
            Problem(place=place, rule=rule, message=message, suggestion=suggestion, severity=severity)
        )
