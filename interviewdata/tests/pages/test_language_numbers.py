"""A German reader: text has a decimal comma, what machines read keeps its point."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from analytics.services.dashboard import rebuild_stats
from analytics.tests.reviewing import judge, make_reviewer
from interviewdata.record.pages.nested_facts import text_of
from interviewdata.templatetags.ui import origin, whole, word, words
from interviewdata.tests.pages.comparing import QUESTION, answered, rated
from interviewdata.tests.pages.test_session_record import sound
from sessions.enums import Mode, Source, Status
from sessions.models import AudioPeaks, InterviewQuestion, Transcript
from sessions.services.correction import correct_transcript
from sessions.tests.factories import TranscriptFactory

pytestmark = pytest.mark.django_db
NUMBERS = {
    *("d", "points", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy"),
    *("width", "height", "viewbox", "transform", "style"),
    *("value", "max", "min", "step", "low", "high", "optimum"),
    *("href", "src", "action", "content", "datetime"),
}
COMMA = re.compile(r"\d,\d")
POINT = re.compile(r"\d\.\d")


class Page(HTMLParser):
    """The values that machines read, by attribute, the JSON, and the text that people read."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.values: dict[str, set[str]] = {}
        self.data: list[object] = []
        self.text = ""
        self._within = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self._within = dict(attrs).get("type") or tag if tag in ("script", "style") else ""
        for name, value in attrs:
            if name in NUMBERS or name.startswith("data-"):
                self.values.setdefault(name, set()).add(value or "")

    def handle_endtag(self, tag):
        self._within = ""

    def handle_data(self, data):
        if self._within == "application/json":
            self.data.append(json.loads(data))
        elif not self._within:
            self.text += data


@pytest.fixture
def boss(client):
    """Sees everything, and has given a score with a half."""
    user = make_reviewer("boss")
    user.is_superuser = True
    user.save()
    client.force_login(user)
    return user


@pytest.fixture
def interview(boss):
    """One interview with everything that is measured, among seven others that are scored."""
    for n in range(7):
        other = answered("ann", days=n, role="Nurse")
        rated(other, "ada", 4.3 + n * 0.7, categories={"Depth": 3.5 + n * 0.6})
        rated(other, "bob", 9.1 - n * 0.9)
    one = answered(
        "ann",
        role="Nurse",
        session_data={"pace": 131.25, "fast": [{"a": 1.5}, {"a": 2.5}]},
    )
    question = InterviewQuestion.objects.get(session=one)
    question.responses.update(is_current=False)
    sound(question, revision=2, audio_duration=90.5, confidence_score=0.913, response_duration=95.5)
    transcript = TranscriptFactory(
        session=one,
        word_timestamps=[
            {"word": f"word{n}.", "start": n * 0.36, "end": n * 0.36 + 0.3, "confidence": 0.4}
            for n in range(80)
        ],
    )
    correct_transcript(
        session_id=one.session_id,
        transcript_id=transcript.pk,
        edits=[{"first": 7, "last": 8, "words": "PostgreSQL"}],
        author="ruth",
    )
    rated(one, "ada", 6.57, technical_score=7.25, categories={"Depth": 7.75})
    judge(one, boss, 7.5)
    rebuild_stats(email="ann@example.org")
    return one


def addresses(one) -> dict[str, tuple[str, bool]]:
    """Page → its address, and whether drawings or times stand in it."""
    record = reverse("session-record", args=[one.session_id])
    return {
        "list": (f"{reverse('session-list')}?score_from=1.5", True),
        "record": (record, True),
        "transcript": (reverse("transcript-correct", args=[one.session_id]), False),
        "review": (reverse("review-form", args=[one.session_id]), True),
        "reviews": (reverse("review-queue"), False),
        "dashboard": (reverse("dashboard"), True),
        "scores": (f"{reverse('compare')}?by=scores&role=Nurse", True),
        "answers": (f"{reverse('compare')}?text={QUESTION}", False),
        "person": (reverse("person", args=["ann@example.org"]), True),
        "admin": (reverse("admin:interview_sessions_interviewsession_change", args=[one.pk]), True),
        "home": (reverse("home"), False),
    }


PAGES = ("list", "record", "transcript", "review", "reviews", "dashboard", "scores", "answers",
         "person", "admin", "home")  # fmt: skip


def read(client, address: str, language: str) -> Page:
    client.cookies["language"] = language
    reply = client.get(address)
    assert reply.status_code == 200
    text = reply.content.decode()
    assert f'lang="{language}"' in text
    return Page(text)


@pytest.mark.parametrize("name", PAGES)
def test_what_machines_read_has_no_decimal_comma(client, interview, name):
    address, has_numbers = addresses(interview)[name]
    german, english = (read(client, address, language) for language in ("de", "en"))
    wrong = {
        attribute: strange
        for attribute, values in german.values.items()
        # Two whole numbers with a comma between them are the same in English.
        if (strange := {*filter(COMMA.search, values)} - english.values.get(attribute, set()))
    }
    assert wrong == {}
    assert german.data == english.data
    if has_numbers:  # else nothing was looked at
        assert any(POINT.search(value) for values in german.values.values() for value in values)


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("list", ["7,04", "Score from: 1,5"]),
        ("record", ["6,57", "7,25", "7,75", "131,25"]),
        ("person", ["6,57"]),
    ],
)
def test_what_people_read_has_the_comma(client, interview, name, texts):
    address, _ = addresses(interview)[name]
    for language, sign in (("de", ","), ("en", ".")):
        page = read(client, address, language)
        text = " ".join(page.text.split())
        for expected in texts:
            # The first words of a text are a translator's.
            assert expected.split(": ")[-1].replace(",", sign) in text


def test_a_score_is_taken_with_comma_and_point_in_every_language(client, interview):
    rows = {}
    for language in ("de", "en"):
        for score in ("6,8", "6.8", "7,2", "7.2"):
            client.cookies["language"] = language
            page = client.get(reverse("session-list"), {"score_from": score}).content.decode()
            assert "errorlist" not in page
            rows[language, score] = interview.session_id in page
    assert {score for (_, score), found in rows.items() if found} == {"6,8", "6.8"}
    assert all(rows["de", score] == rows["en", score] for _, score in rows)


def test_the_waveform_is_the_same_json(client, interview, settings, tmp_path):
    response = interview.questions.get().responses.get(is_current=True)
    AudioPeaks.objects.create(
        audio_sha256=response.audio_sha256, duration=90.5, peaks=[1, 2], engine="test"
    )
    address = reverse("session-peaks", args=[interview.session_id, response.pk])
    found = []
    for language in ("de", "en"):
        client.cookies["language"] = language
        found.append(client.get(address).content)
    assert found[0] == found[1]
    assert json.loads(found[0])["duration"] == 90.5


def test_axis_and_counts_keep_thousands_apart():
    assert whole(80_000) == "80,000"
    with translation.override("de"):
        assert whole(80_000) == "80.000"
        assert text_of(131.25) == "131,25"
        assert text_of("131.25") == "131.25"  # somebody's text


def test_every_word_of_the_record_has_one_for_people():
    assert [origin(source) for source in Source] == [
        f"From the {source.label.lower()}" for source in Source
    ]
    assert [word(mode) for mode in Mode] == [mode.label.lower() for mode in Mode]
    assert [words(status) for status in Status] == [str(status.label) for status in Status]


def test_times_said_in_utc_are_in_utc_for_every_reader(client, interview):
    """The reader's zone is shown everywhere but where "UTC" is written."""
    at = timezone.now().replace(year=2026, month=3, day=4, hour=9, minute=30)
    Transcript.objects.filter(session=interview).update(created_at=at)
    client.cookies["zone"] = "Asia/Tokyo"
    address = reverse("admin:interview_sessions_interviewsession_change", args=[interview.pk])
    text = " ".join(client.get(address).content.decode().split())
    assert "4 Mar 2026, 09:30 UTC" in text
    assert "4 Mar 2026, 18:30 UTC" not in text
