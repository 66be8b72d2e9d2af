"""AWS for handlers: clients that load with the first command that needs one."""
