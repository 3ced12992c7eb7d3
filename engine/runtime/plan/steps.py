"""The plan as a value: steps in words with their weight, and the operations behind them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from engine.runtime.plan.drift import Drift
from engine.runtime.plan.operations import Operation
from engine.runtime.plan.renames import NO_RENAMES, LookAlike, Renames


class Weight(StrEnum):
    """What a step needs: nothing, a yes, a consent by its hash; or it can't be done at all."""

    ADDITIVE = "additive"
    DISPLAY = "display"
    ORDINARY = "ordinary"
    CONSENT = "consent"
    REFUSED = "refused"


class StepKind(StrEnum):
    """What a step does."""

    CREATE_ENTITY = "create_entity"
    RENAME_ENTITY = "rename_entity"
    RETIRE_ENTITY = "retire_entity"
    RESTORE_ENTITY = "restore_entity"
    ADD_FIELD = "add_field"
    RENAME_FIELD = "rename_field"
    RETYPE_FIELD = "retype_field"
    RETIRE_FIELD = "retire_field"
    RESTORE_FIELD = "restore_field"
    ADD_UNIQUE = "add_unique"
    DROP_UNIQUE = "drop_unique"
    ADD_INDEX = "add_index"
    DROP_INDEX = "drop_index"
    COMPUTE = "compute"
    DISPLAY = "display"
    BEHAVIOUR = "behaviour"
    ACCESS = "access"
    ROWS = "rows"
    DRIFT = "drift"


@dataclass(frozen=True, slots=True)
class Step:
    """One change: where, what in words, how many records it is about, what it needs."""

    kind: StepKind
    address: str
    sentence: str
    weight: Weight
    count: int = 0
    operations: tuple[Operation, ...] = ()

    def __str__(self) -> str:
        return f"{self.address}: {self.sentence}" if self.address else self.sentence

    def as_json(self) -> dict[str, object]:
        """Return the step without its operations."""
        return {
            "kind": str(self.kind),
            "address": self.address,
            "sentence": self.sentence,
            "count": self.count,
            "weight": str(self.weight),
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps from one applied version to a wanted one.

    `base` and `wanted` are the digests of the two (no base on an empty database), `drift` says
    what somebody changed in the tables by hand. `renames` were said beside the `was:` of the wanted
    one, `look_alikes` may be renames that nobody has said. `takes_back` is the older version to
    which this is the way back.
    """

    base: str | None
    wanted: str
    steps: tuple[Step, ...]
    drift: tuple[Drift, ...] = ()
    renames: Renames = NO_RENAMES
    look_alikes: tuple[LookAlike, ...] = ()
    takes_back: int | None = None

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to do."""
        return not self.steps

    @property
    def weights(self) -> frozenset[Weight]:
        """Return which weights occur."""
        return frozenset(one.weight for one in self.steps)

    @property
    def needs_yes(self) -> bool:
        """Say whether somebody has to agree to the plan at all."""
        if self.look_alikes:
            return True
        return not self.weights <= {Weight.ADDITIVE, Weight.DISPLAY}

    @property
    def changes_tables(self) -> bool:
        """Say whether tables or stored values change."""
        return any(one.operations for one in self.steps)

    @property
    def refused(self) -> tuple[Step, ...]:
        """Return the steps that can't be done with the data as it is."""
        return self.of(Weight.REFUSED)

    @property
    def digest(self) -> str:
        """Return the digest of the plan: from where to where, by which steps."""
        return _digest([self.base, self.wanted, [one.as_json() for one in self.steps]])

    @property
    def consent(self) -> str:
        """Return the hash that stands for the consent to this plan's losses and growing rights."""
        weighty = [one.as_json() for one in self.of(Weight.CONSENT)]
        return _digest([self.base, self.wanted, weighty])[:12] if weighty else ""

    def of(self, weight: Weight) -> tuple[Step, ...]:
        """Return the steps of a weight."""
        return tuple(one for one in self.steps if one.weight is weight)

    def as_json(self) -> Mapping[str, object]:
        """Return the plan without its operations."""
        return {
            "base": self.base,
            "wanted": self.wanted,
            "digest": self.digest,
            "consent": self.consent,
            "changes": [one.as_json() for one in self.steps],
            "renames": self.renames.by_address(),
            "look_alikes": [one.as_json() for one in self.look_alikes],
            "takes_back": self.takes_back,
            "drift": [one.sentence for one in self.drift],
        }


def _digest(value: object) -> str:
    return sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()
