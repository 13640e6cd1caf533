"""The README must not promise what is not there."""

import re
from pathlib import Path

from entrypoints.settings import describe

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_setting_stands_in_the_configuration_table_with_its_default_and_meaning() -> None:
    section = README.partition("<!-- settings:")[2].partition("<!-- /settings -->")[0]
    for name, default, meaning in describe():
        row = next((line for line in section.splitlines() if f"`{name}`" in line), None)
        assert row is not None, f"{name} is missing: paste the output of `vitrine settings --markdown`"
        assert default in row
        assert meaning in row
    assert section.count("VITRINE_") == len(describe())


def test_every_make_target_that_it_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"\bmake ([a-z]+)\b", README)) - {"sure"}
    assert named
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target} does not exist"


def test_every_page_that_it_links_to_exists() -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_folder_of_the_tree_is_described() -> None:
    for folder in ("domain", "application", "adapters", "entrypoints", "migrations", "tests", "bench", "docs"):
        assert re.search(rf"^{folder}/ ", README, re.MULTILINE)
