# The same for every preview; what differs from one to the next is passed: pr_number, created_at.
project = "async-api"

# Output preview_headers_policy_id of bootstrap; without it, an account holds 20 previews at most.
# headers_policy = { id = "a1b2c3d4-0000-0000-0000-000000000000" }

secrets = {
  "third-party-api-key" = { description = "Key of the third-party API that handlers call" }
}
