"""What comes before every job: new items folded into stories, and classified."""

import datetime

from xcbulletin.collecting.suggesting.labelling import count_pending, label_pending
from xcbulletin.collecting.suggesting.suggestions import is_folded
from xcbulletin.database import UnwritableError, reading
from xcbulletin.newsroom import Newsroom
from xcbulletin.room import Tell

_MANY = 1000
"""Items that take so long to classify that an editor should be told."""
_RELABELLED = datetime.timedelta(days=75)
"""How long ago items may have been collected that are judged again when the classifier has changed."""


def refresh(newsroom: Newsroom, tell: Tell) -> None:
    """Fold and classify what is new, if the disk lets us: what is there can be read nevertheless."""
    try:
        fold(newsroom)
        classify(newsroom, tell)
    except UnwritableError as error:
        tell(f"提醒：{error}；新采集的没有整理，下面只有以前整理过的")


def fold(newsroom: Newsroom) -> None:
    """Put items that tell the same together."""
    with reading(newsroom.engine) as connection:
        if is_folded(connection):
            return
    from xcbulletin.collecting.stories.stories import fold_new

    with newsroom.engine.connect() as connection:
        fold_new(connection, newsroom.clock(), newsroom.authorities)


def classify(newsroom: Newsroom, tell: Tell) -> int:
    """Classify what is new, and what is recent if the classifier has changed; return how many items."""
    engine, learner, locality = newsroom.engine, newsroom.learner, newsroom.locality
    since = newsroom.clock() - _RELABELLED
    pending = count_pending(engine, learner.version(locality), since)
    if pending:
        if pending > _MANY:
            tell(f"正在给 {pending} 条线索分产业")
        hints = {source.key: source.industries for source in newsroom.sources}
        label_pending(engine, learner.labeller(locality), hints, since)
    return pending
