"""Transcription by an OpenAI-compatible endpoint: POST …/audio/transcriptions, verbose_json.

The sound leaves the house: in pieces of at most ten minutes, as FLAC, with nothing that says whose
it is. Pieces of silence alone are not sent. Needs the packages of requirements-llm.txt.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from analytics.engines.transcription.base import Sound, TranscriptionFailed, gettext_noop
from analytics.engines.transcription.flac import as_flac
from analytics.engines.transcription.pieces import ordered, pieces
from analytics.engines.transcription.replies import Reply, read_reply
from analytics.engines.words import Transcription, Word

logger = logging.getLogger(__name__)

PIECE_SECONDS = 600.0  # at most 19 MB; endpoints take 25
MAX_REPLY_BYTES = 10_000_000
# Answers of an endpoint for which the same request may do better later.
PASSING = frozenset({408, 409, 425, 429})

# Kept in English; pages say them in their reader's language.
TOO_SLOW = gettext_noop("The transcription service did not answer in time.")
UNREACHABLE = gettext_noop("The transcription service cannot be reached.")
UNREADABLE = gettext_noop("The answer of the transcription service cannot be read.")
NO_KEY = gettext_noop("The transcription service refused our key; see TRANSCRIPTION_KEY.")
REFUSED = gettext_noop(
    "The transcription service refused the recording; see TRANSCRIPTION_URL and "
    "TRANSCRIPTION_MODEL_NAME."
)
BUSY = gettext_noop("The transcription service has too much to do or is out of order.")
NOT_INSTALLED = gettext_noop(
    "The transcription service cannot be asked: install requirements-llm.txt."
)


def is_installed() -> bool:
    return find_spec("openai") is not None


class Endpoint:
    """Asks once for each piece, without retries: whoever calls tries again later.

    url: base address such as https://models.example.org/v1. language: two letters, or empty where
    the endpoint is to hear it. timeout: seconds for one piece, all in all.
    """

    def __init__(
        self, url: str, *, key: str = "", model: str, language: str = "", timeout: float = 300.0
    ) -> None:
        self._url, self._key, self._model = url, key, model
        self._language, self._timeout = language, timeout

    @property
    def engine(self) -> str:
        return f"endpoint {urlsplit(self._url).hostname}"

    @property
    def model(self) -> str:
        return self._model

    def transcribe(self, samples: Sound, language: str | None = None) -> Transcription:
        """As Transcriber.transcribe."""
        heard = language or self._language
        words: list[Word] = []
        replies: list[Reply] = []
        for begin, piece in pieces(samples.values, samples.rate, PIECE_SECONDS):
            reply = self._piece(piece, samples.rate, heard)
            replies.append(reply)
            heard = heard or reply.language
            words += [
                Word(word.word, begin + word.start, begin + word.end, word.confidence)
                for word in reply.words
            ]
        return Transcription(
            words=ordered(words, len(samples.values) / samples.rate),
            language=heard,
            engine=self.engine,
            model=self.model,
            parameters={
                "temperature": 0,
                "piece_seconds": PIECE_SECONDS,
                "times_by": sorted({reply.times for reply in replies if reply.words}),
                "confidence_by": sorted({reply.confidence for reply in replies if reply.words}),
            },
        )

    def _piece(self, piece: NDArray[np.int16], rate: int, language: str) -> Reply:
        body = self._ask(as_flac(piece, rate), language)
        try:
            return read_reply(body, len(piece) / rate)
        except ValueError as error:
            logger.warning("transcription: %s", error)
            raise TranscriptionFailed(UNREADABLE, again=True) from error

    def _ask(self, sound: bytes, language: str) -> bytes:
        try:
            import openai
        except ImportError as error:
            raise TranscriptionFailed(NOT_INSTALLED, again=False) from error
        try:
            # wait_for bounds everything: the client's own timeout starts anew with every byte. In
            # a thread of its own, since ours may run an event loop already.
            with ThreadPoolExecutor(1) as thread:
                call = asyncio.wait_for(self._call(openai, sound, language), self._timeout)
                return thread.submit(asyncio.run, call).result()
        except (TimeoutError, openai.APITimeoutError) as error:
            raise TranscriptionFailed(TOO_SLOW, again=True) from error
        except openai.APIConnectionError as error:
            raise TranscriptionFailed(UNREACHABLE, again=True) from error
        except openai.APIStatusError as error:
            raise _failed(error.status_code) from error
        except TranscriptionFailed:
            raise
        except Exception as error:  # whatever else a stranger's bytes bring about in the client
            # Its text may hold what was said.
            logger.warning("transcription: %s in the client", type(error).__name__)
            raise TranscriptionFailed(UNREADABLE, again=True) from error

    async def _call(self, openai: Any, sound: bytes, language: str) -> bytes:
        # No proxies, keys or netrc from the environment; a redirect would carry the key elsewhere.
        http_client = openai.DefaultAsyncHttpxClient(trust_env=False, follow_redirects=False)
        async with openai.AsyncOpenAI(
            api_key=self._key or "unused",
            base_url=self._url,
            timeout=self._timeout,
            max_retries=0,
            http_client=http_client,
        ) as client:
            client.organization = client.project = None  # taken from the environment otherwise
            async with client.audio.transcriptions.with_streaming_response.create(
                file=("answer.flac", sound, "audio/flac"),
                model=self._model,
                response_format="verbose_json",
                timestamp_granularities=["word", "segment"],
                temperature=0,
                **({"language": language} if language else {}),
            ) as response:
                if response.status_code != 200:
                    raise _failed(response.status_code)
                body = b""
                async for block in response.iter_bytes():
                    body += block
                    if len(body) > MAX_REPLY_BYTES:
                        raise TranscriptionFailed(UNREADABLE, again=True)
                return body


def _failed(status: int) -> TranscriptionFailed:
    logger.warning("transcription: the endpoint answered %d", status)
    if status in (401, 403):
        return TranscriptionFailed(NO_KEY, again=False)
    if status in PASSING or status >= 500:
        return TranscriptionFailed(BUSY, again=True)
    return TranscriptionFailed(REFUSED, again=False)
