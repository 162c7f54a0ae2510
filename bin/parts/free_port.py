"""Print free TCP ports, as many as asked for: `free_port.py 2`.

Looked for below the ports that the system itself gives to outgoing connections, so that none takes one meanwhile, and
at random, so that two checkouts that start together do not choose alike.
"""

import contextlib
import random
import socket
import sys

FIRST, LAST = 20000, 29999


def free_ports(count):
    """That many different ports on which nobody listens."""
    with contextlib.ExitStack() as held:
        ports = []
        while len(ports) < count:
            candidate = held.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                candidate.bind(("127.0.0.1", random.randint(FIRST, LAST)))
                ports.append(candidate.getsockname()[1])
        return ports


if __name__ == "__main__":
    print(*free_ports(int(sys.argv[1])))
