import { parseArgs } from "node:util";

/** What the command line of the demonstration asks for. */
export interface DemoOptions {
  /** Messages to play; the source document's own example when absent. */
  file: string | undefined;
  /** Keep everything running afterwards, until Ctrl-C. */
  stay: boolean;
}

/** Shown with `--help` and for an unknown option. */
export const usage = `Usage: npm start [-- OPTIONS]

Runs the whole system on this machine against the RingCX simulator.

  --file FILE   play your own messages, one JSON object a line
                (\${CRM_URL} and \${CRM_ALARM_ARN} stand for the demonstration's CRM and its alarm)
  --stay        keep it running afterwards, until Ctrl-C
  --help        this text`;

/** @throws {TypeError} for an option that does not exist, naming it */
export function readOptions(args: readonly string[]): DemoOptions | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: { file: { type: "string" }, stay: { type: "boolean" }, help: { type: "boolean" } },
    strict: true,
    allowPositionals: false,
  });
  return values.help ? "help" : { file: values.file, stay: values.stay ?? false };
}
