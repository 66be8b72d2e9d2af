# Recommended sizes for prod. Copy over terraform.tfvars, then set project and secrets.
project     = "async-api"
environment = "prod"

worker_memory_size     = 1024
worker_timeout         = 120
worker_max_concurrency = 100

sqs_retention_seconds = 345600  # 4 days
dlq_retention_seconds = 1209600 # 14 days
sqs_max_receive_count = 5
log_retention_days    = 90

secrets = {
  "third-party-api-key" = { description = "Key of the third-party API that handlers call" }
}

# Requests are signed with SigV4 by principals that may execute-api:Invoke; docs/authentication.md.
api        = { authentication = { mode = "iam" } }
monitoring = { tracing = true }
