"""Read a stranger's file in a process of its own, with limits on its time and memory.

Whatever a workbook does to a parser, it happens there: the process is given up and the file is refused, and the
server goes on. What comes back may hold plain values and our own tuples only.
"""

import io
import logging
import os
import pickle
import subprocess
import sys
from pathlib import Path

from ..refusal import Refusal
from ..workbook import cells
from . import header as import_header
from . import rows as import_rows
from . import rules as import_rules

_logger = logging.getLogger(__name__)

MEMORY = 1536 * 1024 * 1024
CPU_SECONDS = 120
WALL_SECONDS = 300
WORKER = Path(__file__).parent / "sandbox_worker.py"
# What the worker needs to find Python and its libraries; nothing else of the server's environment reaches it.
ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LANG", "LC_ALL", "SYSTEMROOT")
PLAIN = {("builtins", "set"), ("datetime", "date"), ("datetime", "datetime")}
OURS = {
    "workbook.cells": (cells, {"Fault", "PaddedNumber", "Percent"}),
    "importing.header": (import_header, {"Header", "Match"}),
    "importing.rows": (import_rows, {"Reading"}),
    "importing.rules": (import_rules, {"Group", "Problem", "Row"}),
}


def read_file(content: bytes, filename: str, options: import_rows.Options) -> import_rows.Reading:
    """Return every row of a file, as :func:`.import_rows.read_rows`.

    The file is read in the other process; what it says is checked here, by the rules of any add-on's layout.

    :raise Refusal: as :func:`.workbook.read`, and ``too_much_work`` when it used up its time or memory
    """
    return import_rows.check_rows(_run("read", content, filename, options), options.layout)


def read_raw(content: bytes, filename: str, options: import_rows.Options, numbers: set[int]):
    """Return the heading row and some others as they stand in the file, as :func:`.import_rows.read_raw_rows`.

    :raise Refusal: as :func:`read_file`
    """
    return _run("raw", content, filename, options, numbers)


def _run(task, content, filename, options, *rest):
    request = (task, content, filename, (options.layout.spec, *options[1:]), *rest)
    environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    limits = [str(MEMORY), str(CPU_SECONDS)]
    try:
        done = subprocess.run(
            [sys.executable, "-B", str(WORKER), *limits],
            input=pickle.dumps(request),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd="/",
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refusal("too_much_work")
    if done.returncode or not done.stdout:
        raise Refusal("too_much_work")
    kind, value = _Unpickler(io.BytesIO(done.stdout)).load()
    if kind == "failed":
        _logger.warning("A file that was to be imported could not be read:\n%s", value)
        raise Refusal("corrupt_file")
    if kind == "refused":
        code, params = value
        raise Refusal(code, **params)
    return value


class _Unpickler(pickle.Unpickler):
    """Takes nothing from the worker but plain values and our own tuples."""

    def find_class(self, module, name):
        if (module, name) in PLAIN:
            return super().find_class(module, name)
        own, names = OURS.get(module.removeprefix("tools."), (None, ()))
        if name not in names:
            raise pickle.UnpicklingError(f"{module}.{name}")
        return getattr(own, name)
