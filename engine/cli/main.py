"""`kartoteka`: the list of commands. Each is a module of its own, imported when it is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from io import TextIOWrapper
from types import MappingProxyType
from typing import Any, NoReturn

import click

from engine.cli import output
from engine.errors import EngineError
from engine.log import action, new_key, start_logging
from engine.settings import read_settings

# Name -> module with a click command called `command`, and its line in the list.
COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "run": ("engine.cli.run", "Serve a folder: a CRM in the browser."),
        "check": ("engine.cli.check", "Find every mistake in a folder."),
        "plan": ("engine.cli.plan", "Show what applying a folder would change."),
        "apply": ("engine.cli.apply", "Apply a folder to its database."),
        "history": ("engine.cli.history", "List the versions, and what each of them changed."),
        "rollback": ("engine.cli.rollback", "Go back to an older version, with its values."),
        "worker": ("engine.cli.worker", "Wake timers and work through the outbox."),
        "backup": ("engine.cli.backup", "Write everything into one file, and prove it."),
        "restore": ("engine.cli.restore", "Restore a backup into an empty place."),
        "doctor": ("engine.cli.doctor", "Say what is well and what is not."),
        "user": ("engine.cli.user", "Add, list, disable people; set passwords."),
        "help": ("engine.cli.help", "Explain a code of a problem, or a command."),
        "version": ("engine.cli.version", "Say which version this is."),
    }
)


class CommandLine(click.Group):
    """The commands, imported one at a time, and one way out of all of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands that are installed."""
        del ctx
        return [name for name, (module, _) in COMMANDS.items() if find_spec(module)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of this name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = import_module(COMMANDS[cmd_name][0]).command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(one, COMMANDS[one][1]) for one in self.list_commands(ctx)])

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Run a command; whatever happens ends in a sentence and an exit code."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        arguments = kwargs.get("args") or (args[0] if args else None) or sys.argv[1:]
        sys.exit(self._run(args, kwargs, as_json="--json" in arguments))

    def _run(self, args: tuple[Any, ...], kwargs: dict[str, Any], *, as_json: bool) -> int:
        try:
            settings = read_settings(os.environ)
            start_logging(settings.log, settings.log_level)
            with action(new_key()):
                result = super().main(*args, **{**kwargs, "standalone_mode": False})
        except click.ClickException as error:
            error.show()
            return output.Exit.REFUSED
        except (click.Abort, KeyboardInterrupt):
            output.tell("Stopped.")
            return output.Exit.REFUSED
        except BrokenPipeError:
            sys.stdout = None  # nobody listens any more
            return output.Exit.REFUSED
        except EngineError as error:
            return output.refuse(error, as_json=as_json)
        except Exception as error:  # noqa: BLE001 - the last resort of the command line
            return output.apologise(error, as_json=as_json)
        return result if isinstance(result, int) else output.Exit.FINE


main = CommandLine(
    name="kartoteka",
    help="Kartoteka: a folder of YAML becomes a running CRM.",
    epilog="Each command explains itself: kartoteka COMMAND --help",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=True,
)
