"""Which second of which recording a word was said in: worked by hand, no database."""

from interviewdata.record.pages.session_timeline import (
    BY_ANSWER,
    BY_ANSWER_FROM_ZERO,
    END_TO_END,
    NO_RECORDING,
    ONE_RECORDING,
    Recording,
    Segment,
    Word,
    map_words,
    segments_of,
)


def word(start, end=None, text="w"):
    return Word(text, start, end if end is not None else start + 0.2)


def shifts(timeline):
    return [(track.response_id, track.shift) for track in timeline.tracks]


# -- no answers named ------------------------------------------------------------------------------


def test_without_recordings_words_lie_nowhere():
    found = map_words([word(1.0)], [], [])
    assert (found.basis, found.tracks, found.word_tracks) == (NO_RECORDING, (), (-1,))
    assert found.starts == (1.0,)


def test_one_recording_holds_all_words():
    found = map_words([word(0.5), word(9.0)], [], [Recording(7, 3, 10.0)])
    assert (found.basis, shifts(found)) == (ONE_RECORDING, [(7, 0.0)])
    assert (found.word_tracks, found.word_questions) == ((0, 0), (3, 3))


def test_words_long_after_the_end_of_a_recording_are_not_in_it():
    found = map_words([word(9.9), word(10.9), word(11.1)], [], [Recording(7, 3, 10.0)])
    assert found.word_tracks == (0, 0, -1)


def test_length_nobody_knows_excludes_no_word():
    assert map_words([word(500.0)], [], [Recording(7, 3, None)]).word_tracks == (0,)


def test_several_recordings_lie_end_to_end():
    recordings = [Recording(7, 1, 10.0), Recording(8, 3, 5.5), Recording(9, 4, 20.0)]
    words = [word(0.0), word(9.99), word(10.0), word(15.49), word(15.5), word(35.0), word(37.0)]
    found = map_words(words, [], recordings)
    assert (found.basis, shifts(found)) == (END_TO_END, [(7, 0.0), (8, 10.0), (9, 15.5)])
    assert found.word_tracks == (0, 0, 1, 1, 2, 2, -1)
    assert found.word_questions == (1, 1, 3, 3, 4, 4, None)
    assert found.unplaced == 0


def test_recordings_after_one_of_unknown_length_cannot_be_placed():
    recordings = [Recording(7, 1, 10.0), Recording(8, 2, None), Recording(9, 3, 5.0)]
    found = map_words([word(12.0), word(99.0)], [], recordings)
    assert (shifts(found), found.unplaced) == ([(7, 0.0), (8, 10.0)], 1)
    assert found.word_tracks == (1, 1)


# -- answers named ---------------------------------------------------------------------------------


def test_segments_on_one_clock_say_where_recordings_begin():
    segments = [Segment(4.0, 19.0, 1), Segment(29.0, 55.0, 2), Segment(60.0, 76.0, 3)]
    recordings = [Recording(11, 1, 15.0), Recording(13, 3, 16.0)]
    words = [word(4.1), word(18.0), word(29.1), word(60.2)]
    found = map_words(words, segments, recordings)
    assert (found.basis, shifts(found)) == (BY_ANSWER, [(11, 4.0), (13, 60.0)])
    # The second answer has no sound: its words are known, and cannot be played.
    assert found.word_tracks == (0, 0, -1, 1)
    assert found.word_questions == (1, 1, 2, 3)
    assert found.starts == (4.1, 18.0, 29.1, 60.2)


def test_words_before_the_first_segment_belong_to_no_answer():
    found = map_words([word(1.0), word(4.0)], [Segment(4.0, 9.0, 1)], [Recording(1, 1, 5.0)])
    assert (found.word_tracks, found.word_questions) == ((-1, 0), (None, 1))


def test_several_segments_of_one_answer_begin_with_the_first():
    segments = [Segment(10.0, 12.0, 1), Segment(12.5, 20.0, 1), Segment(30.0, 31.0, 2)]
    found = map_words([word(13.0)], segments, [Recording(1, 1, 12.0), Recording(2, 2, 3.0)])
    assert shifts(found) == [(1, 10.0), (2, 30.0)]


def test_answers_that_begin_at_zero_again_have_clocks_of_their_own():
    segments = [Segment(0.2, 9.0, 1), Segment(0.1, 4.0, 2), Segment(0.3, 7.0, 3)]
    recordings = [Recording(1, 1, 10.0), Recording(3, 3, 8.0)]
    words = [word(0.2), word(8.0), word(0.1), word(3.9), word(0.3), word(6.0)]
    found = map_words(words, segments, recordings)
    # The second answer has no recording: its own 4.1 s (end of its last word) pass.
    assert (found.basis, shifts(found)) == (BY_ANSWER_FROM_ZERO, [(1, 0.0), (3, 14.1)])
    assert found.starts == (0.2, 8.0, 10.1, 13.9, 14.4, 20.1)
    assert found.word_tracks == (0, 0, -1, -1, 1, 1)
    assert found.word_questions == (1, 1, 2, 2, 3, 3)


def test_own_clocks_that_words_do_not_show_fall_back_to_end_to_end():
    segments = [Segment(0.0, 9.0, 1), Segment(0.0, 4.0, 2)]
    recordings = [Recording(1, 1, 10.0), Recording(2, 2, 5.0)]
    found = map_words([word(0.0), word(5.0), word(12.0)], segments, recordings)
    assert (found.basis, found.word_tracks) == (END_TO_END, (0, 0, 1))


def test_only_answer_named_within_its_recording_has_its_own_clock():
    own = map_words([word(3.0)], [Segment(2.0, 9.0, 1)], [Recording(1, 1, 10.0)])
    late = map_words([word(63.0)], [Segment(62.0, 69.0, 1)], [Recording(1, 1, 10.0)])
    assert (own.basis, shifts(own)) == (BY_ANSWER_FROM_ZERO, [(1, 0.0)])
    assert (late.basis, shifts(late)) == (BY_ANSWER, [(1, 62.0)])


# -- hostile and odd -------------------------------------------------------------------------------


def test_starts_never_fall():
    found = map_words([word(5.0), word(3.0), word(6.0)], [], [Recording(1, 1, 10.0)])
    assert found.starts == (5.0, 5.0, 6.0)
    assert all(end >= start for start, end in zip(found.starts, found.ends, strict=True))


def test_words_without_times_stay_with_the_word_before():
    words = [Word("a"), word(11.0), Word("b")]
    found = map_words(words, [], [Recording(1, 1, 10.0), Recording(2, 2, 10.0)])
    assert (found.starts, found.word_tracks) == ((None, 11.0, None), (0, 1, 1))


def test_nothing_at_all():
    for recordings in ([], [Recording(1, 1, 1.0)], [Recording(1, 1, 1.0), Recording(2, 2, 1.0)]):
        assert map_words([], [], recordings).starts == ()
        assert map_words([], [Segment(0, 1, 1), Segment(0, 1, 2)], recordings).starts == ()


def segments(data):
    return segments_of(data, of_response={70: 2}, of_question={50: 1, 51: 2})


def test_answers_are_named_in_several_ways():
    for names, question in [
        ({"question_index": 2}, 2),
        ({"questionIndex": 0}, 1),  # from 0, as on the wire
        ({"question_id": 51}, 2),
        ({"questionId": 50}, 1),
        ({"response_id": 70}, 2),
        ({"responseId": 70}, 2),
    ]:
        (found,) = segments({"segments": [{"start": 1, "end": 2, **names}]})
        assert found == Segment(1.0, 2.0, question), names


def test_names_of_nothing_here_are_not_believed():
    for names in (
        {"question_index": 9},
        {"question_index": "1"},
        {"question_index": True},
        {"question_id": 999},
        {"response_id": None},
    ):
        (found,) = segments([{"start": 1, "end": 2, **names}])
        assert found.question_index is None, names


def test_segments_of_odd_shapes():
    rows = [
        None,
        3,
        [],
        {"end": 3},
        {"start": "1"},
        {"start": -1},
        {"start": 1e300},
        {"start": True},
    ]
    assert segments(rows) == []
    for data in (None, "text", 7, {}, {"segments": "x"}, {"segments": {}}):
        assert segments(data) == []
    assert segments([{"start": 5, "end": 1, "speaker": "Ann"}]) == [Segment(5.0, 5.0, None, "Ann")]
