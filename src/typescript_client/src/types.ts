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

/** How the callback went: the `callback` of a command that has one. */
export type CallbackState = Schemas["CallbackState"];

/** A command's id, which remembers the type of the command that `submit` returned it for. */
export type CommandId<Type extends CommandType = CommandType> = string & { readonly type?: Type };

/** A command as the API shows it: a union by `type`. `result` is there once it is COMPLETED. */
export type Command<Type extends CommandType = CommandType> = Type extends CommandType
  ? Omit<Schemas["Command"], "type" | "result"> & { type: Type; result?: Result<Type> }
  : never;
