"""The process that reads a stranger's file: started by :mod:`.sandbox`, with its limits as arguments."""

import gc
import pickle
import sys
import traceback
from pathlib import Path


def limit(memory: int, cpu_seconds: int):
    """Cap the memory, the time and the files of this process; where the system knows no limits, go without."""
    try:
        import resource
    except ImportError:
        return
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


def main():
    """Answer the request on standard input."""
    limit(int(sys.argv[1]), int(sys.argv[2]))
    gc.disable()  # what is read is kept to the end; to search millions of values for garbage costs a tenth of the time
    # The package of the plain-Python tools by itself: the add-on around it would need Odoo.
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    # The answer alone goes to the server: what a parser prints about a file would spoil it.
    output, sys.stdout = sys.stdout.buffer, sys.stderr
    task, content, filename, options, *rest = pickle.load(sys.stdin.buffer)
    from tools import workbook
    from tools.importing import rows as import_rows
    from tools.importing.layout import Layout
    from tools.refusal import Refusal

    try:
        spec, *chosen = options
        options = import_rows.Options(Layout(*spec), *chosen)
        sheets = workbook.read(content, filename)
        if task == "read":
            answer = ("done", import_rows.read_cells(sheets, options))
        else:
            answer = ("done", import_rows.read_raw_rows(sheets, options, *rest))
    except Refusal as refusal:
        answer = ("refused", (refusal.code, refusal.params))
    except MemoryError:
        sys.exit(3)
    except Exception:
        answer = ("failed", traceback.format_exc())
    pickle.dump(answer, output, protocol=5)


if __name__ == "__main__":
    main()
