"""Where events of endings go: EventBridge or SNS."""
