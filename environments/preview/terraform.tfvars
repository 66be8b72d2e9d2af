# The same for every preview; what differs from one to the next is passed: pr_number, created_at.
project = "async-api"

secrets = {
  "third-party-api-key" = { description = "Key of the third-party API that handlers call" }
}
