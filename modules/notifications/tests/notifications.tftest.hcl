mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  names = {
    prefix            = "acme-dev"
    development       = true
    events            = "acme-dev-events"
    webhook_queue     = "acme-dev-webhook-queue"
    webhook_dlq       = "acme-dev-webhook-dlq"
    webhook_sender    = "acme-dev-webhook-sender"
    deliveries        = "acme-dev-deliveries"
    notifier          = "acme-dev-notifier"
    notifier_failures = "acme-dev-notifier-failures"
    push              = "acme-dev-push"
    watches           = "acme-dev-watches"
  }
  runtime  = { package_path = "versions.tf", log_level = "INFO", kms_key = null }
  data     = { name = "acme-dev-commands", ttl_attribute = "gone_at" }
  policies = { notifier = { stream = "{}" } }
  secrets = {
    prefix   = "/dev/acme/"
    names    = { "webhook-signing-key" = "/dev/acme/webhook-signing-key" }
    policies = { read = "{}" }
  }
}

run "costs_nothing_where_nothing_is_told" {
  command = plan

  assert {
    condition = (
      !output.listens && length(module.notifier) == 0 && length(aws_sqs_queue.failures) == 0 &&
      length(aws_lambda_event_source_mapping.stream) == 0
    )
    error_message = "nothing is made, and the table needs no stream"
  }
}

run "reads_endings_and_gives_up_none_in_silence" {
  command = plan
  variables {
    settings = { events = "sns" }
    data = {
      name          = "acme-dev-commands"
      ttl_attribute = "gone_at"
      stream_arn    = "arn:aws:dynamodb:us-east-1:123456789012:table/acme-dev-commands/stream/1"
    }
  }

  assert {
    condition = (
      output.listens &&
      aws_lambda_event_source_mapping.stream[0].starting_position == "TRIM_HORIZON" &&
      contains(
        aws_lambda_event_source_mapping.stream[0].function_response_types,
        "ReportBatchItemFailures",
      ) &&
      aws_lambda_event_source_mapping.stream[0].bisect_batch_on_function_error
    )
    error_message = "one bad record fails alone, and none is missed"
  }

  assert {
    condition = alltrue([
      for filter in one(aws_lambda_event_source_mapping.stream[0].filter_criteria).filter :
      jsondecode(filter.pattern).dynamodb.NewImage.status.S == ["COMPLETED", "FAILED", "CANCELLED"]
    ])
    error_message = "the function is called for endings only"
  }

  assert {
    condition = alltrue([
      for filter in one(aws_lambda_event_source_mapping.stream[0].filter_criteria).filter :
      jsondecode(filter.pattern).eventName == ["INSERT", "MODIFY"]
    ])
    error_message = "what time to live deletes has long been told"
  }

  # Half of a day at most: a change is in the stream for one day.
  assert {
    condition = (
      module.notifier[0].environment.PATIENCE_SECONDS == "21600" &&
      aws_lambda_event_source_mapping.stream[0].maximum_record_age_in_seconds == 23400
    )
    error_message = "a listener may be away for hours, and the notifier gives up before Lambda does"
  }

  assert {
    condition = (
      one(one(aws_lambda_event_source_mapping.stream[0].destination_config).on_failure)
      .destination_arn == aws_sqs_queue.failures[0].arn
    )
    error_message = "what Lambda gives up is kept"
  }

  assert {
    condition     = module.notifier[0].grants == toset(["events", "give_up", "stream"])
    error_message = "the notifier reads the stream and keeps what it could not tell"
  }
}

run "puts_events_on_a_bus" {
  command = plan
  variables {
    settings = { events = "eventbridge" }
    data = {
      name       = "t", ttl_attribute = "gone_at"
      stream_arn = "arn:aws:dynamodb:::table/t/stream/1"
    }
  }

  assert {
    condition = (
      output.addresses.event_bus_name == "acme-dev-events" &&
      output.addresses.event_topic_arn == null && output.addresses.webhook_dlq_url == null &&
      output.addresses.push_url == null &&
      module.notifier[0].environment.EVENT_BUS == "acme-dev-events" &&
      module.notifier[0].environment.EVENT_SOURCE == "acme-dev"
    )
    error_message = "a bus, no topic, and the notifier knows it"
  }

  assert {
    condition = jsondecode(local.event_policies.events).Statement == [{
      Effect   = "Allow"
      Action   = ["events:PutEvents"]
      Resource = "arn:aws:events:us-east-1:123456789012:event-bus/acme-dev-events"
    }]
    error_message = "to this bus only"
  }
}

run "encrypts_a_topic_with_a_key_of_ones_own" {
  command = plan
  variables {
    settings = { events = "sns" }
    runtime = {
      package_path = "versions.tf", log_level = "INFO"
      kms_key      = { arn = "arn:aws:kms:us-east-1:123456789012:key/own" }
    }
    data = {
      name       = "t", ttl_attribute = "gone_at"
      stream_arn = "arn:aws:dynamodb:::table/t/stream/1"
    }
  }

  assert {
    condition = (
      aws_sns_topic.this[0].kms_master_key_id == var.runtime.kms_key.arn &&
      aws_sqs_queue.failures[0].kms_master_key_id == var.runtime.kms_key.arn &&
      jsondecode(local.event_policies.events).Statement[1].Resource == var.runtime.kms_key.arn
    )
    error_message = "whoever publishes needs the key"
  }
}

run "tells_viewers_of_every_change" {
  command = plan
  variables {
    settings = { push = {} }
    data = {
      name       = "t", ttl_attribute = "gone_at"
      stream_arn = "arn:aws:dynamodb:::table/t/stream/1"
    }
  }

  assert {
    condition = alltrue([
      for filter in one(aws_lambda_event_source_mapping.stream[0].filter_criteria).filter :
      contains(jsondecode(filter.pattern).dynamodb.NewImage.status.S, "PROCESSING")
    ])
    error_message = "not of endings only"
  }

  assert {
    condition = (
      module.notifier[0].grants == toset(["give_up", "push", "stream"]) &&
      module.notifier[0].environment.WATCH_TABLE == "acme-dev-watches" &&
      output.functions.push.name == "acme-dev-push"
    )
    error_message = "the notifier knows who watches, and how to tell them"
  }
}

run "queues_a_delivery_for_each_receiver" {
  command = plan
  variables {
    settings = {
      webhooks = {
        secrets   = ["webhook-signing-key"]
        endpoints = { billing = { url = "https://billing.example.com/hooks", types = ["order"] } }
      }
    }
    data = {
      name       = "t", ttl_attribute = "gone_at"
      stream_arn = "arn:aws:dynamodb:::table/t/stream/1"
    }
  }

  assert {
    condition = (
      module.notifier[0].grants == toset(["deliveries", "give_up", "stream"]) &&
      jsondecode(module.notifier[0].environment.WEBHOOK_ENDPOINTS).billing.types == ["order"]
    )
    error_message = "the notifier sends to the queue of deliveries and to no other"
  }

  assert {
    condition = (
      output.callbacks.deliveries == "acme-dev-deliveries" &&
      output.callbacks.rules.WEBHOOK_ALLOWED_HOSTS == "" &&
      output.functions.webhook_sender.environment.WEBHOOK_ALLOWED_HOSTS == ""
    )
    error_message = "no client may name a receiver, not even the environment's own"
  }
}

run "lets_viewers_see_how_callbacks_went" {
  command = plan
  variables {
    settings = {
      push     = {}
      webhooks = { secrets = ["webhook-signing-key"], allowed_hosts = ["hooks.example.com"] }
    }
    data = {
      name       = "t", ttl_attribute = "gone_at"
      stream_arn = "arn:aws:dynamodb:::table/t/stream/1"
    }
  }

  assert {
    condition = (
      output.functions.push.environment.DELIVERIES_TABLE == "acme-dev-deliveries" &&
      contains(output.functions.push.grants, "deliveries")
    )
    error_message = "the push function reads deliveries where there are any"
  }
}

run "refuses_an_unknown_kind_of_events" {
  command = plan
  variables { settings = { events = "kafka" } }
  expect_failures = [var.settings]
}

run "tells_a_bus_that_is_there_already" {
  command = plan
  variables {
    settings = {
      events       = "eventbridge"
      event_target = { arn = "arn:aws:events:us-east-1:210987654321:event-bus/acme" }
    }
    data = {
      name       = "t", ttl_attribute = "gone_at"
      stream_arn = "arn:aws:dynamodb:::table/t/stream/1"
    }
  }

  assert {
    condition = (
      length(aws_cloudwatch_event_bus.this) == 0 &&
      output.addresses.event_bus_name == var.settings.event_target.arn &&
      output.addresses.event_topic_arn == null &&
      module.notifier[0].environment.EVENT_BUS == var.settings.event_target.arn
    )
    error_message = "no bus is made, and the notifier names the other by its ARN"
  }

  assert {
    condition = jsondecode(local.event_policies.events).Statement == [{
      Effect   = "Allow", Action = ["events:PutEvents"]
      Resource = "arn:aws:events:us-east-1:210987654321:event-bus/acme"
    }]
    error_message = "to exactly that bus"
  }
}

run "tells_an_encrypted_topic_that_is_there_already" {
  command = plan
  variables {
    settings = {
      events = "sns"
      event_target = {
        arn         = "arn:aws:sns:us-east-1:123456789012:acme"
        kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/theirs"
      }
    }
    runtime = {
      package_path = "versions.tf", log_level = "INFO"
      kms_key      = { arn = "arn:aws:kms:us-east-1:123456789012:key/own" }
    }
    data = {
      name       = "t", ttl_attribute = "gone_at"
      stream_arn = "arn:aws:dynamodb:::table/t/stream/1"
    }
  }

  assert {
    condition = (
      length(aws_sns_topic.this) == 0 &&
      output.addresses.event_topic_arn == "arn:aws:sns:us-east-1:123456789012:acme" &&
      module.notifier[0].environment.EVENT_TOPIC == "arn:aws:sns:us-east-1:123456789012:acme"
    )
    error_message = "no topic is made"
  }

  assert {
    condition = [
      for it in jsondecode(local.event_policies.events).Statement : [it.Action, it.Resource]
      ] == [
      [["sns:Publish"], "arn:aws:sns:us-east-1:123456789012:acme"],
      [
        ["kms:Decrypt", "kms:GenerateDataKey"], "arn:aws:kms:us-east-1:123456789012:key/theirs",
      ],
    ]
    error_message = "to exactly that topic, with its key and not the environment's"
  }
}

run "refuses_a_target_without_events" {
  command = plan
  variables {
    settings = { event_target = { arn = "arn:aws:sns:us-east-1:123456789012:acme" } }
  }
  expect_failures = [var.settings]
}

run "refuses_a_topic_for_events_on_a_bus" {
  command = plan
  variables {
    settings = {
      events = "eventbridge", event_target = { arn = "arn:aws:sns:us-east-1:123456789012:acme" }
    }
  }
  expect_failures = [var.settings]
}

run "refuses_a_fifo_topic" {
  command = plan
  variables {
    settings = {
      events = "sns", event_target = { arn = "arn:aws:sns:us-east-1:123456789012:acme.fifo" }
    }
  }
  expect_failures = [var.settings]
}

run "refuses_a_bus_of_another_region" {
  command = plan
  variables {
    settings = {
      events       = "eventbridge"
      event_target = { arn = "arn:aws:events:eu-west-1:123456789012:event-bus/acme" }
    }
  }
  expect_failures = [var.settings]
}

run "refuses_the_key_of_a_bus" {
  command = plan
  variables {
    settings = {
      events = "eventbridge"
      event_target = {
        arn         = "arn:aws:events:us-east-1:123456789012:event-bus/acme"
        kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/theirs"
      }
    }
  }
  expect_failures = [var.settings]
}
