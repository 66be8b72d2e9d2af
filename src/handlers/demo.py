"""`demo`: fail on request, to rehearse what happens on a bad day.

The demo and the end-to-end tests use it. A client that may submit it can hold up workers and fill
the dead-letter queue, so it runs only where the environment says so: `examples = { demo = true }`.
"""

import os
import time
from collections.abc import Mapping

from command_api import JSON, Cancelled, Context, Rejected, Retryable


def handle(command_input: Mapping[str, JSON], context: Context) -> JSON:
    """Do what the input says, in this order.

    `sleep_seconds` waits, unless the command is cancelled, `read_secret` reads the secret of that
    purpose and waits until it is there, `need_secret` fails the attempt without it, `reject` gives
    up for good, `crash` raises an unexpected error, and `fail_attempts` fails that many attempts,
    half a second apart.
    """
    if os.environ.get("DEMO_HANDLERS") != "true":
        raise Rejected(
            "Demonstration handlers are disabled in this environment.", code="demo_disabled"
        )
    match command_input.get("sleep_seconds"):
        case int() | float() as seconds:
            _sleep(min(seconds, context.remaining_seconds()), context)
    match command_input.get("read_secret"):
        case str() as purpose:
            context.secrets.get(purpose)
    match command_input.get("need_secret"):
        case str() as purpose:
            _need(purpose, context)
    if command_input.get("reject"):
        raise Rejected("Rejected as requested by the input.", code="demo_rejected")
    if command_input.get("crash"):
        raise RuntimeError
    match command_input.get("fail_attempts"):
        case int() as failing if context.attempt <= failing:
            message = f"Attempt {context.attempt} failed as requested (failures: {failing})."
            raise Retryable(message, code="demo_failed", after=0.5)
    return {"attempts": context.attempt}


def _sleep(seconds: float, context: Context) -> None:
    while seconds > 0:
        time.sleep(min(seconds, 1.0))
        seconds -= 1.0
        if seconds > 0 and context.cancelled:
            raise Cancelled


def _need(purpose: str, context: Context) -> None:
    try:
        context.secrets.get(purpose)
    except Retryable:
        # Left alone, it would cost no attempt: the command waits until the secret is seeded.
        raise Retryable(
            f"The secret {purpose} is missing.", code="demo_failed", after=0.5
        ) from None
