resource "aws_dynamodb_table" "this" {
  #checkov:skip=CKV_AWS_119:Encrypted with DynamoDB's own key; a customer key costs per request.
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
}

locals {
  # The handler puts an order where there is none, and reads nothing: a refused put says by what.
  grants = {
    write = ["dynamodb:PutItem"]
    read  = ["dynamodb:GetItem"]
  }

  policies = {
    for verb, actions in local.grants :
    verb => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect   = "Allow"
        Action   = actions
        Resource = aws_dynamodb_table.this.arn
      }]
    })
  }
}
