"""The settings as a whole: a bad one stops the start and says how to mend it."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from interviewdata.checks import pages_are_protected
from interviewdata.common import env

ROOT = Path(settings.BASE_DIR)
PRODUCTION = {
    "SECRET_KEY": "a-key-of-more-than-fifty-characters-0123456789-abcdefghijklmnop",
    "ALLOWED_HOSTS": "interviews.example.org",
    "PUBLIC_ORIGINS": "https://interviews.example.org",
    "BEHIND_TLS_PROXY": "1",
}
# A bad value of each variable that can have one, and a word of the cure.
BAD = {
    "ALLOWED_HOSTS": ("https://a.org", "without scheme"),
    "PUBLIC_ORIGINS": ("interviews.example.org", "Write scheme://host"),
    "CORS_ALLOWED_ORIGINS": ("*", "Write scheme://host"),
    "DEBUG": ("perhaps", "Set it to 1 or 0."),
    "BEHIND_TLS_PROXY": ("nginx", "Set it to 1 or 0."),
    "OPEN_API": ("please", "Set it to 1 or 0."),
    "EMOTION_ANALYSIS": ("some", "Set it to 1 or 0."),
    "ADMISSION": ("everybody", "Set it to one of: open, invite, staff."),
    "MAX_AUDIO_MB": ("0", "Set it to 1–2048."),
    "MAX_OPEN_UPLOADS": ("0", "Set it to 1–1000."),
    "ABANDONED_AFTER_MINUTES": ("soon", "Set it to 5–525600."),
    "SMALLEST_GROUP_SHOWN": ("2", "Set it to 3–1000."),
    "EVENTS_URL": ("events.example.org", "Write scheme://host or scheme://host:port"),
    "MOST_STREAMS": ("many", "Set it to 1–100000."),
    "MAX_UPLOADS_MB": ("many", "Set it to 1–1000000."),
    "LOGIN_FAILURES_BEFORE_LOCK": ("0", "Set it to 1–1000."),
    "LOGIN_LOCK_MINUTES": ("0", "Set it to 1–10080."),
    "PROXIES_IN_FRONT": ("-1", "Set it to 0–10."),
    "DATA_DIR": (__file__, "Name a folder."),
    "MEDIA_ROOT": (__file__, "Name a folder."),
    "STATIC_ROOT": (__file__, "Name a folder."),
    "DATABASE_URL": ("mysql://localhost/x", "Write sqlite:////path/db.sqlite3 or"),
    "DATABASE_REPLICA_URL": ("replica", "Write sqlite:////path/db.sqlite3 or"),
    "STORAGE_URL": ("gs://sound", "Write s3://"),
    "REDIS_URL": ("localhost", "Write redis://"),
    "ANALYSIS": ("sometimes", "Set it to 1 or 0."),
    "TASKS_URL": ("localhost", "Write redis://"),
    "QUESTIONS_LLM_URL": ("models.example.org", "Write http(s)://"),
    "QUESTIONS_LLM_TIMEOUT": ("long", "Set it to 0.1–120."),
    "DRAFTS_LLM_URL": ("models.example.org", "Write http(s)://"),
    "DRAFTS_LLM_TIMEOUT": ("long", "Set it to 0.1–600."),
    "TRANSCRIPTION": ("whisper.cpp", "Set it to one of: auto, off, whisper, endpoint."),
    "TRANSCRIPTION_MODEL": (__file__, "Name a folder."),
    "TRANSCRIPTION_THREADS": ("all", "Set it to 1–64."),
    "TRANSCRIPTION_LANGUAGE": ("English", "Write two letters, such as en or de."),
    "TRANSCRIPTION_URL": ("models.example.org", "Write http(s)://"),
    "TRANSCRIPTION_TIMEOUT": ("long", "Set it to 1–3600."),
    "LOG_LEVEL": ("loud", "Set it to one of: debug, info, warning, error, critical."),
}
# Any text will do, or what is wrong with it shows elsewhere (SECRET_KEY has tests of its own).
FREE = {
    "SECRET_KEY",
    "QUESTIONS_LLM_MODEL",
    "QUESTIONS_LLM_KEY",
    "DRAFTS_LLM_MODEL",
    "DRAFTS_LLM_KEY",
    "TRANSCRIPTION_KEY",
    "TRANSCRIPTION_MODEL_NAME",
}


def variables_read() -> set[str]:
    """The names that settings.py hands to the readers of common/env.py."""
    tree = ast.parse((ROOT / "interviewdata" / "settings.py").read_text(encoding="utf-8"))
    readers = {name for name in vars(env) if not name.startswith("_")}
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
        and node.func.attr in readers - {"load_dotenv"}
    }


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of the project, so that neither .env nor data of the real one play a part."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copy(ROOT / "manage.py", folder)
    left_out = shutil.ignore_patterns("tests", "benchmarks", "__pycache__")
    for package in ("interviewdata", "sessions", "analytics", "templates"):
        shutil.copytree(ROOT / package, folder / package, ignore=left_out)
    (folder / "static").mkdir()
    return folder


@pytest.fixture
def manage(checkout):
    """Runs manage.py of the copy with nothing but the given environment."""

    def run(*arguments, dotenv="", **variables):
        (checkout / ".env").write_text(dotenv)
        # `-W error` of the tests' own run must not reach the child.
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=checkout,
            env=kept | variables,
            capture_output=True,
            text=True,
        )

    return run


def test_every_variable_has_a_bad_value_here_or_is_free_text():
    assert variables_read() == set(BAD) | FREE


@pytest.mark.parametrize("name", sorted(BAD))
def test_bad_value_stops_the_start_with_name_and_cure(manage, name):
    value, cure = BAD[name]
    done = manage("check", **PRODUCTION | {name: value})
    last_line = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 1
    assert last_line.startswith(f"django.core.exceptions.ImproperlyConfigured: {name}: ")
    assert cure in last_line


def test_secret_key_is_required_when_debug_is_off(manage):
    done = manage("check", ALLOWED_HOSTS="a.example.org")
    assert done.returncode == 1
    assert "SECRET_KEY: is required when DEBUG is off. Set it to 50 or more" in done.stderr


def test_debug_needs_nothing_and_keeps_its_own_key(manage, checkout, tmp_path):
    for _ in range(2):
        done = manage("check", DEBUG="1", DATA_DIR=str(tmp_path))
        assert done.returncode == 0, done.stderr
    key = tmp_path / ".secret-key"
    assert len(key.read_text()) >= 50
    assert key.stat().st_mode & 0o077 == 0


def test_documented_production_settings_pass_the_deployment_check(manage, tmp_path):
    variables = PRODUCTION | {"DATA_DIR": str(tmp_path)}
    done = manage("check", "--deploy", "--fail-level", "WARNING", **variables)
    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues" in done.stdout


def test_deployment_without_a_public_origin_is_warned_of(manage):
    variables = {name: value for name, value in PRODUCTION.items() if name != "PUBLIC_ORIGINS"}
    done = manage("check", "--deploy", "--fail-level", "WARNING", **variables)
    assert done.returncode == 1
    assert "interviewdata.W001" in done.stderr


@pytest.mark.parametrize(
    "left_out", ["PageCsrfMiddleware", "PageXFrameOptionsMiddleware", "PageAxesMiddleware"]
)
def test_pages_without_their_protection_are_an_error(settings, left_out):
    assert pages_are_protected(None) == []
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.endswith(left_out)]
    (error,) = pages_are_protected(None)
    assert error.id == "interviewdata.E002"
    assert left_out.removeprefix("Page").removesuffix("Middleware") in error.msg


def test_open_api_is_an_error_when_debug_is_off(manage):
    done = manage("check", OPEN_API="1", **PRODUCTION)
    assert done.returncode == 1
    assert "interviewdata.E001" in done.stderr
    assert "Unset OPEN_API" in done.stderr


SHOW = (
    "from django.conf import settings as s;"
    "print(s.SECRET_KEY, s.MAX_AUDIO_MB, s.ADMISSION, s.QUESTIONS_LLM_KEY, sep='|')"
)


def test_settings_come_from_dotenv_environment_and_files(manage, tmp_path):
    (tmp_path / "key").write_text("from the file\n")
    dotenv = "SECRET_KEY=from dotenv\nMAX_AUDIO_MB=7\nADMISSION=staff\n"
    done = manage(
        "shell",
        "--no-imports",
        "--command",
        SHOW,
        dotenv=dotenv,
        MAX_AUDIO_MB="8",
        ADMISSION="",
        QUESTIONS_LLM_KEY_FILE=str(tmp_path / "key"),
    )
    # An empty variable of the environment hides what .env says: the default counts then.
    assert done.stdout.strip() == "from dotenv|8|open|from the file", done.stderr


def test_unreadable_secret_file_stops_the_start(manage, tmp_path):
    done = manage("check", SECRET_KEY_FILE=str(tmp_path / "none"))
    assert done.returncode == 1
    assert "SECRET_KEY_FILE: cannot read" in done.stderr


def test_readme_lists_every_variable():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"(?m)^\| `([A-Z_]+)` \|", readme)
    assert sorted(listed) == sorted(variables_read())


def test_sample_lists_every_variable_and_sets_none():
    lines = (ROOT / "dotenv-sample").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []
    listed = [m[1] for line in lines if (m := re.fullmatch(r"#([A-Z_]+)=.*", line))]
    assert sorted(listed) == sorted(variables_read())


def test_sample_is_valid_as_it_stands_with_every_comment_sign_taken_away(manage, tmp_path):
    sample = (ROOT / "dotenv-sample").read_text(encoding="utf-8")
    dotenv = re.sub(r"(?m)^#([A-Z_]+=)", r"\1", sample)
    variables = {"SECRET_KEY": PRODUCTION["SECRET_KEY"], "STATIC_ROOT": str(tmp_path)}
    done = manage("check", dotenv=dotenv, **variables)
    assert (done.returncode, done.stderr) == (0, "")


def test_endpoint_without_its_address_stops_the_start(manage):
    done = manage("check", TRANSCRIPTION="endpoint", **PRODUCTION)
    assert done.returncode == 1
    assert "TRANSCRIPTION_URL: is required with TRANSCRIPTION=endpoint." in done.stderr
