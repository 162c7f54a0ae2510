"""What the pages for developers say of the code is so."""

import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ADDON = ROOT / "subscription_mgmt"
HOOK = re.compile(r"^\| `(\w+)` \| `([\w.]+)` \| `([\w/]+\.py)` \| (.+) \|$", re.M)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def pages():
    return [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("benchmarks/*.md"), *ROOT.glob("*/readme/*.md")]


class TestDocs(unittest.TestCase):
    def test_every_hook_is_where_the_page_says(self):
        text = (ROOT / "docs/hooks.md").read_text(encoding="utf-8")
        hooks = HOOK.findall(text)
        self.assertEqual(len(hooks), len(re.findall(r"^\| `", text, re.M)), "each row has hook, model, file, purpose")
        gone = []
        for name, _model, path, _purpose in hooks:
            source = (ADDON / path).read_text(encoding="utf-8") if (ADDON / path).exists() else ""
            if not re.search(rf"^    def {name}\(", source, re.M):
                gone.append(f"{name} in {path}")
        self.assertEqual(gone, [])

    def test_links_lead_somewhere(self):
        dead = [
            f"{page.relative_to(ROOT)}: {target}"
            for page in pages()
            for target in LINK.findall(page.read_text(encoding="utf-8"))
            if not (page.parent / target).exists()
        ]
        self.assertEqual(dead, [])

    def test_every_command_stands_in_the_readme(self):
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        commands = [path.name for path in (ROOT / "bin").iterdir() if path.is_file() and path.suffix != ".sh"]
        self.assertEqual([name for name in sorted(commands) if f"bin/{name}" not in readme], [])


if __name__ == "__main__":
    unittest.main()
