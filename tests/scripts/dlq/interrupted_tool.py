"""The tool with a queue in real time, as a process: FOLDER MESSAGES SLOW GRACE ARGUMENTS...

FOLDER gets `calls`, which grows with each call, and in the end `state`, what the queues hold.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from scripts import interrupts
from scripts.dlq import __main__ as tool
from scripts.dlq.deployed import DeadLetters
from tests.scripts.dlq.strict_sqs import NoRecords, RealTimeSqs, body

folder, messages, slow, grace, *arguments = sys.argv[1:]
interrupts.GRACE_SECONDS = float(grace)
sqs = RealTimeSqs(Path(folder, "calls"), json.loads(slow))
sqs.fill(int(messages), body)
target = DeadLetters(
    sqs,  # type: ignore[arg-type]
    NoRecords(),  # type: ignore[arg-type]
    "https://sqs/1/work",
    "https://sqs/1/work-dlq",
    "commands",
    "gone_at",
    "--env dev",
)
vars(tool)["resolve"] = lambda **_: target
try:
    code = tool.main(arguments)
finally:
    Path(folder, "state").write_text(json.dumps(sqs.state()))
sys.exit(code)
