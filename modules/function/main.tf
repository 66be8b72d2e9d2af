resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_50:Tracing is the environment's choice.
  #checkov:skip=CKV_AWS_115:A reservation is the environment's choice; the mapping is bounded.
  #checkov:skip=CKV_AWS_116:Never invoked asynchronously; the queue has a dead-letter queue.
  #checkov:skip=CKV_AWS_117:Reaches AWS over TLS; a VPC would add cost and cold starts.
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

  dynamic "environment" {
    for_each = length(var.environment) == 0 ? [] : [var.environment]
    content {
      variables = environment.value
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
    aws_iam_role_policy.grant,
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
  package      = var.runtime.package_path
  package_hash = fileexists(local.package) ? filebase64sha256(local.package) : null

  # X-Ray knows no resources: these actions are allowed for all, or not at all.
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
  any_trace = ["*"]
  grants    = toset(concat(keys(aws_iam_role_policy.grant), aws_iam_role_policy.tracing[*].name))
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

# What the environment hands over.
resource "aws_iam_role_policy" "grant" {
  for_each = var.policies

  name   = each.key
  role   = aws_iam_role.this.id
  policy = each.value
}
