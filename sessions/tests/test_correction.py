"""A correction is a new version: nothing is lost, times stay, two correctors never collide."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interviewdata.common.errors import Conflict, Invalid, NotFound
from sessions.models import Transcript
from sessions.services.correction import correct_transcript
from sessions.tests.factories import InterviewSessionFactory, TranscriptFactory
from sessions.tests.test_concurrency import at_once

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WORDS = [
    {"word": "we", "start": 0.0, "end": 0.2, "confidence": 0.99},
    {"word": "use", "start": 0.2, "end": 0.5, "confidence": 0.98},
    {"word": "post", "start": 0.6, "end": 0.9, "confidence": 0.4},
    {"word": "gress", "start": 0.9, "end": 1.4, "confidence": 0.3},
    {"word": "daily", "start": 2.0, "end": 2.4, "confidence": 0.97},
]
POSTGRES = {
    "word": "PostgreSQL", "start": 0.6, "end": 1.4, "confidence": None, "corrected": True
}  # fmt: skip
EDIT = {"first": 2, "last": 3, "words": "PostgreSQL"}


@pytest.fixture
def base(db):
    return TranscriptFactory(
        transcript_data={"text": "We use post gress daily.", "language": "en"},
        word_timestamps=WORDS,
        confidence_scores=[word["confidence"] for word in WORDS],
        raw_audio_path="audio/whole.webm",
        author="recognizer",
    )


def correct(base, *edits, author="rita", **fields):
    return correct_transcript(
        session_id=base.session_id,
        transcript_id=base.pk,
        edits=edits,
        author=author,
        **{"now": NOW, **fields},
    )


def test_correction_is_a_version_of_its_own_and_keeps_the_rest(base):
    before = Transcript.objects.filter(pk=base.pk).values().get()
    new = Transcript.objects.get(pk=correct(base, EDIT).pk)
    assert new.transcript_data == {"text": "We use PostgreSQL daily.", "language": "en"}
    assert new.word_timestamps == [WORDS[0], WORDS[1], POSTGRES, WORDS[4]]
    assert new.confidence_scores == [0.99, 0.98, None, 0.97]
    assert (new.source, new.author, new.created_at) == ("reviewer", "rita", NOW)
    assert (new.corrects_id, new.user_email) == (base.pk, base.user_email)
    assert new.raw_audio_path == "audio/whole.webm"
    assert Transcript.objects.filter(pk=base.pk).values().get() == before
    assert Transcript.objects.best_first(base.session_id)[0] == new


def test_whole_passage_changes_only_what_differs(base):
    passage = {"first": 0, "last": 4, "words": "We use\nPostgreSQL  daily."}
    assert correct(base, passage).word_timestamps == [WORDS[0], WORDS[1], POSTGRES, WORDS[4]]


def test_words_are_inserted_and_deleted(base):
    new = correct(
        base,
        {"first": 4, "last": 3, "words": "nearly"},
        {"first": 0, "last": 0, "words": ""},
    )
    assert new.transcript_data["text"] == "use post gress nearly daily."
    assert [word["word"] for word in new.word_timestamps] == [
        "use", "post", "gress", "nearly", "daily"
    ]  # fmt: skip
    assert (new.word_timestamps[3]["start"], new.word_timestamps[3]["end"]) == (1.4, 1.8)


def test_transcript_without_times_is_corrected_by_the_words_of_its_text(db):
    base = TranscriptFactory(transcript_data={"text": "We use post gress."}, word_timestamps=[])
    new = correct(base, {"first": 2, "last": 3, "words": "PostgreSQL."})
    assert new.transcript_data == {"text": "We use PostgreSQL."}
    assert new.word_timestamps == []


def test_scores_that_are_not_one_a_word_stay(base):
    Transcript.objects.filter(pk=base.pk).update(confidence_scores=[0.9])
    assert correct(base, EDIT).confidence_scores == [0.9]


def test_words_within_the_data_follow(base):
    Transcript.objects.filter(pk=base.pk).update(transcript_data={"words": WORDS})
    new = correct(base, EDIT)
    assert new.transcript_data["words"] == new.word_timestamps


def test_versions_follow_one_another_and_one_may_be_taken_back(base):
    first = correct(base, EDIT)
    second = correct(first, {"first": 2, "last": 2, "words": "post gress"})
    third = correct(second, EDIT)
    assert [one.corrects_id for one in (first, second, third)] == [base.pk, first.pk, second.pk]
    assert list(Transcript.objects.best_first(base.session_id)) == [third, second, first, base]


def test_second_corrector_of_a_version_is_told_and_nothing_is_lost(base):
    first = correct(base, EDIT)
    with pytest.raises(Conflict, match="rita has saved a newer version"):
        correct(base, {"first": 0, "last": 0, "words": "They"}, author="ruth")
    with pytest.raises(Conflict):  # the author too, with something else
        correct(base, {"first": 0, "last": 0, "words": "They"})
    assert Transcript.objects.best_first(base.session_id)[0] == first


def test_the_same_correction_again_is_the_version_it_made(base):
    first = correct(base, EDIT)
    assert correct(base, EDIT, now=None) == first
    assert Transcript.objects.count() == 2
    with pytest.raises(Conflict):
        correct(base, EDIT, author="ruth")


def test_machine_transcript_that_comes_later_does_not_hide_a_correction(base):
    first = correct(base, EDIT)
    later = TranscriptFactory(session=base.session)
    assert list(Transcript.objects.best_first(base.session_id)) == [first, later, base]


def test_version_is_corrected_once_by_constraint(base):
    correct(base, EDIT)
    with pytest.raises(IntegrityError), transaction.atomic():
        TranscriptFactory(session=base.session, source="reviewer", corrects=base)


@pytest.mark.parametrize(
    "edit",
    [
        {"first": 0, "last": 0, "words": "We"},
        {"first": 0, "last": 4, "words": " We use post gress daily. "},
        {"first": 1, "last": 0, "words": " \n"},
    ],
)
def test_correction_that_changes_nothing_is_refused(base, edit):
    with pytest.raises(Invalid, match="Nothing is changed"):
        correct(base, edit)
    assert Transcript.objects.count() == 1


@pytest.mark.parametrize(
    ("edits", "problem"),
    [
        ([], "Nothing is changed"),
        ([{"first": 0, "last": 4, "words": ""}], "At least one word"),
        ([{"first": -1, "last": 0, "words": "x"}], "word indexes"),
        ([{"first": 0, "last": 5, "words": "x"}], "word indexes"),
        ([{"first": 3, "last": 1, "words": "x"}], "word indexes"),
        ([{"first": 6, "last": 5, "words": "x"}], "word indexes"),
        ([{"first": "0", "last": 0, "words": "x"}], "send"),
        ([{"first": True, "last": 1, "words": "x"}], "send"),
        ([{"first": 0.0, "last": 1, "words": "x"}], "send"),
        ([{"first": 0, "last": 1}], "send"),
        ([{}], "send"),
        ([{"first": 0, "last": 0, "words": "a\0b"}], "cannot be stored"),
        ([{"first": 0, "last": 0, "words": "a\ud800b"}], "cannot be stored"),
        ([{"first": 0, "last": 0, "words": "a" * 501}], "500 characters"),
        ([{"first": 0, "last": 2, "words": "x"}, {"first": 2, "last": 3, "words": "y"}], "word 2"),
        ([{"first": 2, "last": 1, "words": "x"}, {"first": 2, "last": 1, "words": "y"}], "word 2"),
        ([{"first": 0, "last": 0, "words": "x " * 500_000}], "500000 words"),
    ],
)
def test_malformed_edits_are_refused(base, edits, problem):
    with pytest.raises(Invalid, match=problem):
        correct(base, *edits)
    assert Transcript.objects.count() == 1


def test_unknown_interview_or_transcript_is_not_found(base):
    other = TranscriptFactory()
    with pytest.raises(NotFound):
        correct_transcript(session_id="no-such", transcript_id=base.pk, edits=[EDIT], author="r")
    with pytest.raises(NotFound):
        correct_transcript(
            session_id=base.session_id, transcript_id=other.pk, edits=[EDIT], author="r"
        )
    with pytest.raises(NotFound):
        correct_transcript(
            session_id=InterviewSessionFactory().session_id, transcript_id=1, edits=[], author="r"
        )


@pytest.mark.parametrize("versions", [1, 5])
def test_correcting_takes_four_statements(base, versions, django_assert_num_queries):
    for number in range(versions - 1):
        base = correct(base, {"first": 0, "last": 0, "words": f"We{number}"})
    with django_assert_num_queries(6):  # savepoint, release; interview, newest, insert, event
        correct(base, EDIT)


@pytest.mark.django_db(transaction=True)
def test_eight_correctors_at_once_make_one_version():
    base = TranscriptFactory(word_timestamps=WORDS, transcript_data={})

    def act(number):
        return correct(base, {"first": 0, "last": 0, "words": f"W{number}"}, author=f"r{number}")

    results = at_once(8, act)
    made = [one for one in results if isinstance(one, Transcript)]
    assert len(made) == 1
    assert [type(one) for one in results if one not in made] == [Conflict] * 7
    assert list(Transcript.objects.best_first(base.session_id)) == [*made, base]


@pytest.mark.django_db(transaction=True)
def test_the_same_correction_eight_times_at_once_is_one_version():
    base = TranscriptFactory(word_timestamps=WORDS, transcript_data={})
    results = at_once(8, lambda _: correct(base, EDIT))
    assert len({one.pk for one in results}) == 1
    assert Transcript.objects.count() == 2


@given(
    st.lists(st.sampled_from(["one", "Two,", "three"]), min_size=1, max_size=12),
    st.lists(
        st.tuples(
            st.integers(0, 12),
            st.integers(0, 4),
            st.lists(st.sampled_from(["one", "x"]), max_size=3),
        ),
        min_size=1,
        max_size=4,
    ),
)
@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_chain_of_versions_reads_as_edited_with_times_in_order(db, said, steps):
    with transaction.atomic():
        version = TranscriptFactory(
            transcript_data={"text": " ".join(said)},
            word_timestamps=[
                {"word": word, "start": n, "end": n + 0.7, "confidence": 0.5}
                for n, word in enumerate(said)
            ],
        )
        for first, length, new in steps:
            text = version.transcript_data["text"].split()
            first = min(first, len(text))
            last = min(first + length, len(text)) - 1
            expected = [*text[:first], *new, *text[last + 1 :]]
            edit = {"first": first, "last": last, "words": " ".join(new)}
            if not expected or expected == text:
                with pytest.raises(Invalid):
                    correct(version, edit)
                continue
            version = correct(version, edit)
            assert version.transcript_data["text"].split() == expected
            assert [word["word"] for word in version.word_timestamps] == expected
            starts = [word["start"] for word in version.word_timestamps]
            assert starts == sorted(starts)
            assert all(0 <= one["start"] <= one["end"] for one in version.word_timestamps)
        transaction.set_rollback(True)
