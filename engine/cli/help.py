"""`kartoteka help CODE`: what a problem means, with a bad and a good example."""

from __future__ import annotations

import click

from engine.cli import output
from engine.errors import Refused, say
from engine.metadata.language import nearest
from engine.metadata.reference import explained, explanations, group_of


@click.command("help", epilog="Example: kartoteka help E102")
@click.argument("topic", metavar="[CODE or COMMAND]", required=False)
@click.pass_context
def command(ctx: click.Context, topic: str | None) -> None:
    """Explain a code of a problem, such as E102, or a command; alone, list all codes."""
    if topic is None:
        _list_codes()
    elif topic.upper() in explanations():
        output.show(explained(topic.upper()))
    else:
        _show_command(ctx, topic)


def _list_codes() -> None:
    heading = ""
    for code, one in explanations().items():
        if group_of(code) != heading:
            heading = group_of(code)
            output.show(f"\n{heading}" if code != next(iter(explanations())) else heading)
        output.show(f"  {code}  {one.meaning}")


def _show_command(ctx: click.Context, topic: str) -> None:
    group = ctx.parent.command if ctx.parent else None
    found = group.get_command(ctx, topic) if isinstance(group, click.Group) else None
    if found is None:
        names = (
            *explanations(),
            *(group.list_commands(ctx) if isinstance(group, click.Group) else ()),
        )
        close = nearest(topic, names) or nearest(topic.upper(), names)
        hint = say("Did you mean {topic}?", topic=close) if close else None
        raise Refused(say("There is no code and no command {topic}.", topic=topic), hint)
    with click.Context(found, info_name=topic, parent=ctx.parent) as context:
        output.show(found.get_help(context))
