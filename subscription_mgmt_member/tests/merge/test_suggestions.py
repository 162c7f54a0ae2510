from odoo.tests import tagged
from odoo.tools import mute_logger

from .merge_common import MergeCase


@tagged("post_install", "-at_install")
class TestDuplicates(MergeCase):
    """Suggestions of members that may be the same (CUB-21, CUB-27)."""

    def find(self, *partners, user=None):
        """Pairs among these members, after all that was changed was looked at."""
        pairs = self.env["member.duplicate"]
        while pairs._find_pending(10000)[0]:
            pass
        pairs = pairs.with_user(user or self.editor)
        ids = [partner.id for partner in partners]
        return pairs.search([("first_id", "in", ids), ("second_id", "in", ids)])

    def make(self, *values):
        return self.env["res.partner"].create([{"is_company": True, **one} for one in values])

    def test_cub_27_the_reasons(self):
        names = [{"name": f"{letter * 4} {letter * 5}"} for letter in "QWXZ"]
        for key, one, other, reason in (
            ("vat", "/BE0477472701"[1:], "be 0477.472.701", "same tax number"),
            ("phone", "+90 532 444 55 66", "0532 4445566", "same phone"),
            ("email", "a@birlik.example", "Satış <b@BIRLIK.example>", "same e-mail domain"),
        ):
            with self.subTest(key):
                first, second = self.make({**names[0], key: one}, {**names[1], key: other})
                self.assertEqual(self.find(first, second).reason, reason)
                (first | second).unlink()

    def test_cub_27_names_without_legal_form_and_with_turkish_letters(self):
        pairs = self.find(self.firm, self.double)
        self.assertEqual((pairs.reason, pairs.name_similarity), ("same e-mail domain, same name", 1))

    def test_cub_27_a_typing_error(self):
        self.assertTrue(self.env.registry.has_trigram)
        first, second = self.make({"name": "Marmara Lojistik A.Ş."}, {"name": "Marmara Lojistk AŞ"})
        self.assertEqual(self.find(first, second).reason, "similar name")

    def test_cub_27_without_the_extension_equal_names_are_found(self):
        registry, before = self.env.registry, self.env.registry.has_trigram
        self.addCleanup(setattr, registry, "has_trigram", before)
        registry.has_trigram = False
        first, second, third = self.make(
            {"name": "Ege Boya A.Ş."}, {"name": "EGE BOYA LTD. ŞTİ."}, {"name": "Ege Boyaa"}
        )
        self.assertEqual(self.find(first, second).reason, "same name")
        self.assertFalse(self.find(first, third))
        self.assertIn("pg_trgm", self.env["member.duplicate"].with_user(self.editor).action_open()["help"])

    def test_cub_19_what_stands_on_contacts_counts_for_their_company(self):
        self.employee.email = "defne@tekil.example"
        [stranger] = self.make({"name": "Wqx", "email": "bilgi@tekil.example", "is_company": False})
        self.assertEqual(self.find(self.firm, stranger).reason, "same e-mail domain")
        self.assertFalse(self.find(self.employee, self.firm))

    def test_public_hosts_tell_nothing(self):
        first, second = self.make({"name": "Wqqq", "email": "w@gmail.com"}, {"name": "Zxxx", "email": "z@gmail.com"})
        self.assertFalse(self.find(first, second))

    def test_a_crowd_tells_nothing_and_makes_no_square_of_pairs(self):
        crowd = self.make(*({"name": f"{n:05} {n * 7919:07}", "email": f"{n}@kalabalik.example"} for n in range(30)))
        self.assertFalse(self.find(*crowd).filtered("has_same_domain"))

    def test_colleagues_and_our_companies_are_no_duplicates(self):
        colleague = self.make_user("view", name="Uzun Kendine Özgü", login="colleague")
        [namesake] = self.make({"name": "Uzun Kendine Özgü"})
        self.assertFalse(self.find(colleague.partner_id, namesake))

    def test_what_is_set_right_is_suggested_no_more(self):
        self.assertTrue(self.find(self.firm, self.double))
        self.double.write({"name": "Bambaşka Bir Ad", "email": False})
        self.assertFalse(self.find(self.firm, self.double))

    # === NOT THE SAME === #
    def test_cub_27_not_the_same_holds_for_good(self):
        pair = self.find(self.firm, self.double)
        pair.action_dismiss()
        self.double.phone = self.firm.phone
        pair = self.find(self.firm, self.double)
        self.assertTrue(pair.is_dismissed)
        self.assertEqual(pair.dismissed_by_id, self.editor)
        self.assertFalse(self.make_dialog().suggestion_ids)
        pair.action_restore()
        self.assertTrue(self.make_dialog().suggestion_ids)

    def test_not_the_same_goes_along_with_a_merge(self):
        [third] = self.make({"name": "Çınar Enerji GmbH"})
        self.find(self.double, third).action_dismiss()
        self.merge(self.double, self.firm)
        self.assertTrue(self.find(self.firm, third).is_dismissed)

    def test_only_who_may_merge_dismisses(self):
        pair = self.find(self.firm, self.double)
        with self.assertRaisesRegex(Exception, "level Edit or Manage"):
            pair.with_user(self.make_user("contribute")).action_dismiss()
        self.assertFalse(pair.is_dismissed)

    # === WHO SEES WHAT === #
    def test_a_pair_is_seen_by_who_sees_both(self):
        other = self.env["res.company"].create({"name": "Öteki"})
        pair = self.find(self.firm, self.double)
        self.assertTrue(pair.has_access("read"))
        self.double.company_id = other
        self.assertFalse(self.find(self.firm, self.double))
        self.assertFalse(pair.with_env(self.env(user=self.editor)).has_access("read"))

    # === THE DIALOG === #
    def make_dialog(self, source=None):
        action = (source or self.double).with_user(self.editor).action_open_member_merge()
        return self.env[action["res_model"]].with_user(self.editor).browse(action["res_id"])

    def test_cub_21_candidates_are_chosen_with_one_click(self):
        dialog = self.make_dialog()
        [pair] = dialog.suggestion_ids.filtered(lambda pair: self.firm in (pair.first_id, pair.second_id))
        context = {"member_merge_source": self.double.id, "member_merge_id": dialog.id}
        self.assertEqual(pair.with_context(**context).other_id, self.firm)
        pair.with_context(**context).action_choose()
        self.assertEqual(dialog.target_id, self.firm)

    def test_cub_21_no_box_without_candidates(self):
        [lonely] = self.make({"name": "Wqxz Ybvn"})
        self.assertFalse(self.make_dialog(lonely).suggestion_ids)

    def test_cub_27_the_bulb_looks_at_what_was_changed_just_now(self):
        """... however many wait, of which only so many are looked at while somebody waits."""
        self.make(*({"name": f"Bekleyen {n}"} for n in range(50)))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET member_match_pending = TRUE, write_date = write_date - interval '1 day'"
        )
        first, second = self.make({"name": "Taze Ekmek A.Ş."}, {"name": "Taze Ekmek Ltd."})
        with mute_logger("odoo.sql_db"):
            self.env["res.partner"].with_user(self.editor).action_open_member_duplicates()
        self.assertTrue(
            self.env["member.duplicate"].search([("first_id", "=", first.id), ("second_id", "=", second.id)])
        )

    def test_the_scheduled_action_looks_at_all(self):
        self.env["res.partner"].search([]).member_match_pending = True
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("subscription_mgmt_member.ir_cron_member_find_duplicates").method_direct_trigger()
        self.env.invalidate_all()
        self.assertFalse(self.env["member.duplicate"]._count_pending())
