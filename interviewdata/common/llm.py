"""One question to any OpenAI-compatible chat endpoint, and the bytes of its answer.

Needs the packages of requirements-llm.txt. What comes back is a stranger's text: whoever asks
proves it before anything of it is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True)
class Endpoint:
    """url: base address; key: sent to that address alone, empty for none; seconds: for the whole
    answer, however slowly it comes; most_bytes: of its body."""

    url: str
    model: str
    key: str
    seconds: float
    most_bytes: int


class ModelFailed(Exception):
    """No answer that can be used; the text is a sentence for people."""


class ModelSilent(ModelFailed):
    """It cannot be reached, or does not answer in time: asking again at once is of no use."""


def ask(
    endpoint: Endpoint, messages: Sequence[Mapping[str, str]], *, name: str, schema: dict[str, Any]
) -> bytes:
    """The body of the endpoint's reply: a chat completion that was asked for JSON of `schema`
    (`name` says what that is). Asks once, without retries. Raises ModelFailed."""
    try:
        import openai
    except ImportError as error:
        raise ModelFailed(
            "The language model cannot be asked: install requirements-llm.txt."
        ) from error
    try:
        # wait_for bounds everything, connecting and a reply that drips byte by byte as well;
        # the client's own timeout starts anew with every byte. In a thread of its own: ours
        # may run an event loop already, and two of them do not share one.
        with ThreadPoolExecutor(1) as thread:
            call = _call(openai, endpoint, messages, name, schema)
            return thread.submit(asyncio.run, asyncio.wait_for(call, endpoint.seconds)).result()
    except (TimeoutError, openai.APITimeoutError) as error:
        raise ModelSilent(
            f"The language model did not answer within {endpoint.seconds:g} seconds."
        ) from error
    except openai.APIConnectionError as error:
        raise ModelSilent("The language model cannot be reached.") from error
    except ModelFailed:
        raise
    except openai.APIStatusError as error:
        raise ModelFailed(_status_sentence(error.status_code)) from error
    except Exception as error:  # whatever else a stranger's bytes bring about in the client
        raise ModelFailed("The answer of the language model cannot be read.") from error


async def _call(
    openai: Any,
    endpoint: Endpoint,
    messages: Sequence[Mapping[str, str]],
    name: str,
    schema: dict[str, Any],
) -> bytes:
    # No proxies, keys or netrc from the environment; a redirect would carry the key elsewhere.
    http_client = openai.DefaultAsyncHttpxClient(trust_env=False, follow_redirects=False)
    async with openai.AsyncOpenAI(
        api_key=endpoint.key or "unused",
        base_url=endpoint.url,
        timeout=endpoint.seconds,
        max_retries=0,
        http_client=http_client,
    ) as client:
        client.organization = client.project = None  # the library takes them from the environment
        strict = {"name": name, "strict": True, "schema": schema}
        try:
            wanted = {"type": "json_schema", "json_schema": strict}
            return await _read(client, endpoint, messages, wanted)
        except openai.BadRequestError:
            # Some endpoints know only the older way of asking for JSON.
            return await _read(client, endpoint, messages, {"type": "json_object"})


async def _read(
    client: Any,
    endpoint: Endpoint,
    messages: Sequence[Mapping[str, str]],
    response_format: dict[str, Any],
) -> bytes:
    async with client.chat.completions.with_streaming_response.create(
        model=endpoint.model, messages=messages, response_format=response_format
    ) as response:
        if response.status_code != 200:
            raise ModelFailed(_status_sentence(response.status_code))
        body = b""
        async for chunk in response.iter_bytes():
            body += chunk
            if len(body) > endpoint.most_bytes:
                raise ModelFailed("The answer of the language model is too long.")
        return body


def _status_sentence(status: int) -> str:
    if status in (401, 403):
        return f"The language model refused our key ({status})."
    if status == 429:
        return "The language model has too much to do (429)."
    return f"The language model answered with an error ({status})."


def content_of(reply: bytes) -> Any:
    """The JSON value that the message of a chat completion says. Raises ModelFailed."""
    try:
        return orjson.loads(orjson.loads(reply)["choices"][0]["message"]["content"])
    except (ValueError, LookupError, TypeError) as error:
        raise ModelFailed("The answer of the language model cannot be read.") from error
