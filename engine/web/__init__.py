"""The pages: a request comes in, a whole page or the same part of it goes out.

Start with `factory.py` and one page of `pages/` beside its template. Nothing here speaks SQL or
decides on rights; `htmx.py` alone knows how fragments are asked for.
"""
