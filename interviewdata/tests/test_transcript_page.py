"""The page of a transcript's versions, without a browser: what it shows, takes and refuses."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.urls import reverse

from analytics.models import ReviewAssignment
from analytics.tests.factories import FeedbackFactory
from interviewdata.record.pages.transcript_shown import (
    MOST_PASSAGES,
    difference_of,
    passages_of,
    versions_of,
)
from sessions.models import AccessRecord, Transcript
from sessions.services.correction import correct_transcript
from sessions.tests.factories import InterviewSessionFactory, TranscriptFactory

READ = ("interview_sessions.view_interviewsession", "interview_sessions.view_transcript")
CORRECT = (*READ, "interview_sessions.correct_transcript")
SENTENCE = "So we moved the old table to post gress and it was fast."


def timed(text: str) -> list[dict[str, Any]]:
    return [
        {"word": word.strip(".,").lower(), "start": n * 0.5, "end": n * 0.5 + 0.4,
         "confidence": 0.3 if word == "gress" else 0.95}
        for n, word in enumerate(text.split())
    ]  # fmt: skip


def spoken(sentences: int = 1, **fields: Any) -> Transcript:
    text = " ".join([SENTENCE] * sentences)
    return TranscriptFactory(
        transcript_data={"text": text}, word_timestamps=timed(text), author="recognizer", **fields
    )


@pytest.fixture
def corrector(client, staff_user):
    client.force_login(staff_user(*CORRECT))
    return client


def url_of(transcript: Transcript) -> str:
    return reverse("transcript-correct", args=[transcript.session_id])


def correct(transcript: Transcript, **edit: Any) -> Transcript:
    return correct_transcript(
        session_id=transcript.session_id,
        transcript_id=transcript.pk,
        edits=[{"first": 7, "last": 8, "words": "PostgreSQL", **edit}],
        author="ruth",
    )


def post(client, transcript: Transcript, **passages: str):
    data = {"base": str(transcript.pk), **{k.replace("_", "-"): v for k, v in passages.items()}}
    return client.post(url_of(transcript), data)


def test_page_shows_the_passages_of_the_newest_version(corrector):
    base = spoken(4)
    text = corrector.get(url_of(base)).content.decode()
    assert text.count("<textarea") == 2
    assert f'name="base" value="{base.pk}"' in text
    assert "Unsure: gress" in text
    assert "recognizer" in text
    assert AccessRecord.objects.get().session_ids == [base.session_id]


def test_saving_a_passage_makes_a_version_of_its_words_and_shows_the_difference(corrector):
    base = spoken()
    reply = post(corrector, base, passage_0=SENTENCE.replace("post gress", "PostgreSQL"))
    new = Transcript.objects.get(corrects=base)
    assert reply.url == f"{url_of(base)}?from={base.pk}&to={new.pk}#difference"
    assert (new.author, new.transcript_data["text"]) == (
        "rita",
        SENTENCE.replace("post gress", "PostgreSQL"),
    )
    assert [word["word"] for word in new.word_timestamps if "corrected" in word] == ["PostgreSQL"]
    page = corrector.get(reply.url).content.decode()
    assert re.search(r"<del>.*removed: </span>post gress</del>", page)
    assert re.search(r"<ins>.*added: </span>PostgreSQL</ins>", page)
    assert "corrects version 1" in page
    assert "Saved as a new version" in page


def test_passages_that_are_not_sent_stay(corrector):
    base = spoken(12)
    last = passages_of(base)[-1]
    post(corrector, base, **{last.name: f"{last.text} Yes."})
    new = Transcript.objects.get(corrects=base)
    assert new.transcript_data["text"] == f"{base.transcript_data['text']} Yes."


def test_nothing_changed_is_said_and_nothing_saved(corrector):
    base = spoken()
    reply = post(corrector, base, passage_0=f"  {SENTENCE}\r\n")
    assert reply.status_code == 400
    assert "Nothing is changed" in reply.content.decode()
    assert Transcript.objects.count() == 1


def test_text_that_cannot_be_saved_stays_in_the_form(corrector):
    base = spoken()
    reply = post(corrector, base, passage_0="x" * 501)
    assert reply.status_code == 400
    text = reply.content.decode()
    assert "500 characters" in text
    assert "x" * 501 in text
    assert f'data-original="{SENTENCE}"' in text


def test_second_corrector_keeps_what_they_typed(corrector):
    base = spoken()
    newer = correct(base)
    reply = post(corrector, base, passage_0="They moved to My SQL.")
    assert reply.status_code == 409
    text = reply.content.decode()
    assert "ruth has saved a newer version" in text
    assert re.search(r"<textarea[^>]*readonly>They moved to My SQL.</textarea>", text)
    assert f'name="base" value="{newer.pk}"' in text
    assert "PostgreSQL" in text
    assert Transcript.objects.count() == 2


@pytest.mark.parametrize("base", ["", "x", "-1", "0", "999999", "²", "9" * 30, None])
def test_unknown_base_is_not_found(corrector, base):
    data = {"passage-0": "x"} | ({} if base is None else {"base": base})
    assert corrector.post(url_of(spoken()), data).status_code == 404


def test_version_of_another_interview_is_not_found(corrector):
    base, other = spoken(), spoken()
    assert corrector.post(url_of(base), {"base": other.pk}).status_code == 404
    for query in (f"from={other.pk}&to={base.pk}", f"from={base.pk}", "from=x&to=y", "to="):
        assert corrector.get(f"{url_of(base)}?{query}").status_code == 404


def test_any_two_versions_are_compared(corrector):
    base = spoken()
    second = correct(base)
    third = correct(second, first=0, last=0, words="Then")
    page = corrector.get(f"{url_of(base)}?from={third.pk}&to={base.pk}").content.decode()
    assert re.findall(r"(?:removed|added): </span>([^<]*)<", page) == [
        "Then", "So", "PostgreSQL", "post gress"
    ]  # fmt: skip
    same = corrector.get(f"{url_of(base)}?from={base.pk}&to={base.pk}").content.decode()
    assert "The two read the same." in same
    usual = corrector.get(url_of(base)).content.decode()
    assert re.findall(r"(?:removed|added): </span>([^<]*)<", usual) == ["So", "Then"]


def test_long_unchanged_stretches_are_counted(db):
    base = spoken(10)
    correct(base)
    new, old = versions_of(base.session_id)
    rows = Transcript.objects.in_bulk()
    runs = difference_of(old, new, rows[old.pk], rows[new.pk]).runs
    assert [run.kind for run in runs] == ["equal", "removed", "added", "equal", "skipped"]
    assert runs[-1].count == 10 * 13 - 9 - 12


def test_reader_without_the_permission_sees_and_cannot_save(client, staff_user):
    client.force_login(staff_user(*READ))
    base = spoken()
    correct(base)
    page = client.get(url_of(base)).content.decode()
    assert "What differs" in page
    assert "<textarea" not in page
    assert post(client, base, passage_0="x").status_code == 403
    assert Transcript.objects.count() == 2


@pytest.mark.parametrize("held", [(), READ[:1], READ[1:], CORRECT[2:]])
def test_page_asks_for_its_permissions(client, staff_user, held):
    client.force_login(staff_user(*held))
    assert client.get(url_of(spoken())).status_code == 403


def test_saving_asks_for_the_csrf_token(corrector):
    corrector.handler.enforce_csrf_checks = True
    assert post(corrector, spoken(), passage_0="x").status_code == 403


def test_reviewer_who_must_not_see_scores_yet_may_correct(client, staff_user):
    user = staff_user(*CORRECT, "analytics.add_review", "analytics.view_feedback")
    client.force_login(user)
    base = spoken()
    FeedbackFactory(session=base.session, overall_score=9.87, author="canary")
    ReviewAssignment.objects.create(session=base.session, reviewer=user)
    page = client.get(url_of(base)).content.decode()
    assert "9.87" not in page
    assert "canary" not in page
    assert post(client, base, passage_0="We did.").status_code == 302


def test_interview_without_a_transcript_says_so(corrector):
    session = InterviewSessionFactory()
    page = corrector.get(reverse("transcript-correct", args=[session.session_id]))
    assert page.status_code == 200
    assert "No transcript yet" in page.content.decode()
    assert corrector.get(reverse("transcript-correct", args=["no-such"])).status_code == 404


@pytest.mark.parametrize("data", [{}, {"text": "  "}, [], {"segments": [{"x": 1}]}])
def test_transcript_without_words_says_so(corrector, data):
    base = TranscriptFactory(transcript_data=data, word_timestamps=[])
    page = corrector.get(url_of(base)).content.decode()
    assert "neither a text nor words" in page


@pytest.mark.parametrize("sentences", [1, 80, 800])
def test_passages_cover_the_whole_transcript_in_so_many_fields(db, sentences):
    base = spoken(sentences)
    passages = passages_of(base)
    assert " ".join(passage.text for passage in passages) == base.transcript_data["text"]
    ends = [passage.last + 1 for passage in passages]
    assert [passage.first for passage in passages] == [0, *ends[:-1]]
    assert ends[-1] == 13 * sentences
    assert len(passages) <= MOST_PASSAGES


def test_ten_thousand_words_are_saved_from_a_plain_form(corrector):
    """All fields at once, as a browser without scripts sends them."""
    base = spoken(770)
    fields = {passage.name: passage.text for passage in passages_of(base)}
    name = list(fields)[-1]
    fields[name] += " The end."
    assert corrector.post(url_of(base), {"base": base.pk, **fields}).status_code == 302
    new = Transcript.objects.get(corrects=base)
    assert len(new.word_timestamps) == 770 * 13 + 2
    assert new.word_timestamps[:-2] == base.word_timestamps


@pytest.mark.parametrize(("versions", "sentences"), [(1, 1), (6, 60)])
def test_page_takes_a_constant_number_of_statements(
    corrector, django_assert_num_queries, versions, sentences
):
    newest = spoken(sentences)
    for number in range(versions - 1):
        newest = correct(newest, first=0, last=0, words=f"So{number}")
    # login and its user; interview, versions, the texts of one or two, access record
    with django_assert_num_queries(6):
        corrector.get(url_of(newest))


def test_record_and_export_carry_the_newest_version_and_all(client, staff_user):
    from sessions.access import RECORD_PERMISSIONS

    client.force_login(staff_user(*RECORD_PERMISSIONS))
    base = spoken()
    second = correct(base)
    third = correct(second, first=0, last=0, words="Then")
    later = TranscriptFactory(session=base.session)
    session_data = client.get(f"/api/interview/session-data/{base.session_id}").json()
    assert session_data["transcript"]["id"] == third.pk
    assert session_data["transcript"]["corrects_id"] == second.pk
    export = json.loads(client.get(f"/api/interview/export/{base.session_id}").content)
    assert export["transcript"] == session_data["transcript"]
    assert [one["id"] for one in export["transcripts"]] == [
        third.pk, second.pk, later.pk, base.pk
    ]  # fmt: skip
    assert [version.pk for version in versions_of(base.session_id)] == [
        third.pk, second.pk, later.pk, base.pk
    ]  # fmt: skip
