"""The service worker keeps what the page needs, under names that change with their content."""

import json
import posixpath
import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command

from sessions.pages import worker

IMPORTS = re.compile(r"""(?:\bfrom\s*|\bimport\s*)["'](?P<url>\.[^"']+)["']""")


@pytest.fixture(autouse=True)
def fresh():
    worker._script_once.cache_clear()
    yield
    worker._script_once.cache_clear()


def shell_of(api) -> dict:
    text = api.get("/interview/worker.js").content.decode()
    return json.loads(re.match(r"self\.SHELL = (.*?);\n", text)[1])


def test_worker_is_a_script_for_the_interview_alone(api, django_assert_num_queries):
    with django_assert_num_queries(0):
        reply = api.get("/interview/worker.js")
    assert reply["Content-Type"] == "text/javascript; charset=utf-8"
    assert reply["Service-Worker-Allowed"] == "/interview/"
    assert reply["Cache-Control"] == "no-cache"
    assert 'importScripts("/static/js/interview/worker.js")' in reply.content.decode()


def test_everything_the_page_links_is_kept(api):
    shell = shell_of(api)
    page = api.get("/interview/").content.decode()
    linked = set(re.findall(r'(?:src|href)="(/(?:static|texts)/[^"]+)"', page))
    assert linked
    assert linked <= set(shell["files"])
    assert shell["page"] == "/interview/"
    assert {"/texts/en.js", "/texts/de.js"} <= set(shell["files"])
    assert not [name for name in shell["files"] if name.startswith("/api/")]


def test_everything_a_kept_module_imports_is_kept():
    names = set(worker.shell_files())
    followed = 0
    for name in names:
        if not name.endswith(".js") or name.startswith("vendor/"):
            continue
        for match in IMPORTS.finditer((worker.STATIC / name).read_text()):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), match["url"]))
            assert target in names, f"{name} imports {target}"
            followed += 1
    assert followed > 20


def test_everything_kept_is_there(api):
    for name in worker.shell_files():
        assert (worker.STATIC / name).is_file()
    for url in shell_of(api)["files"]:
        if url.startswith("/texts/"):
            assert api.get(url).status_code == 200


def test_release_follows_the_content_of_every_file(monkeypatch, tmp_path):
    for name in (*worker.shell_files(), worker.WORKER):
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((worker.STATIC / name).read_bytes())
    before = worker._release(worker.shell_files())
    monkeypatch.setattr(worker, "STATIC", tmp_path)
    assert worker._release(worker.shell_files()) == before
    for name in ("js/interview/format.js", worker.WORKER):
        path = tmp_path / name
        path.write_text(path.read_text() + "\n// another release\n")
        after = worker._release(worker.shell_files())
        assert after != before
        before = after


def test_production_keeps_hashed_names(api, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "interviewdata.common.static_files.HashedModuleStorage"}
    }
    call_command("collectstatic", "--noinput", verbosity=0)
    shell = shell_of(api)
    ours = [url for url in shell["files"] if url.startswith("/static/")]
    assert len(ours) == len(worker.shell_files())
    for url in ours:
        assert re.search(r"\.[0-9a-f]{12}\.\w+\Z", url), url
        assert (Path(tmp_path) / url.removeprefix(django_settings.STATIC_URL)).is_file()
    script = api.get("/interview/worker.js").content.decode()
    assert re.search(r'importScripts\("/static/js/interview/worker\.[0-9a-f]{12}\.js"\)', script)
    page = api.get("/interview/").content.decode()
    assert set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page)) <= set(ours)
