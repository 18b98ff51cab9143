"""Readers of environment variables: what they take, and how they refuse."""

import os

import pytest
from django.core.exceptions import ImproperlyConfigured

from interviewdata.common import env


@pytest.fixture
def given(monkeypatch):
    """Sets the variable X for one test."""

    def give(value, name="X"):
        monkeypatch.setenv(name, value)

    monkeypatch.delenv("X", raising=False)
    monkeypatch.delenv("X_FILE", raising=False)
    return give


def refusal(read):
    """The sentence of a refusal: the variable, what is wrong, and the cure."""
    with pytest.raises(ImproperlyConfigured) as caught:
        read()
    sentence = str(caught.value)
    assert sentence.startswith("X")
    return sentence


# -- texts, files, .env ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "found"), [("a b", "a b"), ("  a\n", "a"), ("", "default"), (" ", "default")]
)
def test_text_is_stripped_and_empty_counts_as_unset(given, value, found):
    given(value)
    assert env.text("X", "default") == found


def test_secret_comes_from_a_file(given, tmp_path):
    (tmp_path / "secret").write_text("s3cret — ü\n", encoding="utf-8")
    given(str(tmp_path / "secret"), "X_FILE")
    assert env.text("X") == "s3cret — ü"


def test_variable_goes_before_its_file_and_an_empty_one_does_not(given, tmp_path):
    (tmp_path / "secret").write_text("from the file")
    given(str(tmp_path / "secret"), "X_FILE")
    given("from the variable")
    assert env.text("X") == "from the variable"
    given("")
    assert env.text("X") == "from the file"


def test_empty_file_counts_as_unset(given, tmp_path):
    (tmp_path / "secret").write_text("\n")
    given(str(tmp_path / "secret"), "X_FILE")
    assert env.text("X", "default") == "default"


def test_file_that_cannot_be_read_is_told(given, tmp_path):
    given(str(tmp_path / "missing"), "X_FILE")
    assert refusal(lambda: env.text("X")) == (
        f"X_FILE: cannot read '{tmp_path / 'missing'}'. Name a readable text file."
    )
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    given(str(tmp_path / "binary"), "X_FILE")
    assert "Name a readable text file." in refusal(lambda: env.text("X"))


def test_dotenv_is_read_and_the_environment_goes_before_it(given, tmp_path, monkeypatch):
    (tmp_path / ".env").write_text(
        "# a comment\nX=from dotenv\nexport X_OTHER='quoted # text'\nX_EMPTY=\n"
    )
    for name in ("X_OTHER", "X_EMPTY"):
        monkeypatch.setenv(name, "to be removed again")
        monkeypatch.delenv(name)
    given("from the environment")
    env.load_dotenv(tmp_path / ".env")
    found = (env.text("X"), env.text("X_OTHER"), env.text("X_EMPTY", "default"))
    for name in ("X_OTHER", "X_EMPTY"):
        os.environ.pop(name, None)
    assert found == ("from the environment", "quoted # text", "default")


def test_missing_dotenv_is_nothing(tmp_path):
    env.load_dotenv(tmp_path / ".env")


def test_unreadable_dotenv_is_told(tmp_path):
    (tmp_path / ".env").write_bytes(b"X=\xff\xfe")
    with pytest.raises(ImproperlyConfigured, match="Write NAME=value lines as UTF-8"):
        env.load_dotenv(tmp_path / ".env")


# -- typed readers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "found"),
    [("1", True), ("TRUE", True), ("yes", True), ("On", True)]
    + [("0", False), ("false", False), ("No", False), ("off", False)],
)
def test_boolean_is_read(given, value, found):
    given(value)
    assert env.boolean("X", default=not found) is found


@pytest.mark.parametrize("value", ["2", "ja", "truee", "-"])
def test_bad_boolean_is_told(given, value):
    given(value)
    assert refusal(lambda: env.boolean("X", default=False)) == (
        f"X: {value!r} is neither yes nor no. Set it to 1 or 0."
    )


@pytest.mark.parametrize("value", ["many", "1.5", "0", "11", "1e1", "9" * 5000])
def test_bad_integer_is_told(given, value):
    given(value)
    sentence = refusal(lambda: env.integer("X", default=5, minimum=1, maximum=10))
    assert sentence.endswith("Set it to 1–10.")


@pytest.mark.parametrize("value", ["many", "nan", "inf", "-1", "10.1"])
def test_bad_number_is_told(given, value):
    given(value)
    sentence = refusal(lambda: env.number("X", default=5, minimum=0.5, maximum=10))
    assert sentence.endswith("Set it to 0.5–10.")


def test_numbers_are_read(given):
    given("10")
    assert env.integer("X", default=5, minimum=1, maximum=10) == 10
    assert env.number("X", default=5, minimum=1, maximum=10) == 10.0
    given("")
    assert env.integer("X", default=5, minimum=1, maximum=10) == 5


def test_choice_is_one_of_its_words(given):
    given("INVITE")
    assert env.choice("X", ("open", "invite"), default="open") == "invite"
    given("closed")
    assert refusal(lambda: env.choice("X", ("open", "invite"), default="open")) == (
        "X: 'closed' is unknown. Set it to one of: open, invite."
    )


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("", []),
        ("a.example.org, .example.com,,", ["a.example.org", ".example.com"]),
        ("*", ["*"]),
        ("localhost,127.0.0.1,[::1]", ["localhost", "127.0.0.1", "[::1]"]),
    ],
)
def test_hosts_are_read(given, value, found):
    given(value)
    assert env.hosts("X") == found


@pytest.mark.parametrize(
    "value", ["https://a.org", "a.org:8000", "a.org/x", "a b", "-a.org", "a.org,*.b.org"]
)
def test_bad_host_is_told(given, value):
    given(value)
    assert "without scheme, port and path" in refusal(lambda: env.hosts("X"))


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("", []),
        ("https://a.org, HTTP://B.org:8080", ["https://a.org", "http://b.org:8080"]),
        ("http://[::1]:8000", ["http://[::1]:8000"]),
    ],
)
def test_origins_are_read(given, value, found):
    given(value)
    assert env.origins("X") == found


@pytest.mark.parametrize(
    "value",
    ["a.org", "https://a.org/", "https://a.org/x", "https://*.a.org", "*", "ftp://a.org"]
    + ["https://u@a.org", "https://a.org:port", "https://a.org:70000", "https://[a", "https://"]
    + ["https://a.org?x", "https://a.org#x", "https://a b.org", "null"],
)
def test_bad_origin_is_told(given, value):
    given(value)
    assert "Write scheme://host or scheme://host:port" in refusal(lambda: env.origins("X"))


def test_folder_is_absolute_and_need_not_exist(given, tmp_path):
    assert env.path("X", tmp_path) == tmp_path
    given(str(tmp_path / "a" / ".." / "new"))
    assert env.path("X", tmp_path) == tmp_path / "new"
    given("~")
    assert env.path("X", tmp_path).is_absolute()


def test_bad_folder_is_told(given, tmp_path):
    (tmp_path / "file").write_text("")
    given(str(tmp_path / "file"))
    assert refusal(lambda: env.path("X", tmp_path)).endswith("is not a folder. Name a folder.")
    given("~nobody-of-that-name/x")
    assert refusal(lambda: env.path("X", tmp_path)).endswith("cannot be read. Name a folder.")


@pytest.mark.parametrize("value", ["model", "ftp://model", "http://", "http://m:port", "http://[m"])
def test_bad_web_address_is_told(given, value):
    given(value)
    assert "Write http(s)://host[:port][/path]." in refusal(lambda: env.http_url("X"))


def test_web_address_is_read(given):
    given("https://model.example.org:8443/v1/")
    assert env.http_url("X") == "https://model.example.org:8443/v1"


def test_database_is_read(given, tmp_path):
    assert env.database("X", f"sqlite:///{tmp_path}/db.sqlite3")["NAME"] == (
        f"{tmp_path}/db.sqlite3"
    )
    given("postgresql://ann:p%40ss@db.example.org:5433/interviews")
    found = env.database("X", "sqlite:////x")
    assert {name: found[name] for name in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST")} == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "interviews",
        "USER": "ann",
        "PASSWORD": "p@ss",
        "HOST": "db.example.org",
    }
    assert found["PORT"] == 5433


@pytest.mark.parametrize(
    "value",
    ["interviews", "mysql://u:secret@h/n", "postgresql://u:secret@h", "postgresql://h:port/n"]
    + ["sqlite://", "http://secret@h/n"],
)
def test_bad_database_is_told_without_its_password(given, value):
    given(value)
    sentence = refusal(lambda: env.database("X", "sqlite:////x"))
    assert "Write sqlite:////path/db.sqlite3 or postgresql://" in sentence
    assert "secret" not in sentence


@pytest.mark.parametrize("value", ["localhost:6379", "http://h", "redis://", "redis:// x"])
def test_bad_redis_is_told(given, value):
    given(value)
    assert "Write redis://" in refusal(lambda: env.redis_url("X"))


def test_redis_is_read_and_its_missing_package_told(given, monkeypatch):
    given("redis://:pw@cache.example.org:6379/0")
    assert env.redis_url("X") == "redis://:pw@cache.example.org:6379/0"
    monkeypatch.setattr(env, "find_spec", lambda name: None)
    assert "pip install -r requirements-redis.txt" in refusal(lambda: env.redis_url("X"))


# -- the store of sound ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("", None),
        ("s3://sound", {"bucket": "sound", "prefix": ""}),
        ("s3://sound/a/b/", {"bucket": "sound", "prefix": "a/b"}),
        (
            "s3://AK%2F1:se%2Bcret%40x@my.sound-1/kept?endpoint=http://minio:9000&region=eu-1",
            {
                "bucket": "my.sound-1",
                "prefix": "kept",
                "access_key": "AK/1",
                "secret_key": "se+cret@x",
                "endpoint": "http://minio:9000",
                "region": "eu-1",
            },
        ),
    ],
)
def test_storage_url_is_read(monkeypatch, url, found):
    monkeypatch.setenv("STORAGE_URL", url)
    assert env.storage("STORAGE_URL") == found


@pytest.mark.parametrize(
    "url",
    [
        "sound",
        "http://sound",
        "gs://sound",
        "s3://",
        "s3:///prefix",
        "s3://x",
        "s3://Under_score",
        "s3://key:secret@",
        "s3://key@sound",
        "s3://:secret@sound",
        "s3://key:sec/ret@sound",
        "s3://sound:9000",
        "s3://sound:port",
        "s3://[sound",
        "s3://sound#part",
        "s3://sound?endpoint=minio:9000",
        "s3://sound?endpoint=",
        "s3://sound?endpoint=http://",
        "s3://sound?region=",
        "s3://sound?acl=public-read",
        "s3://sound?endpoint",
    ],
)
def test_bad_storage_url_names_the_variable_and_the_cure(monkeypatch, url):
    monkeypatch.setenv("STORAGE_URL", url)
    with pytest.raises(ImproperlyConfigured, match=r"^STORAGE_URL: .+\. \w.+") as caught:
        env.storage("STORAGE_URL")
    assert "secret@" not in str(caught.value).replace("[key:secret@]", "")


def test_missing_library_stops_the_start_with_the_cure(monkeypatch):
    monkeypatch.setenv("STORAGE_URL", "s3://sound")
    monkeypatch.setattr(env, "find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match=r"pip install -r requirements-s3\.txt"):
        env.storage("STORAGE_URL")


@pytest.mark.parametrize(("value", "found"), [("", ""), ("en", "en"), (" DE ", "de")])
def test_language(monkeypatch, value, found):
    monkeypatch.setenv("SPOKEN", value)
    assert env.language("SPOKEN") == found


@pytest.mark.parametrize("value", ["english", "e", "e1", "éé"])
def test_bad_language(monkeypatch, value):
    monkeypatch.setenv("SPOKEN", value)
    with pytest.raises(ImproperlyConfigured, match=r"SPOKEN: .* Write two letters"):
        env.language("SPOKEN")
