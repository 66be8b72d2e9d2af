"""Credentials from AWS Secrets Manager, kept for a few minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from command_api.domain.errors import SecretUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.parameters import SecretsProvider


@dataclass(eq=False, repr=False)
class SecretsManager:
    """The secrets below one prefix, such as `/dev/acme-jobs/`; cached for `max_age` seconds.

    Powertools and the client load with the first secret that a handler asks for.
    """

    client: Callable[[], Any]
    prefix: str
    max_age: int = 300
    _provider: SecretsProvider | None = None

    def get(self, purpose: str) -> str:
        """Read a secret's text by its purpose, the last part of its name."""
        from aws_lambda_powertools.utilities import parameters  # noqa: PLC0415 - costs a cold start

        if self._provider is None:
            self._provider = parameters.SecretsProvider(boto3_client=self.client())
        try:
            value = self._provider.get(self.prefix + purpose, max_age=self.max_age)
        except (parameters.GetParameterError, ClientError, BotoCoreError) as error:
            message = f"The secret {purpose} cannot be read; seed it or grant access."
            raise SecretUnavailable(message) from error
        if not isinstance(value, str):
            raise SecretUnavailable(f"The secret {purpose} is not text.")
        return value
