resource "aws_dynamodb_table" "this" {
  #checkov:skip=CKV_AWS_119:The key is the environment's choice; one of its own costs money.
  name                        = var.name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "orderId"
  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "orderId"
    type = "S"
  }

  point_in_time_recovery {
    enabled = var.point_in_time_recovery
  }

  dynamic "server_side_encryption" {
    for_each = var.kms_key[*]
    content {
      enabled     = true
      kms_key_arn = server_side_encryption.value.arn
    }
  }
}

locals {
  # The handler puts an order where there is none, and reads nothing: a refused put says by what.
  grants = {
    write = ["dynamodb:PutItem", "dynamodb:BatchWriteItem"]
    read  = ["dynamodb:GetItem"]
  }

  policies = {
    for verb, actions in local.grants :
    verb => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [{ Effect = "Allow", Action = actions, Resource = aws_dynamodb_table.this.arn }],
        [
          for key in var.kms_key[*] :
          { Effect = "Allow", Action = ["kms:Decrypt"], Resource = key.arn }
        ],
      )
    })
  }
}
