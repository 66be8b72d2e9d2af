# Who may do what, and what the functions are told. tests/infra reads the policies themselves.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  project                = "acme-jobs"
  environment            = "dev"
  secrets                = { "payment-api-key" = { description = "Key of the payment API" } }
  secret_values          = {} # ephemeral: what is unset in a plan must be unset in its apply
  sqs_max_receive_count  = 5
  command_retention_days = 90
  default_command_type   = "resize"
  log_level              = "DEBUG"
  dynamodb_ttl_attribute = "gone_at"
}

run "grants_three_things_to_the_worker_and_one_to_the_status_function" {
  assert {
    condition     = module.worker.grants == toset(["commands", "consume", "secrets"])
    error_message = "the worker consumes, writes commands and reads secrets"
  }

  assert {
    condition     = module.status.grants == toset(["commands"])
    error_message = "the status function reads commands"
  }

  assert {
    condition = module.worker.environment == tomap({
      TABLE_NAME              = "acme-jobs-dev-commands"
      TTL_ATTRIBUTE           = "gone_at"
      QUEUE_URL               = output.sqs_queue_url
      MAX_ATTEMPTS            = "5"
      DEFAULT_COMMAND_TYPE    = "resize"
      RETENTION_DAYS          = "90"
      SECRET_PREFIX           = "/dev/acme-jobs/"
      POWERTOOLS_SERVICE_NAME = "acme-jobs-dev-worker"
      POWERTOOLS_LOG_LEVEL    = "DEBUG"
    })
    error_message = "unexpected: ${jsonencode(module.worker.environment)}"
  }

  assert {
    condition = module.status.environment == tomap({
      TABLE_NAME              = "acme-jobs-dev-commands"
      TTL_ATTRIBUTE           = "gone_at"
      POWERTOOLS_SERVICE_NAME = "acme-jobs-dev-status"
      POWERTOOLS_LOG_LEVEL    = "DEBUG"
    })
    error_message = "unexpected: ${jsonencode(module.status.environment)}"
  }
}
