variable "name" {
  description = "Name of the function, of its role and, after `/aws/lambda/`, of its log group."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "name must be 1-64 letters, digits or _- , for example \"acme-dev-worker\"."
  }
}

variable "description" {
  description = "Description of the function in the AWS console."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.description) <= 256
    error_message = "description has at most 256 characters, for example \"Runs commands\"."
  }
}

variable "handler" {
  description = "Module path and name of the Python function to call."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_./-]{0,119}[.][A-Za-z0-9_]+$", var.handler))
    error_message = "Must be a dotted path, like \"command_api.entrypoints.worker.handler\"."
  }
}

variable "runtime" {
  description = <<-EOT
    Settings that all functions of an environment share: path of the zip with the code, Python
    version, processor (arm64 or x86_64), X-Ray tracing, minimum log level, retention of logs, the
    ARN of the policy that bounds every role, a KMS key for logs, and subnets and security groups of
    a VPC. With `tracing` the function samples its calls.
  EOT
  type = object({
    package_path         = string
    python               = optional(string, "python3.13")
    architecture         = optional(string, "arm64")
    tracing              = optional(bool, false)
    log_level            = optional(string, "INFO")
    log_retention_days   = optional(number, 14)
    permissions_boundary = optional(string)
    kms_key              = optional(object({ arn = string }))
    vpc = optional(object({
      subnet_ids         = list(string)
      security_group_ids = list(string)
    }))
    metrics_namespace = optional(string, "")
  })
  nullable = false

  validation {
    condition     = contains(["python3.11", "python3.12", "python3.13"], var.runtime.python)
    error_message = "python must be python3.11, python3.12 or python3.13, like \"python3.13\"."
  }

  validation {
    condition     = contains(["arm64", "x86_64"], var.runtime.architecture)
    error_message = "The architecture must be arm64 or x86_64, for example \"arm64\"."
  }

  validation {
    condition = contains(
      ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], var.runtime.log_level
    )
    error_message = "log_level: DEBUG, INFO, WARNING, ERROR or CRITICAL, for example \"INFO\"."
  }

  validation {
    condition = contains([
      1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,
      1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ], var.runtime.log_retention_days)
    error_message = "log_retention_days: one of CloudWatch's values, for example 7, 14, 30 or 90."
  }

  validation {
    condition = alltrue(flatten([
      for vpc in var.runtime.vpc[*] : [
        length(vpc.subnet_ids) > 0, length(vpc.security_group_ids) > 0,
        [for id in vpc.subnet_ids : can(regex("^subnet-[0-9a-f]+$", id))],
        [for id in vpc.security_group_ids : can(regex("^sg-[0-9a-f]+$", id))],
      ]
    ]))
    error_message = <<-EOT
      A VPC takes both, like { subnet_ids = ["subnet-1a2b3c"], security_group_ids = ["sg-1a2b3c"] }.
    EOT
  }

  validation {
    condition = var.runtime.permissions_boundary == null || can(regex(
      "^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.runtime.permissions_boundary
    ))
    error_message = <<-EOT
      permissions_boundary must be a policy's ARN, for example
      "arn:aws:iam::123456789012:policy/acme".
    EOT
  }
}

variable "memory_mb" {
  description = "Memory, in MB; CPU is proportional, with one core at 1769 MB."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition = (
      var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    )
    error_message = "memory_mb must be a whole number from 128 to 10240, for example 256."
  }
}

variable "timeout_seconds" {
  description = "Timeout of the function, in seconds."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition = (
      var.timeout_seconds >= 1 && var.timeout_seconds <= 900 &&
      floor(var.timeout_seconds) == var.timeout_seconds
    )
    error_message = "timeout_seconds must be a whole number from 1 to 900, for example 30."
  }
}

variable "reserved_concurrency" {
  description = "Concurrent executions kept for the function, and its limit; null keeps none."
  type        = number
  default     = null

  # AWS's 0 stops a function.
  validation {
    condition = var.reserved_concurrency == null || try(
      var.reserved_concurrency >= 1 && floor(var.reserved_concurrency) == var.reserved_concurrency,
      false,
    )
    error_message = "reserved_concurrency must be null or a whole number from 1, for example 20."
  }
}

variable "layers" {
  description = "ARNs of Lambda layers, each with its version."
  type        = list(string)
  default     = []
  nullable    = false

  # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  validation {
    condition = length(var.layers) <= 5 && alltrue([
      for arn in var.layers :
      can(regex("^arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:layer:.+:[0-9]+$", arn))
    ])
    error_message = <<-EOT
      layers: at most 5, each with its version, for example
      ["arn:aws:lambda:eu-central-1:123456789012:layer:pillow:3"].
    EOT
  }
}

variable "environment" {
  description = "Environment variables of the function; names of things, never secrets."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for key in keys(var.environment) : can(regex("^[A-Za-z][A-Za-z0-9_]+$", key))
    ])
    error_message = "A name is letters, digits and _ , for example { TABLE_NAME = \"x\" }."
  }

  # https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
  validation {
    condition = length(setintersection(keys(var.environment), [
      "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV",
      "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
      "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
      "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY",
      "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
      "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
    ])) == 0
    error_message = "Lambda reserves that variable; use a name like { TABLE_NAME = \"x\" }."
  }

  validation {
    condition     = length(jsonencode(merge(local.powertools, var.environment))) <= 4096
    error_message = "Variables may take 4 KB in all, for example { TABLE_NAME = \"x\" }."
  }
}

variable "publish" {
  description = <<-EOT
    Whether every change of code or configuration is kept as a version, with a number, that an
    alias can point to.
  EOT
  type        = bool
  default     = false
  nullable    = false
}

variable "policies" {
  description = "Grants of the function: IAM policies (JSON) by name."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for name in keys(var.policies) : can(regex("^[A-Za-z0-9+=,.@_-]{1,128}$", name))
    ])
    error_message = "A grant's name is 1-128 letters, digits or +=,.@_- , for example \"consume\"."
  }

  validation {
    condition     = length(setintersection(keys(var.policies), ["logs", "tracing"])) == 0
    error_message = "The grants logs and tracing are reserved; use a name like \"consume\"."
  }

  validation {
    condition     = alltrue([for policy in values(var.policies) : policy != null])
    error_message = "A grant is a policy, like { send = module.queue.policies.send }, never null."
  }

  # A role's inline policies share 10,240 characters; the module's own takes some of them.
  validation {
    condition = (
      9800 >=
      sum(concat([0], [for policy in values(var.policies) : try(length(policy), 0)]))
    )
    error_message = "The grants exceed IAM's 10,240 characters; use fewer, for example 50 secrets."
  }
}
