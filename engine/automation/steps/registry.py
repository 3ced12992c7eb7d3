"""Which function makes each step ready: one line for each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.automation.compiling import Maker
from engine.automation.steps.fields import move_to, set_fields, update_record
from engine.automation.steps.finding import find_record
from engine.automation.steps.flow import if_holds, stop
from engine.automation.steps.people import assign_owner, notify
from engine.automation.steps.records import archive_record, create_record, write_note
from engine.automation.steps.tasks import finish_tasks, make_task
from engine.metadata.model.step import (
    ArchiveRecord,
    AssignOwner,
    CreateRecord,
    FindRecord,
    FinishTasks,
    If,
    MakeTask,
    MoveTo,
    Notify,
    SetFields,
    Step,
    Stop,
    UpdateRecord,
    WriteNote,
)

STEPS: Mapping[type[Step], Maker] = MappingProxyType(
    {
        SetFields: set_fields,
        MoveTo: move_to,
        CreateRecord: create_record,
        FindRecord: find_record,
        UpdateRecord: update_record,
        ArchiveRecord: archive_record,
        MakeTask: make_task,
        FinishTasks: finish_tasks,
        WriteNote: write_note,
        AssignOwner: assign_owner,
        Notify: notify,
        If: if_holds,
        Stop: stop,
    }
)
