# Each run is one refusal at plan time that would otherwise be one at apply time.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name = "acme-dev-api"
  queue = {
    url      = "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-work-queue"
    policies = { send = "{}" }
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

run "rejects_a_name_that_leaves_no_room_for_the_role" {
  command = plan
  variables { name = format("%060d", 0) }
  expect_failures = [var.name]
}

run "rejects_an_origin_with_a_path" {
  command = plan
  variables { cors_allow_origins = ["https://app.example.com/"] }
  expect_failures = [var.cors_allow_origins]
}

run "rejects_an_origin_without_a_scheme" {
  command = plan
  variables { cors_allow_origins = ["app.example.com"] }
  expect_failures = [var.cors_allow_origins]
}

run "rejects_all_origins_together_with_one" {
  command = plan
  variables { cors_allow_origins = ["*", "https://app.example.com"] }
  expect_failures = [var.cors_allow_origins]
}

run "rejects_an_origin_named_twice" {
  command = plan
  variables { cors_allow_origins = ["https://a.example", "https://a.example"] }
  expect_failures = [var.cors_allow_origins]
}

run "rejects_a_rate_of_nothing" {
  command = plan
  variables { throttling = { requests_per_second = 0 } }
  expect_failures = [var.throttling]
}

run "rejects_a_burst_of_nothing" {
  command = plan
  variables { throttling = { burst = 0 } }
  expect_failures = [var.throttling]
}

run "rejects_half_a_burst" {
  command = plan
  variables { throttling = { burst = 1.5 } }
  expect_failures = [var.throttling]
}

run "bounds_the_role_by_a_policy_when_asked" {
  command = plan
  variables {
    runtime = {
      permissions_boundary = "arn:aws:iam::123456789012:policy/bootstrap/acme"
    }
  }

  assert {
    condition = (
      aws_iam_role.this.permissions_boundary == "arn:aws:iam::123456789012:policy/bootstrap/acme"
    )
    error_message = "a deployment with bounds must be able to make the role"
  }
}
