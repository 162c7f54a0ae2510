"""A little mail server for tests and benchmarks: it takes whatever is sent to it, and keeps it.

Plain Python over sockets, one thread a connection; the newer versions of Python have none of their own any more.
"""

import contextlib
import email
import socketserver
import threading


class _Handler(socketserver.StreamRequestHandler):
    """One connection: as much of the protocol as Odoo speaks."""

    def handle(self):
        self._say("220 ready")
        while command := self.rfile.readline().decode().strip().upper():
            if command.startswith("QUIT"):
                self._say("221 bye")
                return
            if command.startswith("DATA"):
                self._say("354 go on")
                self.server.take(self._read_message())
            self._say("250 ok")

    def _say(self, line):
        with contextlib.suppress(OSError):  # whoever sent it is gone: what was taken is taken
            self.wfile.write(f"{line}\r\n".encode())

    def _read_message(self):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return email.message_from_bytes(b"".join(lines))


class MailServer(socketserver.ThreadingTCPServer):
    """Serves on a free port of this machine while its `with` block lasts.

    :ivar messages: what has arrived, in this order.
    :ivar hold: when set, called with each message after it has arrived and before the sender is told so.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.messages, self.hold = [], None
        self._thread = threading.Thread(target=self.serve_forever)

    @property
    def port(self):
        return self.server_address[1]

    @property
    def recipients(self):
        """Addresses, one for each message that has arrived."""
        return [message["To"] for message in self.messages]

    def take(self, message):
        """Keep a message; from here on it counts as delivered."""
        self.messages.append(message)
        if self.hold:
            self.hold(message)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self.shutdown()
        self._thread.join()
        self.server_close()
