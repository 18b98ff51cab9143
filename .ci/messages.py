"""The catalogues of translations (interviewdata/locale): written anew, or found to be behind.

    python .ci/messages.py write    texts of Python, templates and scripts into the .po files, and
                                    those into .mo files
    python .ci/messages.py check    exit 1 where the .po files lack a text or have one too many

Both need GNU gettext; `check` says so and ends with 0 where it is missing. Running the site does
not: the .mo files are in the repository.
"""

# ruff: noqa: T201  (it talks to whoever runs it)

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALE = Path("interviewdata") / "locale"
DOMAINS = ("django", "djangojs")
TOOLS = ("xgettext", "msguniq", "msgmerge", "msgattrib", "msgfmt")
# Folders without texts for people, or with those of others.
WITHOUT = (
    ".venv", "node_modules", "tests", "benchmarks", "docs", "fixtures", "media", "staticfiles",
    "static/vendor",
)  # fmt: skip
OPTIONS = [
    "--add-location=file",  # with lines, every change of a file would change the catalogue
    "--no-obsolete",
    "--no-wrap",
    *(f"--ignore={folder}" for folder in WITHOUT),
]
# What the texts stand in; `check` reads them in a copy.
SOURCES = ("analytics", "interviewdata", "sessions", "static", "templates")

Key = tuple[str, str, str]


def main(arguments: list[str]) -> int:
    if arguments not in (["write"], ["check"]):
        print(__doc__, file=sys.stderr)
        return 2
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if arguments == ["write"]:
        if missing:
            print(f"GNU gettext is needed: no {', '.join(missing)} here.", file=sys.stderr)
            return 1
        extract(ROOT)
        for path in catalogues():
            introduce(ROOT / path)
        manage(ROOT, "compilemessages", *locales())
        return 0
    if missing:
        print("Translations are not checked: GNU gettext is not installed (apt install gettext).")
        return 0
    return check()


def check() -> int:
    """Compare the catalogues with what the texts of a copy give: nothing here is changed."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in SOURCES:
            ignored = shutil.ignore_patterns("__pycache__", "*.pyc", *WITHOUT)
            shutil.copytree(ROOT / name, copy / name, ignore=ignored)
        shutil.copy(ROOT / "manage.py", copy)
        extract(copy)
        behind = [line for path in catalogues() for line in difference(path, copy)]
    for line in behind:
        print(line)
    if behind:
        print("Run `make messages` and translate what is new.")
    return 1 if behind else 0


def extract(root: Path) -> None:
    """Bring the .po files below `root` up to the texts there."""
    for domain in DOMAINS:
        manage(root, "makemessages", f"--domain={domain}", *OPTIONS, *locales())


def introduce(path: Path) -> None:
    """Put into a new catalogue what gettext leaves to be filled in: no name, no language and, for
    that, the mark of a guess."""
    head, gap, messages = path.read_text(encoding="utf-8").partition("\n\n")
    if "PACKAGE VERSION" not in head:
        return
    language = path.parts[-3]
    lines = [line for line in head.splitlines() if not line.startswith("#")]
    head = "\n".join(lines).replace("PACKAGE VERSION", "interviewdata")
    head = head.replace("YEAR-MO-DA HO:MI+ZONE", "").replace("FULL NAME <EMAIL@ADDRESS>", "")
    head = head.replace("LANGUAGE <LL@li.org>", "").replace(
        '"Language: \\n"', f'"Language: {language}\\n"'
    )
    path.write_text(head + gap + messages, encoding="utf-8")


def manage(root: Path, *command: str) -> None:
    # DEBUG: a setting without secrets; DATA_DIR: the one it makes goes where nobody looks for it.
    with tempfile.TemporaryDirectory() as data:
        environment = {**os.environ, "DEBUG": "1", "DATA_DIR": data}
        ran = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    if ran.returncode != 0:
        print(ran.stdout, file=sys.stderr)
        sys.exit(1)
    # What makemessages says of every catalogue is that it is at work; what remains are warnings.
    said = [line for line in ran.stdout.splitlines() if not line.startswith(("processing", "File"))]
    if said:
        print("\n".join(said), file=sys.stderr)


def languages() -> list[str]:
    """Each has a folder."""
    return sorted(path.name for path in (ROOT / LOCALE).iterdir() if path.is_dir())


def locales() -> list[str]:
    return [f"--locale={language}" for language in languages()]


def catalogues() -> list[Path]:
    return [
        LOCALE / language / "LC_MESSAGES" / f"{domain}.po"
        for language in languages()
        for domain in DOMAINS
    ]


def difference(path: Path, copy: Path) -> list[str]:
    """One line for every text that only one of the two catalogues has."""
    kept, found = keys(ROOT / path), keys(copy / path)
    return [
        *(f"{path} lacks: {said(key)}" for key in sorted(found - kept)),
        *(f"{path} has, and nothing shows: {said(key)}" for key in sorted(kept - found)),
    ]


def keys(path: Path) -> set[Key]:
    """Context, text and plural of every message; none of a file that is not there."""
    if not path.exists():
        return set()
    entries = polib.pofile(str(path), encoding="utf-8")
    return {
        (entry.msgctxt or "", entry.msgid, entry.msgid_plural)
        for entry in entries
        if not entry.obsolete
    }


def said(key: Key) -> str:
    context, text, _plural = key
    return f"{text!r} ({context})" if context else repr(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
