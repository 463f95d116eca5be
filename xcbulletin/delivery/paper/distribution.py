"""The distribution list (发放清单): who gets which copies of an issue, to be signed for; A4, whatever the issue's trim."""

from xcbulletin.delivery.paper.allotting import Allotment, expect_right
from xcbulletin.delivery.paper.copynumbers import span_text
from xcbulletin.model import Kind
from xcbulletin.publishing.edition import Edition
from xcbulletin.publishing.layout import lay_out_page
from xcbulletin.publishing.pages import Templates
from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.publishing.typesetting.press import Job
from xcbulletin.settings import PageSettings


def distribution(
    edition: Edition, allotment: Allotment, templates: Templates, fonts: FontSet, *, numbered: bool = False
) -> Job:
    """Return the list for the press; with `numbered` it says who gets which copy numbers.

    Raises ProblemsError where copies do not suffice or characters cannot be printed, TemplateFailedError.
    """
    expect_right(allotment, f"{edition.file}/issue.yaml", fonts)
    html = templates.render(
        "paper/distribution.html",
        edition,
        blocks="shared/blocks.html",
        picture=lambda node: node.src,
        page=lay_out_page(PageSettings(), Kind.BULLETIN),
        allotment=allotment,
        numbered=numbered,
        span_text=span_text,
    )
    return Job(html=html)
