"""The living records: an `Application` and a database come in, records and plans go out.

Start with `records/service.py`, the only writer, and `query/select.py`, the only reader. Nothing
here knows of pages, requests or queues; what must call upward goes through a protocol.
"""
