output "sender" {
  description = "Sender's email address."
  value       = var.sender
}

output "arn" {
  description = "ARN of the identity that SES verifies."
  value       = local.arn
}

output "dkim_records" {
  description = "CNAME records, name to value, that prove a domain; none for an address, or another's domain."
  value = {
    for token in local.tokens :
    "${token}._domainkey.${var.identity}" => "${token}.dkim.amazonses.com" if local.domain
  }
}

output "policies" {
  description = "IAM policies (JSON) by verb: `send` mail from this sender only."
  value       = local.policies
}
