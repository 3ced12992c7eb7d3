"""Every page of the engine, by its blueprint."""

from __future__ import annotations

from flask import Blueprint

from engine.web import assets
from engine.web.pages import health

PAGES: tuple[Blueprint, ...] = (
    assets.bp,
    health.bp,
)
