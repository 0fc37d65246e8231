"""Helpers that several test files share and that are no fixtures."""

from recsys.cli.options import app


def command_names() -> list[str]:
    """The names of all commands, as the command line knows them."""
    import recsys.cli  # noqa: F401  (registers them)

    return [command.name or command.callback.__name__ for command in app.registered_commands]
