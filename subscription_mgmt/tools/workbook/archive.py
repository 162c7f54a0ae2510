"""Open the archive behind an .xlsx without believing what it says about itself."""

import io
import posixpath
import zipfile
import zlib
from xml.parsers import expat

from ..refusal import Refusal

MAX_MEMBERS = 5000
MAX_PART = 256 * 1024 * 1024
MAX_TOTAL = 512 * 1024 * 1024
MAX_RATIO = 300
RATIO_COUNTS_FROM = 1024 * 1024  # a small part may be anything; a big one that shrinks 300 times is a trap
CHUNK = 64 * 1024
MAX_TOKEN = 4 * 1024 * 1024  # of a tag or remark; the parser starts it again with every chunk
MAX_ELEMENTS = 1_000_000  # of a part that is kept whole: ten times what Excel allows
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # Office knows no other, and others inflate in leaps


class Archive:
    """The parts of an Office file, inflated bit by bit and counted."""

    def __init__(self, content: bytes):
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            members = self._zip.infolist()
        except Exception:  # a damaged directory fails in many ways
            raise Refusal("corrupt_file")
        if len(members) > MAX_MEMBERS:
            raise Refusal("suspicious_archive")
        if any(member.flag_bits & 1 for member in members):
            raise Refusal("encrypted")
        # Some programs write part names with a backslash, a leading slash or in another case.
        self._members = {part_name(member.filename): member for member in members}
        if len(self._members) != len(members):  # two parts of one name: every reader would take another
            raise Refusal("corrupt_file")
        self._inflated = 0

    def __contains__(self, name: str) -> bool:
        return part_name(name) in self._members

    def names(self) -> list[str]:
        """Return the names of all parts, in small letters."""
        return list(self._members)

    def chunks(self, name: str):
        """Yield the bytes of a part, 64 kB at a time.

        :raise Refusal: ``corrupt_file`` when it is missing or damaged, ``suspicious_archive`` when it grows too big
        """
        member = self._members.get(part_name(name))
        if member is None or member.compress_type not in METHODS:
            raise Refusal("corrupt_file")
        size = 0
        try:
            with self._zip.open(member) as stream:
                while chunk := stream.read(CHUNK):
                    size += len(chunk)
                    self._check_growth(size, len(chunk), member.compress_size)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
            raise Refusal("corrupt_file")

    def _check_growth(self, size, grown, compressed):
        self._inflated += grown
        too_big = size > MAX_PART or self._inflated > MAX_TOTAL
        if too_big or (size > RATIO_COUNTS_FROM and size > MAX_RATIO * max(compressed, 1)):
            raise Refusal("suspicious_archive")

    def parse(self, name: str, start: dict, end: dict, text):
        """Walk through an XML part; a generator that pauses after every chunk.

        :param start: local name of an element → what is called with its attributes
        :param end: local name of an element → what is called at its end
        :param text: called with pieces of text
        :raise Refusal: ``dtd_forbidden`` for a document type (entities live there), ``corrupt_file``
        """
        starts, ends = _Handlers(start), _Handlers(end)
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda tag, attributes: starts[tag](attributes)
        parser.EndElementHandler = lambda tag: ends[tag]()
        parser.CharacterDataHandler = text
        return self._walk(name, parser)

    def elements(self, name: str) -> list[tuple[str, dict]]:
        """Return local name and attributes of every element of a small part.

        :raise Refusal: as :meth:`parse`, and ``suspicious_archive`` for more of them than any workbook has
        """
        found = []
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda tag, attributes: found.append((_local_name(tag), attributes))
        for _ in self._walk(name, parser):
            if len(found) > MAX_ELEMENTS:
                raise Refusal("suspicious_archive")
        return found

    def _walk(self, name, parser):
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        fed = 0
        try:
            for chunk in self.chunks(name):
                parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - parser.CurrentByteIndex > MAX_TOKEN:
                    raise Refusal("suspicious_archive")
                yield
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, LookupError):
            raise Refusal("corrupt_file")
        yield

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """Return the relations of a part: id → (last word of the type, full name of the target)."""
        folder, file = posixpath.split(name)
        relations = f"{folder}/_rels/{file}.rels"
        if relations not in self:
            raise Refusal("corrupt_file")
        return {
            attributes.get("Id", ""): (
                attributes.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join(f"/{folder}", attributes.get("Target", "").replace("\\", "/"))),
            )
            for tag, attributes in self.elements(relations)
            if tag == "Relationship"
        }


class _Handlers(dict):
    """Handlers by the name of an element as it is written; whatever prefix it has, its local name counts."""

    def __missing__(self, tag):
        handler = self[tag] = self.get(_local_name(tag), _ignore)
        return handler


def _ignore(*_args):
    """Handle an element that says nothing we need."""


def _local_name(tag):
    return tag[tag.find(":") + 1 :]


def part_name(name: str) -> str:
    """Return the form under which parts are compared."""
    return name.replace("\\", "/").lstrip("/").lower()


def _refuse_doctype(*_args):
    raise Refusal("dtd_forbidden")
