# Where a command came from: the trace that the gateway knows, and what the client calls it.
mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
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

run "traces_nothing_unless_told_to" {
  command = plan

  assert {
    condition = (
      !aws_api_gateway_stage.this.xray_tracing_enabled &&
      !strcontains(one(aws_api_gateway_stage.this.access_log_settings).format, "xray") &&
      !strcontains(local.send, "AWSTraceHeader")
    )
    error_message = "no trace in the stage, its log or a message"
  }
}

run "the_message_carries_the_gateways_own_trace" {
  command = plan

  variables { runtime = { tracing = true } }

  assert {
    condition = (
      aws_api_gateway_stage.this.xray_tracing_enabled &&
      jsondecode(one(aws_api_gateway_stage.this.access_log_settings).format).xrayTraceId ==
      "$context.xrayTraceId"
    )
    error_message = "the stage samples, and its log names the trace"
  }

  assert {
    condition = alltrue([
      for integration in values(aws_api_gateway_integration.submit) : strcontains(
        integration.request_templates["application/json"], join("", [
          "#set($trace = \"$!context.xrayTraceId\")",
          "#if($trace.matches(\"1-[0-9a-f]{8}-[0-9a-f]{24}\"))",
          "&MessageSystemAttribute.1.Name=AWSTraceHeader",
          "&MessageSystemAttribute.1.Value.DataType=String",
          "&MessageSystemAttribute.1.Value.StringValue=$util.urlEncode(\"Root=$trace\")#end",
        ])
      )
    ])
    error_message = "the trace is the gateway's word and not a header of the client's"
  }

  assert {
    condition = !anytrue([
      for integration in values(aws_api_gateway_integration.submit) :
      strcontains(lower(integration.request_templates["application/json"]), "x-amzn-trace-id")
    ])
    error_message = "a header that is no trace would make SQS refuse the command"
  }
}

run "the_answer_names_what_the_logs_say" {
  command = plan

  assert {
    condition = alltrue([
      for response in values(aws_api_gateway_integration_response.accepted) : (
        strcontains(response.response_templates["application/json"], join("", [
          "#if(!$correlation.matches(\"[A-Za-z0-9._:=-]{1,128}\"))#set($correlation = \"\")#end",
        ])) &&
        strcontains(response.response_templates["application/json"], join("", [
          "#if($correlation == \"\")#set($correlation = $id)#end",
          "#set($context.responseOverride.header.x-command-id = $id)",
          "#set($context.responseOverride.header.x-correlation-id = $correlation)",
        ]))
      )
    ])
    error_message = "a name that is none is not shown back"
  }
}

run "a_page_may_name_its_request" {
  command = plan

  variables { cors_allow_origins = ["https://app.example.com"] }

  assert {
    condition = alltrue([
      for response in values(aws_api_gateway_integration_response.preflight) : strcontains(
        response.response_parameters["method.response.header.Access-Control-Allow-Headers"],
        ",x-correlation-id,"
      )
    ])
    error_message = "a browser asks before it sends the header"
  }
}
