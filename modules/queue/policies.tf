locals {
  tls_only = {
    for name, arn in { (var.name) = local.arn, (var.dlq_name) = local.dlq_arn } :
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
    consume = [
      "sqs:ReceiveMessage",
      "sqs:DeleteMessage",
      "sqs:ChangeMessageVisibility",
      "sqs:GetQueueAttributes",
    ]
    send = ["sqs:SendMessage"]
  }

  policies = {
    for verb, actions in local.grants :
    verb => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect   = "Allow"
        Action   = actions
        Resource = aws_sqs_queue.this.arn
      }]
    })
  }
}
