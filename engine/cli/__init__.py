"""The command line: arguments come in, one call into the engine, text and an exit code go out.

Start with `main.py`. Commands are thin skins; only `output.py` prints.
"""
