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
}

run "takes_commands_under_another_path_as_under_its_own" {
  variables { submission = { aliases = ["POST /jobs"] } }

  assert {
    condition = (
      aws_apigatewayv2_route.this["POST /jobs"].route_key == "POST /jobs" &&
      aws_apigatewayv2_route.this["POST /jobs"].target ==
      aws_apigatewayv2_route.this["POST /commands"].target
    )
    error_message = "an alias leads where POST /commands leads"
  }
}

run "lets_a_function_of_your_own_answer_a_path" {
  variables {
    additional_routes = {
      "GET /hello" = { name = "acme-dev-hello", invoke_arn = "arn:aws:apigateway:us-east-1:x" }
    }
  }

  assert {
    condition = (
      aws_apigatewayv2_route.this["GET /hello"].target ==
      "integrations/${aws_apigatewayv2_integration.function["GET /hello"].id}" &&
      aws_apigatewayv2_integration.function["GET /hello"].integration_uri ==
      "arn:aws:apigateway:us-east-1:x"
    )
    error_message = "the function answers GET /hello"
  }

  assert {
    condition = (
      aws_lambda_permission.function["GET /hello"].function_name == "acme-dev-hello" &&
      endswith(aws_lambda_permission.function["GET /hello"].source_arn, "/*/*")
    )
    error_message = "only this API may invoke it"
  }
}

run "rejects_an_alias_that_gets" {
  command = plan
  variables { submission = { aliases = ["GET /jobs"] } }
  expect_failures = [var.submission]
}

run "rejects_an_alias_below_commands" {
  command = plan
  variables { submission = { aliases = ["POST /commands/again"] } }
  expect_failures = [var.submission]
}

run "rejects_aliases_of_validated_submission" {
  command = plan
  variables {
    submission = {
      mode    = "validated"
      aliases = ["POST /jobs"]
    }
    submit_function      = { name = "acme-dev-submit" }
    submit_function_name = "acme-dev-submit"
  }
  expect_failures = [var.submission]
}

run "rejects_a_path_that_is_a_route_and_an_alias" {
  command = plan
  variables {
    submission = {
      routes  = { "POST /jobs" = {} }
      aliases = ["POST /jobs"]
    }
    submit_function      = { name = "acme-dev-submit" }
    submit_function_name = "acme-dev-submit"
  }
  expect_failures = [var.submission]
}

run "permits_functions_of_similar_paths_apart" {
  variables {
    additional_routes = {
      for path in ["a-b", "a_b", "a/b"] :
      "GET /${path}" => { name = "acme-dev-x", invoke_arn = "arn:aws:apigateway:us-east-1:x" }
    }
  }

  # Lambda refuses a second statement of an id, and ids of other characters.
  assert {
    condition = (
      length(distinct(values(aws_lambda_permission.function)[*].statement_id)) ==
      length(aws_lambda_permission.function) &&
      alltrue([
        for permission in values(aws_lambda_permission.function) :
        can(regex("^[A-Za-z0-9_-]{1,100}$", permission.statement_id))
      ])
    )
    error_message = join(" ", values(aws_lambda_permission.function)[*].statement_id)
  }
}

run "rejects_a_function_in_place_of_commands" {
  command = plan
  variables {
    additional_routes = {
      "POST /commands" = { name = "acme-dev-x", invoke_arn = "arn:aws:apigateway:us-east-1:x" }
    }
  }
  expect_failures = [var.additional_routes]
}

run "rejects_a_function_in_place_of_an_alias" {
  command = plan
  variables {
    submission = { aliases = ["POST /jobs"] }
    additional_routes = {
      "POST /jobs" = { name = "acme-dev-x", invoke_arn = "arn:aws:apigateway:us-east-1:x" }
    }
  }
  expect_failures = [var.additional_routes]
}
