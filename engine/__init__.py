"""Kartoteka turns a folder of YAML into a running CRM.

The rooms, from the ground up: `metadata` reads and checks the description, `runtime` keeps the
records, `automation` carries out the rules, `web` shows the pages, `cli` is the command line.
`app` is where they meet. Imports point down only; the contracts stand in `pyproject.toml`.
"""
