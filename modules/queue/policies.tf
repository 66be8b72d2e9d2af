locals {
  tls_only = {
    for name, arn in { (local.name) = local.arn, (local.dlq_name) = local.dlq_arn } : name => {
      Sid                           = "DenyWithoutTls"
      Effect                        = "Deny"
      Principal                     = "*"
      Action                        = "sqs:*"
      Resource                      = arn
      Condition                     = { Bool = { "aws:SecureTransport" = "false" } }
    }
  }

  # Of other accounts; IAM policies of this account need no statement here.
  senders = length(var.senders) == 0 ? [] : [{
    Sid       = "AllowSenders"
    Effect    = "Allow"
    Principal = { AWS = var.senders }
    Action    = ["sqs:GetQueueUrl", "sqs:SendMessage"]
    Resource  = local.arn
  }]

  queue_policies = {
    this = jsonencode({
      Version = "2012-10-17", Statement = concat([local.tls_only[local.name]], local.senders)
    })
    dlq = jsonencode({ Version = "2012-10-17", Statement = [local.tls_only[local.dlq_name]] })
  }

  # The grants that this module gives out, by verb.
  grants = {
    consume = {
      resource = local.arn
      actions = [
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:ChangeMessageVisibility",
        "sqs:GetQueueAttributes",
      ]
      key = ["kms:Decrypt"]
    }
    send        = { resource = local.arn, actions = ["sqs:SendMessage"], key = local.sends }
    dead_letter = { resource = local.dlq_arn, actions = ["sqs:SendMessage"], key = local.sends }
    count = {
      resource = [local.arn, local.dlq_arn], actions = ["sqs:GetQueueAttributes"], key = []
    }
  }

  # "Key management" in the SQS developer guide (sqs-key-management.html).
  sends = ["kms:Decrypt", "kms:GenerateDataKey"]

  policies = {
    for verb, grant in local.grants :
    verb => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [{ Effect = "Allow", Action = grant.actions, Resource = grant.resource }],
        [
          for key in var.kms_key[*] : { Effect = "Allow", Action = grant.key, Resource = key.arn }
          if length(grant.key) > 0
        ],
      )
    })
  }
}
