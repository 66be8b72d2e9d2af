# Each run is one refusal at plan time that would otherwise be one at apply time.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name        = "acme-dev-status"
  description = "Answers"
  handler     = "command_api.entrypoints.status.handler"
  runtime     = { package_path = "versions.tf" }
}

run "rejects_a_name_of_65_characters" {
  command = plan
  variables { name = format("%065d", 0) }
  expect_failures = [var.name]
}

run "rejects_a_name_with_a_dot" {
  command = plan
  variables { name = "acme.status" }
  expect_failures = [var.name]
}

run "rejects_a_description_of_257_characters" {
  command = plan
  variables { description = format("%0257d", 0) }
  expect_failures = [var.description]
}

run "says_make_package_when_the_zip_is_missing" {
  command = plan
  variables { runtime = { package_path = "missing.zip" } }
  expect_failures = [aws_lambda_function.this]
}

run "rejects_a_handler_without_a_function" {
  command = plan
  variables { handler = "handler" }
  expect_failures = [var.handler]
}

run "rejects_a_runtime_that_is_not_supported" {
  command = plan
  variables { runtime = { package_path = "versions.tf", python = "python3.9" } }
  expect_failures = [var.runtime]
}

run "rejects_an_unknown_architecture" {
  command = plan
  variables { runtime = { package_path = "versions.tf", architecture = "arm" } }
  expect_failures = [var.runtime]
}

run "rejects_memory_below_128" {
  command = plan
  variables { memory_mb = 127 }
  expect_failures = [var.memory_mb]
}

run "rejects_memory_above_10240" {
  command = plan
  variables { memory_mb = 10241 }
  expect_failures = [var.memory_mb]
}

run "rejects_a_timeout_of_nothing" {
  command = plan
  variables { timeout_seconds = 0 }
  expect_failures = [var.timeout_seconds]
}

run "rejects_a_timeout_above_15_minutes" {
  command = plan
  variables { timeout_seconds = 901 }
  expect_failures = [var.timeout_seconds]
}

run "rejects_a_variable_name_with_a_hyphen" {
  command = plan
  variables { environment = { "TABLE-NAME" = "x" } }
  expect_failures = [var.environment]
}

run "rejects_a_variable_that_lambda_sets" {
  command = plan
  variables { environment = { AWS_REGION = "us-east-1" } }
  expect_failures = [var.environment]
}

run "rejects_a_layer_without_a_version" {
  command = plan
  variables { layers = ["arn:aws:lambda:eu-central-1:123456789012:layer:pillow"] }
  expect_failures = [var.layers]
}

run "rejects_variables_above_4_kb" {
  command = plan
  variables { environment = { TOO_LONG = format("%04096d", 0) } }
  expect_failures = [var.environment]
}

run "rejects_a_grant_name_with_a_space" {
  command = plan
  variables { policies = { "read table" = "{}" } }
  expect_failures = [var.policies]
}

run "rejects_a_grant_that_would_replace_the_tracing" {
  command = plan
  variables { policies = { tracing = "{}" } }
  expect_failures = [var.policies]
}

run "rejects_a_grant_that_would_replace_the_logs" {
  command = plan
  variables { policies = { logs = "{}" } }
  expect_failures = [var.policies]
}

run "rejects_a_grant_of_nothing" {
  command = plan
  variables { policies = { read = null } }
  expect_failures = [var.policies]
}

run "rejects_grants_that_iam_has_no_room_for" {
  command = plan
  variables { policies = { read = format("%010000d", 0) } }
  expect_failures = [var.policies]
}

run "rejects_a_retention_that_cloudwatch_does_not_offer" {
  command = plan
  variables { runtime = { package_path = "versions.tf", log_retention_days = 15 } }
  expect_failures = [var.runtime]
}

run "rejects_a_boundary_that_is_a_name" {
  command = plan
  variables { runtime = { package_path = "versions.tf", permissions_boundary = "acme-boundary" } }
  expect_failures = [var.runtime]
}

run "bounds_the_role_by_a_policy_when_asked" {
  command = plan
  variables {
    runtime = {
      package_path         = "versions.tf"
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

run "rejects_an_unknown_log_level" {
  command = plan
  variables { runtime = { package_path = "versions.tf", log_level = "TRACE" } }
  expect_failures = [var.runtime]
}

run "rejects_a_reservation_that_stops_the_function" {
  command = plan
  variables { reserved_concurrency = 0 }
  expect_failures = [var.reserved_concurrency]
}

run "rejects_a_vpc_without_security_groups" {
  command = plan
  variables {
    runtime = {
      package_path = "versions.tf", vpc = { subnet_ids = ["subnet-1a"], security_group_ids = [] }
    }
  }
  expect_failures = [var.runtime]
}

run "rejects_a_subnet_that_is_none" {
  command = plan
  variables {
    runtime = {
      package_path = "versions.tf"
      vpc          = { subnet_ids = ["vpc-1a"], security_group_ids = ["sg-3c"] }
    }
  }
  expect_failures = [var.runtime]
}
