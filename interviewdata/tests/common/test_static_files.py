"""Static files as production serves them: every import of every module leads to a hashed file."""

import json
import posixpath
import re
from pathlib import Path

import pytest
from django.core.management import call_command

# Every way in which a module names another; comments are left out beforehand.
IMPORTS = re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?\s*)["'](?P<url>[^"']+)["']""")
COMMENTS = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)
HASHED = re.compile(r"\.[0-9a-f]{12}\.js\Z")


@pytest.fixture
def collected(settings, tmp_path) -> tuple[Path, dict[str, str]]:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "interviewdata.common.static_files.HashedModuleStorage"}
    }
    call_command("collectstatic", "--noinput", verbosity=0)
    return tmp_path, json.loads((tmp_path / "staticfiles.json").read_text())["paths"]


def imports_of(path: Path) -> list[str]:
    return [match["url"] for match in IMPORTS.finditer(COMMENTS.sub("", path.read_text()))]


def test_every_import_leads_to_a_hashed_file(collected):
    folder, names = collected
    ours = {name: hashed for name, hashed in names.items() if re.fullmatch(r"js/.*\.js", name)}
    followed = []
    for name, hashed in ours.items():
        for url in imports_of(folder / hashed):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(hashed), url))
            assert HASHED.search(url), f"{name} imports {url}: write a semicolon after the import"
            assert (folder / target).is_file(), f"{name} imports {url}, which is not there"
            followed.append((name, url))
    # What is written by hand is found by the same pattern: no import is overlooked.
    written = [(name, url) for name in ours for url in imports_of(folder / name)]
    assert len(followed) == len(written)
    assert ("js/pages/record.js", "../player.js") in written


def test_the_hash_of_a_module_follows_what_it_imports(collected, settings):
    folder, names = collected
    imported = posixpath.basename(names["js/player.js"])
    assert f'"../{imported}"' in (folder / names["js/pages/record.js"]).read_text()
