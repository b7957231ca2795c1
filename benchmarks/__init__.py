"""Benchmarks: what was measured, against which bar. `python -m benchmarks [NAME …]`."""
