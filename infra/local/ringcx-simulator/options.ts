import { parseArgs } from "node:util";
import { edition } from "../../edition.ts";
import type { SimulatorOptions } from "./simulator-options.ts";

export const usage = `Usage: ${edition.simulator} [OPTIONS]

Runs a stateful RingCX on this machine: remote HTTP services, external auth configs and the login.
When it is ready it prints one JSON line: url, platformUrl, accountId, clientId, clientSecret, jwt, accessToken.

  --port N                  port on loopback (default: any free one)
  --limit N                 requests in a window (default 120)
  --window-seconds N        length of the window (default 60)
  --fixed-window-phase N    count in fixed windows that begin N seconds past each multiple (default: sliding)
  --token-life-seconds N    life of an access token (default 300)
  --exchange-limit N        token exchanges in a minute (default 5)
  --account ID              a sub-account; may be repeated (default 123456)
  --seed FILE               JSON with what the accounts hold at first
  --profile FILE            JSON with answers to assumptions (docs/simulator.md), e.g. {"services.born": "active"}
  --v1-auth-link on|off     whether v1 services keep authConfigId (default on)
  --help                    this text

While it runs: GET /_simulator/requests and /_simulator/state, POST and DELETE /_simulator/faults,
PUT /_simulator/permissions, POST /_simulator/calls, /_simulator/edits and /_simulator/expire-tokens.
${edition.documents}infra/local/ringcx-simulator/README.md says more.`;

/** The command line, understood. The seed and the profile are files that are still to be read. */
export interface CommandLine {
  options: SimulatorOptions;
  seedFile: string | undefined;
  profileFile: string | undefined;
}

/** @throws {TypeError} for an option or a value that does not exist, naming it */
export function readCommandLine(args: readonly string[]): CommandLine | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: "string" },
      limit: { type: "string" },
      "window-seconds": { type: "string" },
      "fixed-window-phase": { type: "string" },
      "token-life-seconds": { type: "string" },
      "exchange-limit": { type: "string" },
      account: { type: "string", multiple: true },
      seed: { type: "string" },
      profile: { type: "string" },
      "v1-auth-link": { type: "string" },
      help: { type: "boolean" },
    },
    strict: true,
    allowPositionals: false,
  });
  if (values.help) return "help";
  const port = number("port", values.port, { max: 65_535, wholeNumbers: true });
  const limit = number("limit", values.limit, { min: 1, wholeNumbers: true });
  const windowSeconds = number("window-seconds", values["window-seconds"], { above: 0 });
  const phaseSeconds = number("fixed-window-phase", values["fixed-window-phase"], {});
  const tokenLifeSeconds = number("token-life-seconds", values["token-life-seconds"], { above: 0 });
  const exchangeLimit = number("exchange-limit", values["exchange-limit"], { min: 1, wholeNumbers: true });
  const link = values["v1-auth-link"];
  if (link !== undefined && link !== "on" && link !== "off") throw new TypeError("--v1-auth-link is on or off");
  for (const account of values.account ?? []) {
    if (!/^\d+$/.test(account)) throw new TypeError(`--account is a string of digits, not "${account}"`);
  }
  return {
    options: {
      ...(port !== undefined && { port }),
      ...(limit !== undefined && { limit }),
      ...(windowSeconds !== undefined && { windowMs: windowSeconds * 1000 }),
      ...(phaseSeconds !== undefined && { window: { fixedPhaseMs: phaseSeconds * 1000 } }),
      ...(tokenLifeSeconds !== undefined && { tokenLifeMs: tokenLifeSeconds * 1000 }),
      ...(exchangeLimit !== undefined && { exchangeLimit }),
      ...(values.account && { accounts: values.account }),
      ...(link !== undefined && { v1AuthLink: link === "on" }),
    },
    seedFile: values.seed,
    profileFile: values.profile,
  };
}

function number(
  name: string,
  value: string | undefined,
  {
    min = 0,
    above,
    max = Number.MAX_SAFE_INTEGER,
    wholeNumbers = false,
  }: {
    min?: number;
    above?: number;
    max?: number;
    wholeNumbers?: boolean;
  },
): number | undefined {
  if (value === undefined) return undefined;
  const parsed = value.trim() === "" ? Number.NaN : Number(value);
  const isFine = parsed >= min && parsed <= max && (above === undefined || parsed > above);
  if (isFine && (!wholeNumbers || Number.isInteger(parsed))) return parsed;
  const least = above === undefined ? `from ${min}` : `above ${above}`;
  throw new TypeError(`--${name} is a ${wholeNumbers ? "whole " : ""}number ${least}, not "${value}"`);
}
