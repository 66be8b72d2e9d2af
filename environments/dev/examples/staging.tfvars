# Recommended sizes for staging. Copy over terraform.tfvars, then set project and secrets.
project     = "async-api"
environment = "staging"

worker_memory_size     = 512
worker_timeout         = 60
worker_max_concurrency = 50

sqs_retention_seconds = 604800  # 7 days
dlq_retention_seconds = 1209600 # 14 days
sqs_max_receive_count = 3
log_retention_days    = 30

secrets = {
  "third-party-api-key" = { description = "Key of the third-party API that handlers call" }
}

monitoring = { tracing = true }
