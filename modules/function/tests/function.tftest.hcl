mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name        = "acme-dev-status"
  description = "Returns the status of a command"
  handler     = "command_api.entrypoints.status.handler"
  runtime     = { package_path = "versions.tf" } # any file will do while AWS is mocked
}

run "runs_on_arm_with_the_defaults" {
  command = plan

  assert {
    condition = (
      aws_lambda_function.this.runtime == "python3.13" &&
      aws_lambda_function.this.architectures == tolist(["arm64"]) &&
      aws_lambda_function.this.memory_size == 256 && aws_lambda_function.this.timeout == 30
    )
    error_message = "the defaults are Python 3.13 on arm64 with 256 MB for 30 s"
  }

  assert {
    condition     = aws_lambda_function.this.source_code_hash == filebase64sha256("versions.tf")
    error_message = "a changed package must be uploaded"
  }

  assert {
    condition     = aws_lambda_function.this.tracing_config[0].mode == "PassThrough"
    error_message = "no tracing of its own"
  }

  assert {
    condition     = length(aws_iam_role_policy.tracing) == 0
    error_message = "what does not trace may not write traces"
  }
}

run "traces_where_told_to_and_may_then" {
  command = plan
  variables { runtime = { package_path = "versions.tf", tracing = true } }

  assert {
    condition     = aws_lambda_function.this.tracing_config[0].mode == "Active"
    error_message = "the function samples its calls"
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.tracing[0].policy).Statement == [{
      Effect   = "Allow", Action = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
      Resource = ["*"]
    }]
    error_message = "two actions, for which X-Ray knows no resources"
  }
}

run "hands_over_its_variables" {
  command = plan
  variables {
    environment     = { TABLE_NAME = "acme-dev-commands" }
    runtime         = { package_path = "versions.tf", architecture = "x86_64" }
    memory_mb       = 10240
    timeout_seconds = 900
    layers          = ["arn:aws:lambda:eu-central-1:123456789012:layer:pillow:3"]
  }

  assert {
    condition     = aws_lambda_function.this.layers == tolist(var.layers)
    error_message = "the function needs its layers"
  }

  assert {
    condition = (
      aws_lambda_function.this.environment[0].variables ==
      tomap({
        TABLE_NAME              = "acme-dev-commands"
        POWERTOOLS_SERVICE_NAME = var.name
        POWERTOOLS_LOG_LEVEL    = "INFO"
      })
    )
    error_message = "the function needs its variables, and those that its logs need"
  }

  assert {
    condition = (
      aws_lambda_function.this.memory_size == 10240 && aws_lambda_function.this.timeout == 900 &&
      aws_lambda_function.this.architectures == tolist(["x86_64"])
    )
    error_message = "the sizes must reach the function"
  }
}

run "publishes_versions_only_when_asked_to" {
  command = plan

  assert {
    condition     = !aws_lambda_function.this.publish
    error_message = "what nothing points to would only be kept"
  }
}

run "publishes_versions_for_an_alias" {
  command = plan

  variables { publish = true }

  assert {
    condition     = aws_lambda_function.this.publish && output.version == "3"
    error_message = "an alias needs the number: ${output.version}"
  }
}

run "writes_to_its_own_log_group_only" {
  command = plan

  variables { runtime = { package_path = "versions.tf", log_retention_days = 90 } }

  assert {
    condition = (
      aws_cloudwatch_log_group.this.name == "/aws/lambda/acme-dev-status" &&
      aws_cloudwatch_log_group.this.retention_in_days == 90
    )
    error_message = "Lambda writes to /aws/lambda/<name>"
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.logs.policy).Statement == [{
      Effect   = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "${aws_cloudwatch_log_group.this.arn}:*"
    }]
    error_message = "logs go to one group: ${aws_iam_role_policy.logs.policy}"
  }
}

run "grants_what_it_is_given" {
  command = plan
  variables {
    policies = { read = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }

  assert {
    condition = { for name, grant in aws_iam_role_policy.grant : name => grant.policy } == {
      read = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
    error_message = "one inline policy per grant"
  }
}

run "lets_only_lambda_take_the_role" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy).Statement == [{
      Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole"
    }]
    error_message = "the role is for Lambda: ${aws_iam_role.this.assume_role_policy}"
  }
}

run "keeps_no_concurrency_unasked" {
  command = plan

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == null
    error_message = "what is kept for one function is taken from all others"
  }
}

run "keeps_concurrency_for_itself" {
  command = plan
  variables { reserved_concurrency = 20 }

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == 20
    error_message = "20 executions are the function's own"
  }
}

run "encrypts_its_log_with_a_key_of_ones_own" {
  command = plan

  variables {
    runtime = {
      package_path = "versions.tf"
      kms_key      = { arn = "arn:aws:kms:us-east-1:123456789012:key/own" }
    }
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.kms_key_id == var.runtime.kms_key.arn
    error_message = "the log has the key"
  }
}

run "stays_out_of_every_vpc_unasked" {
  command = plan

  assert {
    condition = (
      length(aws_lambda_function.this.vpc_config) == 0 &&
      length(aws_iam_role_policy.network) == 0 && !contains(output.grants, "network")
    )
    error_message = "a VPC costs endpoints"
  }
}

run "runs_in_a_vpc_whose_interfaces_its_code_cannot_touch" {
  command = plan

  variables {
    runtime = {
      package_path = "versions.tf"
      vpc          = { subnet_ids = ["subnet-1a", "subnet-2b"], security_group_ids = ["sg-3c"] }
    }
  }

  assert {
    condition = (
      aws_lambda_function.this.vpc_config[0].subnet_ids == toset(["subnet-1a", "subnet-2b"]) &&
      aws_lambda_function.this.vpc_config[0].security_group_ids == toset(["sg-3c"]) &&
      contains(output.grants, "network")
    )
    error_message = "the function is in the VPC"
  }

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.network[0].policy).Statement :
      [statement.Effect, statement.Action == local.interface_actions, can(statement.Condition)]
    ] == [["Allow", true, false], ["Deny", true, true]]
    error_message = "only Lambda makes interfaces: ${aws_iam_role_policy.network[0].policy}"
  }
}
