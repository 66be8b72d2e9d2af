resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_50:Tracing is the environment's choice.
  #checkov:skip=CKV_AWS_115:A reservation is the environment's choice; the mapping is bounded.
  #checkov:skip=CKV_AWS_116:Never invoked asynchronously; the queue has a dead-letter queue.
  #checkov:skip=CKV_AWS_117:A VPC is the environment's choice; without one it reaches AWS by TLS.
  #checkov:skip=CKV_AWS_173:They hold names, no secrets; Lambda encrypts them with its own key.
  #checkov:skip=CKV_AWS_272:The zip is reproducible; signing needs a profile of the team.
  function_name    = var.name
  description      = var.description
  role             = aws_iam_role.this.arn
  filename         = var.runtime.package_path
  source_code_hash = local.package_hash
  handler          = var.handler
  runtime          = var.runtime.python
  architectures    = [var.runtime.architecture]
  memory_size      = var.memory_mb
  timeout          = var.timeout_seconds
  publish          = var.publish
  layers           = var.layers

  reserved_concurrent_executions = var.reserved_concurrency

  environment {
    variables = local.environment
  }

  dynamic "vpc_config" {
    for_each = var.runtime.vpc[*]
    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  # PassThrough leaves it to the caller whether to sample, and no HTTP API ever does.
  tracing_config {
    mode = var.runtime.tracing ? "Active" : "PassThrough"
  }

  # A precondition, not a validation: it only warns while destroying.
  lifecycle {
    precondition {
      condition     = fileexists(var.runtime.package_path)
      error_message = "There is no Lambda package at ${var.runtime.package_path}; run: make package"
    }
  }

  # Without its log group and grants the first invocations would make their own group or fail.
  depends_on = [
    aws_cloudwatch_log_group.this, aws_iam_role_policy.logs, aws_iam_role_policy.tracing,
    aws_iam_role_policy.grant, aws_iam_role_policy.network,
  ]
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:The key is the environment's choice; nothing secret is logged.
  #checkov:skip=CKV_AWS_338:Retention is the environment's choice, between a day and ten years.
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.runtime.log_retention_days
  kms_key_id        = one(var.runtime.kms_key[*].arn)
}

resource "aws_iam_role" "this" {
  name                 = var.name
  description          = "Grants of the function ${var.name}"
  permissions_boundary = var.runtime.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "logs" {
  name = "logs"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "${aws_cloudwatch_log_group.this.arn}:*"
    }]
  })
}

locals {
  # What Powertools reads in every function.
  powertools = {
    POWERTOOLS_SERVICE_NAME = var.name
    POWERTOOLS_LOG_LEVEL    = var.runtime.log_level
  }
  environment = tomap(merge(local.powertools, var.environment))

  package      = var.runtime.package_path
  package_hash = fileexists(local.package) ? filebase64sha256(local.package) : null

  # X-Ray knows no resources: these actions are allowed for all, or not at all.
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
  any_trace = ["*"]
  grants = toset(concat(
    keys(aws_iam_role_policy.grant), aws_iam_role_policy.tracing[*].name,
    aws_iam_role_policy.network[*].name,
  ))

  # Nor does EC2, of interfaces that are not made yet:
  # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
  any_interface = ["*"]
  interface_actions = [
    "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
  ]
}

resource "aws_iam_role_policy" "tracing" {
  count = var.runtime.tracing ? 1 : 0

  name = "tracing"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
      Resource = local.any_trace
    }]
  })
}

# Lambda makes the network interfaces with the function's role. The function's own code, whose calls
# alone name their function, may not.
resource "aws_iam_role_policy" "network" {
  count = var.runtime.vpc == null ? 0 : 1

  name = "network"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = local.interface_actions, Resource = local.any_interface },
      {
        Effect    = "Deny"
        Action    = local.interface_actions
        Resource  = local.any_interface
        Condition = { Null = { "lambda:SourceFunctionArn" = "false" } }
      },
    ]
  })
}

# What the environment hands over.
resource "aws_iam_role_policy" "grant" {
  for_each = var.policies

  name   = each.key
  role   = aws_iam_role.this.id
  policy = each.value
}
