# Headers and counters of batches, and the commands that follow them.
resource "aws_dynamodb_table" "this" {
  #checkov:skip=CKV_AWS_28:Backups are the environment's choice, as for commands.
  #checkov:skip=CKV_AWS_119:A customer-managed key is the environment's choice.
  #checkov:skip=CKV2_AWS_16:Paid by request, it has nothing to scale.
  name                        = var.names.batches
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "id"
  range_key                   = "part"
  deletion_protection_enabled = var.names.production

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "part"
    type = "S"
  }

  ttl {
    attribute_name = "expiresAt"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = var.names.production
  }

  dynamic "server_side_encryption" {
    for_each = var.runtime.kms_key[*]
    content {
      enabled     = true
      kms_key_arn = server_side_encryption.value.arn
    }
  }
}

locals {
  grants = {
    submit   = ["dynamodb:UpdateItem"]
    manage   = ["dynamodb:Query", "dynamodb:UpdateItem"]
    count    = ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"]
    transfer = ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"]
  }
  decrypt = [
    for key in var.runtime.kms_key[*] :
    { Effect = "Allow", Action = ["kms:Decrypt"], Resource = key.arn }
  ]
  policies = merge(
    {
      for verb, actions in local.grants : verb => jsonencode({
        Version = "2012-10-17"
        Statement = concat(
          [{ Effect = "Allow", Action = actions, Resource = aws_dynamodb_table.this.arn }],
          [
            for it in var.uploads.enabled ? local.upload_statements[verb] : [] :
            { Effect = "Allow", Action = it.actions, Resource = it.resource }
          ],
          var.uploads.enabled ? lookup(local.upload_key, verb, []) : [],
          local.decrypt,
        )
      })
    },
    {
      give_up = jsonencode({
        Version = "2012-10-17"
        Statement = concat(
          [{ Effect = "Allow", Action = ["sqs:SendMessage"], Resource = local.failures_arn }],
          [
            for key in var.runtime.kms_key[*] : {
              Effect = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = key.arn
            }
          ],
        )
      })
    },
  )
}
