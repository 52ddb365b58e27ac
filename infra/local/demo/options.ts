import { parseArgs } from "node:util";
import { localSystemFile } from "./local-system.ts";

/** What the command line of the demonstration asks for. */
export interface DemoOptions {
  /** Messages to play; the source document's own example when absent. */
  file: string | undefined;
  /** Keep everything running afterwards, until Ctrl-C. */
  stay: boolean;
  /** Where its addresses are written while it runs. */
  json: string | undefined;
}

/** Shown with `--help` and for an unknown option. */
export const usage = `Usage: npm start [-- OPTIONS]

Runs the whole system on this machine against the RingCX simulator.

  --file FILE   play your own messages, one JSON object a line
                (\${CRM_URL} and \${CRM_ALARM_ARN} stand for the demonstration's CRM and its alarm)
  --stay        keep it running afterwards, until Ctrl-C
  --json FILE   write its addresses to FILE as JSON while it runs (with --stay: .ringcx-local.json,
                which \`npm run ops -- status --local\` reads)
  --help        this text`;

/** @throws {TypeError} for an option that does not exist, naming it */
export function readOptions(args: readonly string[]): DemoOptions | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      file: { type: "string" },
      stay: { type: "boolean" },
      json: { type: "string" },
      help: { type: "boolean" },
    },
    strict: true,
    allowPositionals: false,
  });
  if (values.help) return "help";
  const stay = values.stay ?? false;
  return { file: values.file, stay, json: values.json ?? (stay ? localSystemFile : undefined) };
}
