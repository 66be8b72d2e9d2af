# Who may call, and whose a command is.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name = "acme-dev-api"
  queue = {
    url      = "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-work-queue"
    policies = { send = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  status_function = {
    name       = "acme-dev-status"
    invoke_arn = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/mock/invocations"
  }
  cancel_function = {
    name       = "acme-dev-cancel"
    invoke_arn = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/mock/invocations"
  }
  openapi_function = {
    name       = "acme-dev-openapi"
    invoke_arn = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/mock/invocations"
  }
  authentication = {
    mode     = "jwt"
    issuer   = "https://id.example.com"
    audience = ["jobs"]
    scopes   = { submit = ["commands:write"], read = ["commands:read"], admin = "commands:admin" }
  }
}

run "with_tokens_every_route_but_the_description_needs_one" {
  assert {
    condition = toset([
      for route in values(aws_apigatewayv2_route.this) : route.route_key
      if route.authorization_type != "JWT"
    ]) == toset(["GET /openapi.json"])
    error_message = "a route is open"
  }

  assert {
    condition = (
      aws_apigatewayv2_authorizer.this[0].jwt_configuration[0].issuer == "https://id.example.com" &&
      aws_apigatewayv2_authorizer.this[0].jwt_configuration[0].audience == toset(["jobs"]) &&
      aws_apigatewayv2_authorizer.this[0].identity_sources ==
      toset(["$request.header.Authorization"])
    )
    error_message = "the token comes in the header Authorization, from the issuer, for us"
  }

  assert {
    condition = alltrue([
      for route_key, route in aws_apigatewayv2_route.this :
      route.authorizer_id == aws_apigatewayv2_authorizer.this[0].id
      if route_key != "GET /openapi.json"
    ])
    error_message = "the routes must name the authorizer"
  }
}

run "a_verb_needs_one_of_its_scopes_or_the_admins" {
  assert {
    condition = (
      aws_apigatewayv2_route.this["POST /commands"].authorization_scopes ==
      toset(["commands:write", "commands:admin"]) &&
      aws_apigatewayv2_route.this["GET /commands/{id}"].authorization_scopes ==
      toset(["commands:read", "commands:admin"])
    )
    error_message = "wrong scopes"
  }

  assert {
    condition = (
      aws_apigatewayv2_route.this["DELETE /commands/{id}"].authorization_scopes == null
    )
    error_message = "a verb without scopes is open to every token"
  }
}

run "the_owner_is_the_tokens_subject_and_chooses_no_ids" {
  assert {
    condition = jsondecode(
      aws_apigatewayv2_integration.submit["post"].request_parameters.MessageAttributes
      ) == {
      command_id = { DataType = "String", StringValue = "$${context.requestId}" }
      owner_from = { DataType = "String", StringValue = "MessageGroupId" }
    }
    error_message = "the message must say whose it is, and no client's text is in the JSON"
  }

  assert {
    condition     = !contains(keys(aws_apigatewayv2_route.this), "PUT /commands/{id}")
    error_message = "who can choose an id can name somebody else's"
  }

  assert {
    condition = (
      aws_apigatewayv2_integration.submit["post"].request_parameters["MessageGroupId"] ==
      "$context.authorizer.claims.sub"
    )
    error_message = "the owner is a parameter of its own"
  }
}

run "a_route_may_have_scopes_of_its_own" {
  variables {
    submission = {
      mode   = "validated"
      routes = { "POST /orders" = { scopes = ["orders:write"] }, "POST /jobs" = {} }
    }
    submit_function      = { name = "acme-dev-submit" }
    submit_function_name = "acme-dev-submit"
  }

  assert {
    condition = {
      for path in ["POST /orders", "POST /jobs"] :
      path => aws_apigatewayv2_route.this[path].authorization_scopes
      } == {
      "POST /orders" = toset(["orders:write", "commands:admin"])
      "POST /jobs"   = toset(["commands:write", "commands:admin"])
    }
    error_message = "wrong scopes"
  }

  assert {
    condition     = !contains(keys(aws_apigatewayv2_route.this), "PUT /commands/{id}")
    error_message = "who can choose an id can name somebody else's"
  }
}

run "iam_signs_requests_and_knows_no_owners" {
  variables {
    authentication     = { mode = "iam" }
    cors_allow_origins = ["https://app.example.com"]
  }

  assert {
    condition = length(setsubtract(
      ["authorization", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"],
      aws_apigatewayv2_api.this.cors_configuration[0].allow_headers,
    )) == 0
    error_message = "a browser sends no signed request whose headers are not allowed"
  }

  assert {
    condition = alltrue([
      for route_key, route in aws_apigatewayv2_route.this :
      route.authorization_type == "AWS_IAM" || route_key == "GET /openapi.json"
    ])
    error_message = "a route is open"
  }

  assert {
    condition     = contains(keys(aws_apigatewayv2_route.this), "PUT /commands/{id}")
    error_message = "without owners a client may choose its ids"
  }
}

run "who_reports_has_a_token_of_its_own" {
  variables {
    authentication = {
      mode   = "jwt", issuer = "https://id.example.com", audience = ["jobs"]
      scopes = { submit = ["jobs:write"], read = ["jobs:read"] }
    }
    outcome_function = {
      name       = "acme-dev-outcome"
      invoke_arn = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/o/invocations"
    }
  }

  assert {
    condition = (
      aws_apigatewayv2_route.this["POST /commands/{id}/outcome"].authorization_type == "NONE" &&
      aws_apigatewayv2_route.this["POST /commands/{id}/outcome"].authorizer_id == null &&
      aws_apigatewayv2_route.this["GET /commands/{id}"].authorization_type == "JWT"
    )
    error_message = "a partner has no other credential, and no other route is open for it"
  }

  assert {
    condition = (
      aws_lambda_permission.function["outcome"].function_name == "acme-dev-outcome" &&
      aws_apigatewayv2_integration.function["outcome"].integration_uri ==
      var.outcome_function.invoke_arn
    )
    error_message = "API Gateway asks the function"
  }
}
