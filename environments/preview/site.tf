# The page. The API lets the distribution's domain in, so it is made after the distribution; the
# page's files name the API, so they are made after the API. What is left is the header that says
# where the page may connect to: the distribution needs it before the API has a name. It therefore
# allows the APIs of this region, and index.html narrows that to its own: of two content security
# policies a browser keeps to both. (A second origin of the distribution in front of the API would
# make them one origin, and hide whether another page could call the API.)

module "site" {
  source = "../../modules/site"

  name            = module.naming.site
  folder          = "${path.module}/site"
  connect_sources = ["https://*.execute-api.${var.aws_region}.amazonaws.com"]
  force_destroy   = true

  values = {
    project    = var.project
    pr_number  = var.pr_number
    repository = var.repository == null ? "" : trimprefix(var.repository, "https://")
    api_url    = module.api.endpoint
    api_origin = regex("^https?://[^/]+", module.api.endpoint)
  }
}
