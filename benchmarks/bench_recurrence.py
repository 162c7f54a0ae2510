"""Recurrences side by side: the expansion of rules, beside dateutil, and their interactions, beside Odoo's calendar."""

import measure
import recurrence_expansion
import recurrence_generation

NAME = "recurrence"
SIZES = "10000"
# Each half has `run(options)`, which returns its text and its rows, and the name of its job.
HALVES = [recurrence_expansion, recurrence_generation]
JOBS = {
    recurrence_expansion.JOB: recurrence_expansion.expand_all,
    recurrence_generation.JOB: recurrence_generation.generate,
}


def do_job(job, **arguments):
    """What a child process was started for."""
    measure.answer(JOBS[job](**arguments))


def main():
    """Read the options, measure, and publish the table; in a child process do its job."""
    parser = measure.make_parser(NAME, __doc__, SIZES)
    parser.set_defaults(repeat=3)
    options = parser.parse_args()
    if options.child:
        return do_job(**options.child)
    results = [half.run(options) for half in HALVES]
    rows = [row for _text, rows in results for row in rows]
    measure.publish(NAME, "\n\n".join(text for text, _rows in results), rows, options.json)


if __name__ == "__main__":
    main()
