"""How long an hour of answers takes to become words on one core, and how much memory.

`python -m interviewdata.benchmarks.speech SECONDS`, with the environment of a server, does the work
and prints one line of JSON: a process of its own, since peak memory is that of a process.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SECONDS, QUICK_SECONDS = 3600, 300
SHARE_MOST = 0.15
# Answers as long as people give them: this many of the sample recordings, of 15 s each, in one.
RECORDINGS_AN_ANSWER = 7


def measure_speech(run: Any) -> None:
    """Transcribe an hour of answers with the model of the settings, on one core."""
    from interviewdata.benchmarks.run import ROOT

    seconds = QUICK_SECONDS if run.options.quick else SECONDS
    done = subprocess.run(
        [sys.executable, "-m", "interviewdata.benchmarks.speech", str(seconds)],
        env=run.environment(f"sqlite:///{run.folder / 'speech.sqlite3'}"),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    found = json.loads(done.stdout)
    if "not_measured" in found:
        print(f"\nSpeech: not measured: {found['not_measured']}")
    else:
        share = found["cpu_seconds"] / found["sound_seconds"]
        found |= {"share": round(share, 4), "target": SHARE_MOST, "ok": share <= SHARE_MOST}
        print(
            f"\nSpeech to text, {found['answers']} answers of {found['sound_seconds']:.0f} s in all"
            f" on one core: {share:.3f} of their length (at most {SHARE_MOST:.2f}:"
            f" {'ok' if found['ok'] else 'short'}; by the clock {found['seconds']:.0f} s;"
            f" decoding {found['decoding_cpu_seconds'] / found['sound_seconds']:.4f});"
            f" peak memory {found['peak_memory_mb']} MB, {found['words']:,} words"
            f" by {found['model']}",
            flush=True,
        )
    run.results["speech"] = found


def main(seconds: float) -> dict[str, Any]:
    import django

    django.setup()
    from analytics.services.transcriber import transcriber, why_none
    from sessions.audio.samples import samples_of

    engine = transcriber()
    if engine is None:
        return {"not_measured": why_none()}
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    folder = Path(__file__).resolve().parents[2] / "fixtures" / "sample_audio"
    recordings = [path.read_bytes() for path in sorted(folder.glob("*.webm"))]
    answer = _joined(recordings[:RECORDINGS_AN_ANSWER])
    sound = words = 0.0
    answers, began = 0, time.monotonic()
    while sound < seconds:
        answer.seek(0)
        with samples_of(answer, "audio/webm") as samples:
            words += len(engine.transcribe(samples).words)
            sound += samples.duration
        answers += 1
    own, children = (
        resource.getrusage(kind) for kind in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere
    return {
        "answers": answers,
        "sound_seconds": round(sound, 1),
        "seconds": round(time.monotonic() - began, 1),
        # With what the model takes to load.
        "cpu_seconds": round(sum(own[:2]) + sum(children[:2]), 1),
        "decoding_cpu_seconds": round(sum(children[:2]), 2),
        "peak_memory_mb": own.ru_maxrss * unit // 1024**2,
        "words": int(words),
        "engine": engine.engine,
        "model": engine.model,
    }


def _joined(recordings: list[bytes]) -> Any:
    """One WebM file of Opus that plays all of them, one after the other."""
    import io

    import av

    target = io.BytesIO()
    with av.open(target, "w", format="webm") as output:
        stream: Any = output.add_stream("libopus", rate=48_000, layout="mono")
        changed = av.AudioResampler("s16", "mono", 48_000, frame_size=960)
        at = 0
        for recording in recordings:
            with av.open(io.BytesIO(recording)) as source:
                for frame in source.decode(audio=0):
                    for ready in changed.resample(frame):
                        ready.pts, at = at, at + ready.samples
                        output.mux(stream.encode(ready))
        output.mux(stream.encode(None))
    return target


if __name__ == "__main__":
    print(json.dumps(main(float(sys.argv[1]))))
