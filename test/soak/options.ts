import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

/** What `--help` would say. */
export const usage = `Usage: npm run soak [-- OPTIONS]

Runs the local system, with its functions as processes, for a time: messages, commands, outages, new secret versions, and kill -9
of a function every few seconds. Then all of it stops, and what RingCX has and what was told is compared with what was sent.

  --minutes N         how long (default 20)
  --services N        how many services (default 500)
  --messages N        how many messages, beside those that make the services (default 2000)
  --window-seconds N  length of RingCX's window of 120 requests (default 5)
  --kill-seconds N    between two kills; 0: none (default 5)
  --seed N            of what is sent (default: another one each time)
`;

/** How long and how much. */
export interface Options {
  minutes: number;
  services: number;
  messages: number;
  windowSeconds: number;
  killSeconds: number;
  seed: number;
}

/** @throws {TypeError} for what is no number */
export function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "20" },
      services: { type: "string", default: "500" },
      messages: { type: "string", default: "2000" },
      "window-seconds": { type: "string", default: "5" },
      "kill-seconds": { type: "string", default: "5" },
      seed: { type: "string", default: String(randomInt(1_000_000)) },
    },
  });
  const number = (name: keyof typeof values): number => {
    const value = Number(values[name]);
    if (!Number.isFinite(value) || value < 0) throw new TypeError(`--${name} is a number, not "${values[name]}"`);
    return value;
  };
  return {
    minutes: number("minutes"),
    services: number("services"),
    messages: number("messages"),
    windowSeconds: number("window-seconds"),
    killSeconds: number("kill-seconds"),
    seed: number("seed"),
  };
}
