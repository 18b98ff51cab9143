"""`/ui-components/` shows every component, and every component says what it takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings as project

from interviewdata.record.pages.gallery import FOLDER, SCHEMES, components, examples, words_of

CSS = Path(project.BASE_DIR) / "static" / "css"
FILES = sorted(path.stem for path in FOLDER.glob("*.html"))
# Of the page's frame, and of paper.
NOT_SHOWN = {"site-header", "site-footer", "no-print"}


@pytest.fixture
def gallery(client, db, settings):
    settings.DEBUG = True
    reply = client.get("/ui-components/")
    assert reply.status_code == 200
    return reply.content.decode()


def test_gallery_is_nothing_where_debug_is_off(client, db):
    assert client.get("/ui-components/").status_code == 404


def test_gallery_takes_no_statement(client, db, settings, django_assert_num_queries):
    # Statements are kept for the debugger where DEBUG is on; counting is the same.
    settings.DEBUG = True
    with django_assert_num_queries(0):
        client.get("/ui-components/")


def test_every_file_has_examples_and_every_example_a_file():
    assert FILES
    for scheme in SCHEMES:
        assert sorted(examples(scheme)) == FILES


@pytest.mark.parametrize("name", FILES)
def test_every_component_opens_with_its_arguments(name):
    assert re.search(r"Arguments?: \w+", words_of(name)), "Open with {% comment %}: Arguments: …"


@pytest.mark.parametrize("name", FILES)
def test_every_state_of_every_component_is_shown(gallery, name):
    component = next(one for one in components() if one.name == name)
    assert component.states
    for shown in component.states:
        assert shown.light.strip() in gallery, shown.state
        assert shown.dark.strip() in gallery, shown.state


def test_states_of_a_component_differ():
    for component in components():
        drawn = [shown.light for shown in component.states]
        assert len(set(drawn)) == len(drawn), component.name


def test_every_class_of_the_components_is_shown(gallery):
    sheets = "".join((CSS / f"{name}.css").read_text() for name in ("components", "figures"))
    rules = re.sub(r"/\*.*?\*/", "", sheets, flags=re.DOTALL)
    named = set(re.findall(r"\.([a-z][a-z-]*)", re.sub(r"\{[^{}]*\}", "{}", rules)))
    main = gallery.split("<main")[1].split("</main>")[0]
    used = {word for words in re.findall(r'class="([^"]*)"', main) for word in words.split()}
    assert named - used - NOT_SHOWN == set(), "Show it in templates/record/gallery_elements.html."


def test_ids_are_once(gallery):
    ids = re.findall(r'\bid="([^"]+)"', gallery)
    assert len(ids) > 20
    assert sorted(set(ids)) == sorted(ids)


def _tokens(text):
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", text))


def test_both_schemes_are_those_of_the_tokens():
    light, dark = (CSS / "tokens.css").read_text().split("@media")
    both = (CSS / "gallery.css").read_text()
    _before, shown_light, shown_dark = re.split(r"\.gallery-(?:light|dark) \{", both)
    assert _tokens(shown_dark) == _tokens(dark)
    assert _tokens(shown_light) == {name: _tokens(light)[name] for name in _tokens(dark)}
