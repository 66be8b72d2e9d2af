"""Powertools with a batch's records in parallel: AsyncBatchProcessor and a thread for each.

The idempotency utility and boto3 block, so each record gets a thread of its own.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.batch import (
    AsyncBatchProcessor,
    EventType,
    async_process_partial_response,
)

from tests.bench.peers.guarded import command_id, config, process

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
    from aws_lambda_powertools.utilities.typing import LambdaContext

processor = AsyncBatchProcessor(event_type=EventType.SQS)
# asyncio's own pool has too few threads for a batch of ten on a small machine.
threads = ThreadPoolExecutor(max_workers=10)


async def handle_record(record: SQSRecord) -> None:
    """Process one message beside the others."""
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(threads, process, command_id(record), record.json_body)


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Process a batch, its records in parallel."""
    config.register_lambda_context(context)
    return async_process_partial_response(
        event=event, record_handler=handle_record, processor=processor, context=context
    )
