"""The signatures that go with a payment to the bank's page and with its result back.

Version 3 covers every posted field and is the one to use. Version 2 covers a fixed list, none of it card data, and is
what a form can carry that goes from the browser straight to the bank. Version 1 covers neither amount nor currency and
is not here: nothing may ask for it.
"""

import hashlib
import hmac
from base64 import b64encode

VERSION_2, VERSION_3 = "ver2", "ver3"

# Never part of a signature; in results the gateway adds two fields that it does not sign either
UNSIGNED = frozenset({"hash", "encoding"})
UNSIGNED_IN_RESULT = UNSIGNED | {"countdown", "nationalidno"}

# In this order; empty places stand for fields that we do not send
VERSION_2_REQUEST = (
    "clientid",
    "oid",
    "amount",
    "okurl",
    "failurl",
    "trantype",
    "taksit",
    "rnd",
    "",
    "",
    "",
    "currency",
)
# A result says itself what it covers: less than this is not taken, whatever the sender chose
VERSION_2_COVERS = frozenset({"clientid", "oid", "procreturncode", "response", "rnd"})


def escape(value):
    """A value as it is joined: first backslashes, then bars."""
    return (value or "").replace("\\", "\\\\").replace("|", "\\|")


def digest(values, key):
    """Base64 of the SHA-512 over the values and the store key."""
    text = "|".join(map(escape, (*values, key)))
    return b64encode(hashlib.sha512(text.encode()).digest()).decode()


def sign_all(pairs, key, unsigned=UNSIGNED):
    """Version 3: all fields, by their names whatever their case, an empty one too.

    Names are compared in upper case: `_` stands after the letters then, as at the gateway.

    :param pairs: (name, value) of every field.
    """
    signed = sorted((name.upper(), value) for name, value in pairs if name.lower() not in unsigned)
    return digest([value for _name, value in signed], key)


def sign_request(pairs, key, version=VERSION_3):
    """Signature of what we send to the bank's page."""
    pairs = list(pairs)
    if version == VERSION_3:
        return sign_all(pairs, key)
    fields = {name.lower(): value for name, value in pairs}
    return digest([fields.get(name, "") for name in VERSION_2_REQUEST], key)


def sign_result(pairs, key, version=VERSION_3):
    """Signature that a result must carry, or None if it covers too little to be worth one."""
    pairs = list(pairs)
    if version == VERSION_3:
        return sign_all(pairs, key, UNSIGNED_IN_RESULT)
    fields = {name.lower(): value for name, value in pairs}
    names = [name.lower() for name in fields.get("hashparams", "").split("|") if name]
    if not VERSION_2_COVERS.issubset(names):
        return None
    return digest([fields.get(name, "") for name in names], key)


def same(one, other):
    """Whether two signatures are equal, in a time that does not tell how much of them is."""
    return hmac.compare_digest((one or "").encode("utf-8", "surrogateescape"), (other or "").encode())
