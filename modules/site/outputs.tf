# It knows nothing of the files, so that these may name what was made with the origin in mind: an
# API that lets this page call it, for example.
output "origin" {
  description = "Scheme and host of the page, as browsers name it to an API (CORS)."
  value       = "https://${local.host}"
}

output "url" {
  description = "URL of the page, once its files are there."
  value       = "https://${local.host}/"
  depends_on  = [aws_s3_object.file]
}

output "bucket" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this.bucket
}

output "distribution_id" {
  description = "Id of the distribution."
  value       = aws_cloudfront_distribution.this.id
}
