"""No page says a word that cannot be translated: every page, read in a language of brackets."""

from __future__ import annotations

from typing import Any

import polib
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.translation import trans_real

from interviewdata import error_pages
from interviewdata.tests.pages.pseudo import speak_in_brackets, to_greek, unknown, unmarked
from interviewdata.tests.pages.translated_world import (
    World,
    admin_pages,
    make_world,
    say_in_greek_what_the_admin_shows_as_it_is,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(monkeypatch) -> World:
    """Made in English, read in brackets from then on."""
    made = make_world()
    speak_in_brackets(monkeypatch)
    return made


def pages(world: World) -> dict[str, list[str]]:
    """What each of the two readers opens."""
    session, running = world.interview.session_id, world.running.session_id
    person = reverse("person", args=[world.interview.user_email])
    compare = reverse("compare")
    everybody = [
        reverse("home"),
        reverse("session-list"),
        f"{reverse('session-list')}?q={to_greek('a')}",
        f"{reverse('session-list')}?q=zzzznothing",
        f"{reverse('session-list')}?from=nonsense&status=nonsense&score_from=12",
        f"{reverse('session-list')}?status=completed&mode=technical&sound=yes&from=2026-01-01",
        *(reverse("session-record", args=[one]) for one in (session, running)),
        *(reverse("transcript-correct", args=[one]) for one in (session, running)),
        reverse("review-queue"),
        *(reverse("review-form", args=[one]) for one in (session, running)),
    ]
    return {
        "boss": [
            *everybody,
            compare,
            f"{compare}?hide=1",
            f"{compare}?mode=puzzle",
            reverse("reports"),
            *(reverse("session-report", args=[one]) for one in (session, running)),
            *(reverse("session-report-candidate", args=[one]) for one in (session, running)),
            f"{reverse('report-period')}?from=2026-01-01",
            f"{reverse('report-period')}?from=nonsense&to=1999-01-01",
            f"{reverse('report-impact')}?threshold=99&attribute=x",
            reverse("dashboard"),
            f"{reverse('dashboard')}?from=2026-01-01&mode=technical&role={to_greek('x')}",
            f"{reverse('dashboard')}?from=nonsense",
            person,
            "/people/nobody@example.org/",
        ],
        "reviewer": everybody,
    }


class Findings:
    """The texts that nobody marked, each with the pages it stands on."""

    def __init__(self) -> None:
        self.pages: dict[str, list[str]] = {}

    def add(self, path: str, reply: Any, statuses: tuple[int, ...] = (200,)) -> None:
        texts = unmarked(reply.content.decode())
        if reply.status_code not in statuses:
            texts = [f"status {reply.status_code}"]
        for text in texts:
            self.pages.setdefault(text, []).append(path)

    def __str__(self) -> str:
        return "\n".join(
            f"{text!r} on {paths[0]}" + (f" and {len(paths) - 1} more" if paths[1:] else "")
            for text, paths in self.pages.items()
        )


@pytest.mark.parametrize("who", ["boss", "reviewer"])
def test_pages_say_nothing_that_cannot_be_translated(client, world, who):
    client.force_login(getattr(world, who))
    # Some a reviewer may not open; the page that says so is read instead.
    found = Findings()
    for path in pages(world)[who]:
        found.add(path, client.get(path), (200, 403, 404))
    assert not found.pages, str(found)


def test_admin_says_nothing_that_cannot_be_translated(client, world):
    client.force_login(world.boss)
    found = Findings()
    for path in admin_pages():
        say_in_greek_what_the_admin_shows_as_it_is()  # each page records a look
        found.add(path, client.get(path))
    assert not found.pages, str(found)


def test_pages_of_strangers_say_nothing_that_cannot_be_translated(client, world, settings):
    found = Findings()
    for path in ("/", "/admin/login/", "/no/such/page", "/interview/invitation/x"):
        found.add(path, client.get(path), (200, 404))
    wrong = {"username": "νινα", "password": "wrong", "next": "/admin/"}
    replies = [client.post("/admin/login/", wrong) for _ in range(settings.AXES_FAILURE_LIMIT + 1)]
    found.add("wrong password", replies[0], (200,))
    found.add("locked", replies[-1], (429,))
    forged = Client(enforce_csrf_checks=True).post("/admin/login/", wrong)
    found.add("forged", forged, (403,))
    assert not found.pages, str(found)


def test_error_pages_say_nothing_that_cannot_be_translated(rf, world):
    request = rf.get("/somewhere")
    request.user = User(username="χ")
    replies = [
        error_pages.bad_request(request, Exception()),
        error_pages.forbidden(request, Exception()),
        error_pages.not_found(request, Exception()),
        error_pages.server_error(request),
    ]
    assert [unmarked(reply.content.decode()) for reply in replies] == [[], [], [], []]


def test_refusals_of_forms_can_be_translated(client, world):
    """What pages answer to a form that is not as it should be."""
    client.force_login(world.boss)
    correct = reverse("transcript-correct", args=[world.interview.session_id])
    review = reverse("review-form", args=[world.interview.session_id])
    add = "admin:interview_sessions_{}_add".format
    sent = [
        (correct, {"base": str(client.get(correct).context["base"].pk)}, 400),
        (review, {}, 400),
        (reverse(add("interviewsession")), {}, 200),
        (reverse(add("bankquestion")), {"time_limit": "1", "mode": "x"}, 200),
        (reverse(add("invitation")), {"label": "χ", "expires_at_0": "2020-01-01"}, 200),
        (reverse(add("servicetoken")), {}, 200),
        (reverse("admin:analytics_rubriccategory_add"), {"weight": "200"}, 200),
    ]
    found = Findings()
    for path, form, status in sent:
        found.add(path, client.post(path, form), (status,))
    assert not found.pages, str(found)


def test_actions_say_nothing_that_cannot_be_translated(client, world):
    """What the admin says after doing something."""
    client.force_login(world.boss)
    lists = {
        "interview_sessions_interviewsession": ("mark_abandoned", "assign_for_review"),
        "interview_sessions_servicetoken": ("revoke_selected",),
        "axes_accessattempt": ("unlock",),
        "analytics_dashboardstats": ("recompute_selected",),
    }
    found = Findings()
    for name, actions in lists.items():
        path = reverse(f"admin:{name}_changelist")
        for action in actions:
            chosen = [row.pk for row in client.get(path).context["cl"].result_list]
            sent = {"action": action, "_selected_action": chosen}
            found.add(f"{name} {action}", client.post(path, sent, follow=True))
    history = reverse("admin:interview_sessions_interviewsession_history", args=[world.running.pk])
    found.add(history, client.get(history))
    assert not found.pages, str(found)


def test_every_word_looked_up_stands_in_a_catalogue(client, monkeypatch):
    """Texts that are put together or changed before they are looked up are found by nobody."""
    made = make_world()
    asked = speak_in_brackets(monkeypatch)
    client.force_login(made.boss)
    for path in [*pages(made)["boss"], *admin_pages()]:
        client.get(path)
    path = settings.LOCALE_PATHS[0] / "de" / "LC_MESSAGES" / "django.po"
    ours = {
        (entry.msgctxt or "", entry.msgid, entry.msgid_plural)
        for entry in polib.pofile(path.read_text(encoding="utf-8"))
    }
    assert len(ours) > 100
    ours |= {("", name, "") for _code, name in settings.LANGUAGES}  # each in its own
    theirs = set(trans_real.translation("de")._catalog.keys())
    found = [
        (context, text)
        for context, text, _plural in unknown(asked, ours)
        if not {text, f"{context}\x04{text}", (text, 0)} & theirs
        and not any(key[0] == text for key in theirs if isinstance(key, tuple))
    ]
    assert found == []


def test_the_reader_of_pages_finds_what_it_is_there_to_find():
    page = """<html lang="en"><title>⟦Home⟧</title><h1>Plain</h1>
      <p>⟦Signed in as <strong>rita</strong>, who⟧ left</p><p>⟦open <b>x</b></p><p>After it</p>
      <img alt="A picture"><img alt="⟦seen⟧"><input type="submit" value="Go">
      <input value="typed"><option label="A">ναι</option><p lang="de">Deutsch</p>
      <script>let code</script><p>⟦n⟧: 5 · ann@example.org · 12</p></html>"""
    assert unmarked(page) == [
        "h1: Plain",
        "p: left",
        "p: After it",
        "img[alt]: A picture",
        "input[value]: Go",
        "option[label]: A",
    ]
