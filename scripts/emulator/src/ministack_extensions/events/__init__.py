"""EventBridge and SNS: what they refuse, and what they may deliver to."""
