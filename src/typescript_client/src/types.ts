import type { components } from "./openapi.js";

type Schemas = components["schemas"];
type Named<Kind extends string> = {
  [Name in keyof Schemas as Name extends `${Kind}.${infer Type}` ? Type : never]: Schemas[Name];
};

/** The input of each command type. */
export type Inputs = Named<"Input">;

/** The result of each command type that has a schema for it. */
export type Results = Named<"Result">;

export type CommandType = keyof Inputs & string;

/** The result of one command type: any JSON where it has no schema. */
export type Result<Type extends CommandType> = Type extends keyof Results ? Results[Type] : unknown;

/** Receiver of a signed call when the command ends. */
export interface Callback {
  /** Within the environment's `allowed_hosts`. */
  url: string;
  /** Whether a result of up to 60 KB comes along. */
  includeResult?: boolean;
}

/** One command of a batch; it takes the other fields of `POST /commands` as well. */
export type Member = {
  [Type in CommandType]: { type: Type; input: Inputs[Type] } & Record<string, unknown>;
}[CommandType];

/** The command that runs once after a batch. */
export interface Then {
  /** `all` by default: once all have ended, whatever they came to. */
  when?: "all" | "all_succeeded";
  type: CommandType;
  input?: Record<string, unknown>;
}

/** Where to upload a file, and with which headers. */
export interface UploadPlace {
  method: string;
  url: string;
  headers: Record<string, string>;
  expiresAt: string;
}

/** A batch as the API shows it. */
export interface Batch {
  id: string;
  /** The first two only of a batch that is uploaded. */
  status: "UPLOADING" | "SUBMITTING" | "RUNNING" | "ENDED";
  total: number;
  /** Commands by status. */
  counts: Record<"pending" | "processing" | "completed" | "failed" | "cancelled", number>;
  /** Of the commands that have ended, 0 to 1. */
  share: number;
  createdAt: string;
  /** When all had ended for the first time. */
  endedAt?: string;
  estimatedEndAt?: string;
  cancelRequestedAt?: string;
  /** How much of an uploaded file has become commands; or where to upload it. */
  upload?: { bytes?: number; submitted?: number } & Partial<UploadPlace>;
  /** Where the results of all commands are, for minutes. */
  resultsUrl?: string;
  /** The command that follows, and whether it was sent. */
  then?: { when: string; id: string; sent: boolean };
}

/** What a schedule is made of: `cron`, with a `timezone` beside it, or `rate`. */
export interface ScheduleRequest {
  /** Six fields of EventBridge Scheduler, like "0 2 * * ? *". */
  cron?: string;
  /** Name of the IANA database; UTC by default. */
  timezone?: string;
  /** Like "15 minutes", in UTC. */
  rate?: string;
  /** Type of each run. */
  type?: CommandType;
  input?: Record<string, unknown>;
  /** `skip`: no run starts while another one has not ended. */
  overlap?: "queue" | "skip";
  /** `false` pauses the schedule. */
  enabled?: boolean;
}

/** A schedule as the API shows it. */
export interface Schedule {
  id: string;
  type: CommandType;
  /** Absent in a list. */
  input?: Record<string, unknown>;
  cron: string;
  timezone: string;
  overlap: "queue" | "skip";
  enabled: boolean;
  /** Both are absent in the answer to a request that makes or changes the schedule. */
  createdAt?: string;
  updatedAt?: string;
  /** The next five, with the ids of their commands; none while the schedule is paused. */
  nextRuns: { at: string; id: CommandId }[];
}

/** How the callback went: the `callback` of a command that has one. */
export type CallbackState = Schemas["CallbackState"];

/** A command's id, which remembers the type of the command that `submit` returned it for. */
export type CommandId<Type extends CommandType = CommandType> = string & { readonly type?: Type };

/** A command as the API shows it: a union by `type`. `result` is there once it is COMPLETED. */
export type Command<Type extends CommandType = CommandType> = Type extends CommandType
  ? Omit<Schemas["Command"], "type" | "result"> & { type: Type; result?: Result<Type> }
  : never;
