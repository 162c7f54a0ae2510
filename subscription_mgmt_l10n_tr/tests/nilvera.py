"""Nilvera as a program sees it: it takes documents, refuses them, stays silent, and answers later."""

import json
import re
from urllib.parse import urlsplit

import requests
from lxml import etree

REGISTERED = 1001
INVALID = 2015


class Killed(BaseException):
    """The worker is killed: nothing catches this."""


class Nilvera:
    """What it has taken, and how it behaves.

    :ivar documents: by its number, the XML of each document that it has taken.
    :ivar submitted: number of each document that was sent to it, as often as it was.
    :ivar refused: tax numbers of customers whose documents it refuses at the door, each with the reason.
    :ivar answers: by the number of a document, its (state, description, detail); `waiting` where there is none.
    :ivar silent: "before": the line is dead; "after": it takes the document and the answer is lost;
        "killed": it takes it and the caller dies.
    """

    def __init__(self, taxpayers=()):
        self.taxpayers = set(taxpayers)
        self.documents, self.submitted, self.refused, self.answers = {}, [], {}, {}
        self.asked, self.silent = [], None

    def answer_all(self, state, description="", detail=""):
        self.answers = dict.fromkeys(self.documents, (state, description, detail))

    def request(self, method, url, files=None, **_kwargs):
        """Stand in for `requests.Session.request`."""
        path = urlsplit(url).path
        if method == "POST" and path.endswith("/Send/Xml"):
            return self.take(files["file"][1].read())
        if found := re.search(r"/Check/TaxNumber/(\w+)$", path):
            known = found[1] in self.taxpayers
            return self.respond(200, [{"Name": f"urn:mail:{found[1]}@example.com"}] if known else [])
        if found := re.search(r"/([\w-]+)/Status$", path):
            return self.tell(found[1])
        raise AssertionError(f"unexpected request: {method} {url}")

    def take(self, xml):
        tree = etree.fromstring(xml)
        number, vat = tree.findtext("{*}UUID"), self.get_customer(tree)
        if self.silent == "before":
            raise requests.ConnectTimeout
        self.submitted.append(number)
        if number in self.documents:
            return self.refuse(409, REGISTERED, "ETTN", number)
        if vat in self.refused:
            return self.refuse(422, INVALID, "", self.refused[vat])
        self.documents[number] = xml
        if self.silent == "after":
            raise requests.ReadTimeout
        if self.silent == "killed":
            raise Killed
        return self.respond(200, {"UUID": number})

    @staticmethod
    def get_customer(tree):
        return tree.findtext("{*}AccountingCustomerParty/{*}Party/{*}PartyIdentification/{*}ID")

    def tell(self, number):
        self.asked.append(number)
        if self.silent:
            raise requests.ConnectTimeout
        if number not in self.documents:
            return self.respond(404, {"Message": "not found"})
        state, description, detail = self.answers.get(number, ("waiting", "", ""))
        status = {"Code": state, "Description": description, "DetailDescription": detail}
        return self.respond(200, {"InvoiceStatus": status})

    def refuse(self, status, code, description, detail):
        return self.respond(status, {"Errors": [{"Code": code, "Description": description, "Detail": detail}]})

    @staticmethod
    def respond(status, content):
        response = requests.Response()
        response.status_code = status
        response._content = json.dumps(content).encode()
        return response
