# CloudWatch may not publish to a topic that is encrypted with alias/aws/sns: the policy of that key
# does not name it and cannot be changed. So the topic has a key whose policy does.
# https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns

locals {
  # In a key's policy this means the key itself, whose ARN is not known before it exists.
  this_key = "*"
  root_arn = "arn:${data.aws_partition.current.partition}:iam::${local.account}:root"
}

resource "aws_kms_key" "this" {
  count = var.kms_key == null && var.topic == null ? 1 : 0

  description             = "Encryption of the notifications of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 7

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        # AWS's own default: IAM policies of the account decide who administers the key.
        Sid       = "EnableIamPolicies"
        Effect    = "Allow"
        Principal = { AWS = local.root_arn }
        Action    = "kms:*"
        Resource  = local.this_key
      },
      {
        Sid       = "AllowAlarmsToPublish"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = local.this_key
        Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
      },
    ]
  })
}

resource "aws_kms_alias" "this" {
  count = var.kms_key == null && var.topic == null ? 1 : 0

  name          = "alias/${local.topic_name}"
  target_key_id = aws_kms_key.this[0].key_id
}
