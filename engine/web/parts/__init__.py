"""What stands on the pages of records, each part computed from plain values.

Enter: records as the reader gave them, verdicts of the record service, the request's zone and
language. Leave: frozen contexts, one for each template of `ui_templates/parts`. Start with
`card.py`. Nothing here answers a request or writes anything.
"""
