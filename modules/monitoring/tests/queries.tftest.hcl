# Questions to the logs, saved where somebody looks for them at night.
mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name = "acme-dev"
  queue = {
    name     = "acme-dev-work-queue"
    dlq_name = "acme-dev-work-dlq"
    consumer = { timeout_seconds = 60, max_concurrency = 20 }
  }
  worker = { name = "acme-dev-worker", log_group_name = "/aws/lambda/acme-dev-worker" }
  api = {
    type             = "http", id = "a1b2c3", name = "acme-dev-api"
    status_function  = "acme-dev-status"
    max_wait_seconds = 20
  }
  table_name        = "acme-dev-commands"
  metrics_namespace = "acme"
  runbook_url       = "https://example.com/runbook.md"
}

run "asks_the_right_logs" {
  command = plan

  variables {
    api = {
      type                = "http"
      id                  = "a1b2c3"
      name                = "acme-dev-api"
      status_function     = "acme-dev-status"
      log_group_name      = "/aws/vendedlogs/apigateway/acme-dev-api"
      function_log_groups = ["/aws/lambda/acme-dev-submit"]
    }
  }

  assert {
    condition = output.query_names == sort([
      for file in fileset(path.module, "queries/*/*.txt") :
      "acme-dev/${trimsuffix(basename(file), ".txt")}"
    ])
    error_message = "every file is a query: ${join(", ", output.query_names)}"
  }

  assert {
    condition = { for key in ["one-command", "failures", "throttled"] :
      key => aws_cloudwatch_query_definition.this[key].log_group_names
      } == {
      one-command = tolist([
        "/aws/lambda/acme-dev-worker", "/aws/lambda/acme-dev-submit", var.api.log_group_name,
      ])
      failures  = tolist(["/aws/lambda/acme-dev-worker", "/aws/lambda/acme-dev-submit"])
      throttled = tolist([var.api.log_group_name])
    }
    error_message = "the folder of a query says which logs it is for"
  }

  assert {
    condition = alltrue([
      for query in aws_cloudwatch_query_definition.this :
      startswith(query.query_string, "# ") && !strcontains(query.query_string, "\r")
    ])
    error_message = "a query begins with a line that says what it is for"
  }
}

run "leaves_out_what_there_is_no_log_for" {
  command = plan

  assert {
    condition = alltrue([
      for query in aws_cloudwatch_query_definition.this :
      query.log_group_names == tolist(["/aws/lambda/acme-dev-worker"])
    ])
    error_message = "nothing is asked of logs that are not there"
  }
}
