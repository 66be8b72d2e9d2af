# In front of the queue stands a function that checks what comes in.
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

run "every_submission_asks_the_function" {
  assert {
    condition = toset([
      for route_key, route in aws_apigatewayv2_route.this : route_key
      if route.target == "integrations/${aws_apigatewayv2_integration.validated[0].id}"
    ]) == toset(["POST /commands", "POST /commands:batch", "PUT /commands/{id}", "POST /orders"])
    error_message = "a submission goes past the function"
  }

  assert {
    condition     = length(aws_apigatewayv2_integration.submit) == 0
    error_message = "nothing goes into the queue directly"
  }

  assert {
    condition = (
      aws_apigatewayv2_integration.validated[0].integration_uri == join("", [
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/",
        "arn:aws:lambda:us-east-1:123456789012:function:acme-dev-submit/invocations",
      ])
    )
    error_message = "wrong function"
  }
}

run "lets_only_this_api_invoke_the_submit_function" {
  assert {
    condition = toset([
      for permission in values(aws_lambda_permission.function) : permission.source_arn
      if permission.function_name == "acme-dev-submit"
    ]) == toset(["arn:aws:execute-api:us-east-1:123456789012:a1b2c3/*/*"])
    error_message = "wrong sources"
  }
}

run "routes_can_stand_beside_direct_submission" {
  variables {
    submission = {
      routes = { "POST /orders" = {} }
    }
    submit_function      = { name = "acme-dev-submit" }
    submit_function_name = "acme-dev-submit"
  }

  assert {
    condition = (
      toset([
        for route_key, route in aws_apigatewayv2_route.this : route_key
        if route.target == "integrations/${aws_apigatewayv2_integration.validated[0].id}"
      ]) == toset(["POST /orders"]) &&
      aws_apigatewayv2_route.this["POST /commands"].target ==
      "integrations/${aws_apigatewayv2_integration.submit["post"].id}"
    )
    error_message = "only the route is validated"
  }
}

run "rejects_validation_without_a_function" {
  command = plan
  variables {
    submission      = { mode = "validated" }
    submit_function = null
  }
  expect_failures = [var.submit_function]
}

run "rejects_a_function_without_its_name" {
  command = plan
  variables { submit_function_name = null }
  expect_failures = [var.submit_function]
}

run "rejects_a_route_that_is_ours" {
  command = plan
  variables {
    submission = {
      routes = { "POST /commands/special" = {} }
    }
    submit_function      = { name = "submit" }
    submit_function_name = "submit"
  }
  expect_failures = [var.submission]
}

run "rejects_a_route_that_is_no_post" {
  command = plan
  variables {
    submission = {
      routes = { "GET /orders" = {} }
    }
    submit_function      = { name = "submit" }
    submit_function_name = "submit"
  }
  expect_failures = [var.submission]
}

run "queues_that_clients_may_choose_have_their_paths_here_too" {
  command = plan
  variables {
    priorities = {
      high = {
        url      = "https://sqs.eu-west-1.amazonaws.com/123456789012/acme-dev-work-high-queue"
        policies = { send = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
      }
    }
  }

  assert {
    condition = (
      local.routes["POST /priorities/high/commands"].integration == "submit" &&
      local.routes["PUT /priorities/high/commands/{id}"].integration == "submit" &&
      length(aws_iam_role_policy.priority) == 0
    )
    error_message = "the function answers, and sends by its own grant"
  }
}
