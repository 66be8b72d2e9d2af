"""For other services: put commands into the queue, and wait for what becomes of them.

    producer = Producer("https://sqs.eu-central-1.amazonaws.com/123456789012/acme-dev-commands")
    command_id = producer.submit("process_order", {"productId": "p-1", "quantity": 2})
    command = wait("https://api.example.com/commands", command_id, timeout=60)

A producer needs `sqs:SendMessage` on the queue. It goes past the API: nothing is checked before
the worker does it, and whose commands they are is the producer's word.
"""

from command_client.answers import Refused
from command_client.producer import NotSubmitted, Producer, Submitted, Work
from command_client.transport import InvalidEndpoint, Unreachable
from command_client.waiting import NotEnded, wait

__all__ = [
    "InvalidEndpoint",
    "NotEnded",
    "NotSubmitted",
    "Producer",
    "Refused",
    "Submitted",
    "Unreachable",
    "Work",
    "wait",
]
