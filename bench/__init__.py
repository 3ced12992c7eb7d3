"""Measurements: the engine's pages against the same pages written by hand, and what else it costs.

Start with `measure.py`. What is measured lies in `subject/`, what it is measured against in
`handwritten/`. Nothing here is part of the engine, and nothing of the engine knows it.
"""
