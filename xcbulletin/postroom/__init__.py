"""The rooms of delivery joined for the doors: here what its jobs need, beside it a module for each job."""

import datetime
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from xcbulletin.delivery.mailing import RECIPIENTS_FILE, Mailing
from xcbulletin.errors import BulletinError, WorkspaceError, reason
from xcbulletin.model import IssueId, Problem
from xcbulletin.workspace import issue_folder

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from xcbulletin.delivery.ledger.ledger import Ledger
    from xcbulletin.delivery.mailing import Recipient
    from xcbulletin.settings import MailboxSettings, MailSettings, Workspace
    from xcbulletin.workshop import Workshop

Tell = Callable[[str], None]
"""Says how long work goes on."""

# Heavy imports stand inside the methods that need them, so that each command loads no more than its own work.


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


class Postroom:
    """Delivery in one workspace. A context manager, for its ledger and its press are to be let go.

    What it holds is got when it is first needed, and kept.
    """

    def __init__(
        self,
        root: "Path",
        environment: Mapping[str, str],
        *,
        clock: Callable[[], datetime.datetime] = _now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.root, self._environment = root, environment
        self.clock, self.sleep = clock, sleep
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: Any) -> None:
        self._stack.__exit__(*raised)

    @cached_property
    def workshop(self) -> "Workshop":
        """Where issues are composed and printed."""
        from xcbulletin.workshop import Workshop

        return self._stack.enter_context(Workshop(self.root, self._environment))

    @property
    def workspace(self) -> "Workspace":
        """The settings and industries. Raises ProblemsError, WorkspaceError."""
        return self.workshop.workspace

    @cached_property
    def mail(self) -> "MailSettings":
        """The relay, with its password from the environment or the keyring."""
        settings = self.workspace.settings.mail
        return settings.model_copy(update={"password": _password(settings)})

    @cached_property
    def mailbox(self) -> "MailboxSettings":
        """The mailbox that bounces come to, with its password. Raises BulletinError where none is set."""
        settings = self.workspace.settings.mailbox
        if settings.host is None:
            raise BulletinError(
                "bulletin.yaml: 没有写收退信的邮箱；请写上 mailbox 的 host 和 username，或指明存放退信（.eml）的文件夹"
            )
        return settings.model_copy(update={"password": _password(settings)})

    @cached_property
    def engine(self) -> "Engine":
        """The workspace's database, migrated. Raises BulletinError."""
        from xcbulletin.database import open_engine

        engine = open_engine(self.workspace.settings.database, self.root)
        self._stack.callback(engine.dispose)
        return engine

    @cached_property
    def ledger(self) -> "Ledger":
        """What is known of every letter."""
        from xcbulletin.delivery.ledger.ledger import Ledger

        return self._stack.enter_context(Ledger(self.engine))

    @cached_property
    def read_recipients(self) -> tuple[tuple["Recipient", ...], tuple[Problem, ...]]:
        """The recipients whose lines are right, and what is wrong with the others. Raises WorkspaceError."""
        from xcbulletin.delivery.recipients.reading import read_recipients

        try:
            content = (self.root / RECIPIENTS_FILE).read_bytes()
        except OSError as error:
            raise WorkspaceError(
                f"{RECIPIENTS_FILE}: 读不到收件人名单（{reason(error)}）；"
                "请把 recipients.example.csv 复制成 recipients.csv，用 Excel 填好"
            ) from error
        return read_recipients(content, RECIPIENTS_FILE, self.workspace.industries)

    def mailing(self, issue: IssueId) -> Mailing | None:
        """Return the mailing of an issue that exists, if it was prepared. Raises WorkspaceError.

        What a run that was cut short left in hand is settled first, unless somebody is sending.
        """
        from xcbulletin.delivery.ledger.locking import LockedError, sending_lock

        found = self.ledger.mailing(issue)
        if found is None:
            issue_folder(self.root, issue)
            return None
        with suppress(LockedError), sending_lock(self.engine, issue):
            self.ledger.recover(found, self.clock())
        return found


def _password(settings: "MailSettings | MailboxSettings") -> str | None:
    """Return the password from the environment, or else from the keyring of whoever runs this, where there is one."""
    if settings.password is not None or settings.username is None:
        return settings.password
    try:
        import keyring
    except ImportError:
        return None
    found: str | None
    try:
        found = keyring.get_password(f"xcbulletin@{settings.host}", settings.username)
    except keyring.errors.KeyringError:
        return None
    return found
