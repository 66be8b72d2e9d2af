# Who may make and see schedules.
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
  submission = {
    mode   = "validated"
    routes = { "POST /orders" = {} }
  }
  submit_function      = { name = "acme-dev-submit" }
  submit_function_name = "acme-dev-submit"
}

run "schedules_need_the_scopes_of_what_they_do" {
  variables {
    authentication = {
      mode   = "jwt", issuer = "https://id.example.com", audience = ["jobs"]
      scopes = { submit = ["jobs:write"], read = ["jobs:read"], cancel = ["jobs:cancel"] }
    }
    schedules_function = {
      name       = "acme-dev-schedules"
      invoke_arn = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/s/invocations"
    }
  }

  assert {
    condition = {
      for route_key, route in aws_apigatewayv2_route.this : route_key => {
        type = route.authorization_type, scopes = tolist(route.authorization_scopes)
      } if route.target == "integrations/${aws_apigatewayv2_integration.function["schedules"].id}"
      } == {
      "GET /schedules"         = { type = "JWT", scopes = tolist(["jobs:read"]) }
      "GET /schedules/{id}"    = { type = "JWT", scopes = tolist(["jobs:read"]) }
      "PUT /schedules/{id}"    = { type = "JWT", scopes = tolist(["jobs:write"]) }
      "DELETE /schedules/{id}" = { type = "JWT", scopes = tolist(["jobs:cancel"]) }
    }
    error_message = "each request of a schedule must have the scope of such a request of a command"
  }

  assert {
    condition = (
      aws_lambda_permission.function["schedules"].function_name == "acme-dev-schedules"
    )
    error_message = "API Gateway asks the function"
  }
}
