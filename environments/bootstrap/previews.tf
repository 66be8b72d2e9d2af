# CloudFront allows 20 response headers policies in an account, so previews share one:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
module "preview_headers" {
  source = "../../modules/response_headers"
  count  = length(var.github_preview_environments) == 0 ? 0 : 1

  name = "${var.project}-previews"
}

output "preview_headers_policy_id" {
  description = "Id of the response headers policy that previews share; null without previews."
  value       = one(module.preview_headers[*].id)
}
