"""The description of a CRM: a folder of YAML comes in, a frozen `Application` and problems go out.

Start with `load.py`, the front door, and `model/`, the nouns. Nothing here opens a connection,
reads a clock or looks at the environment.
"""
