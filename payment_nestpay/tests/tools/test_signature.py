"""Signatures by the vectors that others published, and by what breaks implementations."""

import unittest

from attempts import vectors

from payment_nestpay.tools import signature
from payment_nestpay.tools.signature import same, sign_request, sign_result


def sign(vector, **changes):
    fields = {**vector["params"], **changes}
    make = sign_result if vector["direction"] == "response" else sign_request
    return make(fields.items(), vector["store_key"], vector["algorithm"])


class TestSignature(unittest.TestCase):
    def test_version_3_reproduces_every_vector(self):
        found = vectors("ver3")
        self.assertGreaterEqual(len(found), 17)
        for vector in found:
            with self.subTest(vector["id"]):
                self.assertEqual(sign(vector), vector["expected"])

    def test_version_2_reproduces_the_worked_example_of_a_result(self):
        (vector,) = vectors("ver2")
        self.assertEqual(sign(vector), vector["expected"])

    def test_every_signed_field_of_version_3_counts(self):
        for vector in vectors("ver3"):
            for name in vector["params"]:
                if name.lower() in signature.UNSIGNED_IN_RESULT:
                    continue
                with self.subTest(vector["id"], name=name):
                    self.assertNotEqual(sign(vector, **{name: "other"}), vector["expected"])

    def test_a_field_that_is_put_in_counts(self):
        for vector in vectors("ver3"):
            self.assertNotEqual(sign(vector, extra="1"), vector["expected"])

    def test_another_key_makes_another_signature(self):
        for vector in vectors("ver3") + vectors("ver2"):
            self.assertNotEqual(sign({**vector, "store_key": "other"}), vector["expected"])

    def test_version_2_signs_no_card(self):
        fields = {"clientid": "1", "oid": "2", "amount": "3.00", "rnd": "4", "currency": "949"}
        card = {"pan": "4111111111111111", "cv2": "123"}
        plain, full = (sign_request(f.items(), "key", "ver2") for f in (fields, {**fields, **card}))
        self.assertEqual(plain, full)
        for name in fields:
            self.assertNotEqual(plain, sign_request({**fields, name: "9"}.items(), "key", "ver2"), name)

    def test_version_2_request_is_in_the_order_of_the_manual(self):
        names = ("clientid", "oid", "amount", "okUrl", "failUrl", "TranType", "taksit", "rnd", "currency")
        fields = {name: f"<{name}>" for name in names}
        text = "<clientid>|<oid>|<amount>|<okUrl>|<failUrl>|<TranType>|<taksit>|<rnd>||||<currency>|key"
        self.assertEqual(sign_request(fields.items(), "key", "ver2"), signature.digest(text.split("|")[:-1], "key"))

    def test_a_version_2_result_that_covers_too_little_has_no_signature(self):
        fields = {"clientid": "1", "oid": "2", "Response": "Approved", "ProcReturnCode": "00", "rnd": "3"}
        full = {**fields, "HASHPARAMS": "clientid|oid|Response|ProcReturnCode|rnd"}
        self.assertTrue(sign_result(full.items(), "key", "ver2"))
        for covered in ("", "clientid|oid|rnd", "oid|Response|ProcReturnCode|rnd", None):
            self.assertIsNone(sign_result({**full, "HASHPARAMS": covered or ""}.items(), "key", "ver2"))

    def test_comparison_takes_whatever_was_posted(self):
        self.assertTrue(same("abc", "abc"))
        for posted in ("", None, "abd", "ABC", "ığş", "\udcff", "abc "):
            self.assertFalse(same(posted, "abc"))

    def test_comparison_is_that_of_hmac(self):
        """The time that a plain comparison takes tells how many characters are right."""
        self.assertIn("compare_digest", same.__code__.co_names)


if __name__ == "__main__":
    unittest.main()
