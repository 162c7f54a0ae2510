"""Carry a fresh export of an add-on's terms into its translations: `translations.py FRESH.pot I18N_FOLDER [--check]`.

What is translated stays. A term whose English has changed a little keeps what it was as a remark above the empty
translation (not marked fuzzy: Odoo shows fuzzy ones as if they were right). What is gone goes. Files that say the same
as before are not touched, so that a run without news leaves no trace.
"""

import difflib
import sys
from pathlib import Path

import polib

ALIKE = 0.8  # how much of a sentence must be the same for its translation to be of use
EXPORTED = "POT-Creation-Date"


def merged(old, fresh):
    """The translation with the terms of the export, in their order: (file, new, changed, gone)."""
    known = {entry.msgid: entry for entry in old if not entry.obsolete}
    gone = {msgid: known[msgid] for msgid in known.keys() - {entry.msgid for entry in fresh}}
    result, new, changed = polib.POFile(), [], []
    result.header, result.metadata = old.header, dict(old.metadata)
    for term in fresh:
        entry = polib.POEntry(msgid=term.msgid, comment=term.comment, occurrences=term.occurrences)
        if term.msgid in known:
            entry.msgstr = known[term.msgid].msgstr
            entry.tcomment = "" if entry.msgstr else known[term.msgid].tcomment
        elif alike := difflib.get_close_matches(term.msgid, gone, n=1, cutoff=ALIKE):
            entry.tcomment = f"was: {alike[0]}\n     {gone[alike[0]].msgstr}"
            changed.append(term.msgid)
        else:
            new.append(term.msgid)
        result.append(entry)
    return result, new, changed, sorted(gone)


def says_the_same(one, other):
    """Whether two files have the same entries, whenever they were written."""
    return list(map(str, one)) == list(map(str, other))


def update(path, fresh, check):
    """Bring one translation up to date; return how many terms it lacks."""
    old = polib.pofile(path)
    result, new, changed, gone = merged(old, fresh)
    missing = [entry.msgid for entry in result if not entry.translated()]
    news = f"{len(new)} new, {len(changed)} changed, {len(gone)} gone"
    print(f"{path.name}: {news}; {len(missing)} of {len(result)} missing")
    for msgid in missing[:20]:
        print(f"    {msgid!r:.110}")
    if not check and not says_the_same(old, result):
        result.metadata[EXPORTED] = fresh.metadata[EXPORTED]
        result.save(path)
    return len(missing)


def main(export, folder, check=""):
    fresh, folder = polib.pofile(export), Path(folder)
    template = folder / Path(export).name
    if not check and not (template.exists() and says_the_same(polib.pofile(template), fresh)):
        folder.mkdir(exist_ok=True)
        template.write_bytes(Path(export).read_bytes())
    lacking = sum(update(path, fresh, check) for path in sorted(folder.glob("*.po")))
    return bool(check and lacking)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
