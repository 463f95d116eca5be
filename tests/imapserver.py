"""An IMAP server on loopback that speaks as much of RFC 3501 as imaplib asks for, and notes what it was asked."""

import contextlib
import datetime
import email.utils
import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser


@dataclass
class Imap:
    """What the server holds, how it misbehaves, and what it was asked."""

    folders: dict[str, list[bytes]] = field(default_factory=lambda: {"INBOX": []})
    """Letters by folder; names in IMAP's UTF-7."""
    password: str = "secret"
    security: str = "none"
    certificate: ssl.SSLContext | None = None
    wants_id: bool = False
    """As NetEase's does: no folder before the client has said who it is."""
    gives_all: bool = False
    """Whole letters, where the first part of each was asked for."""
    drop_after: int | None = None
    """Letters given before the connection breaks."""
    asked: list[str] = field(default_factory=list)
    port: int = 0


@contextlib.contextmanager
def running(imap: Imap) -> Iterator[Imap]:
    """Serve until the block ends."""

    class Handler(Session):
        server_imap = imap

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        imap.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield imap
        server.shutdown()
        thread.join()


class Session(socketserver.StreamRequestHandler):
    """One connection."""

    server_imap: Imap

    def handle(self) -> None:
        self.imap = self.server_imap
        self.letters: list[bytes] = []
        self.is_named = False
        self.given = 0
        with contextlib.suppress(ConnectionError, ssl.SSLError, UnicodeDecodeError):
            if self.imap.security == "tls":
                self.encrypt()
            self.say("* OK ready")
            while line := self.rfile.readline():
                if self.answer(*line.decode().rstrip("\r\n").split(" ", 2)):
                    break

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def encrypt(self) -> None:
        assert self.imap.certificate is not None
        self.connection = self.imap.certificate.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def answer(self, tag: str, command: str, rest: str = "") -> bool:
        """Answer a command; tell whether it was the last."""
        self.imap.asked.append(f"{command} {rest}".strip())
        result = getattr(self, f"do_{command.lower()}", self.unknown)(rest)
        self.say(f"{tag} {result}")
        if command == "STARTTLS":
            self.encrypt()
        return command == "LOGOUT"

    def unknown(self, _rest: str) -> str:
        return "BAD unknown command"

    def do_capability(self, _rest: str) -> str:
        more = " ID" if self.imap.wants_id else ""
        self.say(f"* CAPABILITY IMAP4REV1{' STARTTLS' if self.imap.security == 'starttls' else ''}{more}")
        return "OK done"

    def do_starttls(self, _rest: str) -> str:
        return "OK begin"

    def do_login(self, rest: str) -> str:
        return (
            "OK in"
            if rest.endswith(f'"{self.imap.password}"')
            else "NO [AUTHENTICATIONFAILED] LOGIN Login error"
        )

    def do_id(self, _rest: str) -> str:
        self.is_named = True
        self.say('* ID ("name" "fake")')
        return "OK ID"

    def do_list(self, _rest: str) -> str:
        for name in self.imap.folders:
            self.say(f'* LIST (\\HasNoChildren) "/" "{name}"')
        return "OK done"

    def do_examine(self, rest: str) -> str:
        if self.imap.wants_id and not self.is_named:
            return "NO EXAMINE Unsafe Login"
        if (name := rest.strip('"')) not in self.imap.folders:
            return "NO folder does not exist"
        self.letters = self.imap.folders[name]
        self.say(f"* {len(self.letters)} EXISTS")
        return "OK [READ-ONLY] done"

    def do_uid(self, rest: str) -> str:
        command, _, what = rest.partition(" ")
        return self.search(what) if command == "SEARCH" else self.fetch(what)

    def search(self, what: str) -> str:
        since = re.search(r"SINCE (\S+)", what)
        limit = datetime.datetime.strptime(since[1], "%d-%b-%Y").date() if since else datetime.date.min
        numbers = [n for n, letter in enumerate(self.letters, 1) if _date(letter) >= limit]
        self.say("* SEARCH " + " ".join(map(str, numbers)))
        return "OK done"

    def fetch(self, what: str) -> str:
        numbers, _, items = what.partition(" ")
        for number in map(int, numbers.split(",")):
            if self.given == self.imap.drop_after:
                raise ConnectionError
            self.given += 1
            self.give(number, items)
        return "OK done"

    def give(self, number: int, items: str) -> None:
        letter = self.letters[number - 1]
        if partial := re.search(r"BODY\.PEEK\[\]<0\.(\d+)>", items):
            letter, name = letter if self.imap.gives_all else letter[: int(partial[1])], "BODY[]<0>"
        else:
            found = re.search(rb"(?im)^message-id:.*\r?\n", letter)
            letter, name = (found[0] if found else b"") + b"\r\n", "BODY[HEADER.FIELDS (MESSAGE-ID)]"
        head = f"* {number} FETCH (UID {number} {name} {{{len(letter)}}}\r\n"
        self.wfile.write(head.encode() + letter + b")\r\n")

    def do_logout(self, _rest: str) -> str:
        self.say("* BYE")
        return "OK done"


def _date(letter: bytes) -> datetime.date:
    written = BytesHeaderParser().parsebytes(letter)["Date"]
    return email.utils.parsedate_to_datetime(written).date() if written else datetime.date.max
