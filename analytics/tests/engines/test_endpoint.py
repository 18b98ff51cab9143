"""A transcription endpoint: what is sent to it, what is taken from it, how it fails."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest

from analytics.engines.transcription import TranscriptionFailed, endpoint
from analytics.engines.transcription.endpoint import Endpoint
from analytics.engines.transcription.flac import as_flac
from analytics.engines.words import Word
from sessions.audio.samples import samples_of

from .sound_server import SoundServer
from .spoken import RATE, Sound, noise, silence

SEGMENT = {"id": 0, "start": 0.0, "end": 4.0, "text": " Good morning.", "avg_logprob": -0.25,
           "no_speech_prob": 0.01}  # fmt: skip
WORDS = [{"word": "Good", "start": 0.5, "end": 0.9}, {"word": "morning", "start": 0.9, "end": 1.4}]
REPLY = {"task": "transcribe", "language": "english", "duration": 5.0, "text": "Good morning.",
         "segments": [SEGMENT], "words": WORDS}  # fmt: skip
SOUND = Sound(noise(5, 3000))


@pytest.fixture
def server():
    server = SoundServer()
    stop = server.start()
    yield server
    stop()


def heard(server: SoundServer, sound: Sound = SOUND, language: str | None = None, **options):
    given = {"key": "secret", "model": "whisper-1", "timeout": 10.0} | options
    return Endpoint(server.url, **given).transcribe(sound, language)


def failure(server: SoundServer, **options) -> TranscriptionFailed:
    with pytest.raises(TranscriptionFailed) as caught:
        heard(server, **options)
    return caught.value


# -- what is sent ----------------------------------------------------------------------------------


def test_sound_is_sent_as_flac_with_nothing_about_the_person(server, monkeypatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "somebody")
    server.says(REPLY)
    heard(server, language="en")
    (call,) = server.calls
    assert (call.path, call.file_name) == ("/v1/audio/transcriptions", "answer.flac")
    assert call.headers["authorization"] == "Bearer secret"
    assert "openai-organization" not in call.headers
    assert call.fields == {
        "model": ["whisper-1"],
        "response_format": ["verbose_json"],
        "timestamp_granularities[]": ["word", "segment"],
        "temperature": ["0"],
        "language": ["en"],
    }
    assert len(call.sound) < SOUND.values.nbytes
    with samples_of(io.BytesIO(call.sound), "audio/flac") as sent:
        assert np.array_equal(sent.values, SOUND.values)


def test_flac_of_an_odd_length_is_without_loss() -> None:
    values = noise(23.4567, 5000)
    with samples_of(io.BytesIO(as_flac(values, RATE)), "audio/flac") as found:
        assert np.array_equal(found.values, values)


def test_long_sound_goes_in_pieces_and_silence_not_at_all(server, monkeypatch) -> None:
    monkeypatch.setattr(endpoint, "PIECE_SECONDS", 5.0)
    server.says(REPLY)
    values = np.concatenate([noise(4, 3000), silence(11), noise(1, 3000, 2)])
    found = heard(server, Sound(values))
    assert len(server.calls) == 2
    # The language that was heard in the first piece is told with the second.
    assert [call.fields.get("language") for call in server.calls] == [None, ["en"]]
    assert [word.word for word in found.words] == ["Good", "morning"] * 2
    assert found.words[2].start > 10
    assert heard(server, Sound(silence(20))).words == []
    assert len(server.calls) == 2


# -- what is taken ---------------------------------------------------------------------------------


def test_words_with_the_confidence_of_their_segment(server) -> None:
    server.says(REPLY)
    found = heard(server)
    sure = round(math.exp(-0.25), 4)
    assert found.words == [Word("Good", 0.5, 0.9, sure), Word("morning", 0.9, 1.4, sure)]
    assert (found.language, found.engine, found.model) == ("en", "endpoint 127.0.0.1", "whisper-1")
    assert (found.parameters["times_by"], found.parameters["confidence_by"]) == (
        ["word"],
        ["segment"],
    )


@pytest.mark.parametrize(
    ("word", "sure"),
    [
        ({"probability": 0.7}, 0.7),
        ({"confidence": 0.6}, 0.6),
        ({"logprob": math.log(0.4)}, 0.4),
        ({"probability": 7}, 1.0),
    ],
)
def test_confidence_of_the_word_goes_first(server, word, sure) -> None:
    server.says(REPLY | {"words": [WORDS[0] | word]})
    found = heard(server)
    assert found.words[0].confidence == pytest.approx(sure, abs=1e-4)
    assert found.parameters["confidence_by"] == ["word"]


def test_no_confidence_given_is_told_so(server) -> None:
    server.says({"text": "Good morning", "words": WORDS})
    found = heard(server)
    assert {word.confidence for word in found.words} == {0.5}
    assert (found.language, found.parameters["confidence_by"]) == ("", ["none"])


def test_words_inside_segments_are_found(server) -> None:
    server.says({"segments": [SEGMENT | {"words": WORDS}]})
    assert [word.word for word in heard(server).words] == ["Good", "morning"]


def test_segments_alone_spread_their_words(server) -> None:
    server.says({"segments": [SEGMENT | {"text": " one three", "start": 1.0, "end": 3.0}]})
    found = heard(server)
    assert [(word.start, word.end) for word in found.words] == [(1.0, 1.75), (1.75, 3.0)]
    assert found.parameters["times_by"] == ["segment"]


def test_words_invented_in_silence_are_left_out(server) -> None:
    server.says(REPLY | {"segments": [SEGMENT | {"no_speech_prob": 0.9, "avg_logprob": -1.5}]})
    assert heard(server).words == []


def test_times_outside_the_sound_and_marks_in_words_are_tamed(server) -> None:
    words = [
        {"word": "a\x00b\u202ec", "start": -5, "end": 2},
        {"word": "z" * 5000, "start": 1e9, "end": 2e9},
    ]
    server.says({"words": words})
    first, second = heard(server).words
    assert (first.word, first.start, second.start, second.end) == ("abc", 0.0, 5.0, 5.0)
    assert len(second.word) == 200


def test_nobody_speaks(server) -> None:
    server.says({"language": "english", "text": "", "segments": [], "words": []})
    assert heard(server).words == []


# -- how it fails ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "again"),
    [(500, True), (502, True), (503, True), (429, True), (408, True),
     (400, False), (401, False), (403, False), (404, False), (413, False), (422, False)],
)  # fmt: skip
def test_error_of_the_endpoint(server, status, again) -> None:
    server.says({"error": {"message": "the words of somebody"}}, status)
    error = failure(server)
    assert error.again is again
    assert str(error).endswith(".")
    assert "somebody" not in str(error)
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>proxy</html>",
        b"[]",
        b"[" * 100_000,
        b'{"text": "words without times"}',
        b'{"words": "many"}',
        b'{"words": [1]}',
        b'{"words": [{"word": "a"}]}',
        b'{"words": [{"word": "a", "start": "0", "end": 1}]}',
        b'{"words": [{"word": "a", "start": 1e999, "end": 1}]}',
        b'{"words": [{"word": "a", "start": true, "end": 1}]}',
        b'{"segments": [{"text": "a"}]}',
        b'{"words": [' + b",".join([b'{"word":"a","start":1,"end":1}'] * 500) + b"]}",
        b'{"segments": [' + b",".join([b'{"text":"a","start":1,"end":1}'] * 500) + b"]}",
        b"\xff" * 100,
        b" " * 11_000_000,
    ],
    ids=lambda body: body[:24].decode("latin-1"),
)
def test_nonsense_is_no_transcript(server, body) -> None:
    server.says(body)
    error = failure(server)
    assert (str(error), error.again) == (endpoint.UNREADABLE, True)


@pytest.mark.parametrize("way", ["is_silent", "drips"])
def test_slow_endpoint_is_given_up(server, way) -> None:
    getattr(server, way)()
    error = failure(server, timeout=0.5)
    assert (str(error), error.again) == (endpoint.TOO_SLOW, True)


def test_endpoint_that_is_not_there() -> None:
    error = failure(SoundServer(url="http://127.0.0.1:9/v1"))
    assert (str(error), error.again) == (endpoint.UNREACHABLE, True)


def test_redirect_is_not_followed_with_the_key(server) -> None:
    other = SoundServer()
    stop = other.start()
    other.says(REPLY)
    server.says(b"", 307, Location=f"{other.url}/audio/transcriptions")
    failure(server)
    stop()
    assert other.calls == []
