"""Every check with its code: one check, one function, one code. Add a line, and it runs.

`STRUCTURE` runs first: what has an error there is left alone by `MEANING`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.metadata.checks import (
    access,
    advice,
    company,
    expressions,
    fields,
    ids,
    pipelines,
    references,
    row_links,
    rows,
    stories,
    story_names,
    story_records,
    story_times,
    story_values,
    values,
    views,
)
from engine.metadata.checks.subject import Check

STRUCTURE: Mapping[str, Check] = MappingProxyType(
    {
        "E110": ids.check_reserved,
        "E201": references.check_targets,
        "E203": references.check_pipelines_named,
        "E211": fields.check_keys_of_type,
        "E212": fields.check_needs_of_type,
        "E215": references.check_reverse,
        "E217": ids.check_core,
        "E240": fields.check_circles,
    }
)
MEANING: Mapping[str, Check] = MappingProxyType(
    {
        "E202": references.check_field_names,
        "E204": views.check_columns,
        "E205": references.check_entities_named,
        "E206": pipelines.check_moves,
        "E207": references.check_roles_named,
        "E208": references.check_teams_named,
        "E209": access.check_hidden_fields,
        "E210": access.check_reaches,
        "E214": references.check_owner,
        "E216": ids.check_was,
        "E218": pipelines.check_require,
        "E219": references.check_start,
        "E220": fields.check_unique,
        "E234": fields.check_unique_groups,
        "E221": references.check_sortable,
        "E222": ids.check_repetitions,
        "W223": fields.check_required_bool,
        "W232": fields.check_message,
        "E224": fields.check_formula_alone,
        "E225": fields.check_pattern,
        "E226": fields.check_sequence,
        "E227": fields.check_limits,
        "E228": values.check_values,
        "E229": views.check_filters,
        "W230": expressions.check_titles,
        "E233": expressions.check_moving_titles,
        "E231": values.check_bounds,
        "E319": expressions.check_same_for_everybody,
        "W235": fields.check_no_fields,
        "L304": expressions.check_formula_reach,
        "W401": access.check_empty_roles,
        "W402": access.check_unseen_required,
        "W403": access.check_unreachable_entities,
        "W404": access.check_unwritable_required,
        "W405": views.check_roles_see_views,
        "W501": pipelines.check_dead_ends,
        "W502": pipelines.check_unreachable,
        "W503": pipelines.check_unused,
        "E504": pipelines.check_probability,
        "E601": company.check_name,
        "E602": company.check_country_words,
        "W603": company.check_translated,
        "E604": company.check_workdays,
        "E605": company.check_color,
        "E606": company.check_engine,
        "W607": company.check_engine_fits,
        "E608": company.check_version,
        "E702": rows.check_row_columns,
        "E703": rows.check_row_entities,
        "E704": rows.check_row_values,
        "E705": row_links.check_row_links,
        "E706": row_links.check_row_keys,
        "E707": rows.check_row_required,
        "E710": values.check_row_bounds,
        "E709": row_links.check_row_unique,
        "E711": stories.check_story_lines,
        "E712": stories.check_story_people,
        "E713": story_records.check_story_records,
        "E714": story_records.check_story_keys,
        "E715": story_names.check_story_names,
        "E716": story_times.check_story_moments,
        "W717": story_times.check_story_order,
        "E718": story_values.check_story_values,
        "E719": stories.check_story_home,
        "E720": story_values.check_story_required,
        "W901": advice.check_help,
    }
)
