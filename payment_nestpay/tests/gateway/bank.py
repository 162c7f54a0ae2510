"""The books of the bank: merchants' orders, what was done to them, and the signatures."""

import base64
import hashlib
import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

TURKEY = timezone(timedelta(hours=3))
CARD = "454671***7894"

# What a button of the page does: 3-D result, result of the charge, error text
OUTCOMES = {
    "approve": ("1", "Approved", "00", ""),
    "decline": ("1", "Declined", "51", "Bakiye yetersiz"),
    "cancel": ("1", "Error", "99", "Islem musteri tarafindan iptal edildi"),
    "not_confirmed": ("0", None, None, "Kimlik dogrulama basarisiz"),
    "half_secure": ("4", "Approved", "00", ""),
    "wrong_hash": ("1", "Approved", "00", ""),
    "lost": ("1", "Approved", "00", ""),
    "doubled": ("1", "Approved", "00", ""),
    "late": ("1", "Approved", "00", ""),
}


def sign(fields, key):
    """SHA-512 over all values in the order of their names in capitals."""
    names = sorted(
        (n for n in fields if n.lower() not in ("hash", "encoding", "countdown", "nationalidno")), key=str.upper
    )
    values = [fields[name].replace("\\", "\\\\").replace("|", "\\|") for name in names]
    values.append(key.replace("\\", "\\\\").replace("|", "\\|"))
    return base64.b64encode(hashlib.sha512("|".join(values).encode("utf-8")).digest()).decode()


def sign_list(values, key):
    """The older kind: a fixed list of values."""
    text = "|".join(value.replace("\\", "\\\\").replace("|", "\\|") for value in (*values, key))
    return base64.b64encode(hashlib.sha512(text.encode("utf-8")).digest()).decode()


def now():
    return datetime.now(TURKEY).strftime("%Y-%m-%d %H:%M:%S.000")


@dataclass
class Entry:
    """One thing done to an order: S a sale, C a refund; its state as the books call it."""

    kind: str
    state: str
    kurus: int
    trans_id: str
    code: str = "00"
    md_status: str = ""
    time: str = field(default_factory=now)
    voided: str = ""

    def row(self):
        moved = self.kurus if self.code == "00" else 0
        cells = (self.kind, self.state, self.kurus, moved, self.time, self.time, self.voided, "1", "P1", self.code)
        return "\t".join(map(str, (*cells, self.trans_id)))


@dataclass
class Order:
    """What the merchant sent, and what was done."""

    request: dict
    entries: list = field(default_factory=list)

    @property
    def oid(self):
        return self.request["oid"]

    @property
    def kurus(self):
        return round(float(self.request["amount"].replace(",", ".")) * 100)

    @property
    def paid(self):
        return next((e for e in self.entries if e.kind == "S" and e.code == "00"), None)

    @property
    def refunded(self):
        return sum(e.kurus for e in self.entries if e.kind == "C" and e.code == "00" and e.state != "V")

    @property
    def last(self):
        """The last that succeeded, else the last that did not."""
        return next((e for e in reversed(self.entries) if e.code == "00"), self.entries[-1] if self.entries else None)


class Bank:
    """One merchant's account at the bank."""

    numbers = itertools.count(1)  # the bank never gives a number twice

    def __init__(self, merchant, store_key, user, password, store_type="3D_PAY_HOSTING"):
        self.merchant, self.store_key, self.user, self.password = merchant, store_key, user, password
        self.store_type = store_type
        self.orders = {}
        self.started = datetime.now(TURKEY).strftime("%y%j%H%M%S%f")

    def new_number(self):
        return f"{self.started}{next(self.numbers):05d}"

    # --- The page ------------------------------------------------------------------------------
    def check_request(self, fields):
        """Why the page refuses a request: (mdStatus, code, text), or None."""
        if fields.get("clientid") != self.merchant:
            return "6", "3D-1020", "Bilinmeyen isyeri"
        if fields.get("storetype") != self.store_type:
            return "7", "3D-1007", "Magaza tipi gecersiz"
        if fields.get("hash") != self.sign_request(fields):
            return "7", "3D-1004", "Guvenlik Kodu hatali"
        if fields.get("currency") not in ("949", "840", "978", "826"):
            return "7", "3D-1006", "Para birimi gecersiz"
        order = self.orders.get(fields["oid"])
        if order and order.paid:
            return "7", "3D-1015", "Siparis zaten odendi"
        return None

    def sign_request(self, fields):
        if self.store_type == "3D_PAY":
            names = ("clientid", "oid", "amount", "okUrl", "failUrl", "TranType", "taksit", "rnd")
            return sign_list(
                [*(fields.get(n, "") for n in names), "", "", "", fields.get("currency", "")], self.store_key
            )
        return sign(fields, self.store_key)

    def begin(self, fields):
        kept = {name: value for name, value in fields.items() if name not in ("pan", "cv2")}
        self.orders[fields["oid"]] = Order(kept)

    def decide(self, oid, outcome):
        """What the card owner and the bank do: the books change, and this is what is reported."""
        order = self.orders[oid]
        md_status, response, code, text = OUTCOMES[outcome]
        trans_id = self.new_number()
        if response:
            state = "C" if response == "Approved" else "D"
            order.entries.append(Entry("S", state, order.kurus, trans_id, code, md_status))
        result = {"mdStatus": md_status, "TransId": trans_id, "ErrMsg": text}
        if response:
            result |= {"Response": response, "ProcReturnCode": code, "AuthCode": "P12345", "HostRefNum": "123456789012"}
        return self.report(order.request, result, forged=outcome == "wrong_hash")

    def report(self, request, result, forged=False):
        """The signed fields of a report: all that was sent comes back."""
        fields = {name: value for name, value in request.items() if name != "hash"}
        fields |= {
            "ReturnOid": fields.get("oid", ""),
            "MaskedPan": CARD,
            "EXTRA.CARDBRAND": "VISA",
            "EXTRA.TRXDATE": datetime.now(TURKEY).strftime("%Y%m%d %H:%M:%S"),
            "md": "454671:3B2F:3545:##190100000",
            "clientIp": "127.0.0.1",
            "_charset_": "UTF-8",
            **result,
        }
        key = "a forged key" if forged else self.store_key
        if self.store_type == "3D_PAY":
            names = ["clientid", "oid", "AuthCode", "ProcReturnCode", "Response", "mdStatus", "rnd"]
            fields["HASHPARAMS"] = "|".join(names)
            return {**fields, "HASH": sign_list([fields.get(name, "") for name in names], key)}
        return {**fields, "HASH": sign(fields, key)}

    # --- The end of the day ----------------------------------------------------------------------
    def settle(self):
        for order in self.orders.values():
            for entry in order.entries:
                if entry.state == "C":
                    entry.state = "S"

    # --- The interface ---------------------------------------------------------------------------
    def answer(self, elements, extra):
        """Elements and extra of the answer to a request of the interface."""
        if [elements.get(n) for n in ("Name", "Password", "ClientId")] != [self.user, self.password, self.merchant]:
            return self.refuse("CORE-2201", "Kullanici veya sifre hatali")
        if extra.get("ORDERSTATUS") == "QUERY":
            return self.tell_status(elements.get("OrderId"))
        if extra.get("ORDERHISTORY") == "QUERY":
            return self.tell_history(elements.get("OrderId"))
        if elements.get("Type") == "Void":
            return self.void(elements.get("TransId"))
        if elements.get("Type") == "Credit":
            return self.credit(elements.get("OrderId"), elements.get("Total"), elements.get("Currency"))
        return self.refuse("CORE-2001", "Islem tipi gecersiz")

    @staticmethod
    def refuse(code, text, response="Error"):
        return {"Response": response, "ProcReturnCode": "99", "ErrMsg": text}, {"ERRORCODE": code}

    @staticmethod
    def grant(oid, trans_id, extra=()):
        elements = {"OrderId": oid, "Response": "Approved", "ProcReturnCode": "00", "TransId": trans_id, "ErrMsg": ""}
        return elements, dict(extra)

    def tell_status(self, oid):
        order = self.orders.get(oid)
        last = order and order.last
        names = ("ORD_ID", "CHARGE_TYPE_CD", "ORIG_TRANS_AMT", "CAPTURE_AMT", "TRANS_STAT", "AUTH_DTTM", "TRANS_ID")
        if not last:
            template = "\t".join(f"{name}:" for name in names)
            refused, _extra = self.refuse("", f"No record found for {oid}", "Declined")
            return refused, {"ORDERSTATUS": template, **dict.fromkeys(names, "")}
        captured = last.kurus if last.code == "00" else 0
        values = (oid, last.kind, last.kurus, captured, last.state, last.time, last.trans_id)
        told = dict(zip(names, map(str, values), strict=True))
        told["ORDERSTATUS"] = "\t".join(f"{name}:{value}" for name, value in told.items())
        return self.grant(
            oid, last.trans_id, {**told, "PROC_RET_CD": last.code, "MDSTATUS": last.md_status, "PAN": CARD}
        )

    def tell_history(self, oid):
        order = self.orders.get(oid)
        rows = {f"TRX{n}": entry.row() for n, entry in enumerate(order.entries if order else (), 1)}
        return self.grant(oid or "", "", {"TRXCOUNT": str(len(rows)), **rows})

    def void(self, trans_id):
        for order in self.orders.values():
            for entry in order.entries:
                if entry.trans_id == trans_id and entry.code == "00" and entry.state == "C":
                    entry.state, entry.voided = "V", now()
                    return self.grant(order.oid, self.new_number())
        return self.refuse("CORE-2008", "Iptal edilecek uygun islem yok")

    def credit(self, oid, total, currency):
        order = self.orders.get(oid)
        if not (order and order.paid) or order.paid.state == "V":
            return self.refuse("CORE-2008", "Iade edilecek islem yok")
        if order.paid.state == "C":
            return self.refuse("CORE-2508", "Gun sonu oncesi iade yapilamaz")
        kurus = round(float(total) * 100) if total else order.kurus
        if currency != order.request["currency"] or kurus > order.kurus - order.refunded:
            return self.refuse("CORE-2501", "Net tutar 0.")
        entry = Entry("C", "C", kurus, self.new_number())
        order.entries.append(entry)
        return self.grant(oid, entry.trans_id)
