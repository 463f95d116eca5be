"""The rooms of delivery joined for the doors: here what its jobs need, beside it a module for each job."""

import datetime
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from xcbulletin.delivery.mailing import RECIPIENTS_FILE, Mailing
from xcbulletin.errors import BulletinError, WorkspaceError, reason
from xcbulletin.model import IssueId, Problem
from xcbulletin.room import Room, now
from xcbulletin.workspace import issue_folder

if TYPE_CHECKING:
    from xcbulletin.delivery.ledger.ledger import Ledger
    from xcbulletin.delivery.mailing import Recipient
    from xcbulletin.settings import MailboxSettings, MailSettings

# Heavy imports stand inside the methods that need them, so that each command loads no more than its own work.


class Postroom(Room):
    """Delivery in one workspace."""

    def __init__(
        self,
        root: Path,
        environment: Mapping[str, str],
        *,
        clock: Callable[[], datetime.datetime] = now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(root, environment, clock=clock)
        self.sleep = sleep

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
