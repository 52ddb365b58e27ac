import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as z from "zod";
import { connectionsSchema } from "../../../shared/ringcx/session/connection.ts";

/** Where `npm start -- --stay` writes where its parts are, and `npm run ops -- … --local` reads it: in the folder of the call. */
export const localSystemFile = ".ringcx-local.json";

/** The process of a local system: its number, and when it began, as numbers come again. */
export const systemProcessSchema = z.object({ pid: z.int().positive(), start: z.string() });

export type SystemProcess = z.output<typeof systemProcessSchema>;

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
  /** The environment's `failover.mode`. */
  failoverMode: z.enum(["enforce", "observe", "off"]).optional(),
  /** Base URL of the RingCX simulator. */
  simulatorUrl: z.url().optional(),
  /** Where calls of AWS are told to fail. */
  faultsUrl: z.url().optional(),
  /** The page that shows it at work. */
  consoleUrl: z.url().optional(),
  /** Whose file it is; absent where it is in none. */
  process: systemProcessSchema.optional(),
});

/** A running local system. */
export type LocalSystem = z.output<typeof localSystemSchema>;

/** Whether the process that wrote a file still runs. */
export function isRunning({ pid, start }: SystemProcess): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Any other refusal says that it is there, and somebody else's.
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
  }
  return startOf(pid) === start;
}

/** When a process began, as the operating system has it: to be compared only. Empty where it does not say. */
export function startOf(pid: number): string {
  try {
    // The name, in brackets, may hold anything.
    const [, afterName = ""] = /.*\)(.*)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    return afterName.trim().split(" ")[19] ?? "";
  } catch {
    return spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).stdout?.trim() ?? "";
  }
}
