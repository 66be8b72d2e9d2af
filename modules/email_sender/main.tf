# For an address SES sends a link to it; for a domain it wants records in DNS.
resource "aws_sesv2_email_identity" "this" {
  email_identity = var.identity
}

locals {
  domain = var.identity != var.sender

  # SES makes the keys and rotates them itself; these name them.
  tokens = flatten([
    for key in aws_sesv2_email_identity.this.dkim_signing_attributes : coalesce(key.tokens, [])
  ])

  # One sender, whatever else the identity may stand for.
  policies = {
    send = jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = ["ses:SendEmail"]
        Resource  = [aws_sesv2_email_identity.this.arn]
        Condition = { StringEquals = { "ses:FromAddress" = var.sender } }
      }]
    })
  }
}
