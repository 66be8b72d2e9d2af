"""EventBridge Scheduler: schedules that fire as on AWS."""
