"""The expression language: what an author writes in `when`, `where`, `formula`, `{{ }}` ...

In comes the text of an `Expression` and a `Scope` (what names mean there); out comes a `Typed`
tree, which becomes a Python closure (`evaluate.py`) or SQL (`runtime/sql_expression.py`) with one
meaning. Start with `compile.py`; the way is text -> tokens -> syntax -> check -> nodes.
Nothing is evaluated while it is read, and nothing outside the closed set of nodes exists.
"""
