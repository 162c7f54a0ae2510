"""What stands around a queue in a company: Odoo servers, the balancer before them, and a mail server."""

import asyncio
import collections
import contextlib
import os
import signal
import subprocess
import sys
import threading

sys.path.append(os.path.join(os.environ["ROOT"], "bin", "parts"))

from free_port import free_ports

LIMITS = ["--limit-time-real=600", "--limit-time-cpu=600"]


class Server:
    """An Odoo server with workers for requests and jobs, one for scheduled actions, and a job runner.

    There are more workers than jobs: a PDF asks its server for styles and fonts while its job waits for it.
    """

    def __init__(self, database, channels, log, jobs_port=None):
        self.port, websocket_port = free_ports(2)
        options = [f"--http-port={self.port}", f"--gevent-port={websocket_port}", "--http-interface=127.0.0.1"]
        options += ["--workers=4", "--max-cron-threads=1", "--load=base,web,queue_job", "--log-level=warn", *LIMITS]
        options += [f"--database={database}", f"--db-filter=^{database}$"]
        jobs = {"ODOO_QUEUE_JOB_CHANNELS": channels, "ODOO_QUEUE_JOB_PORT": str(jobs_port or self.port)}
        self.process = subprocess.Popen(
            [sys.executable, os.environ["ODOO_BIN"], *options],
            env={**os.environ, "ODOO_QUEUE_JOB_HOST": "127.0.0.1", **jobs},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def kill(self):
        """End it with all its processes at once, as a host does that loses its power."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Loop:
    """Services of this process, in a thread of their own."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.tasks = set()  # the loop itself holds them weakly
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def serve(self, handler):
        """Listen on a free port; return it."""
        [port] = free_ports(1)

        def begin(reader, writer):
            task = self.loop.create_task(handler(reader, writer))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

        start = asyncio.start_server(begin, "127.0.0.1", port)
        asyncio.run_coroutine_threadsafe(start, self.loop).result(10)
        return port

    def close(self):
        """Hang up whoever is still connected, and end."""
        asyncio.run_coroutine_threadsafe(self.hang_up(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def hang_up(self):
        """End all that is being served."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


class Balancer:
    """Hands each job to the server that has the fewest, as HAProxy or nginx do with `least_conn`; pages in turns.

    Odoo's runner hangs up after a second, while the job goes on: what is open towards a server is what counts.
    """

    def __init__(self, loop):
        self.ports, self.jobs, self.pages = [], collections.Counter(), collections.Counter()
        self.port = loop.serve(self.handle)

    def add(self, server):
        self.ports.append(server.port)

    async def handle(self, reader, writer):
        """Take one connection over."""
        first = await reader.read(65536)
        is_job = first.startswith(b"GET /queue_job/")
        port, upstream = await self.connect(self.jobs if is_job else self.pages)
        if not upstream:
            writer.close()
            return
        try:
            upstream[1].write(first)
            await asyncio.gather(pump(reader, upstream[1], half=True), pump(upstream[0], writer))
        finally:
            if is_job:
                self.jobs[port] -= 1
            upstream[1].close()

    async def connect(self, counts):
        """Port and streams of the first server that answers, the least busy first."""
        for port in sorted(self.ports, key=lambda port: counts[port]):
            counts[port] += 1
            with contextlib.suppress(OSError):
                return port, await asyncio.open_connection("127.0.0.1", port)
            counts[port] -= 1
        return None, None


async def pump(reader, writer, half=False):
    """Copy what comes until the end of it; who has hung up is written to no more."""
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            if not writer.is_closing():
                writer.write(data)
                with contextlib.suppress(OSError):
                    await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        if half:
            writer.write_eof()
        else:
            writer.close()


class MailServer:
    """Takes every mail, and counts how many each address got."""

    def __init__(self, loop):
        self.mails = collections.Counter()
        self.port = loop.serve(self.handle)

    async def handle(self, reader, writer):
        """The little of SMTP that a client needs."""
        writer.write(b"220 bench\r\n")
        recipients = []
        while line := await reader.readline():
            word = line[:4].upper()
            answer = b"250 ok"
            if word == b"RCPT":
                recipients.append(line.decode().partition(":")[2].strip().strip("<>"))
            elif word == b"DATA":
                writer.write(b"354 go on\r\n")
                while (await reader.readline()) != b".\r\n":
                    pass
                self.mails.update(recipients)
                recipients = []
            elif word == b"QUIT":
                answer = b"221 bye"
            writer.write(answer + b"\r\n")
            if word == b"QUIT":
                break
        writer.close()
