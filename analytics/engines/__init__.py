"""What computes figures from sound and text: plain values in, plain values out, no Django.

    words          Word, Transcription: what engines hand on
    transcription  sound -> words with times and confidences
    voice          sound -> pitch, loudness, pauses, rate
    tone           text -> tone of its words
    patterns       answers -> length, keywords, structure, repetitions
    near_copies    answers -> pairs that share most of their text

Each result says by what it was made: method, version and parameters.
"""
