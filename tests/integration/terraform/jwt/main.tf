# Routes of an HTTP API for bearers of tokens, and for callers that IAM knows.
provider "aws" {}

variable "issuer" { type = string }
variable "package" { type = string }

module "function" {
  source      = "../../../../modules/function"
  name        = "integration-jwt"
  description = "Answers with its event"
  handler     = "index.handler"
  runtime     = { package_path = var.package }
}

resource "aws_apigatewayv2_api" "this" {
  name          = "integration-jwt"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_stage" "this" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true
}

resource "aws_apigatewayv2_authorizer" "this" {
  api_id           = aws_apigatewayv2_api.this.id
  name             = "jwt"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]
  jwt_configuration {
    issuer   = var.issuer
    audience = ["commands"]
  }
}

resource "aws_apigatewayv2_integration" "this" {
  api_id                 = aws_apigatewayv2_api.this.id
  integration_type       = "AWS_PROXY"
  integration_uri        = module.function.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "this" {
  for_each = {
    "GET /any"    = { type = "JWT", scopes = null }
    "GET /scoped" = { type = "JWT", scopes = ["jobs:read", "jobs:admin"] }
    "GET /iam"    = { type = "AWS_IAM", scopes = null }
    "GET /open"   = { type = "NONE", scopes = null }
  }
  api_id               = aws_apigatewayv2_api.this.id
  route_key            = each.key
  target               = "integrations/${aws_apigatewayv2_integration.this.id}"
  authorization_type   = each.value.type
  authorizer_id        = each.value.type == "JWT" ? aws_apigatewayv2_authorizer.this.id : null
  authorization_scopes = each.value.scopes
}

resource "aws_lambda_permission" "this" {
  action        = "lambda:InvokeFunction"
  function_name = module.function.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/*"
}

output "endpoint" { value = aws_apigatewayv2_api.this.api_endpoint }
output "api_id" { value = aws_apigatewayv2_api.this.id }
