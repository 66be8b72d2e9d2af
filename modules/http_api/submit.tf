data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

# Submitting a command directly: API Gateway puts the request's body into the queue itself.
locals {
  direct_submissions = merge(
    {
      # The gateway draws the id and tells it in a header.
      post = {
        route_key        = "POST /commands"
        id               = { command_id = "$${context.requestId}" }
        deduplication_id = "$context.requestId"
        group            = {}
        headers          = { "append:header.x-command-id" = "$context.requestId" }
      }
    },
    # The client chooses the id, so repeating the request is safe; but whoever can choose an id can
    # name another one's, so it is not for commands that have owners.
    local.owned ? {} : {
      put = {
        route_key = "PUT /commands/{id}"
        # API Gateway takes no attributes without an expression; this one is in the access log, too.
        id = {
          command_id_from = var.queue.fifo ? "MessageDeduplicationId" : "MessageGroupId"
          correlation_id  = "$${context.requestId}"
        }
        deduplication_id = "$request.path.id"
        group            = { MessageGroupId = "$request.path.id" }
        headers          = {}
      }
    },
  )
  # Queues that clients may choose have paths of their own.
  submissions = !local.direct ? {} : merge([
    for name, queue in merge({ (local.default) = var.queue }, var.priorities) : {
      for verb, submission in local.direct_submissions :
      (name == local.default ? verb : "${verb}/${name}") => merge(submission, {
        queue = queue.url
        route_key = name == local.default ? submission.route_key : replace(
          submission.route_key, " /", " /priorities/${name}/"
        )
      })
    }
  ]...)
  direct  = var.submission.mode == "direct"
  default = "default"

  # API Gateway decodes a path, and does not document what becomes of quotes inside a JSON text. So
  # no client's text is in the JSON: ids and owners are parameters, and the JSON says which.
  request_mappings = {
    for name, submission in local.submissions : name => merge(
      {
        QueueUrl    = submission.queue
        MessageBody = "$request.body"
        MessageAttributes = jsonencode({
          for attribute, text in merge(
            submission.id, local.owned ? { owner_from = "MessageGroupId" } : {},
          ) : attribute => { DataType = "String", StringValue = text }
        })
      },
      # Two commands with the same body are two commands, so it's the id that tells repetitions.
      var.queue.fifo ? {
        MessageGroupId         = "$request.header.x-message-group-id"
        MessageDeduplicationId = submission.deduplication_id
      } : submission.group,
      local.owned ? { MessageGroupId = "$context.authorizer.claims.sub" } : {},
    )
  }

  response_mappings = {
    for name, submission in local.submissions :
    name => merge({ "overwrite:statuscode" = "202" }, submission.headers)
  }
}

# The provider does not send unchanged mappings along with a changed one, which API Gateway refuses
# (hashicorp/terraform-provider-aws#22647). So a change makes a new integration.
resource "terraform_data" "mapping" {
  for_each = local.submissions

  input = sha256(jsonencode([
    local.request_mappings[each.key], local.response_mappings[each.key], local.role_arn,
  ]))
}

resource "aws_apigatewayv2_integration" "submit" {
  for_each = local.submissions

  api_id                 = aws_apigatewayv2_api.this.id
  description            = "Sends the command to the queue"
  integration_type       = "AWS_PROXY"
  integration_subtype    = "SQS-SendMessage"
  payload_format_version = "1.0"
  credentials_arn        = local.role_arn
  request_parameters     = local.request_mappings[each.key]

  response_parameters {
    status_code = "200"
    mappings    = local.response_mappings[each.key]
  }

  # The new one comes first, so that the route can move over before the old one goes. All that it
  # refers to is then replaced in that order as well, so it refers to nothing that has a fixed name.
  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.mapping[each.key]]
  }
}

locals {
  role_name = "${var.name}-send"
  role_arn = join(":", [
    "arn", data.aws_partition.current.partition, "iam", "",
    data.aws_caller_identity.current.account_id, "role/${local.role_name}",
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
  for_each = { for name, queue in var.priorities : name => queue if local.direct }

  name   = "send-${each.key}"
  role   = aws_iam_role.this.id
  policy = each.value.policies.send
}
