"""bin/odoo as a server: with workers it serves pages and websockets, and it survives a reload."""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import unittest
import urllib.request
from pathlib import Path

import psutil
import websocket

sys.path.insert(0, str(Path(__file__).parent))
from free_port import free_ports

COMMAND = Path(__file__).parents[1] / "odoo"
DATABASE = os.environ.get("TEST_DB", "")
PATIENCE = 120  # seconds; only a server that does not come up takes them

PAGES_UP = "HTTP service (werkzeug) running"
WEBSOCKETS_UP = "Evented Service (longpolling) running"
DATABASE_LOADED = "Registry loaded"


class Server:
    """A running `bin/odoo`, and what it logs."""

    def __init__(self, *options):
        self.port, self.gevent_port = free_ports(2)
        command = [COMMAND, "-d", DATABASE, "--db-filter", f"^{DATABASE}$", "--max-cron-threads=0"]
        ports = ["--http-port", str(self.port), "--gevent-port", str(self.gevent_port)]
        self.process = subprocess.Popen([*command, *ports, *options], stderr=subprocess.PIPE, text=True)
        self.lines, self.log = queue.Queue(), []
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stderr:
            self.lines.put(line)
        self.lines.put("")

    def wait_for(self, *messages):
        """Read the log on until each of the messages has come (again)."""
        missing = set(messages)
        while missing:
            try:
                line = self.lines.get(timeout=PATIENCE)
            except queue.Empty:
                line = ""
            self.log.append(line)
            if not line:
                raise AssertionError(f"the server never logs {missing}:\n" + "".join(self.log))
            missing -= {message for message in missing if message in line}

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE) as answer:
            return answer.read().decode()

    def greet(self):
        """Status of the handshake of a websocket; the process answers a moment after it has said that it runs."""
        with contextlib.closing(connect(f"ws://127.0.0.1:{self.gevent_port}/websocket")) as connection:
            return connection.getstatus()

    def stop(self):
        """End it as a terminal or a service manager does; return its exit code and the children that it left."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        self.process.terminate()
        code = self.process.wait(PATIENCE)
        _gone, alive = psutil.wait_procs(family, PATIENCE)
        return code, alive

    def end(self):
        """Leave nothing behind, whatever the test has come to."""
        for child in psutil.Process(self.process.pid).children(recursive=True) if self.process.poll() is None else ():
            child.kill()
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stderr.close()


def connect(url):
    """A websocket; the port is tried until it is open, which it is soon after the process has said that it runs."""
    for _attempt in range(PATIENCE):
        with contextlib.suppress(ConnectionRefusedError):
            return websocket.create_connection(url, timeout=PATIENCE)
        threading.Event().wait(0.1)
    raise AssertionError(f"{url} does not open")


class TestServer(unittest.TestCase):
    def start(self, *options):
        server = Server(*options)
        self.addCleanup(server.end)
        return server

    def test_with_workers_pages_and_websockets_come_back_after_a_reload(self):
        server = self.start("--workers=2")
        self.assert_serves(server, websockets=True)
        server.process.send_signal(signal.SIGHUP)
        self.assert_serves(server, websockets=True)
        self.assertEqual(server.stop(), (0, []))

    def test_with_threads_pages_come_back_after_a_reload(self):
        server = self.start("--workers=0")
        self.assert_serves(server)
        server.process.send_signal(signal.SIGHUP)
        self.assert_serves(server)
        self.assertEqual(server.stop(), (0, []))

    def assert_serves(self, server, websockets=False):
        """Wait until the server has come up; then a page is there and, with workers, a websocket."""
        server.wait_for(PAGES_UP, WEBSOCKETS_UP if websockets else DATABASE_LOADED)
        self.assertIn('name="login"', server.get("/web/login"))
        if websockets:
            self.assertEqual(server.greet(), 101, "the websocket process takes the connection over")


if __name__ == "__main__":
    unittest.main()
