output "sender" {
  description = "Sender's email address."
  value       = var.sender
}

output "arn" {
  description = "ARN of the identity that SES verifies."
  value       = local.arn
}

output "dkim_records" {
  description = "CNAME records that prove the domain, name to value; none for an address."
  value = {
    for token in local.tokens :
    "${token}._domainkey.${var.identity}" => "${token}.dkim.amazonses.com" if local.domain
  }
}

output "policies" {
  description = "IAM policies (JSON) by verb: `send` mail from this sender only."
  value       = local.policies
}
