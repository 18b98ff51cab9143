"""How long an Opus packet sounds, read from its first two bytes (RFC 6716, 3.1 and 3.2)."""

from __future__ import annotations

SAMPLE_RATE = 48_000

# Milliseconds of one frame for each of the 32 configurations: SILK, hybrid, CELT.
_FRAME_MS = (10, 20, 40, 60) * 3 + (10, 20) * 2 + (2.5, 5, 10, 20) * 4


def packet_seconds(packet: bytes) -> float:
    """Seconds of sound in `packet`, whose first two bytes are enough; 0.0 for an empty one."""
    if not packet:
        return 0.0
    code = packet[0] & 0x03
    if code == 3:
        frames = packet[1] & 0x3F if len(packet) > 1 else 0
    else:
        frames = 2 if code else 1
    # A packet holds at most 120 ms; more is damage.
    return min(frames * _FRAME_MS[packet[0] >> 3], 120) / 1000
