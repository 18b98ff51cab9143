"""What a sound file is, found from its bytes alone. Nothing here imports Django.

    inspect_audio(file) -> AudioFacts      sessions.audio.inspect
    decode_base64_audio(text) -> bytes     sessions.audio.encoded

Both raise `UnreadableAudio` (sessions.audio.facts), whose message a candidate may read.
"""
