"""Pages speak the language of the reader: whole catalogues, the switch, and an English API."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import polib
import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise

from sessions.enums import Source, Status
from sessions.models import InterviewSession, Transcript
from sessions.tests.factories import InterviewSessionFactory, UserResponseFactory

FOLDER = Path(settings.LOCALE_PATHS[0])
CATALOGUES = sorted(FOLDER.glob("*/LC_MESSAGES/*.po"))
TRANSLATED = [code for code, _name in settings.LANGUAGES if code != "en"]
GERMAN = {"accept-language": "de-DE,de;q=0.9,en;q=0.5"}
_PLACEHOLDERS = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|%%")
_TAGS = re.compile(r"</?[a-z][^>]*>")


@pytest.fixture(autouse=True)
def language_as_before() -> Any:
    """A failing test leaves its language to no other one."""
    yield
    translation.deactivate()


def messages(path: Path) -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(path.read_text(encoding="utf-8")) if not entry.obsolete]


def translations(entry: polib.POEntry) -> list[tuple[list[str], str]]:
    """(the texts that it may stand for, the translation) of each form of a message."""
    if not entry.msgid_plural:
        return [([entry.msgid], entry.msgstr)]
    forms = [entry.msgstr_plural[n] for n in sorted(entry.msgstr_plural)]
    return [([entry.msgid, entry.msgid_plural], form) for form in forms]


# -- the catalogues -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_language_has_both_catalogues(language):
    names = {path.name for path in CATALOGUES if path.parts[-3] == language}
    assert names == {"django.po", "djangojs.po"}
    assert len(messages(FOLDER / language / "LC_MESSAGES" / "django.po")) > 300


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: "/".join(path.parts[-3::2]))
class TestCatalogue:
    def test_everything_is_translated_and_nothing_guessed(self, path):
        entries = messages(path)
        assert [entry.msgid for entry in entries if entry.fuzzy] == []
        assert [entry.msgid for entry in entries if not entry.translated()] == []

    def test_placeholders_and_tags_are_those_of_the_text(self, path):
        wrong = []
        for entry in messages(path):
            for texts, shown in translations(entry):
                for pattern in (_PLACEHOLDERS, _TAGS):
                    wanted = [set(pattern.findall(text)) for text in texts]
                    # "One interview" may leave its number out; what neither form has is a mistake.
                    if shown and not (
                        set.intersection(*wanted)
                        <= set(pattern.findall(shown))
                        <= set.union(*wanted)
                    ):
                        wrong.append((texts[0], shown))
        assert wrong == []

    def test_white_space_at_the_ends_is_that_of_the_text(self, path):
        wrong = [
            (texts[0], shown)
            for entry in messages(path)
            for texts, shown in translations(entry)
            if shown and re.findall(r"^\s*|\s*$", shown) != re.findall(r"^\s*|\s*$", texts[0])
        ]
        assert wrong == []

    def test_compiled_one_says_the_same(self, path):
        def said(entries: Any) -> dict[tuple[str, str], Any]:
            return {
                (entry.msgctxt or "", entry.msgid): entry.msgstr_plural or entry.msgstr
                for entry in entries
            }

        kept = [entry for entry in messages(path) if entry.translated()]
        assert said(polib.mofile(str(path.with_suffix(".mo")))) == said(kept)


def test_names_of_columns_are_translated_and_english_ones_are_djangos():
    """What `name_for_people` has forgotten would stand in English on every page of the admin."""
    from django.contrib import admin

    ours = [
        model
        for model in admin.site._registry
        if model._meta.app_label in ("interview_sessions", "analytics")
    ]
    assert len(ours) > 10
    plain, other = [], []
    for model in ours:
        named = [(model._meta.model_name, model._meta.verbose_name)]
        named += [
            (f"{model._meta.model_name}.{field.name}", field.verbose_name)
            for field in [*model._meta.concrete_fields, *model._meta.many_to_many]
            if not field.primary_key
        ]
        plain += [name for name, words in named if not isinstance(words, Promise)]
        other += [
            (name, str(words))
            for name, words in named[1:]
            if str(words) != name.split(".")[1].replace("_", " ")
        ]
    assert plain == []
    assert other == []


# -- the switch -----------------------------------------------------------------------------------


def language_of(reply: Any) -> str:
    return re.search(r'<html lang="([^"]*)"', reply.content.decode())[1]


def in_german(text: str) -> str:
    with translation.override("de"):
        return translation.gettext(text)


def test_switch_keeps_the_language_in_a_cookie(client, db):
    reply = client.post(reverse("set_language"), {"language": "de", "next": "/"})
    assert (reply.status_code, reply["Location"]) == (302, "/")
    cookie = reply.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == ("de", "Lax", True)
    assert cookie["max-age"] == 365 * 86_400
    page = client.get("/")
    assert (language_of(page), page["Content-Language"]) == ("de", "de")
    assert in_german("Staff: sign in") != "Staff: sign in"
    assert in_german("Staff: sign in") in page.content.decode()
    assert '<script src="/texts/de.js"></script>' in page.content.decode()
    # And back; the cookie goes before what the browser asks for.
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    assert language_of(client.get("/", headers=GERMAN)) == "en"


def test_switch_leads_to_no_other_site(client, db):
    sent = {"language": "de", "next": "https://evil.example/"}
    assert client.post(reverse("set_language"), sent)["Location"] == "/"


def test_browser_that_asks_for_german_gets_it_without_a_cookie(client, db):
    page = client.get("/", headers=GERMAN)
    assert language_of(page) == "de"
    assert in_german("Skip to the content") in page.content.decode()
    login = client.get("/admin/login/", headers=GERMAN)
    assert language_of(login) == "de"
    missing = client.get("/no/such/page", headers=GERMAN)
    assert (missing.status_code, language_of(missing)) == (404, "de")


@pytest.mark.parametrize("asked", ["xx", "fr-FR,fr;q=0.9", "nonsense,,;;q=", "", "*"])
def test_unknown_language_is_english(client, db, asked):
    assert language_of(client.get("/", headers={"accept-language": asked})) == "en"
    client.post(reverse("set_language"), {"language": "xx", "next": "/"})
    assert language_of(client.get("/")) == "en"
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "../../etc"
    assert language_of(client.get("/")) == "en"


def test_labels_follow_the_language_and_their_values_do_not(client, db):
    with translation.override("de"):
        assert Status.ABANDONED.label != "Abandoned"
        assert (Status.ABANDONED.value, str(Status.ABANDONED)) == ("abandoned", "abandoned")
        assert Source.values == ["reviewer", "service", "candidate", "import"]
    with translation.override("en"):
        assert [str(label) for label in Status.labels] == [
            "Created",
            "Active",
            "Completed",
            "Abandoned",
        ]


# -- the API --------------------------------------------------------------------------------------


def calls(session_id: str) -> list[tuple[str, Any]]:
    """Paths with bodies (None: GET): replies with labels, and refusals of every kind."""
    return [
        ("/api/interview/session-data/nothing", None),
        ("/api/no/such/path", None),
        ("/api/interview-modes", None),
        ("/api/schema", None),
        ("/api/schema/export", None),
        (f"/api/interview/session-data/{session_id}", None),
        ("/api/interview/create-session", {}),
        ("/api/interview/create-session", {"userEmail": "no address", "difficulty": "xx"}),
        ("/api/interview/create-session", []),
        ("/api/interview-modes/questions", {"sessionId": session_id, "count": 99999}),
        ("/api/interview/response", {"sessionId": session_id, "questionIndex": 77, "answer": "x"}),
        ("/api/interview/transcript", {"sessionId": session_id, "wordTimestamps": "no"}),
    ]


def test_api_speaks_english_whatever_the_reader_asks_for(api, interview):
    plain = [api.call(path, body) for path, body in calls(interview)]
    english = [(reply.status_code, reply.content) for reply in plain]
    assert sum(status >= 400 for status, _ in english) >= 5
    api.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    for number, (path, body) in enumerate(calls(interview)):
        reply = api.call(path, body, accept_language="de")
        assert (reply.status_code, reply.content) == english[number], path


def test_api_speaks_english_on_the_thread_of_a_german_page(api, interview):
    """The language is the thread's: what a page has set must be gone when its reply is."""
    english = [api.call(path, body).content for path, body in calls(interview)]
    for number, (path, body) in enumerate(calls(interview)):
        assert language_of(api.get("/", headers=GERMAN)) == "de"
        assert translation.get_language() == "en"
        assert api.call(path, body).content == english[number], path


def test_services_of_pages_refuse_in_the_readers_language(client, staff_user):
    """The same sentence as the API's, which is English there."""
    from interviewdata.common.errors import Conflict
    from sessions.services.session import abandon_session

    interview = InterviewSessionFactory(completed=True)
    with pytest.raises(Conflict) as english:
        abandon_session(session_id=interview.session_id)
    assert english.value.message == "An interview that is completed cannot become abandoned."
    with translation.override("de"), pytest.raises(Conflict) as german:
        abandon_session(session_id=interview.session_id)
    assert german.value.message != english.value.message


def test_constraints_name_the_known_words_in_both_languages(db):
    constraint = next(
        one for one in InterviewSession._meta.constraints if one.name.endswith("status_known")
    )
    assert constraint.get_violation_error_message() == (
        "Use one of: created, active, completed, abandoned."
    )
    with translation.override("de"):
        assert "created, active, completed, abandoned" in constraint.get_violation_error_message()


def test_rows_name_themselves_in_english_to_programs(db):
    answer = UserResponseFactory()
    assert str(answer) == f"answer {answer.pk}, revision 1"
    assert str(Transcript(pk=3, source="reviewer")) == "transcript 3 (reviewer)"
    assert apps.get_app_config("interview_sessions").verbose_name == "Interview sessions"


# -- the texts of scripts -------------------------------------------------------------------------


def test_texts_of_scripts_are_cacheable_javascript(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        reply = client.get("/texts/de.js")
    assert reply.status_code == 200
    assert reply["Content-Type"].split(";")[0] == "text/javascript"
    assert "public" in reply["Cache-Control"]
    assert "max-age=300" in reply["Cache-Control"]
    text = reply.content.decode()
    german = [
        entry.msgstr
        for entry in messages(FOLDER / "de" / "LC_MESSAGES" / "djangojs.po")
        if entry.msgstr
    ]
    assert len(german) > 10
    assert [one for one in german if json.dumps(one) not in text] == []
    assert client.get("/texts/en.js").content != reply.content


def test_texts_of_scripts_are_the_addresss_whatever_the_reader_asks_for(client, db):
    plain = client.get("/texts/en.js").content
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    assert client.get("/texts/en.js", headers=GERMAN).content == plain


def test_texts_of_scripts_are_not_sent_twice(client, db):
    first = client.get("/texts/de.js")
    again = client.get("/texts/de.js", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/texts/en.js", headers={"if-none-match": first["ETag"]})
    assert other.status_code == 200


def test_texts_of_scripts_carry_nobodys_cookie(db):
    """A cache in between keeps what is public: a browser's own id in it would be everybody's."""
    reply = Client().get("/texts/de.js")
    assert list(reply.cookies) == []
    assert "Cookie" not in reply.get("Vary", "")


@pytest.mark.parametrize(
    "path", ["/texts/xx.js", "/texts/DE.js", "/texts/..%2fde.js", "/texts/.js"]
)
def test_texts_of_unknown_languages_are_not_found(client, db, path):
    assert client.get(path).status_code == 404


def test_texts_of_scripts_are_only_read(client, db):
    assert client.post("/texts/de.js").status_code == 405
