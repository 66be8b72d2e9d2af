# Who may do what, and what the functions are told. tests/infra reads the policies themselves.
mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  project                = "acme-jobs"
  environment            = "dev"
  secrets                = { "payment-api-key" = { description = "Key of the payment API" } }
  secret_values          = {}
  sqs_max_receive_count  = 5
  dynamodb_ttl_attribute = "gone_at"
  worker                 = { batch_concurrency = 7, paused_types = ["send_email", "process_ordre"] }
  commands               = { retention_days = 90, default_type = "demo" }
  monitoring             = { log_level = "DEBUG" }
  api                    = { max_wait_seconds = 25, outcomes = true }
  notifications          = { events = "eventbridge", push = {} }
  routes                 = { "POST /echoes" = { type = "echo" } }
}

# process_ordre is a type that this zip has no longer, or not yet: it may be paused all the same.
run "grants_what_each_function_needs" {
  command = plan

  assert {
    condition = module.worker.grants == setunion(
      [
        "commands", "consume", "dead_letter", "delayed_copies", "look", "results", "secrets",
        "states",
      ],
      [for name, policy in local.handler_policies : name if policy != null],
    )
    error_message = "the worker runs commands, and handlers do their work; nobody traces unasked"
  }

  assert {
    condition     = module.api.functions.status.grants == toset(["commands", "results"])
    error_message = "the status function reads commands and results"
  }

  assert {
    condition     = module.api.functions.cancel.grants == toset(["commands"])
    error_message = "the cancel function writes commands"
  }

  assert {
    condition = module.worker.environment == tomap(merge(local.handler_environment, {
      TABLE_NAME              = "acme-jobs-dev-commands"
      TTL_ATTRIBUTE           = "gone_at"
      QUEUE_URL               = output.sqs_queue_url
      QUEUE_RETENTION_SECONDS = "86400"
      DLQ_URL                 = output.sqs_dlq_url
      MAX_ATTEMPTS            = "5"
      BATCH_CONCURRENCY       = "7"
      DEFAULT_COMMAND_TYPE    = "demo"
      OUTCOMES                = "true"
      PAUSED_TYPES            = "process_ordre,send_email"
      RETENTION_DAYS          = "90"
      SECRET_PREFIX           = "/dev/acme-jobs/"
      RESULTS_BUCKET          = "acme-jobs-dev-results-123456789012"
      METRICS_NAMESPACE       = "acme-jobs"
      LOG_EXCEPTION_TEXT      = "false"
      POWERTOOLS_SERVICE_NAME = "acme-jobs-dev-worker"
      POWERTOOLS_LOG_LEVEL    = "DEBUG"
    }))
    error_message = "unexpected: ${jsonencode(module.worker.environment)}"
  }

  assert {
    condition = module.api.functions.status.environment == tomap({
      TABLE_NAME              = "acme-jobs-dev-commands"
      AUTHENTICATED           = "false"
      CORS_ALLOW_ORIGINS      = ""
      ADMIN_SCOPE             = ""
      TTL_ATTRIBUTE           = "gone_at"
      MAX_WAIT_SECONDS        = "25"
      RESULTS_BUCKET          = "acme-jobs-dev-results-123456789012"
      RESULT_URL_SECONDS      = "300"
      METRICS_NAMESPACE       = "acme-jobs"
      POWERTOOLS_SERVICE_NAME = "acme-jobs-dev-status"
      POWERTOOLS_LOG_LEVEL    = "DEBUG"
    })
    error_message = "unexpected: ${jsonencode(module.api.functions.status.environment)}"
  }

  assert {
    condition = module.api.functions.cancel.environment == tomap({
      TABLE_NAME              = "acme-jobs-dev-commands"
      AUTHENTICATED           = "false"
      CORS_ALLOW_ORIGINS      = ""
      ADMIN_SCOPE             = ""
      TTL_ATTRIBUTE           = "gone_at"
      RETENTION_DAYS          = "90"
      POWERTOOLS_SERVICE_NAME = "acme-jobs-dev-cancel"
      POWERTOOLS_LOG_LEVEL    = "DEBUG"
    })
    error_message = "unexpected: ${jsonencode(module.api.functions.cancel.environment)}"
  }

  assert {
    condition = {
      for name in ["outcome", "submit", "outbox_relay", "openapi"] :
      name => module.api.functions[name].grants
      } == {
      outcome      = toset(["commands", "read", "results"])
      submit       = toset(["commands", "read_inputs", "send", "store_inputs"])
      outbox_relay = toset(["commands", "find", "read_inputs", "send"])
      openapi      = toset([])
    }
    error_message = "routes are validated"
  }

  assert {
    condition     = module.api.functions.status.timeout_seconds == 29
    error_message = "the function must outlive its clients' patience, and API Gateway it"
  }

  assert {
    condition     = output.commands_endpoint == "${output.api_endpoint}/commands"
    error_message = "unexpected: ${output.commands_endpoint}"
  }
}
