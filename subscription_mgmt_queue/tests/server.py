"""A real server with workers and the real job runner, on a free port of this machine."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys

import psutil

from odoo.tools import config


def free_ports(count):
    """That many ports on which nobody listens, below those that the system gives to outgoing connections."""
    with contextlib.ExitStack() as held:
        ports = []
        while len(ports) < count:
            candidate = held.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                candidate.bind(("127.0.0.1", random.randint(20000, 29999)))
                ports.append(candidate.getsockname()[1])
        return ports


class QueueServer:
    """Started as an administrator would, but without scheduled actions: the test is what calls them."""

    def __init__(self, database, log, channels="root:2", workers=3):
        port, websocket_port = free_ports(2)
        script = os.environ.get("ODOO_BIN") or sys.argv[0]
        options = [
            f"--database={database}",
            f"--db-filter=^{database}$",
            "--load=base,web,queue_job",
            f"--workers={workers}",
            "--max-cron-threads=0",
            f"--http-port={port}",
            "--http-interface=127.0.0.1",
            f"--gevent-port={websocket_port}",
            f"--addons-path={','.join(config['addons_path'])}",
            f"--data-dir={config['data_dir']}",
            "--log-level=info",
        ]
        options += [f"--{name}={config[name]}" for name in ("db_host", "db_port", "db_user") if config[name]]
        environment = {**os.environ, "ODOO_QUEUE_JOB_CHANNELS": channels}
        command = [sys.executable, script, *options]
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )

    def get_children(self):
        """Numbers of its processes."""
        return [child.pid for child in psutil.Process(self.process.pid).children(recursive=True)]

    def kill(self):
        """End it at once, with all its processes: as a power cut does."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
