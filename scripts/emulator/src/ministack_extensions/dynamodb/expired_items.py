"""Items that time to live deletes, in the table's stream; the emulator deletes them unseen.

AWS: "Working with streams and TTL" (amazondynamodb/latest/developerguide/time-to-live-ttl-streams.
html): the record of such a deletion has `userIdentity` with the type Service and the principal
dynamodb.amazonaws.com, and no other record has it.

One of the files that know the emulator from inside: it deletes without a request.
"""

from __future__ import annotations

import threading
from typing import Any

from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import dynamodb

# As GetRecords spells it; Lambda hands it to functions in small letters.
BY_TIME_TO_LIVE = {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}
_REAPER = "dynamodb-ttl-reaper"


def record_expired_items() -> None:
    """Let this process write each item that it deletes for its time to live into the stream."""
    if not any(thread.name == _REAPER for thread in threading.enumerate()):
        raise RuntimeError("the emulator expires items in another way; see expired_items.py")
    remove, build = dynamodb._remove_item, dynamodb._build_change_record  # noqa: SLF001

    def removed(table: Any, *key: Any) -> Any:  # noqa: ANN401 - as it is called
        item = remove(table, *key)
        if item is not None and _expiring():
            region, account = table["TableArn"].split(":")[3:5]
            set_request_account_id(account)
            set_request_region(region)
            name = table["TableName"]
            # A replica has its own time to live.
            dynamodb._emit_stream_event(name, "REMOVE", item, None, replicate=False)  # noqa: SLF001
        return item

    def built(*given: Any) -> dict[str, Any]:  # noqa: ANN401 - as it is called
        record: dict[str, Any] = build(*given)
        return {**record, "userIdentity": BY_TIME_TO_LIVE} if _expiring() else record

    dynamodb._remove_item = removed  # noqa: SLF001
    dynamodb._build_change_record = built  # noqa: SLF001


def _expiring() -> bool:
    return threading.current_thread().name == _REAPER
