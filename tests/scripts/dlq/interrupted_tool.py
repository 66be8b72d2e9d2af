"""The tool with a queue in real time, as a process: FOLDER MESSAGES SLOW GRACE ARGUMENTS...

FOLDER gets `calls`, which grows with each call, and in the end `state`, what the queues hold.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from scripts import interrupts
from scripts.dlq import __main__ as tool
from tests.scripts.dlq.strict_sqs import RealTimeSqs, aimed, body

folder, messages, slow, grace, *arguments = sys.argv[1:]
interrupts.GRACE_SECONDS = float(grace)
sqs = RealTimeSqs(Path(folder, "calls"), json.loads(slow))
sqs.fill(int(messages), body)
vars(tool)["resolve"] = lambda **_: aimed(sqs, "--env dev")
try:
    code = tool.main(arguments)
finally:
    Path(folder, "state").write_text(json.dumps(sqs.state()))
sys.exit(code)
