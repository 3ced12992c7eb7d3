"""The one reader: an address and an actor come in, records with readable fields go out.

Start with `select.py` (`Reader`) and `filters.py` (`parse_query`). Rights are part of each query:
nothing here fetches records to drop them afterwards, and a name that the actor may not read is
refused in the words of one that does not exist.
"""
