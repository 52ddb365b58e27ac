import { spawn } from "node:child_process";
import type { ClientConfig } from "./aws-events.ts";

/** A command line that runs on a deployed stack. */
export interface RunningOps {
  readonly isRunning: boolean;
  readonly ended: Promise<{ code: number; printed: string }>;
}

/** `npm run ops -- …` on the stack of an environment, as a process of its own. */
export function startOps(config: ClientConfig, environment: string, args: readonly string[]): RunningOps {
  const stack = ["--stack", `RingCxAutomation-${environment}`, "--region", config.region];
  const child = spawn(process.execPath, ["cli/main.ts", ...args, ...stack], {
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: config.endpoint,
      AWS_ACCESS_KEY_ID: config.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: config.credentials.secretAccessKey,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  const ended = new Promise<{ code: number; printed: string }>((resolve) => {
    child.once("close", (code) => resolve({ code: code ?? 1, printed }));
  });
  return {
    get isRunning() {
      return child.exitCode === null && child.signalCode === null;
    },
    ended,
  };
}
