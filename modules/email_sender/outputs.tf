output "sender" {
  description = "Sender's email address."
  value       = var.sender
}

output "arn" {
  description = "ARN of the identity that SES verifies."
  value       = aws_sesv2_email_identity.this.arn
}

output "dkim_records" {
  description = "CNAME records, name to value, that prove a domain to SES; none for an address."
  value = {
    for token in local.tokens :
    "${token}._domainkey.${var.identity}" => "${token}.dkim.amazonses.com" if local.domain
  }
}

output "policies" {
  description = "IAM policies (JSON) by verb: `send` mail from this sender only."
  value       = local.policies
}
