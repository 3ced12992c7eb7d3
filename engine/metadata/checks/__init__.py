"""What a configuration means, judged: an application and its tree come in, problems come out.

Start with `registry.py`: one check is one function with one code; its docstring, with a bad and a
good example, is what `kartoteka help CODE` prints. Nothing is said about what already has an error.
"""
