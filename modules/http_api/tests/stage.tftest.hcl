mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name = "acme-dev-api"
  queue = {
    url      = "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-work-queue"
    policies = { send = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  status_function = {
    name       = "acme-dev-status"
    invoke_arn = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/mock/invocations"
  }
  cancel_function = {
    name       = "acme-dev-cancel"
    invoke_arn = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/mock/invocations"
  }
  openapi_function = {
    name       = "acme-dev-openapi"
    invoke_arn = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/mock/invocations"
  }
}

run "allows_no_web_page_by_default" {
  command = plan

  assert {
    condition     = length(aws_apigatewayv2_api.this.cors_configuration) == 0
    error_message = "CORS is off until somebody names an origin"
  }
}

run "lets_named_pages_read_the_headers_that_matter" {
  command = plan
  variables { cors_allow_origins = ["https://app.example.com", "http://localhost:3000"] }

  assert {
    condition = (
      aws_apigatewayv2_api.this.cors_configuration[0].allow_origins ==
      toset(["https://app.example.com", "http://localhost:3000"]) &&
      aws_apigatewayv2_api.this.cors_configuration[0].allow_methods ==
      toset(["DELETE", "GET", "POST", "PUT"]) &&
      aws_apigatewayv2_api.this.cors_configuration[0].expose_headers ==
      toset(["etag", "location", "retry-after", "x-command-id", "x-correlation-id"])
    )
    error_message = "a page needs the id and when to ask again"
  }
}

run "throttles_and_logs_without_bodies" {
  command = plan
  variables {
    throttling = { requests_per_second = 50.5, burst = 80 }
    runtime    = { log_retention_days = 30 }
  }

  assert {
    condition = (
      aws_apigatewayv2_stage.this.default_route_settings[0].throttling_rate_limit == 50.5 &&
      aws_apigatewayv2_stage.this.default_route_settings[0].throttling_burst_limit == 80
    )
    error_message = "the limits must reach the stage"
  }

  assert {
    condition     = length(aws_apigatewayv2_stage.this.route_settings) == 0
    error_message = "all routes share them"
  }

  assert {
    condition = (
      aws_cloudwatch_log_group.this.retention_in_days == 30 &&
      !strcontains(aws_apigatewayv2_stage.this.access_log_settings[0].format, "body") &&
      jsondecode(aws_apigatewayv2_stage.this.access_log_settings[0].format).status ==
      "$context.status"
    )
    error_message = "access logs are JSON and hold no bodies"
  }

  assert {
    condition = (
      aws_apigatewayv2_stage.this.name == "$default" && aws_apigatewayv2_stage.this.auto_deploy
    )
    error_message = "the API answers at its root and a change is live at once"
  }
}

run "encrypts_its_log_with_a_key_of_ones_own" {
  command = plan

  variables {
    runtime = { kms_key = { arn = "arn:aws:kms:us-east-1:123456789012:key/own" } }
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.kms_key_id == var.runtime.kms_key.arn
    error_message = "the log has the key"
  }
}

run "throttles_polls_apart_from_commands" {
  command = plan
  variables {
    throttling = {
      routes = { "GET /commands/{id}" = { requests_per_second = 400, burst = 800 } }
    }
  }

  assert {
    condition = [
      for settings in aws_apigatewayv2_stage.this.route_settings :
      [settings.route_key, settings.throttling_rate_limit, settings.throttling_burst_limit]
    ] == [["GET /commands/{id}", 400, 800]]
    error_message = "whoever polls takes nothing from whoever submits"
  }
}

run "rejects_limits_of_a_route_that_is_not_there" {
  command = plan
  variables {
    throttling = { routes = { "GET /orders" = { requests_per_second = 1, burst = 1 } } }
  }
  expect_failures = [aws_apigatewayv2_stage.this]
}

run "answers_at_the_generated_host_unless_told_not_to" {
  command = plan
  variables { disable_execute_api_endpoint = true }

  assert {
    condition     = aws_apigatewayv2_api.this.disable_execute_api_endpoint
    error_message = "what passes by the domain is refused"
  }
}
