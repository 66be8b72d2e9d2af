# Who watches which command. What is lost with it is asked for again by the next connection.
resource "aws_dynamodb_table" "watches" {
  #checkov:skip=CKV_AWS_28:It holds open connections, which no backup brings back.
  #checkov:skip=CKV_AWS_119:A customer-managed key is the environment's choice.
  #checkov:skip=CKV2_AWS_16:Paid by request, it has nothing to scale.
  name         = var.table_name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  range_key    = "connection"

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "connection"
    type = "S"
  }

  ttl {
    attribute_name = "until"
    enabled        = true
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
  decrypt = [
    for key in var.runtime.kms_key[*] :
    { Effect = "Allow", Action = ["kms:Decrypt"], Resource = key.arn }
  ]
  connections = "${aws_apigatewayv2_api.this.execution_arn}/${local.stage}"

  policies = {
    watch = jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [{
          Effect   = "Allow"
          Action   = ["dynamodb:BatchWriteItem", "dynamodb:UpdateItem"]
          Resource = aws_dynamodb_table.watches.arn
        }],
        local.decrypt,
      )
    })
    tell = jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [
          {
            Effect   = "Allow"
            Action   = ["dynamodb:BatchWriteItem", "dynamodb:Query"]
            Resource = aws_dynamodb_table.watches.arn
          },
          {
            Effect = "Allow"
            Action = ["execute-api:ManageConnections"]
            Resource = [
              for method in ["DELETE", "POST"] : "${local.connections}/${method}/@connections/*"
            ]
          },
        ],
        local.decrypt,
      )
    })
  }
}
