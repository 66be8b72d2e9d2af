"""For other services: submit commands, follow them, and verify what the API tells of them.

    endpoint = "https://api.example.com/commands"
    command_id = submit(endpoint, "process_order", {"productId": "p-1", "quantity": 2})
    command = wait(endpoint, command_id, timeout=60)

`Producer` puts commands straight into the queue. It needs `sqs:SendMessage` on the queue and goes
past the API: nothing is checked before the worker does it, and whose commands they are is the
producer's word.
"""

from command_client.answers import Refused
from command_client.batches import Batch, Member, Then, batch, submit_batch
from command_client.command import Callback, CallbackState, Change, Command
from command_client.producer import NotSubmitted, Producer, Submitted, Work
from command_client.reporting import Reporter
from command_client.schedules import (
    Run,
    Schedule,
    ScheduleRequest,
    delete_schedule,
    put_schedule,
    schedule,
    schedules,
)
from command_client.submission import submit
from command_client.transport import InvalidEndpoint, Unreachable
from command_client.uploads import upload_batch
from command_client.waiting import NotEnded, wait, watch
from command_client.webhooks import InvalidWebhook, verify_webhook

__all__ = [
    "Batch",
    "Callback",
    "CallbackState",
    "Change",
    "Command",
    "InvalidEndpoint",
    "InvalidWebhook",
    "Member",
    "NotEnded",
    "NotSubmitted",
    "Producer",
    "Refused",
    "Reporter",
    "Run",
    "Schedule",
    "ScheduleRequest",
    "Submitted",
    "Then",
    "Unreachable",
    "Work",
    "batch",
    "delete_schedule",
    "put_schedule",
    "schedule",
    "schedules",
    "submit",
    "submit_batch",
    "upload_batch",
    "verify_webhook",
    "wait",
    "watch",
]
