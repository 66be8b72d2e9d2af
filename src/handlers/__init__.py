"""Your command types: one file each, and one line in HANDLERS."""

from command_api import Handlers, Registered
from handlers import (
    deliver_webhook,
    demo,
    echo,
    forecast_demand,
    generate_report,
    import_orders,
    import_row,
    process_order,
    send_email,
    summarize_import,
)

HANDLERS: Handlers = {
    "echo": echo.handle,
    # A rehearsal does not wait half a minute between attempts.
    "demo": Registered(handle=demo.handle, base_seconds=0.5),
    "send_email": send_email.handle,
    "process_order": Registered(handle=process_order.handle, accepted=process_order.accepted),
    "import_orders": Registered(handle=import_orders.handle, max_slices=20, min_seconds=5),
    "import_row": Registered(
        handle_many=import_row.handle_many, max_batch=import_row.MOST_ROWS, min_seconds=5
    ),
    "summarize_import": Registered(handle=summarize_import.handle, min_seconds=5),
    "generate_report": Registered(handle=generate_report.handle, min_seconds=5),
    "forecast_demand": Registered(handle=forecast_demand.handle, min_seconds=5),
    "deliver_webhook": Registered(
        handle=deliver_webhook.handle, max_attempts=8, base_seconds=10, min_seconds=5
    ),
}
