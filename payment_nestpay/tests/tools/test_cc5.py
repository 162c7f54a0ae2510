"""Requests that cannot be broken out of, answers that can do no harm."""

import unittest

from lxml import etree

from payment_nestpay.tools.cc5 import MAX_ANSWER, Account, NotAnAnswer, build, parse

ACCOUNT = Account("190100000", "apiuser", "s3cr3t&<>\"'")

APPROVED = b"""<?xml version="1.0" encoding="ISO-8859-9"?>
<CC5Response>
  <OrderId>S00042-1</OrderId><Response>Approved</Response><ProcReturnCode>00</ProcReturnCode>
  <TransId>26330KpZQ1001</TransId><ErrMsg></ErrMsg>
  <Extra><SETTLEID>1</SETTLEID><ERRORCODE></ERRORCODE></Extra>
</CC5Response>"""


class TestBuild(unittest.TestCase):
    def test_the_request_holds_account_elements_and_extra(self):
        root = etree.fromstring(build(ACCOUNT, [("Type", "Void")], [("ORDERSTATUS", "QUERY")]))
        self.assertEqual(
            [(element.tag, element.text) for element in root.iter() if len(element) == 0],
            [
                ("Name", "apiuser"),
                ("Password", ACCOUNT.password),
                ("ClientId", "190100000"),
                ("Type", "Void"),
                ("ORDERSTATUS", "QUERY"),
            ],
        )

    def test_a_value_cannot_become_an_element(self):
        evil = "1</OrderId><Type>Credit</Type><OrderId>"
        root = etree.fromstring(build(ACCOUNT, [("OrderId", evil)]))
        self.assertEqual((root.findtext("OrderId"), root.find("Type")), (evil, None))

    def test_control_characters_are_refused(self):
        with self.assertRaises(ValueError):
            build(ACCOUNT, [("OrderId", "a\x00b")])

    def test_the_password_is_in_no_representation(self):
        self.assertNotIn(ACCOUNT.password, repr(ACCOUNT))


class TestParse(unittest.TestCase):
    def test_an_answer(self):
        answer = parse(APPROVED)
        self.assertTrue(answer.approved)
        self.assertEqual(
            (answer.get("TransId"), answer.get("ErrMsg"), answer.get("Missing")), ("26330KpZQ1001", "", "")
        )
        self.assertEqual(answer.extra, {"SETTLEID": "1", "ERRORCODE": ""})

    def test_an_answer_without_a_return_code_is_no_approval(self):
        answer = parse(APPROVED.replace(b"<ProcReturnCode>00</ProcReturnCode>", b""))
        self.assertFalse(answer.approved)

    def test_an_error_code(self):
        content = b"<CC5Response><Extra><ERRORCODE>CORE-2508</ERRORCODE></Extra></CC5Response>"
        self.assertEqual(parse(content).error_code, "CORE-2508")
        self.assertEqual(parse(b"<CC5Response/>").error_code, "")

    def test_what_is_no_answer(self):
        for content in (
            b"",
            b"Service unavailable",
            b"<html><body>Bad gateway</body></html>",
            b"<CC5Response>",
            b"<CC5Request/>",
            b"<CC5Response>" + b"x" * MAX_ANSWER + b"</CC5Response>",
        ):
            with self.subTest(content[:20]), self.assertRaises(NotAnAnswer):
                parse(content)

    def test_entities_are_refused(self):
        for inner in ('<!ENTITY x SYSTEM "file:///etc/passwd">', '<!ENTITY x "aaaa">'):
            content = f"<!DOCTYPE CC5Response [{inner}]><CC5Response><Response>&x;</Response></CC5Response>"
            with self.assertRaises(NotAnAnswer):
                parse(content.encode())


if __name__ == "__main__":
    unittest.main()
