mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  names = {
    batches        = "acme-dev-batches"
    batch_counter  = "acme-dev-batch-counter"
    batch_failures = "acme-dev-batch-failures"
  }
  runtime = { package_path = "versions.tf", log_level = "INFO", kms_key = null }
  data = {
    retention_days = 30
    stream_arn     = "arn:aws:dynamodb:us-east-1:123456789012:table/acme-dev-commands/stream/1"
  }
  environment = { TABLE_NAME = "acme-dev-commands" }
  policies    = { stream = "{}", commands = "{}" }
}

run "counts_each_shard_by_one_reader" {
  command = plan

  assert {
    condition = (
      aws_lambda_event_source_mapping.stream.parallelization_factor == 1 &&
      aws_lambda_event_source_mapping.stream.tumbling_window_in_seconds > 0
    )
    error_message = "a counter has one writer, which is told its shard"
  }

  assert {
    condition = (
      aws_lambda_event_source_mapping.stream.starting_position == "TRIM_HORIZON" &&
      aws_lambda_event_source_mapping.stream.maximum_retry_attempts == -1 &&
      aws_lambda_event_source_mapping.stream.destination_config[0].on_failure[0].destination_arn
      == aws_sqs_queue.failures.arn
    )
    error_message = "no change is left out in silence"
  }

  assert {
    condition = [
      for filter in aws_lambda_event_source_mapping.stream.filter_criteria[0].filter :
      jsondecode(filter.pattern).dynamodb.NewImage.batch
    ] == [{ S = [{ exists = true }] }, { S = [{ exists = true }] }]
    error_message = "commands outside of batches cost nothing"
  }

  assert {
    condition     = aws_lambda_event_source_mapping.stream.maximum_batching_window_in_seconds <= 1
    error_message = "counts are two seconds behind at most"
  }
}

run "grants_what_each_function_does" {
  command = plan

  assert {
    condition = {
      for verb, policy in output.policies :
      verb => [for it in jsondecode(policy).Statement : join(" ", sort(it.Action))]
      } == {
      submit = ["dynamodb:UpdateItem"]
      manage = ["dynamodb:Query dynamodb:UpdateItem"]
      count  = ["dynamodb:GetItem dynamodb:Query dynamodb:UpdateItem"]
    }
    error_message = "unexpected actions: ${jsonencode(output.policies)}"
  }

  assert {
    condition     = module.counter.grants == toset(["commands", "count", "give_up", "stream"])
    error_message = "the counter stores and sends what follows"
  }
}

run "makes_nothing_for_uploads_where_there_are_none" {
  command = plan

  assert {
    condition = (
      length(module.files) + length(module.transfer) + length(aws_sqs_queue.transfer) +
      length(aws_sqs_queue.transfer_dlq) + length(aws_s3_bucket_notification.uploaded) +
      length(aws_lambda_event_source_mapping.transfer) == 0 &&
      join(" ", keys(output.environment)) == "BATCHES_TABLE RETENTION_DAYS"
    )
    error_message = "what is off costs nothing"
  }
}

run "turns_uploads_into_commands" {
  command = plan

  variables {
    names = {
      batches            = "acme-dev-batches"
      batch_counter      = "acme-dev-batch-counter"
      batch_failures     = "acme-dev-batch-failures"
      batch_files        = "acme-dev-batch-files"
      batch_transfer     = "acme-dev-batch-transfer"
      batch_transfer_dlq = "acme-dev-batch-transfer-dlq"
    }
    uploads = {
      enabled     = true
      environment = { DEFAULT_COMMAND_TYPE = "echo" }
      policies    = { commands = "{}" }
    }
  }

  assert {
    condition = (
      aws_sqs_queue.transfer[0].visibility_timeout_seconds >= 2 * 60 &&
      aws_sqs_queue.transfer[0].message_retention_seconds
      < aws_sqs_queue.transfer_dlq[0].message_retention_seconds &&
      aws_sqs_queue.transfer[0].sqs_managed_sse_enabled &&
      aws_lambda_event_source_mapping.transfer[0].batch_size == 1
    )
    error_message = "one batch a message, and none is lost"
  }

  assert {
    condition = (
      one(aws_s3_bucket_notification.uploaded[0].queue).filter_prefix == "uploads/" &&
      jsondecode(aws_sqs_queue.transfer[0].policy).Statement[0].Condition.ArnEquals
      == { "aws:SourceArn" = module.files[0].arn }
    )
    error_message = "S3 sends for this bucket, and results are no uploads"
  }

  assert {
    condition = {
      for verb, policy in output.policies :
      verb => [for it in jsondecode(policy).Statement : join(" ", sort(it.Action))]
      } == {
      submit = ["dynamodb:UpdateItem", "s3:PutObject"]
      manage = ["dynamodb:Query dynamodb:UpdateItem", "s3:GetObject", "sqs:SendMessage"]
      count  = ["dynamodb:GetItem dynamodb:Query dynamodb:UpdateItem", "sqs:SendMessage"]
    }
    error_message = "unexpected actions: ${jsonencode(output.policies)}"
  }

  assert {
    condition = alltrue([
      for name in ["submit", "manage"] : strcontains(
        output.policies[name],
        "${module.files[0].arn}/${ { submit = "uploads", manage = "results" }[name]}/*",
      )
    ])
    error_message = "each has its own part of the bucket"
  }

  assert {
    condition = (
      module.transfer[0].grants == toset(["commands", "transfer"]) &&
      module.transfer[0].environment.DEFAULT_COMMAND_TYPE == "echo"
    )
    error_message = "lines become commands as requests do"
  }
}

run "keeps_production_data" {
  command = plan

  variables {
    names = {
      batches        = "acme-prod-batches"
      batch_counter  = "acme-prod-batch-counter"
      batch_failures = "acme-prod-batch-failures"
      production     = true
    }
  }

  assert {
    condition = (
      aws_dynamodb_table.this.deletion_protection_enabled &&
      aws_dynamodb_table.this.point_in_time_recovery[0].enabled
    )
    error_message = "as the table of commands"
  }
}

run "encrypts_with_the_key_of_the_environment" {
  command = plan

  variables {
    runtime = {
      package_path = "versions.tf", log_level = "INFO"
      kms_key      = { arn = "arn:aws:kms:us-east-1:123456789012:key/1" }
    }
  }

  assert {
    condition = (
      aws_dynamodb_table.this.server_side_encryption[0].kms_key_arn == var.runtime.kms_key.arn &&
      aws_sqs_queue.failures.kms_master_key_id == var.runtime.kms_key.arn
    )
    error_message = "table and queue"
  }
}
