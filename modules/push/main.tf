# A WebSocket API for watching commands, and the table of who watches which.

resource "aws_apigatewayv2_api" "this" {
  name          = var.name
  description   = "Tells what becomes of commands that clients watch"
  protocol_type = "WEBSOCKET"
  # Messages have one form: there is no action to choose.
  route_selection_expression = "$request.body.action"
}

data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  # Built from parts: a successor that comes first must not refer to what has a fixed name.
  invoke_arn = join(":", [
    "arn", data.aws_partition.current.partition, "apigateway", data.aws_region.current.id,
    "lambda:path/2015-03-31/functions/arn", data.aws_partition.current.partition, "lambda",
    data.aws_region.current.id, data.aws_caller_identity.current.account_id, "function",
    "${var.name}/invocations",
  ])

  authorization = { none = "NONE", iam = "AWS_IAM", jwt = "CUSTOM" }[var.authentication.mode]

  stage = "v1"
  # https in place of wss, and on the local stack http in place of ws.
  connections_url = replace(local.url, "/^ws/", "http")
  url             = "${aws_apigatewayv2_api.this.api_endpoint}/${local.stage}"
}

# A browser's WebSocket has no headers of its own, so the token is in the URL.
resource "aws_apigatewayv2_authorizer" "this" {
  count = var.authentication.mode == "jwt" ? 1 : 0

  api_id           = aws_apigatewayv2_api.this.id
  name             = "token"
  authorizer_type  = "REQUEST"
  authorizer_uri   = local.invoke_arn
  identity_sources = ["route.request.querystring.access_token"]

  # API Gateway deletes no authorizer that a route still has: the routes are changed first.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_apigatewayv2_integration" "this" {
  api_id             = aws_apigatewayv2_api.this.id
  description        = "Invokes the push function"
  integration_type   = "AWS_PROXY"
  integration_method = "POST"
  integration_uri    = module.function.invoke_arn
}

resource "aws_apigatewayv2_route" "connect" {
  api_id             = aws_apigatewayv2_api.this.id
  route_key          = "$connect"
  target             = "integrations/${aws_apigatewayv2_integration.this.id}"
  authorization_type = local.authorization
  authorizer_id      = one(aws_apigatewayv2_authorizer.this[*].id)

  depends_on = [aws_lambda_permission.this]
}

resource "aws_apigatewayv2_route" "messages" {
  #checkov:skip=CKV_AWS_309:Whoever has a connection was identified when it was opened.
  api_id                              = aws_apigatewayv2_api.this.id
  route_key                           = "$default"
  target                              = "integrations/${aws_apigatewayv2_integration.this.id}"
  route_response_selection_expression = "$default"

  depends_on = [aws_lambda_permission.this]
}

# What the function answers goes to the client only with a route response.
resource "aws_apigatewayv2_route_response" "messages" {
  api_id             = aws_apigatewayv2_api.this.id
  route_id           = aws_apigatewayv2_route.messages.id
  route_response_key = "$default"
}

resource "aws_apigatewayv2_stage" "this" {
  #checkov:skip=CKV_AWS_76:Logs of WebSocket APIs need a role of the whole account.
  #checkov:skip=CKV_AWS_95:Logs of WebSocket APIs need a role of the whole account.
  #checkov:skip=CKV2_AWS_51:The integration is a function, which admits this API by its permission.
  api_id      = aws_apigatewayv2_api.this.id
  name        = local.stage
  auto_deploy = true

  default_route_settings {
    throttling_rate_limit  = var.settings.requests_per_second
    throttling_burst_limit = 2 * var.settings.requests_per_second
  }

  depends_on = [aws_apigatewayv2_route.connect, aws_apigatewayv2_route.messages]
}

resource "aws_lambda_permission" "this" {
  statement_id  = "Api"
  action        = "lambda:InvokeFunction"
  function_name = module.function.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/*"
}

# One function for connections and messages; telling is the notifier's.
module "function" {
  source = "../function"

  name            = var.name
  description     = "Lets clients watch commands"
  runtime         = var.runtime
  handler         = "command_api.entrypoints.push.handler"
  timeout_seconds = 10

  environment = merge(
    {
      TABLE_NAME             = var.data.name
      TTL_ATTRIBUTE          = var.data.ttl_attribute
      WATCH_TABLE            = var.table_name
      WATCHES_PER_CONNECTION = var.settings.watches_per_connection
      AUTHENTICATION         = jsonencode(var.authentication)
    },
    var.deliveries == null ? {} : { DELIVERIES_TABLE = var.deliveries },
  )

  policies = merge(var.policies, { watches = local.policies.watch })
}
