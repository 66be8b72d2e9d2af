# What would be refused when it is applied, or do harm, is refused in the plan. The modules test one
# mistake at a time; here several variables are wrong at once, and each must say so.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  project     = "acme-jobs"
  environment = "dev"
  secrets     = {}
}

run "rejects_numbers_below_the_limits" {
  command = plan
  variables {
    log_retention_days           = 0
    secrets_recovery_window_days = 6
    sqs_max_receive_count        = 0
    worker_batch_size            = 0
    worker_max_concurrency       = 1
    worker_batch_concurrency     = 0
    worker_memory_size           = 127
    worker_timeout               = 2
    worker_version               = "0"
  }
  expect_failures = [
    var.log_retention_days, var.secrets_recovery_window_days,
    var.sqs_max_receive_count, var.worker_batch_size, var.worker_max_concurrency,
    var.worker_memory_size, var.worker_timeout, var.worker_batch_concurrency, var.worker_version,
  ]
}

run "rejects_numbers_above_the_limits" {
  command = plan
  variables {
    log_retention_days           = 15
    secrets_recovery_window_days = 31
    sqs_max_receive_count        = 101
    worker_batch_size            = 10001
    worker_max_concurrency       = 1001
    worker_batch_concurrency     = 101
    worker_memory_size           = 10241
    worker_timeout               = 901
  }
  expect_failures = [
    var.log_retention_days, var.secrets_recovery_window_days,
    var.sqs_max_receive_count, var.worker_batch_size, var.worker_max_concurrency,
    var.worker_memory_size, var.worker_timeout, var.worker_batch_concurrency,
  ]
}

run "rejects_a_batching_window_above_five_minutes" {
  command = plan
  variables { worker_batching_window_seconds = 301 }
  expect_failures = [var.worker_batching_window_seconds]
}

run "rejects_a_batch_above_ten_without_a_window" {
  command = plan
  variables { worker_batch_size = 11 }
  expect_failures = [var.worker_batch_size]
}

run "rejects_names_and_places_that_aws_does_not_know" {
  command = plan
  variables {
    project             = "a12345678901234567890123456789012" # 33 characters
    environment         = "production"
    aws_region          = "us-east-1a"
    aws_profile         = ""
    repository          = "github.com/acme/jobs?ref=main"
    lambda_architecture = "arm"
  }
  expect_failures = [
    var.project, var.environment, var.aws_region, var.aws_profile, var.repository,
    var.lambda_architecture,
  ]
}

run "rejects_settings_that_the_functions_would_stumble_over" {
  command = plan
  variables {
    default_command_type   = "send email"
    dynamodb_ttl_attribute = "expires at"
    log_level              = "TRACE"
    cors_allow_origins     = ["https://app.example.com/"]
    dynamodb_table_name    = "acme commands"
    paused_types           = ["echo", "send_email,echo"]
  }
  expect_failures = [
    var.default_command_type, var.dynamodb_ttl_attribute, var.log_level, var.cors_allow_origins,
    var.dynamodb_table_name, var.paused_types,
  ]
}

run "rejects_a_ttl_attribute_that_commands_use_and_all_origins_beside_one" {
  command = plan
  variables {
    dynamodb_ttl_attribute = "status"
    cors_allow_origins     = ["*", "https://app.example.com"]
  }
  expect_failures = [var.dynamodb_ttl_attribute, var.cors_allow_origins]
}

run "rejects_waiting_below_the_limits" {
  command = plan
  variables {
    status_max_wait_seconds = -1
    result_url_seconds      = 29
  }
  expect_failures = [var.status_max_wait_seconds, var.result_url_seconds]
}

run "rejects_waiting_for_longer_than_api_gateway_and_credentials_last" {
  command = plan
  variables {
    status_max_wait_seconds = 26
    result_url_seconds      = 3601
  }
  expect_failures = [var.status_max_wait_seconds, var.result_url_seconds]
}

run "rejects_a_boundary_that_is_a_name" {
  command = plan
  variables { permissions_boundary = "acme-boundary" }
  expect_failures = [var.permissions_boundary]
}
