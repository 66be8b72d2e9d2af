export { Commands } from "./commands.js";
export { NotEnded, Refused, Unreachable } from "./errors.js";
export { Reporter } from "./reporter.js";
export { InvalidWebhook, verifyWebhook } from "./webhooks.js";
