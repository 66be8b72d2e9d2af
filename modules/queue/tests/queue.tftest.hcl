mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  name     = "acme-dev-work-queue"
  dlq_name = "acme-dev-work-dlq"
}

override_resource {
  target          = aws_sqs_queue.this
  override_during = plan
  values = {
    arn = "arn:aws:sqs:us-east-1:123456789012:acme-dev-work-queue"
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-work-queue"
  }
}

override_resource {
  target          = aws_sqs_queue.dlq
  override_during = plan
  values = {
    arn = "arn:aws:sqs:us-east-1:123456789012:acme-dev-work-dlq"
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-work-dlq"
  }
}

run "hides_a_message_for_six_timeouts_and_the_window" {
  command = plan
  variables { consumer = { timeout_seconds = 60, batching_window_seconds = 5 } }

  assert {
    condition     = aws_sqs_queue.this.visibility_timeout_seconds == 365
    error_message = "6 * 60 + 5, not ${aws_sqs_queue.this.visibility_timeout_seconds}"
  }
}

run "dead_letters_what_kills_its_workers_at_half_of_its_retention" {
  command = plan
  variables {
    consumer              = { timeout_seconds = 900, batching_window_seconds = 10 }
    retention_seconds     = 604800
    dlq_retention_seconds = 604800
  }

  assert {
    condition     = local.max_receive_count == 55
    error_message = "604,800 / (2 * 5,410), not ${local.max_receive_count}"
  }
}

run "has_no_more_receives_than_sqs_counts" {
  command = plan
  variables { consumer = { timeout_seconds = 3 } }

  assert {
    condition     = local.max_receive_count == 1000
    error_message = "SQS takes 1,000 at most, not ${local.max_receive_count}"
  }
}

run "redrives_between_exactly_these_two_queues" {
  command = plan

  assert {
    condition = jsondecode(aws_sqs_queue.this.redrive_policy) == {
      deadLetterTargetArn = output.dlq_arn, maxReceiveCount = 240
    }
    error_message = "wrong redrive policy: ${aws_sqs_queue.this.redrive_policy}"
  }

  assert {
    condition = jsondecode(aws_sqs_queue.dlq.redrive_allow_policy) == {
      redrivePermission = "byQueue", sourceQueueArns = [output.arn]
    }
    error_message = "wrong allow policy: ${aws_sqs_queue.dlq.redrive_allow_policy}"
  }
}

run "denies_both_queues_without_tls" {
  command = plan

  assert {
    condition = alltrue([
      for policy, arn in {
        (aws_sqs_queue.this.policy) = output.arn, (aws_sqs_queue.dlq.policy) = output.dlq_arn
        } : jsondecode(policy).Statement == [{
          Sid       = "DenyWithoutTls", Effect = "Deny", Principal = "*", Action = "sqs:*"
          Resource  = arn
          Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }]
    ])
    error_message = "both queues must refuse plain HTTP, each for itself"
  }
}

run "encrypts_and_keeps_dead_letters_longest" {
  command = plan

  assert {
    condition = alltrue([
      for queue in [aws_sqs_queue.this, aws_sqs_queue.dlq] :
      queue.sqs_managed_sse_enabled && queue.max_message_size == 262144
    ])
    error_message = "both queues must be encrypted and take 256 KiB"
  }

  assert {
    condition = (
      aws_sqs_queue.this.message_retention_seconds == 86400 &&
      aws_sqs_queue.dlq.message_retention_seconds == 1209600
    )
    error_message = "a day for commands, 14 for dead-letter messages"
  }
}

run "grants_only_what_each_verb_needs" {
  command = plan

  assert {
    condition = jsondecode(output.policies.send).Statement == [{
      Effect = "Allow", Action = ["sqs:SendMessage"], Resource = output.arn
    }]
    error_message = "send is more than sending: ${output.policies.send}"
  }

  assert {
    condition = jsondecode(output.policies.dead_letter).Statement == [{
      Effect = "Allow", Action = ["sqs:SendMessage"], Resource = output.dlq_arn
    }]
    error_message = "dead-letter messages go to one queue only: ${output.policies.dead_letter}"
  }

  assert {
    condition = jsondecode(output.policies.count).Statement == [{
      Effect = "Allow", Action = ["sqs:GetQueueAttributes"], Resource = [output.arn, output.dlq_arn]
    }]
    error_message = "counting is not reading: ${output.policies.count}"
  }

  assert {
    condition = jsondecode(output.policies.consume).Statement == [{
      Effect = "Allow"
      Action = [
        "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility",
        "sqs:GetQueueAttributes",
      ]
      Resource = output.arn
    }]
    error_message = "consume is not what a worker needs: ${output.policies.consume}"
  }
}

run "an_address_needs_no_queue" {
  command = plan

  assert {
    condition = jsonencode(output.address) == jsonencode({
      url = "https://sqs.us-east-1.amazonaws.com/123456789012/acme-dev-work-queue"
      arn = "arn:aws:sqs:us-east-1:123456789012:acme-dev-work-queue"

      consumer              = var.consumer
      dlq_retention_seconds = var.dlq_retention_seconds
      fifo                  = false
      max_message_size      = 262144
      policies              = { send = output.policies.send }
      recurring             = {}
      reserves              = {}
      retention_seconds     = var.retention_seconds
      schedules             = {}
    })
    error_message = "unexpected: ${jsonencode(output.address)}"
  }
}

run "lets_named_senders_of_other_accounts_send_and_nothing_else" {
  command = plan

  variables { senders = ["arn:aws:iam::111122223333:role/shop", "arn:aws:iam::444455556666:root"] }

  assert {
    condition = jsondecode(aws_sqs_queue.this.policy).Statement[1] == {
      Sid    = "AllowSenders"
      Effect = "Allow"
      Principal = {
        AWS = ["arn:aws:iam::111122223333:role/shop", "arn:aws:iam::444455556666:root"]
      }
      Action   = ["sqs:GetQueueUrl", "sqs:SendMessage"]
      Resource = output.arn
    }
    error_message = "senders send: ${aws_sqs_queue.this.policy}"
  }

  assert {
    condition = [
      for queue in [aws_sqs_queue.this, aws_sqs_queue.dlq] :
      [for statement in jsondecode(queue.policy).Statement : statement.Sid]
    ] == [["DenyWithoutTls", "AllowSenders"], ["DenyWithoutTls"]]
    error_message = "TLS stays, and nobody sends dead-letter messages"
  }
}

run "encrypts_with_a_key_of_ones_own" {
  command = plan

  variables { kms_key = { arn = "arn:aws:kms:us-east-1:123456789012:key/own" } }

  assert {
    condition = alltrue([
      for queue in [aws_sqs_queue.this, aws_sqs_queue.dlq] :
      queue.kms_master_key_id == var.kms_key.arn
    ])
    error_message = "both queues have the key"
  }

  assert {
    condition = {
      for verb, policy in output.policies : verb => try(jsondecode(policy).Statement[1], null)
      } == {
      consume = { Effect = "Allow", Action = ["kms:Decrypt"], Resource = var.kms_key.arn }
      send = {
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = var.kms_key.arn
      }
      dead_letter = {
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = var.kms_key.arn
      }
      count = null
    }
    error_message = "who receives decrypts, and who sends encrypts: ${output.policies.send}"
  }
}
