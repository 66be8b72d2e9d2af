# One of the two files to edit in an environment; the other one is backend.tf.
project     = "async-api"
environment = "dev"

worker_memory_size     = 256
worker_timeout         = 30
worker_max_concurrency = 10

sqs_retention_seconds = 86400  # 1 day
dlq_retention_seconds = 604800 # 7 days
sqs_max_receive_count = 3
log_retention_days    = 7

secrets = {
  "third-party-api-key" = { description = "Key of the third-party API that handlers call" }
}

# The examples of docs/examples, and the handler demo, which sleeps, fails and crashes on request.
examples = { enabled = true, demo = true }

# Paths of their own for the examples; POST /commands takes every type.
routes = {
  "POST /orders"   = { type = "process_order" }
  "POST /reports"  = { type = "generate_report" }
  "POST /webhooks" = { type = "deliver_webhook" }
}
