"""Every text of every table is an attack, every page is opened: nothing of it runs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import models
from django.urls import reverse

from analytics.models import ReviewAssignment, ReviewDraft, RubricCategory
from interviewdata.tests.browser.test_accessibility import PAGES, sign_in
from sessions.models import InterviewSession, Transcript
from sessions.services.correction import correct_transcript

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Each would open a dialog, set `window.hacked`, or ask /hacked for something. By context: text,
# attributes with either quote and with none, scripts and JSON in scripts, styles, comments,
# addresses, templates, SVG, and half characters that swallow what follows.
ATTACKS = (
    "<script>alert(1);window.hacked=1</script>",
    "\"><img src=/hacked onerror='window.hacked=1;alert(1)'>",
    "'><svg onload=window.hacked=1;alert(1)>",
    "' autofocus onfocus=window.hacked=1;alert(1) x='",
    '" autofocus onfocus="window.hacked=1;alert(1)" x="',
    "x onmouseover=window.hacked=1",
    "</script><script>window.hacked=1;alert(1)</script>",
    "</textarea><script>window.hacked=1</script>",
    "</title><script>window.hacked=1</script>",
    "</style><script>window.hacked=1</script><style>",
    "--><script>window.hacked=1</script><!--",
    "<!--<script>",
    "]]><script>window.hacked=1</script>",
    "javascript:window.hacked=1",
    "data:text/html,<script>parent.hacked=1</script>",
    "{{ 7|add:7 }}{% debug %}${window.hacked=1}#{hacked}",
    "\\u003cscript\\u003ewindow.hacked=1\\u003c/script\\u003e",
    "&lt;img src=/hacked onerror=window.hacked=1&gt;",
    "<iframe srcdoc='<script>parent.hacked=1</script>'></iframe>",
    "<base href=//hacked.example/><link rel=stylesheet href=/hacked>",
    "<form action=/hacked><button>Send</button></form>",
    "<meta http-equiv=refresh content='0;/hacked'>",
    "<math><mtext><table><mglyph><style><img src=/hacked onerror=window.hacked=1>",
    "`;window.hacked=1;//",
    "\u2028window.hacked=1\u2029\u202e<b>",
    "\ufeff<scr\u0130pt>window.hacked=1</script>",
)
# Kept as they are: keys, words that are checked, and what is not text for people.
_KEPT = {
    "session_id", "user_email", "fingerprint", "audio_file_path", "audio_content_type",
    "audio_sha256", "bank_key", "key", "token_sha256", "browser_id", "request_sha256", "password",
    "dimension", "batch", "idempotency_key", "path",
    # JSON whose shape our own services alone make, and whose words they check.
    "modes", "scores", "content", "peaks",
}  # fmt: skip
# At most so many errors of the page itself are read out where a test fails.
MOST_SHOWN = 10


class Corpus:
    """The attacks one after another, so that every one stands somewhere, cut to a column."""

    def __init__(self) -> None:
        self.given = 0

    def next(self, longest: int | None = None) -> str:
        for _ in ATTACKS:
            attack = ATTACKS[self.given % len(ATTACKS)]
            self.given += 1
            if longest is None or len(attack) <= longest:
                return attack
        return "<b>'\""[:longest]

    def spoilt(self, value: Any) -> Any:
        """A JSON value with every text and further keys replaced; numbers and shape stay."""
        if isinstance(value, str):
            return self.next()
        if isinstance(value, list):
            return [self.spoilt(one) for one in value] or [self.next()]
        if isinstance(value, dict):
            return {key: self.spoilt(one) for key, one in value.items()} | {self.next(): "x"}
        return value


def spoil(row: models.Model, corpus: Corpus) -> None:
    for column in row._meta.concrete_fields:
        name = column.attname
        if name in _KEPT or column.choices or column.is_relation or column.primary_key:
            continue
        if isinstance(column, models.JSONField):
            setattr(row, name, _spoilt_column(name, getattr(row, name), corpus))
        elif isinstance(column, (models.CharField, models.TextField)):
            setattr(row, name, corpus.next(column.max_length))
    row.save()


def _spoilt_column(name: str, value: Any, corpus: Corpus) -> Any:
    if name == "word_timestamps":
        return [{**word, "word": corpus.next()} for word in value]
    if name == "categories":
        return {corpus.next(): 5 for _ in ATTACKS}
    return corpus.spoilt(value)


@pytest.fixture
def world() -> InterviewSession:
    """The samples with a review under way and a corrected transcript, all texts of them spoilt."""
    call_command("loaddata", "sample_interviews", verbosity=0)
    call_command("loaddata", "question_bank", verbosity=0)
    # As migrated: a test that empties the tables may have run before.
    RubricCategory.objects.get_or_create(name="Technical", dimension="technical_score")
    boss = User.objects.create_superuser("boss", password="pw", first_name="<b>'\"")
    interview = InterviewSession.objects.filter(responses__audio_bytes__gt=0).order_by("id")[0]
    ReviewAssignment.objects.create(session=interview, reviewer=boss)
    corpus = Corpus()
    parts = ("score", "note", "evidence", "times")
    scores = {
        str(pk): {part: corpus.next() for part in parts}
        for pk in RubricCategory.objects.values_list("pk", flat=True)
    }
    ReviewDraft.objects.create(
        session=interview,
        reviewer=boss,
        content={"scores": scores, "overall": corpus.next(), "reason": corpus.next()},
    )
    for label in ("interview_sessions", "analytics"):
        for model in apps.get_app_config(label).get_models():
            if not model._meta.managed:
                continue
            for row in model._default_manager.all()[:60]:
                spoil(row, corpus)
    assert corpus.given > 10 * len(ATTACKS)
    newest = Transcript.objects.best_first(interview.session_id)[0]
    correct_transcript(
        session_id=interview.session_id,
        transcript_id=newest.pk,
        edits=[{"first": n, "last": n, "words": attack} for n, attack in enumerate(ATTACKS)],
        author="<img src=/hacked onerror=window.hacked=1>",
    )
    return InterviewSession.objects.get(pk=interview.pk)


def admin_pages() -> list[str]:
    """Lists of the admin, and of each the page of its first row."""
    found = ["/admin/"]
    for label in ("interview_sessions", "analytics"):
        for model in apps.get_app_config(label).get_models():
            name = f"admin:{label}_{model._meta.model_name}"
            try:
                found.append(reverse(f"{name}_changelist"))
            except Exception:  # not in the admin
                continue
            row = model._default_manager.order_by("-pk").first()
            if row is not None:
                found.append(reverse(f"{name}_change", args=[row.pk]))
    return found


def test_no_text_of_any_table_runs_on_any_page(
    page: Any, site: str, console: list[str], world: InterviewSession
) -> None:
    sign_in(page, site, User.objects.get(username="boss"))
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(
        """addEventListener("securitypolicyviolation", (event) => {
          console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
        });"""
    )
    paths = [seen.path_of(world) for seen in PAGES if seen.signed_in and seen.status == 200]
    problems, attacked = [], []
    for path in [*paths, *admin_pages()]:
        reply = page.goto(f"{site}{path}", wait_until="load")
        page.wait_for_load_state("networkidle")
        if reply.status != 200:
            problems.append(f"{path}: {reply.status}")
        if page.evaluate("window.hacked !== undefined"):
            problems.append(f"{path}: it ran")
        if "hacked" in page.content():
            attacked.append(path)
        links = page.eval_on_selector_all(
            "a[href], form[action], [src]",
            "all => all.map((one) => one.getAttribute('href') || one.getAttribute('action')"
            " || one.getAttribute('src') || '')",
        )
        problems += [
            f"{path}: {link}"
            for link in links
            if re.match(r"\s*(javascript|vbscript|data:text)", link)
        ]
        problems += [f"{path}: {line}" for line in console]
        console.clear()
    assert problems[:MOST_SHOWN] == []
    assert len(attacked) > 20, attacked  # the attacks were there to see
    assert dialogs == []
    assert [url for url in asked if "hacked" in url.replace("window.hacked", "")] == []
    assert {url.split("/")[2] for url in asked if "://" in url} == {site.removeprefix("http://")}
