# One of the two files to edit in an environment; the other one is backend.tf.
project     = "async-api"
environment = "dev"

# One entry per secret that a handler reads; seed it with: python -m scripts.secrets seed
secrets = {
  "third-party-api-key" = { description = "Key of the third-party API that handlers call" }
}
