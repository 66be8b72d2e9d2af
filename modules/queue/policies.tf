locals {
  tls_only = {
    for name, arn in { (local.name) = local.arn, (local.dlq_name) = local.dlq_arn } :
    name => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Sid       = "DenyWithoutTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }]
    })
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
    }
    send        = { resource = local.arn, actions = ["sqs:SendMessage"] }
    dead_letter = { resource = local.dlq_arn, actions = ["sqs:SendMessage"] }
  }

  policies = {
    for verb, grant in local.grants :
    verb => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect   = "Allow"
        Action   = grant.actions
        Resource = grant.resource
      }]
    })
  }
}
