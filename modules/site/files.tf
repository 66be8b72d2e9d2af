# The page's files. A file that ends in .tftpl is a template, and goes without that ending.
locals {
  ending = ".tftpl"
  files  = { for file in fileset(var.folder, "**") : trimsuffix(file, local.ending) => file }

  contents = {
    for name, file in local.files : name => (
      endswith(file, local.ending)
      ? templatefile("${var.folder}/${file}", var.values)
      : file("${var.folder}/${file}")
    )
  }

  content_types = {
    css  = "text/css; charset=utf-8"
    html = "text/html; charset=utf-8"
    js   = "text/javascript; charset=utf-8"
    json = "application/json"
    svg  = "image/svg+xml"
    txt  = "text/plain; charset=utf-8"
  }
}

resource "aws_s3_object" "file" {
  #checkov:skip=CKV_AWS_186:Encrypted with S3's own key; the files are public anyway.
  for_each = local.contents

  bucket       = aws_s3_bucket.this.id
  key          = each.key
  content      = each.value
  content_type = local.content_types[reverse(split(".", each.key))[0]]
  etag         = md5(each.value)

  # Browsers keep a file, and ask each time whether it is still the same.
  cache_control = "no-cache"

  # They go with their bucket, which has the tags; S3 takes ten on an object, and bills them.
  override_provider {
    default_tags {
      tags = {}
    }
  }

  # Nothing is readable before it is known by whom.
  depends_on = [aws_s3_bucket_ownership_controls.this, aws_s3_bucket_policy.this]
}
