"""Lay out XML files: `xml_format.py FILE…` shows what is not as it should be, `xml_format.py --fix FILE…` mends it.

* A tag that begins a line stands four spaces further in than the tag around it.
* An attribute that begins a line stands below the first attribute of its tag, if that tag begins a line.
* A line that is too long is broken before an attribute of the tag that begins it. What has no such place (a sentence, a
  long value) is left.
* No spaces at the end of a line, no tabs, one line end at the end of the file.

Everything else is the author's: line breaks that fit, the order of attributes, the text between tags, and all that is
inside `<pre>`, `xml:space="preserve"` and fields of the type html, whose spaces are part of what is sent or shown.
Only the standard library is needed, and all files of the project take less than a second.
"""

import difflib
import re
import sys
from bisect import bisect_right
from pathlib import Path
from xml.parsers import expat

INDENT, WIDTH = 4, 120

ATTRIBUTE = r"[\w.:@-]+\s*=\s*(?:\"[^\"]*\"|'[^']*')"
MARKUP = re.compile(
    rf"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|</[^>]*>|<(?P<name>[\w.:-]+)(?P<attributes>(?:\s+{ATTRIBUTE})*)\s*(?P<empty>/?)>",
    re.S,
)
KEEPS_SPACES = re.compile(r"xml:space=.preserve|type=.html")


class Lines:
    """The lines of a text, and on which of them (and where) an offset stands."""

    def __init__(self, source):
        self.starts = [0, *(found.end() for found in re.finditer("\n", source))]
        self.texts = source.split("\n")

    def place(self, offset):
        line = bisect_right(self.starts, offset) - 1
        return line, offset - self.starts[line]

    def begins(self, offset):
        """Whether it is the first thing on its line."""
        line, column = self.place(offset)
        return not self.texts[line][:column].strip()


def tags(source):
    """(match, depth) of all markup outside of what keeps its spaces; an end tag is as deep as its start."""
    stack = []
    for found in MARKUP.finditer(source):
        if found[0].startswith("</"):
            stack.pop()
        if not any(stack):
            yield found, len(stack)
        if found["name"] and not found["empty"]:
            stack.append(found["name"] == "pre" or bool(KEEPS_SPACES.search(found["attributes"])))


def attributes(found):
    """Offsets of the attributes of a start tag."""
    if not found["name"]:
        return []
    return [found.start("attributes") + match.start() for match in re.finditer(ATTRIBUTE, found["attributes"])]


def indented(source):
    """The text with every tag, and every attribute that begins a line, where it belongs."""
    lines = Lines(source)
    wanted = {}  # line: column of its first character
    for found, depth in tags(source):
        if not lines.begins(found.start()):
            continue
        line, _column = lines.place(found.start())
        wanted[line] = INDENT * depth
        for offset in attributes(found):
            if lines.begins(offset):
                wanted[lines.place(offset)[0]] = wanted[line] + len(f"<{found['name']} ")
    return "\n".join(
        " " * wanted[number] + text.lstrip() if number in wanted else text for number, text in enumerate(lines.texts)
    )


def broken(source):
    """The text with a line end before attributes that do not fit on their line."""
    lines = Lines(source)
    cuts = {}  # line: where to break it, and how far the rest is to be moved in
    for found, _depth in tags(source):
        if not lines.begins(found.start()):
            continue
        first, *others = attributes(found) or [0]
        for offset in others:
            line, column = lines.place(offset)
            fits = column - 1 <= WIDTH or line not in cuts
            if len(lines.texts[line]) > WIDTH and not lines.begins(offset) and fits:
                cuts[line] = column, lines.place(first)[1]
    return "\n".join(
        f"{text[: cuts[number][0]].rstrip()}\n{' ' * cuts[number][1]}{text[cuts[number][0] :]}"
        if number in cuts
        else text
        for number, text in enumerate(lines.texts)
    )


def laid_out(source):
    """The text as it should be; laying it out once more changes nothing."""
    text = "\n".join(line.expandtabs(INDENT).rstrip() for line in source.rstrip().split("\n")) + "\n"
    while (better := broken(indented(text))) != text:
        text = better
    return text


def check(path, fix):
    """What is wrong with a file, as text; mended as far as that can be."""
    source = path.read_text(encoding="utf-8")
    try:
        expat.ParserCreate().Parse(source.encode(), True)
    except expat.ExpatError as error:
        return f"{path}:{error.lineno}: not well-formed: {expat.ErrorString(error.code)}\n"
    better = laid_out(source)
    if fix and better != source:
        path.write_text(better, encoding="utf-8")
        source = better
    old, new = source.splitlines(keepends=True), better.splitlines(keepends=True)
    return "".join(difflib.unified_diff(old, new, str(path), "laid out", n=0))


def main(*arguments):
    fix = "--fix" in arguments
    wrong = [found for argument in arguments if argument != "--fix" if (found := check(Path(argument), fix))]
    print(*wrong, sep="", end="")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
