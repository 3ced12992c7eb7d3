"""How many decimals a field's values have: they are stored as integers of 10**-scale units."""

from __future__ import annotations

from engine.metadata.fieldtypes.base import Storage
from engine.metadata.fieldtypes.registry import FIELD_TYPES
from engine.metadata.model.application import Application
from engine.metadata.model.field import Field


def scale_of(field: Field, application: Application) -> int:
    """Return the decimals of a field's values; 0 for what is no decimal."""
    field_type = FIELD_TYPES.get(field.type)
    if field_type is None or field_type.storage is not Storage.SCALED:
        return 0
    return application.currency_decimals if field.type == "money" else field.decimals
