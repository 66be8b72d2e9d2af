# A body goes from the client into the queue, and an id comes back.
mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name = "acme-dev-api"
  queue = {
    arn      = "arn:aws:sqs:eu-west-1:123456789012:acme-dev-work-queue"
    policies = { send = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  status_function = {
    name = "acme-dev-status"
  }
  cancel_function = {
    name = "acme-dev-cancel"
  }
  openapi_function = {
    name = "acme-dev-openapi"
  }
  function_names = {
    status  = "acme-dev-status"
    cancel  = "acme-dev-cancel"
    openapi = "acme-dev-openapi"
  }
}

run "a_job_is_posted_to_three_paths_and_checked_by_one_model" {
  assert {
    condition = { for name, method in aws_api_gateway_method.submit : name => [
      method.http_method, local.resources[name].path_part,
      method.request_models["application/json"],
      method.request_validator_id == aws_api_gateway_request_validator.command.id,
      ] } == {
      commands = ["POST", "commands", "Command", true]
      submit   = ["POST", "submit", "Command", true]

      "priorities/one/commands" = ["POST", "commands", "Command", true]
    }
    error_message = "all paths take the same body"
  }

  assert {
    condition = jsondecode(aws_api_gateway_model.command.schema) == {
      "$schema" = "http://json-schema.org/draft-04/schema#"
      title     = "Command"
      type      = "object"
      properties = {
        type  = { type = "string", minLength = 1 }
        input = { type = "object" }
        callback = {
          type                 = "object"
          required             = ["url"]
          properties           = { url = { type = "string" }, includeResult = { type = "boolean" } }
          additionalProperties = false
        }
        notBefore    = { type = "string" }
        expiresAt    = { type = "string" }
        delaySeconds = { type = "integer", minimum = 0, maximum = 31536000 }
      }
      additionalProperties = false
    }
    error_message = "an object with fields of a command, all of which may be absent, and no more"
  }

  assert {
    condition     = aws_api_gateway_request_validator.command.validate_request_body
    error_message = "the gateway checks the body"
  }
}

run "the_queue_gets_the_body_and_the_extended_request_id" {
  assert {
    condition = alltrue([for path in ["commands", "submit"] : [
      for integration in [aws_api_gateway_integration.submit[path]] :
      integration.type == "AWS" &&
      integration.uri ==
      "arn:aws:apigateway:eu-west-1:sqs:path/123456789012/acme-dev-work-queue" &&
      integration.passthrough_behavior == "NEVER" &&
      integration.request_parameters == tomap({
        "integration.request.header.Content-Type" = "'application/x-www-form-urlencoded'"
      }) &&
      integration.request_templates == tomap({
        "application/json" = join("", [
          "#set($correlation = \"\")",
          "#foreach($name in $input.params().header.keySet())",
          "#if($name.toLowerCase() == \"x-correlation-id\")",
          "#set($correlation = $input.params().header.get($name))",
          "#end#end",
          "#if(!$correlation.matches(\"[A-Za-z0-9._:=-]{1,128}\"))",
          "#set($correlation = \"\")#end",
          "#set($id = $context.extendedRequestId",
          ".replace(\"+\", \"-\").replace(\"/\", \"_\"))",
          "Action=SendMessage&Version=2012-11-05",
          "&MessageBody=$util.urlEncode($input.body)",
          "&MessageAttribute.1.Name=command_id",
          "&MessageAttribute.1.Value.DataType=String",
          "&MessageAttribute.1.Value.StringValue=$util.urlEncode($id)",
          "#if($correlation != \"\")",
          "&MessageAttribute.2.Name=correlation_id",
          "&MessageAttribute.2.Value.DataType=String",
          "&MessageAttribute.2.Value.StringValue=$util.urlEncode($correlation)",
          "#end",
        ])
      })
    ][0]])
    error_message = "a form whose every value from outside is encoded"
  }
}

run "a_template_for_the_queue_has_no_line_break" {
  assert {
    condition = alltrue([
      for integration in values(aws_api_gateway_integration.submit) :
      !strcontains(integration.request_templates["application/json"], "\n")
    ])
    error_message = "it would end up in the message"
  }
}

run "the_answer_tells_the_id_and_where_to_ask" {
  assert {
    condition = { for name, response in aws_api_gateway_integration_response.accepted : name => [
      response.status_code, response.selection_pattern,
      strcontains(
        response.response_templates["application/json"], "{\"id\":\"$id\",\"status\":\"PENDING\"}"
      ),
      strcontains(
        response.response_templates["application/json"],
        "header.Location = \"${local.submissions[name].location}$id\""
      ),
      local.submissions[name].location,
      ] } == {
      commands = ["202", "200", true, true, "commands/"]
      submit   = ["202", "200", true, true, "status/"]

      "priorities/one/commands" = ["202", "200", true, true, "../../commands/"]
    }
    error_message = "202 with id and Location"
  }
}

run "what_the_queue_refuses_is_a_problem" {
  assert {
    condition = alltrue([
      for response in values(aws_api_gateway_integration_response.failed) : (
        response.status_code == "502" && response.selection_pattern == null &&
        response.response_parameters["method.response.header.Content-Type"] ==
        "'application/problem+json'"
      )
    ])
    error_message = "every other status of SQS is taken by this response"
  }
}

run "sends_with_a_role_of_its_own" {
  assert {
    condition = (
      aws_iam_role.this.name == "acme-dev-api-send" &&
      aws_iam_role_policy.send.policy == var.queue.policies.send &&
      jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Principal == {
        Service = "apigateway.amazonaws.com"
      } &&
      alltrue([
        for integration in values(aws_api_gateway_integration.submit) :
        endswith(integration.credentials, ":role/${aws_iam_role.this.name}")
      ])
    )
    error_message = "the role may do what the queue grants, for API Gateway only"
  }
}

run "in_front_of_a_fifo_queue_every_command_names_its_group" {
  variables {
    queue = {
      arn      = "arn:aws:sqs:eu-west-1:123456789012:acme-dev-work-queue.fifo"
      policies = { send = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
      fifo     = true
    }
  }

  assert {
    condition = alltrue([
      for method in values(aws_api_gateway_method.submit) :
      method.request_parameters == tomap({ "method.request.header.x-message-group-id" = true })
    ])
    error_message = "the header is required"
  }

  assert {
    condition = alltrue([
      for path in ["commands", "submit"] : endswith(
        aws_api_gateway_integration.submit[path].request_templates["application/json"], join("", [
          "&MessageGroupId=$util.urlEncode($group)",
          "&MessageDeduplicationId=$util.urlEncode($id)",
        ])
      )
    ])
    error_message = "a body sent twice is two commands, an id sent twice is one"
  }
}

run "a_path_chooses_a_queue_and_sends_nothing_for_an_unknown_one" {
  variables {
    priorities = {
      for name in ["high", "urgent"] : name => {
        url      = "https://sqs.eu-west-1.amazonaws.com/123456789012/acme-dev-work-${name}-queue"
        policies = { send = "{\"Version\":\"2012-10-17\",\"Statement\":[\"${name}\"]}" }
      }
    }
  }

  assert {
    condition = [for integration in [
      aws_api_gateway_integration.submit["priorities/one/commands"]
      ] : [integration.uri, integration.request_parameters["integration.request.path.queue"]]
      ][0] == [
      "arn:aws:apigateway:eu-west-1:sqs:path/123456789012/{queue}", "'acme-dev-work-queue'",
    ]
    error_message = "the queue is a parameter of the path"
  }

  assert {
    condition = alltrue([for template in [
      aws_api_gateway_integration.submit["priorities/one/commands"].request_templates
      ] : startswith(template["application/json"], join("", [
        "#set($queue = \"\")",
        "#if($input.params().path.get(\"name\") == \"high\")",
        "#set($queue = \"acme-dev-work-high-queue\")#end",
        "#if($input.params().path.get(\"name\") == \"urgent\")",
        "#set($queue = \"acme-dev-work-urgent-queue\")#end",
        "#if($queue == \"\")Action=SendMessage&Version=2012-11-05#else",
        "#set($context.requestOverride.path.queue = $queue)",
      ])) && endswith(template["application/json"], "#end")
    ])
    error_message = "no text of the client's is part of the address"
  }

  assert {
    condition = { for name, policy in aws_iam_role_policy.priority : name => policy.policy } == {
      for name, queue in var.priorities : name => queue.policies.send
    }
    error_message = "the API may send to the queues that clients may choose"
  }
}

run "without_such_queues_the_path_is_there_and_knows_no_name" {
  assert {
    condition = (
      length(aws_iam_role_policy.priority) == 0 && startswith(
        aws_api_gateway_integration.submit["priorities/one/commands"].request_templates[
          "application/json"
        ], "#set($queue = \"\")#if($queue == \"\")Action=SendMessage&Version=2012-11-05#else"
      )
    )
    error_message = "a deployment serves what it has for ever, so no method comes and goes"
  }
}
