output "name" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this.bucket
}

output "arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.this.arn
}

output "policies" {
  description = "IAM policies (JSON) by verb: `read`, `write`, and `read_states`: below states/."
  value       = local.policies
}

output "force_destroy" {
  description = "Allows Terraform to destroy a bucket that still contains results."
  value       = aws_s3_bucket.this.force_destroy
}
