export { Commands } from "./commands.js";
export type { BatchOptions, CallOptions, CommandsOptions, SubmitOptions } from "./commands.js";
export { NotEnded, Refused, Unreachable } from "./errors.js";
export type { PushOptions } from "./push.js";
export { Reporter } from "./reporter.js";
export type { ReporterOptions } from "./reporter.js";
export type {
  Batch,
  Callback,
  CallbackState,
  Command,
  CommandId,
  CommandType,
  Inputs,
  Member,
  Result,
  Results,
  Schedule,
  ScheduleRequest,
  Then,
} from "./types.js";
export { InvalidWebhook, verifyWebhook } from "./webhooks.js";
