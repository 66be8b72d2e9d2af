mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
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

run "puts_a_posted_command_into_the_queue_under_the_id_of_the_request" {
  command = plan

  assert {
    condition     = aws_apigatewayv2_route.this["POST /commands"].route_key == "POST /commands"
    error_message = "commands are posted to /commands"
  }

  assert {
    condition = aws_apigatewayv2_integration.submit["post"].request_parameters == tomap({
      QueueUrl    = var.queue.url
      MessageBody = "$request.body"
      MessageAttributes = jsonencode({
        command_id = { DataType = "String", StringValue = "$${context.requestId}" }
      })
    })
    error_message = "wrong mapping"
  }

  assert {
    condition = one(
      aws_apigatewayv2_integration.submit["post"].response_parameters
      ).mappings == tomap({
        "overwrite:statuscode"       = "202"
        "append:header.x-command-id" = "$context.requestId"
    })
    error_message = "the answer is 202 and tells the id"
  }
}

run "puts_a_command_into_the_queue_under_the_id_that_the_client_chose" {
  command = plan

  assert {
    condition     = contains(keys(aws_apigatewayv2_route.this), "PUT /commands/{id}")
    error_message = "commands are put to /commands/{id}"
  }

  assert {
    condition = jsondecode(
      aws_apigatewayv2_integration.submit["put"].request_parameters.MessageAttributes
      ) == {
      command_id_from = { DataType = "String", StringValue = "MessageGroupId" }
      correlation_id  = { DataType = "String", StringValue = "$${context.requestId}" }
    }
    error_message = "no client's text is in the JSON"
  }

  assert {
    condition = (
      aws_apigatewayv2_integration.submit["put"].request_parameters["MessageGroupId"] ==
      "$request.path.id"
    )
    error_message = "the id is the path's"
  }

  assert {
    condition = one(
      aws_apigatewayv2_integration.submit["put"].response_parameters
      ).mappings == tomap({
        "overwrite:statuscode" = "202"
    })
    error_message = "the answer is 202; the client knows the id"
  }
}

run "sends_with_a_role_of_its_own" {
  command = plan

  assert {
    condition = alltrue([
      for integration in values(aws_apigatewayv2_integration.submit) :
      integration.integration_subtype == "SQS-SendMessage" &&
      integration.credentials_arn == "arn:aws:iam::123456789012:role/${aws_iam_role.this.name}"
    ])
    error_message = "API Gateway sends as its role"
  }

  assert {
    condition = (
      aws_iam_role.this.name == "acme-dev-api-send" &&
      aws_iam_role_policy.send.policy == var.queue.policies.send &&
      jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Principal == {
        Service = "apigateway.amazonaws.com"
      }
    )
    error_message = "the role may do what the queue grants, for API Gateway only"
  }
}

run "lets_only_this_api_invoke_the_status_function" {
  command = plan

  assert {
    condition = (
      aws_lambda_permission.function["status"].source_arn ==
      "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/*/*" &&
      aws_lambda_permission.function["status"].function_name == "acme-dev-status" &&
      aws_lambda_permission.function["status"].principal ==
      "apigateway.amazonaws.com"
    )
    error_message = "wrong source, function or principal"
  }

  assert {
    condition = (
      aws_apigatewayv2_route.this["GET /commands/{id}"].route_key == "GET /commands/{id}" &&
      aws_apigatewayv2_integration.function["status"].integration_uri ==
      var.status_function.invoke_arn
    )
    error_message = "the status function answers GET /commands/{id}"
  }
}

run "lets_only_this_api_invoke_the_cancel_function" {
  command = plan

  assert {
    condition = (
      aws_lambda_permission.function["cancel"].source_arn ==
      "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/*/*" &&
      aws_lambda_permission.function["cancel"].function_name == "acme-dev-cancel" &&
      aws_lambda_permission.function["cancel"].principal ==
      "apigateway.amazonaws.com"
    )
    error_message = "wrong source, function or principal"
  }

  assert {
    condition = (
      aws_apigatewayv2_route.this["DELETE /commands/{id}"].route_key ==
      "DELETE /commands/{id}" &&
      aws_apigatewayv2_integration.function["cancel"].integration_uri ==
      var.cancel_function.invoke_arn
    )
    error_message = "the cancel function answers DELETE /commands/{id}"
  }
}
