# Every route: whoever answers it, it is one object, so that another mode only moves its target.
locals {
  # What the API looks like is no secret, and a client wants to read it before it has a token. Who
  # reports on a command has the token of its hand-over, which the function checks.
  open = ["GET /openapi.json", "POST /commands/{id}/outcome"]

  integrations = merge(
    { for name, integration in aws_apigatewayv2_integration.function : name => integration.id },
    { for integration in aws_apigatewayv2_integration.validated : "submit" => integration.id },
    {
      for name, integration in aws_apigatewayv2_integration.submit :
      local.submissions[name].route_key => integration.id
    },
  )

  routes = merge(
    {
      for submission in local.submissions :
      submission.route_key => { integration = submission.route_key, scopes = local.scopes.submit }
    },
    # An alias shares its integration with POST /commands.
    {
      for route_key in var.submission.aliases :
      route_key => { integration = "POST /commands", scopes = local.scopes.submit }
    },
    {
      for route_key, route in local.function_routes :
      route_key => { integration = route.function, scopes = route.scopes }
    },
  )
}

resource "aws_apigatewayv2_route" "this" {
  #checkov:skip=CKV_AWS_309:Who may call is the environment's decision, not this module's.
  for_each = local.routes

  api_id               = aws_apigatewayv2_api.this.id
  route_key            = each.key
  target               = "integrations/${local.integrations[each.value.integration]}"
  authorization_type   = contains(local.open, each.key) ? "NONE" : local.authorization.type
  authorizer_id        = contains(local.open, each.key) ? null : local.authorization.authorizer_id
  authorization_scopes = each.value.scopes

  # What API Gateway may do is asked for when a request comes.
  depends_on = [
    aws_iam_role_policy.send, aws_iam_role_policy.priority, aws_lambda_permission.function,
  ]
}
