output "bucket" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this.bucket
}

output "arn" {
  description = "ARN of the bucket."
  value       = local.arn
}

output "region" {
  description = "Region of the bucket, which a backend has to name."
  value       = data.aws_region.current.id
}

output "lock_table" {
  description = "Name of the lock table; null where the locks are files in the bucket."
  value       = one(aws_dynamodb_table.lock[*].name)
}

output "policies" {
  description = <<-EOT
    IAM policies (JSON) for the project's states, by verb: `read` them, `write` them, and
    `write_previews`, which writes those of previews alone; all with the lock.
  EOT
  value       = local.policies
}
