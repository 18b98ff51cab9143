"""What `make bench` sends, and that its own address exists in its own run alone."""

import pytest

from interviewdata.benchmarks.calls import MAKERS, PATCH_BYTES, Material, problem_with


@pytest.fixture
def material():
    pairs = [(f"{number:036}", f"token {number}") for number in range(3)]
    return Material(
        host="127.0.0.1",
        fresh=pairs,
        asked=pairs,
        small=pairs,
        words=pairs,
        service_token="idt_x",
        browser_cookie="name=value",
        staff_cookie="name=value",
        audio=bytes(600),
        audio_patch_at=300,
    )


@pytest.mark.parametrize("call", MAKERS)
def test_request_has_the_length_it_says(material, call):
    head, _, body = b"".join(MAKERS[call](material, 5)).partition(b"\r\n\r\n")
    said = [line for line in head.split(b"\r\n") if line.startswith(b"Content-Length: ")]
    assert said == ([f"Content-Length: {len(body)}".encode()] if body else [])


@pytest.mark.parametrize("call", [name for name in MAKERS if name.startswith("response")])
def test_answers_differ_so_that_none_is_a_retry(material, call):
    sent = {
        b"".join(MAKERS[call](material, number)).partition(b"\r\n\r\n")[2] for number in range(40)
    }
    assert len(sent) == 40
    assert PATCH_BYTES % 3 == 0  # or the parts of the base64 text would not join


@pytest.mark.parametrize(
    ("body", "is_right"),
    [(b'{"questions":[1,2,3,4,5]}', True), (b'{"questions":[]}', False)],
)
def test_wrong_answer_is_not_timed(material, body, is_right):
    assert (problem_with("questions", material, b"HTTP/1.1 200 OK", body) == "") is is_right


def test_refusal_is_not_timed(material):
    assert problem_with("questions", material, b"HTTP/1.1 404 Not Found", b"{}") != ""


def test_static_bytes_are_not_served_in_production(client):
    assert client.get("/api/static-bytes").status_code == 404


@pytest.mark.urls("interviewdata.benchmarks.urls")
def test_static_bytes_are_served_to_the_benchmark(client):
    reply = client.get("/api/static-bytes")
    assert (reply.status_code, reply["Content-Length"]) == (200, str(len(reply.content)))
