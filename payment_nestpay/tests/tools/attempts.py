"""A payment, and reports of it as the bank signs them."""

import json
import pathlib
from decimal import Decimal

from payment_nestpay.tools.result import Attempt
from payment_nestpay.tools.signature import sign_result

DATA = pathlib.Path(__file__).parent.parent / "data"
KEY = "KEY-of-the-store"

ATTEMPT = Attempt(
    merchant="190100000",
    reference="S00042-1",
    rnd="0123456789abcdefghij",
    store_type="3D_PAY_HOSTING",
    version="ver3",
    amount=Decimal("91.96"),
    currency="949",
)

APPROVED = {
    "clientid": "190100000",
    "storetype": "3D_PAY_HOSTING",
    "amount": "91.96",
    "currency": "949",
    "oid": "S00042-1",
    "ReturnOid": "S00042-1",
    "rnd": "0123456789abcdefghij",
    "taksit": "",
    "hashAlgorithm": "ver3",
    "mdStatus": "1",
    "Response": "Approved",
    "ProcReturnCode": "00",
    "TransId": "26330KpZQ1001",
    "AuthCode": "P12345",
    "MaskedPan": "454671***7894",
    "EXTRA.CARDBRAND": "VISA",
}


def vectors(algorithm):
    """The vectors of that version of the signature."""
    found = json.loads((DATA / "vectors.json").read_text(encoding="utf-8"))["vectors"]
    return [vector for vector in found if vector["algorithm"] == algorithm]


def signed(key=KEY, name="HASH", **changes):
    """(name, value) of every field of a report, with its signature; a value of None leaves the field out."""
    fields = {**APPROVED, **changes}
    pairs = [(field, value) for field, value in fields.items() if value is not None]
    version = fields["hashAlgorithm"]
    return [*pairs, (name, sign_result(pairs, key, version) or "")]
