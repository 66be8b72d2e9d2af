# Submitting a command: API Gateway puts the request's body into the queue itself.
locals {
  submissions = {
    # Where the answer's Location leads, relative to the request's own URL.
    submit   = { location = "status/", queue = local.queue.name }
    commands = { location = "commands/", queue = local.queue.name }
    # The template says which queue.
    "priorities/one/commands" = { location = "../../commands/", queue = "{queue}" }
  }

  queue = {
    partition = split(":", var.queue.arn)[1]
    region    = split(":", var.queue.arn)[3]
    account   = split(":", var.queue.arn)[4]
    name      = split(":", var.queue.arn)[5]
  }
}

resource "aws_api_gateway_model" "command" {
  rest_api_id  = aws_api_gateway_rest_api.this.id
  name         = "Command"
  description  = "Body of a submission"
  content_type = "application/json"
  schema       = jsonencode(local.command_schema)
}

resource "aws_api_gateway_request_validator" "command" {
  rest_api_id                 = aws_api_gateway_rest_api.this.id
  name                        = "command"
  validate_request_body       = true
  validate_request_parameters = true
}

resource "aws_api_gateway_method" "submit" {
  #checkov:skip=CKV_AWS_59:Who may call is the environment's decision, not this module's.
  for_each = local.submissions

  rest_api_id          = aws_api_gateway_rest_api.this.id
  resource_id          = local.resources[each.key].id
  http_method          = "POST"
  authorization        = var.authorization
  api_key_required     = local.api_key_required
  request_validator_id = aws_api_gateway_request_validator.command.id
  request_models       = { "application/json" = aws_api_gateway_model.command.name }

  # In front of a FIFO queue, every command names its group.
  request_parameters = var.queue.fifo ? {
    "method.request.header.${local.group_header}" = true
  } : {}
}

resource "aws_api_gateway_integration" "submit" {
  for_each = local.submissions

  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = aws_api_gateway_method.submit[each.key].resource_id
  http_method             = aws_api_gateway_method.submit[each.key].http_method
  type                    = "AWS"
  integration_http_method = "POST"
  credentials             = local.role_arn
  # Anything but JSON is a 415.
  passthrough_behavior = "NEVER"
  request_templates    = { "application/json" = local.templates.send[each.key] }
  uri = join(":", [
    "arn", local.queue.partition, "apigateway", local.queue.region,
    "sqs", "path/${local.queue.account}/${each.value.queue}",
  ])

  request_parameters = merge(
    { "integration.request.header.Content-Type" = "'application/x-www-form-urlencoded'" },
    each.value.queue == "{queue}" ? {
      "integration.request.path.queue" = "'${local.queue.name}'"
    } : {},
  )
}

locals {
  told_headers = ["Location", "Retry-After", "x-command-id", "x-correlation-id"]
}

resource "aws_api_gateway_method_response" "accepted" {
  for_each = local.submissions

  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = aws_api_gateway_method.submit[each.key].resource_id
  http_method = aws_api_gateway_method.submit[each.key].http_method
  status_code = "202"
  response_parameters = {
    for name in concat(local.told_headers, local.cors_headers) :
    "method.response.header.${name}" => false
  }
}

resource "aws_api_gateway_integration_response" "accepted" {
  for_each = local.submissions

  rest_api_id        = aws_api_gateway_rest_api.this.id
  resource_id        = aws_api_gateway_method.submit[each.key].resource_id
  http_method        = aws_api_gateway_method.submit[each.key].http_method
  status_code        = aws_api_gateway_method_response.accepted[each.key].status_code
  selection_pattern  = "200"
  response_templates = { "application/json" = local.templates.accepted[each.key] }

  depends_on = [aws_api_gateway_integration.submit]
}

# Whatever SQS answers except 200; the template tells the client's faults from ours.
resource "aws_api_gateway_method_response" "failed" {
  for_each = local.submissions

  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = aws_api_gateway_method.submit[each.key].resource_id
  http_method = aws_api_gateway_method.submit[each.key].http_method
  status_code = "502"
  response_parameters = {
    for name in concat(["Content-Type"], local.cors_headers) :
    "method.response.header.${name}" => false
  }
}

resource "aws_api_gateway_integration_response" "failed" {
  for_each = local.submissions

  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = aws_api_gateway_method.submit[each.key].resource_id
  http_method = aws_api_gateway_method.submit[each.key].http_method
  status_code = aws_api_gateway_method_response.failed[each.key].status_code
  # SQS words some of its errors in XML, whatever it is asked for.
  response_templates = {
    for type in ["application/json", "text/xml"] : type => local.templates.failed
  }
  response_parameters = {
    "method.response.header.Content-Type" = "'${local.problem_type}'"
  }

  depends_on = [aws_api_gateway_integration.submit]
}

locals {
  role_name = "${var.name}-send"
  role_arn = join(":", [
    "arn", local.queue.partition, "iam", "", local.queue.account, "role/${local.role_name}",
  ])
}

resource "aws_iam_role" "this" {
  name                 = local.role_name
  description          = "Allows the API ${var.name} to send commands to the queue"
  permissions_boundary = var.runtime.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "apigateway.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "send" {
  name   = "send"
  role   = aws_iam_role.this.id
  policy = var.queue.policies.send
}

resource "aws_iam_role_policy" "priority" {
  for_each = var.priorities

  name   = "send-${each.key}"
  role   = aws_iam_role.this.id
  policy = each.value.policies.send
}
