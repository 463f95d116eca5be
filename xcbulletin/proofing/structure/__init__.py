"""结构与来源: where things are from, whose they are, and what may not be shown."""

from xcbulletin.proofing.structure import corrections, duplicates, figures, links, personal, sources

RULES = (
    *sources.RULES,
    *corrections.RULES,
    *links.RULES,
    *duplicates.RULES,
    *figures.RULES,
    *personal.RULES,
)
