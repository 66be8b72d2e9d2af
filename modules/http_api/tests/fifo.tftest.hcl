# In front of a FIFO queue, every command names its group.
mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name = "acme-dev-api"
  queue = {
    url      = "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-work-queue.fifo"
    policies = { send = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
    fifo     = true
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

run "groups_come_from_a_header_and_repetitions_are_told_by_the_id" {
  command = plan

  assert {
    condition = {
      for name, integration in aws_apigatewayv2_integration.submit : name => [
        integration.request_parameters["MessageGroupId"],
        integration.request_parameters["MessageDeduplicationId"],
      ]
      } == {
      post = ["$request.header.x-message-group-id", "$context.requestId"]
      put  = ["$request.header.x-message-group-id", "$request.path.id"]
    }
    error_message = "a body sent twice is two commands, an id sent twice is one"
  }

  assert {
    condition = jsondecode(
      aws_apigatewayv2_integration.submit["put"].request_parameters.MessageAttributes
      ) == {
      command_id_from = { DataType = "String", StringValue = "MessageDeduplicationId" }
      correlation_id  = { DataType = "String", StringValue = "$${context.requestId}" }
    }
    error_message = "the group is the client's, so the id is where repetitions are told"
  }
}
