"""ANAF's SPV as a program sees it: it takes documents, gives them an index, stays silent, and judges later."""

import io
import json
import zipfile
from urllib.parse import urlsplit

import requests
from lxml import etree

STATUS = "mfp:anaf:dgti:efactura:stareMesajFactura:v1"
REPORT = "mfp:anaf:dgti:efactura:mesajEroriFactuta:v1"
# Odoo takes the signature of a listed message for base64: the letters in here are a multiple of four.
SIGNATURE = (
    b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignatureValue>%s</SignatureValue>'
    b"<X509Certificate>cert</X509Certificate></Signature>"
)


class Killed(BaseException):
    """The worker is killed: nothing catches this."""


class Anaf:
    """What it has taken, and how it behaves.

    :ivar documents: by index, the XML of each document that it has taken.
    :ivar door: what it says at once of everything that is sent, if it refuses it.
    :ivar verdicts: by index, the reason of a refusal, or an empty string for what was validated.
    :ivar silent: "after": it takes a document and the answer is lost; "killed": it takes it and the caller dies.
    """

    def __init__(self):
        self.documents, self.verdicts = {}, {}
        self.door = self.silent = None

    def judge_all(self, reason=""):
        self.verdicts = {index: self.verdicts.get(index, reason) for index in self.documents}

    def request(self, method, url, params=None, data=None, **_kwargs):
        """Stand in for `requests.Session.request`."""
        endpoint = urlsplit(url).path.rsplit("/", 1)[-1]
        if endpoint in ("upload", "uploadb2c"):
            return self.take(data)
        if endpoint == "stareMesaj":
            return self.tell(params["id_incarcare"])
        if endpoint == "descarcare":
            return self.respond(self.get_answer(params["id"]))
        if endpoint == "listaMesajeFactura":
            return self.list_messages()
        raise AssertionError(f"unexpected request: {method} {url}")

    def take(self, xml):
        if self.door:
            return self.respond(
                f'<header xmlns="{STATUS}" ExecutionStatus="1"><Errors errorMessage="{self.door}"/></header>'.encode()
            )
        index = str(5000 + len(self.documents))
        self.documents[index] = xml
        if self.silent == "after":
            raise requests.ReadTimeout
        if self.silent == "killed":
            raise Killed
        return self.respond(f'<header xmlns="{STATUS}" ExecutionStatus="0" index_incarcare="{index}"/>'.encode())

    def tell(self, index):
        if index not in self.verdicts:
            return self.respond(f'<header xmlns="{STATUS}" stare="in prelucrare"/>'.encode())
        word = "nok" if self.verdicts[index] else "ok"
        return self.respond(f'<header xmlns="{STATUS}" stare="{word}" id_descarcare="{index}"/>'.encode())

    def get_answer(self, index):
        """The archive with the document, or with the faults in it, and the signature."""
        content, reason = self.documents[index], self.verdicts[index]
        if reason:
            content = f'<header xmlns="{REPORT}"><Error errorMessage="{reason}"/></header>'.encode()
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(f"{index}.xml", content)
            archive.writestr(f"semnatura_{index}.xml", self.get_signature())
        return stream.getvalue()

    @staticmethod
    def get_signature():
        alphabet = set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        for length in range(4):
            signature = SIGNATURE % (b"s" * (length + 1))
            printed = etree.tostring(
                etree.fromstring(signature), pretty_print=True, xml_declaration=True, encoding="UTF-8"
            )
            if sum(byte in alphabet for byte in printed) % 4 == 0:
                return signature
        return None

    def list_messages(self):
        messages = [
            {"id": index, "id_solicitare": index, "tip": "ERORI FACTURA" if reason else "FACTURA TRIMISA"}
            for index, reason in self.verdicts.items()
        ]
        return self.respond(json.dumps({"mesaje": messages}).encode())

    @staticmethod
    def respond(content):
        response = requests.Response()
        response.status_code = 200
        response._content = content
        return response
