"""版记与用语: what has to be printed of an issue's making, and what it may not call itself."""

from xcbulletin.proofing.imprint import items, naming, wording

RULES = (*items.RULES, *naming.RULES, *wording.RULES)
