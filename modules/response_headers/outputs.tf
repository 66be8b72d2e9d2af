output "id" {
  description = "Id of the policy, for distributions."
  value       = aws_cloudfront_response_headers_policy.this.id
}
