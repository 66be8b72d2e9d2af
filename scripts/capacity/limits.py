"""What AWS allows and charges; every number names the page that it was taken from.

Prices are list prices of us-east-1 in US dollars, first tier, without the free tier: check yours.
"""

from __future__ import annotations

KB, GB = 1024, 1024**3
MONTH_SECONDS = 730 * 3600
MILLION = 1_000_000

# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
FIRST_BATCHES = 5  # concurrent batches when a queue becomes active
MORE_PER_SECOND = 300 / 60  # "up to 300 more concurrent invokes per minute"
MOST_BATCHES = 1250  # of one event source mapping

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
ACCOUNT_CONCURRENCY = 1000  # of all functions of a region, by default
POLL_SECONDS = 20  # an empty queue is long-polled this long

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
IN_FLIGHT = 120_000  # messages of a standard queue that are received and not yet deleted
MESSAGE_BYTES = 262_144  # what this blueprint lets through
RESULT_BYTES = 262_144  # a larger result goes to S3

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
TABLE_WCU = 4000  # of a new on-demand table; then twice the previous peak, every 30 minutes
PEAK_SECONDS = 30 * 60
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
TABLE_WCU_QUOTA = 40_000  # a table's default quota

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
WCU_BYTES, RCU_BYTES = 1 * KB, 4 * KB
EVENTUAL_READ = 0.5

# https://aws.amazon.com/sqs/pricing/
SQS_BYTES, SQS_REQUEST = 64 * KB, 0.40e-6

# https://aws.amazon.com/api-gateway/pricing/ (HTTP API)
API_BYTES, API_REQUEST = 512 * KB, 1.00e-6

# https://aws.amazon.com/api-gateway/pricing/ (WebSocket API: messages of 32 KB, either way)
SOCKET_MESSAGE = 1.00e-6

# https://aws.amazon.com/dynamodb/pricing/on-demand/
WRITE_UNIT, READ_UNIT = 0.625e-6, 0.125e-6
TABLE_GB_MONTH, RECOVERY_GB_MONTH = 0.25, 0.20

# https://aws.amazon.com/lambda/pricing/
INVOCATION = 0.20e-6
GB_SECOND = {"arm64": 13.3334e-6, "x86_64": 16.6667e-6}

# https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
STREAM_BATCH, STREAM_POLL_SECONDS = 100, 0.25  # "four times per second"; Lambda reads for free
# https://aws.amazon.com/eventbridge/pricing/ and https://aws.amazon.com/sns/pricing/
EVENT = {"eventbridge": 1.00e-6, "sns": 0.50e-6}  # custom events; publish requests

# https://aws.amazon.com/cloudwatch/pricing/
LOG_GB = 0.50
