"""A real headless Chromium, with a spoken file as its microphone."""

import os
import shutil
import wave
from pathlib import Path
from typing import Any

import av
import pytest
from django.conf import settings

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The browser to drive: CHROMIUM_PATH, one on the PATH, or None for Playwright's own."""
    named = os.environ.get("CHROMIUM_PATH")
    found = (shutil.which(name) for name in CHROMIUM_NAMES)
    return named or next((path for path in found if path), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser on a busy machine may miss a moment: a test that fails gets a second try, and the
    summary names it ("rerun"). One that fails twice has failed."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def spoken_file(tmp_path_factory: Any) -> Path:
    """One of the spoken samples as the WAV file that Chromium plays into its microphone."""
    source = sorted((Path(settings.BASE_DIR) / "fixtures" / "sample_audio").glob("*.webm"))[0]
    target: Path = tmp_path_factory.mktemp("microphone") / "spoken.wav"
    resampler = av.AudioResampler(format="s16", layout="mono", rate=48000)
    with av.open(str(source)) as container, wave.open(str(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        for frame in container.decode(audio=0):
            for part in resampler.resample(frame):
                file.writeframes(bytes(part.planes[0])[: part.samples * 2])
    return target


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict, spoken_file: Path) -> dict:
    path = find_chromium()
    return {
        **browser_type_launch_args,
        **({"executable_path": path} if path else {}),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-audio-capture={spoken_file}",
        ],
    }


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    """The address of a running server on a database of its own."""
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    return str(live_server.url)


@pytest.fixture
def console(page: Any) -> list[str]:
    """What the page complains of: errors, policy violations, failed scripts."""
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints
