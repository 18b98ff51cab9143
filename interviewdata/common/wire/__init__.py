"""The wire: strict parsing, limits, the error envelope, and the base of all API views."""
