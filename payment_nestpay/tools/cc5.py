"""The XML that server and bank exchange: requests are built, never pasted together; answers are read defensively."""

from dataclasses import dataclass, field

from lxml import etree

MAX_ANSWER = 256 * 1024
ROOT = "CC5Response"


class NotAnAnswer(Exception):
    """What came back is no answer of the interface: a page of HTML, something huge, or XML with tricks."""


@dataclass(frozen=True)
class Account:
    """Who asks. The password appears nowhere else, and not in its representation."""

    merchant: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """One answer; elements that are missing or empty are empty texts."""

    elements: dict
    extra: dict

    def get(self, name):
        return self.elements.get(name, "")

    @property
    def approved(self):
        return self.get("Response") == "Approved" and self.get("ProcReturnCode") == "00"

    @property
    def error_code(self):
        return self.extra.get("ERRORCODE", "")


def build(account, elements=(), extra=()):
    """A request as bytes.

    :param elements: (name, text) below the root, after the account's.
    :param extra: (name, text) inside `Extra`.
    """
    root = etree.Element("CC5Request")
    head = (("Name", account.user), ("Password", account.password), ("ClientId", account.merchant))
    for name, text in (*head, *elements):
        etree.SubElement(root, name).text = text
    if extra:
        inner = etree.SubElement(root, "Extra")
        for name, text in extra:
            etree.SubElement(inner, name).text = text
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def parse(content):
    """Read an answer.

    :param bytes content: as it came; it may come from anybody who sits on the line.
    :raise NotAnAnswer: it is none.
    """
    if len(content) > MAX_ANSWER:
        raise NotAnAnswer("too long")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content.strip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotAnAnswer("no XML") from error
    if root.tag != ROOT or root.getroottree().docinfo.doctype:
        raise NotAnAnswer("another document")
    extra = root.find("Extra")
    return Answer(texts(root), texts(extra) if extra is not None else {})


def texts(element):
    """Texts of the elements directly below, by name."""
    return {
        child.tag: (child.text or "").strip()
        for child in element
        if isinstance(child.tag, str) and child.tag != "Extra"
    }
