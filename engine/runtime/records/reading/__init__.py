"""From what a person, a file or a program sends to exact values, one module per family of types.

Enter: anything. Leave: a `Value` of the field's type, or `Unreadable` with a sentence; never
another exception. What comes in typed passes the same checks. Nothing here reads the database.
"""
