# Who may call which route.
locals {
  # With tokens every command has an owner.
  owned = var.authentication.mode == "jwt"

  authorization = {
    type          = { none = "NONE", iam = "AWS_IAM", jwt = "JWT" }[var.authentication.mode]
    authorizer_id = one(aws_apigatewayv2_authorizer.this[*].id)
  }

  # Whoever has the admin scope may call every route that asks for scopes at all.
  admin = local.owned && var.authentication.scopes.admin != null ? [
    var.authentication.scopes.admin
  ] : []
  scopes = {
    for verb in ["submit", "read", "cancel"] : verb => (
      !local.owned || length(var.authentication.scopes[verb]) == 0
      ? null : toset(concat(var.authentication.scopes[verb], local.admin))
    )
  }
}

resource "aws_apigatewayv2_authorizer" "this" {
  count = local.owned ? 1 : 0

  api_id           = aws_apigatewayv2_api.this.id
  name             = "jwt"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    issuer   = var.authentication.issuer
    audience = var.authentication.audience
  }

  # API Gateway deletes no authorizer that a route still has: the routes are changed first.
  lifecycle {
    create_before_destroy = true
  }
}
