"""A real SMTP server on loopback, in a process of its own, that does what it is told, also what no relay should.

    with MailServer(tmp_path / "relay", {"zhang@example.org": ["rcpt 450 4.2.0 Greylisted"]}) as server:
        send(…, port=server.port)
        assert server.copies == {"<…@example.org>": 1}

What it accepted is in a journal on disk, synced before the reply: also of a server or a client that was killed.

Faults stand under an address, under `@domain`, under `#3` (the third letter begun, from 1) or under `*` (every letter);
the first of these that has one counts. A list is used up, a fault at each try, and then all is well; a text is for ever:

    "mail 421 4.7.0 MI:DMC"     the reply to MAIL; likewise rcpt, data (to the command), dot (to the letter: not taken)
    "drop in data"              the connection is reset once a first piece of the letter has come
    "drop after dot"            the letter is not taken, and the connection is reset instead of a reply
    "take and drop"             the letter is taken, and the connection is reset instead of a reply
    "slow 3"                    the letter is taken, the reply comes 3 seconds later
    "ok"
"""

import asyncio
import json
import os
import re
import ssl
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

Faults = Mapping[str, str | Sequence[str]]


class MailServer:
    """Runs the server; options are those of a relay.

    per_connection: letters taken on a connection, then 421. size: SIZE, in bytes. login: (user, password) without
    which nothing is taken. certificate: (chain file, key file) for STARTTLS, or with implicit for TLS at once; then
    nothing is taken without. greeting: a reply instead of 220. keep: keep the letters too. delay: seconds before each
    reply to a letter. sync: whether the journal waits for the disk.
    """

    def __init__(
        self,
        folder: Path,
        faults: Faults | None = None,
        *,
        port: int = 0,
        per_connection: int | None = None,
        size: int = 50_000_000,
        login: tuple[str, str] | None = None,
        certificate: tuple[Path, Path] | None = None,
        implicit: bool = False,
        greeting: str | None = None,
        keep: bool = False,
        delay: float = 0,
        sync: bool = True,
    ) -> None:
        self.folder, self.port = folder, port
        self._options = {
            "faults": {
                key: one if isinstance(one, str) else list(one) for key, one in (faults or {}).items()
            },
            "per_connection": per_connection,
            "size": size,
            "login": login,
            "certificate": certificate and [str(one) for one in certificate],
            "implicit": implicit,
            "greeting": greeting,
            "keep": keep,
            "delay": delay,
            "sync": sync,
        }

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        words = [sys.executable, __file__, str(self.folder), json.dumps({**self._options, "port": self.port})]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout
        self.port = int(self._process.stdout.readline())
        return self

    def __exit__(self, *raised: object) -> None:
        """Stop; entered again, it listens on the same port and goes on with the same journal."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    @property
    def copies(self) -> Counter[str]:
        """How often each Message-ID was accepted."""
        return Counter(one["id"] for one in self._journal("accepted"))

    @property
    def addresses(self) -> Counter[str]:
        """How often a letter for each address was accepted."""
        return Counter(one["to"] for one in self._journal("accepted"))

    @property
    def order(self) -> list[str]:
        """Addresses, in the order in which their letters were accepted."""
        return [one["to"] for one in self._journal("accepted")]

    @property
    def connections(self) -> int:
        """How many connections were opened."""
        return len(self._journal("connected"))

    @property
    def letters(self) -> list[bytes]:
        """What was accepted, where it is kept."""
        return [path.read_bytes() for path in sorted(self.folder.glob("*.eml"))]

    def _journal(self, event: str) -> list[dict[str, Any]]:
        path = self.folder / "journal"
        lines = path.read_text().splitlines() if path.exists() else []
        return [one for one in map(json.loads, lines) if one["event"] == event]


# What the process does


def serve(folder: Path, options: dict[str, Any]) -> None:
    """Serve until standard input is closed; print the port first."""
    loop = asyncio.new_event_loop()
    certificate = options["certificate"]
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) if certificate else None
    if context:
        context.load_cert_chain(*certificate)
    relay = _Relay(folder, options)
    implicit = context if options["implicit"] else None
    listening = loop.create_server(
        lambda: relay.session(context), "127.0.0.1", options["port"], ssl=implicit, reuse_address=True
    )
    server = loop.run_until_complete(listening)
    print(server.sockets[0].getsockname()[1], flush=True)
    loop.add_reader(sys.stdin.fileno(), loop.stop)
    loop.run_forever()


class _Relay:
    """What all connections share: faults, journal, and the handler's hooks of aiosmtpd."""

    def __init__(self, folder: Path, options: dict[str, Any]) -> None:
        self._folder, self._options = folder, options
        self._faults: dict[str, Any] = options["faults"]
        self._begun = self._number = 0
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        self._journal = os.open(folder / "journal", flags)

    def session(self, context: ssl.SSLContext | None) -> asyncio.Protocol:
        from aiosmtpd.smtp import SMTP, AuthResult

        options, relay = self._options, self
        login = options["login"]

        class Session(SMTP):
            command_size_limit = 4096

            def connection_made(self, transport: Any) -> None:
                relay.note({"event": "connected"})
                super().connection_made(transport)

            async def push(self, status: Any) -> None:
                text = status if isinstance(status, str) else status.decode()
                if options["greeting"] and text.startswith("220 relay.example.org"):
                    await super().push(options["greeting"])
                    self.transport.close()
                    return
                await super().push(status)
                if text.startswith("421"):
                    self.transport.close()

            async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
                fault = getattr(self.envelope, "fault", "ok")
                if fault.startswith("data "):
                    await self.push(fault.removeprefix("data "))
                elif fault == "drop in data":
                    await self.push("354 go on")
                    await self._reader.read(1)
                    self.transport.abort()
                else:
                    await super().smtp_DATA(arg)

        def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> Any:
            given = [data.login.decode(), data.password.decode()]
            return AuthResult(success=given == list(login), handled=given == list(login))

        return Session(
            self,
            hostname="relay.example.org",
            data_size_limit=options["size"],
            tls_context=None if options["implicit"] else context,
            require_starttls=bool(context) and not options["implicit"],
            authenticator=authenticate if login else None,
            auth_required=bool(login),
            auth_require_tls=False,
            auth_exclude_mechanism=None if login else ["LOGIN", "PLAIN"],
            command_call_limit={"*": 1_000_000},
            loop=asyncio.get_running_loop(),
        )

    async def handle_MAIL(  # noqa: N802
        self, _server: Any, session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        session.letters = getattr(session, "letters", 0) + 1
        limit = self._options["per_connection"]
        if limit and session.letters > limit:
            return "421 4.7.0 MI:DMC too many messages on this connection"
        self._begun += 1
        envelope.fault = self._next_fault(f"#{self._begun}") or "ok"
        envelope.mail_from = address
        return _said(envelope, "mail") or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if envelope.fault == "ok":
            domain = "@" + address.rpartition("@")[2]
            faults = (self._next_fault(key) for key in (address, domain, "*"))
            envelope.fault = next(filter(None, faults), "ok")
        refused = _said(envelope, "rcpt")
        if refused:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        fault = envelope.fault
        refused = _said(envelope, "dot")
        if refused:
            return refused
        if fault == "drop after dot":
            server.transport.abort()
            return "250 OK"
        queue_id = self._accept(envelope)
        if fault == "take and drop":
            server.transport.abort()
        await asyncio.sleep(float(fault.removeprefix("slow ")) if fault.startswith("slow ") else 0)
        if self._options["delay"]:
            await asyncio.sleep(self._options["delay"])
        return f"250 2.0.0 Ok: queued as {queue_id}"

    def note(self, event: dict[str, Any]) -> None:
        os.write(self._journal, json.dumps(event).encode() + b"\n")

    def _accept(self, envelope: Any) -> str:
        self._number += 1
        found = re.search(rb"^Message-ID:\s*(\S+)", envelope.content, re.IGNORECASE | re.MULTILINE)
        name = found[1].decode() if found else ""
        self.note(
            {"event": "accepted", "id": name, "to": envelope.rcpt_tos[0], "size": len(envelope.content)}
        )
        if self._options["keep"]:
            (self._folder / f"{self._number:06}.eml").write_bytes(envelope.content)
        if self._options["sync"]:
            os.fsync(self._journal)
        return f"4Q{self._number:08}"

    def _next_fault(self, key: str) -> str | None:
        fault = self._faults.get(key)
        return fault if isinstance(fault, str) or not fault else fault.pop(0)


def _said(envelope: Any, at: str) -> str | None:
    fault: str = envelope.fault
    return fault.removeprefix(f"{at} ") if fault.startswith(f"{at} ") else None


if __name__ == "__main__":
    serve(Path(sys.argv[1]), json.loads(sys.argv[2]))
