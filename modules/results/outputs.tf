output "name" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this.bucket
}

output "arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.this.arn
}

output "policies" {
  description = "IAM policies (JSON) by verb: `read` one object, `write` one object."
  value       = local.policies
}

output "force_destroy" {
  description = "Whether the bucket may be destroyed with results in it."
  value       = aws_s3_bucket.this.force_destroy
}
