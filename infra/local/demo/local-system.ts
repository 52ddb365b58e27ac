import * as z from "zod";
import { connectionsSchema } from "../../../shared/ringcx/session/connection.ts";

/** Where `npm start -- --stay` writes where its parts are, and `npm run ops -- … --local` reads it: in the folder of the call. */
export const localSystemFile = ".ringcx-local.json";

/** Where the parts of a running local system are. Its keys open nothing but that system. */
export const localSystemSchema = z.object({
  /** The gateway that speaks the AWS APIs: what `AWS_ENDPOINT_URL` is set to. */
  endpoint: z.url(),
  region: z.string(),
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  /** The stack's outputs by name. */
  outputs: z.record(z.string(), z.string()),
  connections: connectionsSchema,
  /** What `${NAME}` stands for in a file of messages. */
  variables: z.record(z.string(), z.string()).default({}),
  /** Hosts that a probe may ask. */
  allowedHosts: z.array(z.string()).default([]),
  /** Base URL of the RingCX simulator. */
  simulatorUrl: z.url().optional(),
  /** Where calls of AWS are told to fail. */
  faultsUrl: z.url().optional(),
  /** The page that shows it at work. */
  consoleUrl: z.url().optional(),
});

/** A running local system. */
export type LocalSystem = z.output<typeof localSystemSchema>;
