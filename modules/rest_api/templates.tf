# The texts that API Gateway runs: Velocity templates, and the schema of a body.
#
# The query protocol of SQS takes a form, and $util.urlEncode brings any text into a form and back
# byte for byte. ($util.escapeJavaScript would not do for the JSON protocol: it writes \' for an
# apostrophe, which is no JSON.) No template holds a line break: it would end up in the last field.
locals {
  command_schema = {
    "$schema" = "http://json-schema.org/draft-04/schema#"
    title     = "Command"
    type      = "object"
    properties = {
      type = { type = "string", minLength = 1 }, input = { type = "object" }
      callback = {
        type                 = "object"
        required             = ["url"]
        properties           = { url = { type = "string" }, includeResult = { type = "boolean" } }
        additionalProperties = false
      }
      notBefore    = { type = "string" }
      delaySeconds = { type = "integer", minimum = 0, maximum = 31536000 }
      expiresAt    = { type = "string" }
    }
    # Nothing that a client believes to have said goes unheard.
    additionalProperties = false
  }

  group_header       = "x-message-group-id"
  correlation_header = "x-correlation-id"

  # Clients can choose $context.requestId, but not this one. How AWS writes it is not documented, so
  # the two letters of base64 that a path would not take are replaced, by those of its URL alphabet.
  set_id = join("", [
    "#set($id = $context.extendedRequestId.replace(\"+\", \"-\").replace(\"/\", \"_\"))",
  ])

  # A header's name keeps the case in which the client wrote it.
  set_header = {
    for variable, header in { group = local.group_header, correlation = local.correlation_header } :
    variable => join("", [
      format("#set($%s = \"\")", variable),
      "#foreach($name in $input.params().header.keySet())",
      "#if($name.toLowerCase() == \"${header}\")",
      format("#set($%s = $input.params().header.get($name))", variable),
      "#end#end",
    ])
  }

  # A template cannot refuse a request, so what is no correlation id is left out: of the message,
  # and of the answer, which shows it. The worker checks it again.
  set_correlation = join("", [
    local.set_header.correlation,
    "#if(!$correlation.matches(\"[A-Za-z0-9._:=-]{1,128}\"))#set($correlation = \"\")#end",
  ])

  # The gateway's own word, not the client's header. Were it ever something else than a trace's id,
  # SQS would refuse the message, and a command is worth more than its trace.
  send_trace = join("", [
    "#set($trace = \"$!context.xrayTraceId\")",
    "#if($trace.matches(\"1-[0-9a-f]{8}-[0-9a-f]{24}\"))",
    "&MessageSystemAttribute.1.Name=AWSTraceHeader",
    "&MessageSystemAttribute.1.Value.DataType=String",
    "&MessageSystemAttribute.1.Value.StringValue=$util.urlEncode(\"Root=$trace\")",
    "#end",
  ])

  send = join("", [
    # #end needs something other than a letter after it.
    var.queue.fifo ? local.set_header.group : "",
    local.set_correlation,
    local.set_id,
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
    local.traces ? local.send_trace : "",
    # Two commands with the same body are two commands, so it's the id that tells repetitions.
    var.queue.fifo ? join("", [
      "&MessageGroupId=$util.urlEncode($group)",
      "&MessageDeduplicationId=$util.urlEncode($id)",
    ]) : "",
  ])

  # A template cannot refuse, but SQS refuses a message without a body, by a code of its own.
  set_queue = join("", [
    "#set($queue = \"\")",
    join("", [
      for name, queue in var.priorities : join("", [
        "#if($input.params().path.get(\"name\") == \"${name}\")",
        "#set($queue = \"${basename(queue.url)}\")#end",
      ])
    ]),
    "#if($queue == \"\")Action=SendMessage&Version=2012-11-05#else",
    "#set($context.requestOverride.path.queue = $queue)",
  ])

  templates = {
    send = {
      for name, submission in local.submissions : name => submission.queue == "{queue}" ?
      join("", [local.set_queue, local.send, "#end"]) : local.send
    }

    accepted = {
      for name, submission in local.submissions : name => join("", [
        local.set_id,
        local.set_correlation,
        local.cors_template,
        "#if($correlation == \"\")#set($correlation = $id)#end",
        "#set($context.responseOverride.header.x-command-id = $id)",
        "#set($context.responseOverride.header.x-correlation-id = $correlation)",
        "#set($context.responseOverride.header.Location = \"${submission.location}$id\")",
        "#set($context.responseOverride.header.Retry-After = \"1\")",
        "{\"id\":\"$id\",\"status\":\"PENDING\"}",
      ])
    }

    failed = join("", concat([
      local.cors_template,
      "#set($code = $input.path('$.Error.Code'))",
      "#set($message = $input.path('$.Error.Message'))",
      "#if($code == \"InvalidParameterValue\" && $message.contains(\"must be shorter than\"))",
      "#set($context.responseOverride.status = 413)", local.refusals.too_large,
      "#elseif($code == \"InvalidParameterValue\" || $code == \"InvalidMessageContents\")",
      "#set($context.responseOverride.status = 400)", local.refusals.not_taken,
      "#elseif($code == \"MissingParameter\")",
      "#set($context.responseOverride.status = 404)", local.refusals.unknown_priority,
      "#elseif($code.contains(\"Throttl\") || $code == \"ServiceUnavailable\")",
      "#set($context.responseOverride.status = 503)", local.refusals.busy,
      "#else", local.refusals.broken, "#end",
    ]))
  }

  refusals = {
    for name, problem in {
      too_large = [
        413, "body_too_large", join(" ", [
          "Body exceeds", try("${floor(var.queue.max_message_size / 1024)} KiB.", "the limit."),
        ])
      ]
      # Only the template of a path that chooses a queue sends no body: any other one was checked.
      unknown_priority = [404, "unknown_path", "Unknown priority."]

      not_taken = [400, "invalid_body", "SQS refused the command as invalid."]
      busy      = [503, "service_unavailable", "The queue is unavailable. Try again later."]
      broken    = [502, "bad_gateway", "The command was not queued. Try again later."]
      } : name => jsonencode({
        type   = "${local.problem_urn}${problem[1]}"
        title  = local.titles[problem[0]]
        status = problem[0]
        code   = problem[1]
        detail = problem[2]
    })
  }
}
