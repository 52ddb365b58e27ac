import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "../../../cli/exit-codes.ts";
import { accountIdSchema } from "../../../shared/contract/fields/names.ts";
import { issueText } from "../../../shared/primitives/issue-words.ts";
import { host } from "../../environment-fields.ts";
import { localSystemFile } from "./local-system.ts";
import type { RealAccountOptions } from "./real-account/run.ts";

/** What the command line of the demonstration asks for. */
export interface DemoOptions {
  /** Messages to play; the source document's own example when absent. */
  file: string | undefined;
  /** Keep everything running afterwards, until Ctrl-C. */
  stay: boolean;
  /** Print what the functions log. */
  verbose: boolean;
  /** Hosts of one's own, beside the demonstration's: probes may ask them, and its secrets may go there. */
  allowHosts: readonly string[];
  /** Where its addresses are written while it runs. */
  json: string | undefined;
  /** Length of RingCX's window of 120 requests: shorter, much is tried in little time. @default a minute */
  windowMs: number | undefined;
  /** File of answers by which the simulator differs from its default. */
  profile: string | undefined;
  /** File of an issuer of one's own, absolute. */
  issuer: string | undefined;
  /** A real account instead of the simulator. */
  real: Omit<RealAccountOptions, "file" | "allowHosts" | "stay"> | undefined;
}

/** Shown with `--help` and for an unknown option. */
export const usage = `Usage: npm start [-- OPTIONS]

Runs the whole system on this machine against the RingCX simulator.

  --file FILE   play your own messages, one JSON object a line; lines that begin with # are passed over
                (\${CRM_URL} and \${CRM_ALARM_ARN} stand for the demonstration's CRM and its alarm)
  --stay        keep it running afterwards, until Ctrl-C, with a page that shows it at work
  --verbose     print what the functions log
  --allow-host HOST
                lets probes ask an endpoint of your own, and the demonstration's secrets go there: api.example.com,
                *.example.com, 127.0.0.1:8080; may be given several times
  --json FILE   write its addresses to FILE as JSON while it runs (with --stay: .ringcx-local.json,
                which \`npm run ops -- status --local\` reads); a second system wants a FILE of its own,
                and is reached by \`--local FILE\`
  --window-seconds NUMBER
                RingCX takes 120 requests in so many seconds, not in 60: to try much in little time
  --profile FILE
                RingCX's answers where its documentation is silent (docs/simulator.md), as \`conformance\` writes them
  --issuer FILE makes and revokes the credentials of the demonstration's secrets (all but crm/oauth): a file that
                exports a Lambda handler (docs/rotation.md), called by Invoke as the deployed one is
  --help        this text

Against a real RingCX account, on this machine alone (docs/one-machine.md):

  --connection FILE   JSON with "clientId", "clientSecret" and "jwt"
  --account ID        a RingCX account; may be given several times
  --data DIR          keeps the table from one run to the next
  --secrets FILE      credentials: {"crm/api-key": {"value": {"apiKey": "..."}, "hosts": ["api.example.com"]}}
  --file FILE         manifests or messages, YAML or JSON: what they would change is shown, and asked for
  --yes               does not ask`;

/** @throws {UsageError} for an option that does not exist, or a value that is none, naming it */
export function readOptions(args: readonly string[]): DemoOptions | "help" {
  const { values } = parsed({
    args: [...args],
    options: {
      file: { type: "string" },
      stay: { type: "boolean" },
      verbose: { type: "boolean" },
      "allow-host": { type: "string", multiple: true, default: [] },
      json: { type: "string" },
      "window-seconds": { type: "string" },
      profile: { type: "string" },
      issuer: { type: "string" },
      connection: { type: "string" },
      account: { type: "string", multiple: true, default: [] },
      data: { type: "string" },
      secrets: { type: "string" },
      yes: { type: "boolean" },
      help: { type: "boolean" },
    },
    strict: true,
    allowPositionals: false,
  });
  if (values.help) return "help";
  const stay = values.stay ?? false;
  const json = values.json ?? (stay ? localSystemFile : undefined);
  const verbose = values.verbose ?? false;
  const real = realAccount(values);
  // One that is given twice is meant once.
  const allowHosts = [...new Set(values["allow-host"].map(checkedHost))];
  const windowMs = checkedWindow(values["window-seconds"]);
  if (real && windowMs !== undefined) throw new UsageError("--window-seconds is for the simulator: RingCX has its own");
  if (real && values.json !== undefined) {
    throw new UsageError("--json is for the simulator: a real account's addresses are in system.json of --data DIR");
  }
  const { file, profile } = values;
  if (real && profile !== undefined) throw new UsageError("--profile is for the simulator: RingCX has its own answers");
  if (real && values.issuer !== undefined) throw new UsageError("--issuer is for the local system's secrets");
  const issuer = values.issuer === undefined ? undefined : checkedFile("--issuer", values.issuer);
  return { real, file, stay, verbose, json, allowHosts, windowMs, profile, issuer };
}

/** @throws {UsageError} where there is no such file */
function checkedFile(option: string, file: string): string {
  const path = resolve(file);
  if (existsSync(path)) return path;
  throw new UsageError(`${option} ${file}: there is no such file`);
}

/** @throws {UsageError} for what is no length of a window */
function checkedWindow(seconds: string | undefined): number | undefined {
  if (seconds === undefined) return undefined;
  if (!/^\d+$/.test(seconds) || Number(seconds) < 1 || Number(seconds) > 60) {
    throw new UsageError(`--window-seconds is a whole number from 1 to 60, not "${seconds}"`);
  }
  return Number(seconds) * 1_000;
}

/** @throws {UsageError} */
const parsed = ((config) => {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}) as typeof parseArgs;

/** @throws {UsageError} for one without the others, and an account that is none */
function realAccount(values: {
  connection?: string | undefined;
  account: string[];
  data?: string | undefined;
  secrets?: string | undefined;
  yes?: boolean | undefined;
}): DemoOptions["real"] {
  const { connection, account, data, secrets, yes } = values;
  if (connection === undefined) {
    const alone = { account: account.length > 0, data, secrets, yes };
    const [named] = Object.entries(alone).filter(([, value]) => value);
    if (named) throw new UsageError(`--${named[0]} is for a real account: give --connection FILE, too`);
    return undefined;
  }
  if (account.length === 0) throw new UsageError("--connection FILE needs --account ID: which RingCX account?");
  if (data === undefined) throw new UsageError("--connection FILE needs --data DIR: where is the table to be kept?");
  const [wrong] = account.filter((id) => !accountIdSchema.safeParse(id).success);
  if (wrong !== undefined) throw new UsageError(`--account ${wrong}: a RingCX account is a string of digits.`);
  return { connection, accounts: [...new Set(account)], data, secrets, yes: yes ?? false };
}

function checkedHost(text: string): string {
  const { success, data, error } = host.safeParse(text);
  if (success) return data;
  const words = error.issues.map((issue) => {
    const hint: unknown = issue.code === "custom" ? issue.params?.hint : undefined;
    return `${issueText(issue)}${typeof hint === "string" ? `: ${hint}` : ""}`;
  });
  throw new UsageError(`--allow-host ${text}: ${words.join("; ")}`);
}
