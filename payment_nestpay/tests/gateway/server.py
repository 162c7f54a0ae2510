"""The server: the payment page, the interface, and the reports that the bank sends by itself."""

import threading
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from . import pages
from .bank import OUTCOMES

LOOPBACK = "127.0.0.1"

# Faults that can be switched on
DOWN = "down"  # a proxy answers in place of the gateway
HTML = "html"  # the interface answers with a page
BEFORE = "before"  # the line breaks before anything was done
AFTER = "after"  # the line breaks after it was done: the caller cannot know


class Gateway:
    """A running gateway; `stop()` ends it.

    :param bank: the books.
    :param port: 0 for any that is free.
    :param press: outcome whose button a script presses, for browsers that nobody sits at.
    :param delay: milliseconds that the result is shown; late reports come that much later too.
    """

    def __init__(self, bank, port=0, press=None, delay=0):
        self.bank, self.press, self.delay = bank, press, delay
        self.fault = None
        self.on_api = None  # called with the elements of each request, before it is answered
        self.asked = []  # elements of every request of the interface
        self.answers = []  # (status, text) with which the merchant took each report
        self.waiting = []  # reports that come late
        self.cookies = ""  # sent with reports, for servers that want some
        self.server = ThreadingHTTPServer((LOOPBACK, port), type("Bound", (Handler,), {"gateway": self}))
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://{LOOPBACK}:{self.server.server_address[1]}/fim"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    # --- What the bank does ----------------------------------------------------------------------
    def answer(self, oid, outcome):
        """Carry out what a button says: books, reports by itself; return (url, fields) for the browser, or None."""
        order = self.bank.orders[oid]
        report = self.bank.decide(oid, outcome)
        times = {"approve": 1, "doubled": 2, "wrong_hash": 1, "half_secure": 1}.get(outcome, 0)
        for _time in range(times):
            self.tell(report)
        if outcome == "late":
            self.waiting.append(report)
            if self.delay:
                threading.Timer(self.delay / 1000 * 5, self.tell_late).start()
        if outcome in ("lost", "late"):
            return None
        failed = outcome in ("decline", "cancel", "not_confirmed")
        return order.request["failUrl" if failed else "okUrl"], report

    def tell(self, report):
        """Report by itself, if the merchant wants that."""
        if not report.get("callbackUrl"):
            return
        body = urllib.parse.urlencode(report).encode()
        request = urllib.request.Request(report["callbackUrl"], body, {"Cookie": self.cookies} if self.cookies else {})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                self.answers.append((answer.status, answer.read().decode()))
        except urllib.error.HTTPError as error:
            self.answers.append((error.code, ""))
        except OSError as error:
            self.answers.append((0, str(error)))

    def tell_late(self):
        while self.waiting:
            self.tell(self.waiting.pop())


class Handler(BaseHTTPRequestHandler):
    gateway = None

    def log_message(self, *_args):
        """Say nothing: reports are about cards."""

    def send_page(self, text, status=200, kind="text/html; charset=utf-8"):
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self):
        if self.gateway.fault == DOWN:
            self.send_page("<h1>Bad Gateway</h1>", 502)
        elif self.path == "/":
            self.send_page(pages.overview(self.gateway.bank.orders.values(), "tr"))
        else:
            self.send_page(pages.page("en", f"<section>{pages.words('en')['ask']}</section>"))

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        pairs = urllib.parse.parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True)
        fields = dict(pairs)
        if self.gateway.fault == DOWN:
            self.send_page("<h1>Bad Gateway</h1>", 502)
        elif self.path == "/fim/est3Dgate":
            self.take_request(fields)
        elif self.path == "/fim/answer":
            self.take_answer(fields)
        elif self.path == "/fim/api":
            self.take_api(fields.get("DATA", ""))
        elif self.path == "/fim/settle":
            self.gateway.bank.settle()
            self.send_page(pages.overview(self.gateway.bank.orders.values(), "tr"))
        else:
            self.send_error(404)

    def take_request(self, fields):
        bank, lang = self.gateway.bank, fields.get("lang", "en")
        if refusal := bank.check_request(fields):
            status, code, text = refusal
            report = bank.report(fields, {"mdStatus": status, "ErrorCode": code, "ErrMsg": text})
            self.send_page(pages.refused(fields.get("failUrl"), report, lang))
            return
        bank.begin(fields)
        self.send_page(pages.payment(bank.orders[fields["oid"]], lang, OUTCOMES, self.gateway.press))

    def take_answer(self, fields):
        order = self.gateway.bank.orders.get(fields.get("oid"))
        if not order or fields.get("outcome") not in OUTCOMES:
            self.send_error(404)
            return
        lang = order.request.get("lang", "en")
        back = self.gateway.answer(order.oid, fields["outcome"])
        self.send_page(pages.going_back(*back, lang, self.gateway.delay) if back else pages.closed(lang))

    def take_api(self, data):
        if self.gateway.fault == HTML:
            self.send_page("<html><body>Service unavailable</body></html>")
            return
        root = ET.fromstring(data)
        elements = {child.tag: child.text or "" for child in root if child.tag != "Extra"}
        extra = {child.tag: child.text or "" for child in root.find("Extra") or ()}
        self.gateway.asked.append({**elements, **extra})
        if self.gateway.on_api:
            self.gateway.on_api(elements)
        changes = "Type" in elements  # faults of the line hit what moves money; questions are answered
        if changes and self.gateway.fault == BEFORE:
            self.close_connection = True
            return
        told, told_extra = self.gateway.bank.answer(elements, extra)
        if changes and self.gateway.fault == AFTER:
            self.close_connection = True
            return
        answer = ET.Element("CC5Response")
        for name, text in told.items():
            ET.SubElement(answer, name).text = text
        inner = ET.SubElement(answer, "Extra")
        for name, text in told_extra.items():
            ET.SubElement(inner, name).text = text
        self.send_page(ET.tostring(answer, encoding="unicode"), kind="text/xml; charset=utf-8")
