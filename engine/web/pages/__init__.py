"""The pages: one module, one blueprint and one line in `registry.py` each.

A page reads the request, asks the services, and answers with its template; it never imports
another page.
"""
