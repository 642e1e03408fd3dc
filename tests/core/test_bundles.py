"""One request for all styles: imports put in, in their layers, and nothing else changed."""

import gzip
import os
import re

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client, override_settings

from marketplace.core import bundles

#: Bytes of all public styles, compressed as they travel; a page has 100 kB for everything.
MOST = 10_500


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    finders.get_finder.cache_clear()
    yield
    finders.get_finder.cache_clear()


@pytest.mark.parametrize("name", ["css/site.css", "css/rooms.css"])
def test_nothing_is_imported_any_more(name: str) -> None:
    with open(str(finders.find(name))) as file:
        text = file.read()
    assert "@import" not in text
    assert "/*" not in text
    assert text.count("{") == text.count("}")


def test_every_layer_stands_where_the_source_says() -> None:
    with open(str(finders.find("css/site.css"))) as file:
        text = file.read()
    assert text.index("@layer tokens,base,layout,components") < text.index("@layer tokens{")
    assert text.count("@layer components{") == 1, "all its files in one block"
    assert re.search(r"@media \(prefers-color-scheme:dark\)\{@layer tokens\{:root\{", text)
    # Spaces that mean something are still there: a field's input, not a field that is one.
    assert ".field *:is(input" in text
    assert ".field:is(" not in text
    assert "1.7rem + 3.2vw" in text
    assert ".hero" in text
    assert len(gzip.compress(text.encode())) < MOST


def test_a_changed_file_is_built_again(settings, tmp_path) -> None:
    folder = tmp_path / "marketplace" / "static" / "css"
    folder.mkdir(parents=True)
    (folder / "site.css").write_text('@import url("one.css") layer(base);\n')
    one = folder / "one.css"
    one.write_text("a { color: red; }")
    os.utime(one, (1, 1))
    with override_settings(BASE_DIR=tmp_path, BUNDLES=["css/site.css"]):
        finder = bundles.Bundles()
        first = finder.find("css/site.css")
        with open(first) as file:
            assert file.read() == "@layer base{a{color:red}}"
        one.write_text("a { color: blue; }")
        os.utime(one, (2**31, 2**31))
        with open(finder.find("css/site.css")) as file:
            assert "blue" in file.read()
    assert finder.find("css/tokens.css") == []


def test_what_is_collected_is_the_built_sheet(settings, tmp_path) -> None:
    settings.STATIC_ROOT = tmp_path / "collected"
    call_command("collectstatic", interactive=False, verbosity=0)
    text = (tmp_path / "collected" / "css" / "site.css").read_text()
    assert "@import" not in text


@pytest.mark.django_db
def test_it_is_served(client: Client) -> None:
    answer = client.get("/static/css/site.css")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert b"@layer components" in body
