"""Every page of the engine, by its blueprint."""

from __future__ import annotations

from flask import Blueprint

from engine.web import assets, navigation
from engine.web.pages import (
    account,
    csv_export,
    form,
    health,
    lifecycle,
    listing,
    look,
    moment,
    my_day,
    notes,
    notifications,
    picker,
    preview,
    record,
    search,
    sign_in,
    stage,
    tasks,
    users,
    welcome,
)

PAGES: tuple[Blueprint, ...] = (
    assets.bp,
    navigation.bp,
    health.bp,
    sign_in.bp,
    welcome.bp,
    account.bp,
    look.bp,
    users.bp,
    my_day.bp,
    notifications.bp,
    search.bp,
    moment.bp,
    picker.bp,
    listing.bp,
    csv_export.bp,
    record.bp,
    form.bp,
    preview.bp,
    stage.bp,
    notes.bp,
    lifecycle.bp,
    tasks.bp,
)
