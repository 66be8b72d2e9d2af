"""The one error that operators see."""


class OperatorError(Exception):
    """Something the operator can fix: the message says what is wrong and what to run next.

    The message is one line; ``scripts.cli.run`` prints it on stderr and exits with 1. It must never
    hold a secret's value.
    """
