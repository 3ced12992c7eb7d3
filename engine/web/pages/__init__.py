"""The pages: one module, one blueprint, one line in `registry.py` each; they never import each other."""
