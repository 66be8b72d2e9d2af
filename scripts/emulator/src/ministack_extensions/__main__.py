"""Serves the front app on loopback: `python -m ministack_extensions PORT INSTANCE [FOLDER]`.

INSTANCE is a random id; it is there to be seen in the process list, so that a process id that the
system gave to another program is never taken for the emulator. FOLDER says
there whose emulator it is; it is not used either.
"""

import asyncio
import signal
import sys
from typing import TYPE_CHECKING, cast

from hypercorn.asyncio import serve
from hypercorn.config import Config

from ministack_extensions.app import app
from ministack_extensions.cloudwatch.old_metrics import evict_seldom
from ministack_extensions.dynamodb.expired_items import record_expired_items
from ministack_extensions.events.delivery_grants import judge_deliveries
from ministack_extensions.events.refusals import refuse_entries, return_subscription_arns
from ministack_extensions.functions.forked_environments import fork_environments
from ministack_extensions.functions.init_errors import log_init_errors
from ministack_extensions.functions.log_grants import judge_logs
from ministack_extensions.functions.shared_code import share_code
from ministack_extensions.iam.actions import name_actions
from ministack_extensions.iam.sources import judge_sources
from ministack_extensions.scheduler.authorization import judge_schedules
from ministack_extensions.whole_answers import write_whole_answers

if TYPE_CHECKING:
    from hypercorn.typing import ASGIFramework

GRACE_SECONDS = 1.0


async def main(port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    log_init_errors()
    share_code()
    fork_environments()
    judge_logs()
    name_actions()
    judge_sources()
    judge_schedules()
    judge_deliveries()
    refuse_entries()
    return_subscription_arns()
    record_expired_items()
    evict_seldom()
    write_whole_answers()
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    # The client hangs up first, or a request may cross with the goodbye and be sent twice: Go's AWS
    # SDK keeps idle connections for 90 seconds.
    config.keep_alive_timeout = 180
    config.keep_alive_max_requests = 1_000_000
    config.graceful_timeout = GRACE_SECONDS
    config.backlog = 1024
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)

    async def shutdown() -> None:
        await stopped.wait()

    await serve(cast("ASGIFramework", app), config, shutdown_trigger=shutdown)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
