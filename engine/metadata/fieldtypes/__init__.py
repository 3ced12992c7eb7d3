"""Field types: what each type stores, accepts, compares and looks like.

One type is one `FieldType` value and one line in `registry.py`; runtime and web know the closed
sets of kinds in `base.py` only.
"""
