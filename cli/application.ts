import { readFileSync } from "node:fs";
import {
  type Application,
  type ArgumentParseError,
  ArgumentScannerError,
  buildApplication,
  buildRouteMap,
  type FlagNotFoundError,
  formatMessageForArgumentScannerError,
  text_en,
} from "@stricli/core";
import { edition, isInstalled } from "../infra/edition.ts";
import { conformanceCommand } from "./commands/conformance.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { exportCommand } from "./commands/export.ts";
import { outcomesCommand } from "./commands/outcomes.ts";
import { promoteCommand } from "./commands/promote.ts";
import { rejectedCommands } from "./commands/rejected.ts";
import { getCommand, listCommand } from "./commands/ringcx.ts";
import { rotateCommand } from "./commands/rotate.ts";
import { rotationsCommand } from "./commands/rotations.ts";
import { applyCommand, planCommand, sendCommand } from "./commands/send.ts";
import { serviceCommands } from "./commands/service-commands.ts";
import { smokeCommand } from "./commands/smoke.ts";
import { statusCommand } from "./commands/status.ts";
import { traceCommand } from "./commands/trace.ts";
import { verifyCommand } from "./commands/verify.ts";
import { whyCommand } from "./commands/why.ts";
import type { CliContext } from "./context.ts";
import { UsageError } from "./exit-codes.ts";
import { tellError } from "./tell-error.ts";

const description = `Operates a deployed environment (--environment NAME, or --stack NAME for a stack of your own app; with
your AWS credentials) or what ${edition.localSystem} runs (--local), through the same queues, topics and
table as everybody.

Exit codes: 0 done, 1 failed or rejected, 2 plan has changes, 3 goes on by itself, 4 not reachable, 64 wrong usage.
Situations and permissions: ${edition.documents}docs/operating.md.

A RingCX to test against, on this machine: ${edition.simulator} --help`;

/** What an app of CDK does, and no command here: what is near it by its name would change RingCX. */
const commandsOfCdk = ["deploy", "destroy", "diff", "synth", "bootstrap"];

const routes = buildRouteMap({
  routes: {
    status: statusCommand,
    why: whyCommand,
    send: sendCommand,
    plan: planCommand,
    apply: applyCommand,
    ...serviceCommands,
    outcomes: outcomesCommand,
    trace: traceCommand,
    rejected: rejectedCommands,
    rotations: rotationsCommand,
    rotate: rotateCommand,
    verify: verifyCommand,
    promote: promoteCommand,
    list: listCommand,
    get: getCommand,
    export: exportCommand,
    doctor: doctorCommand,
    conformance: conformanceCommand,
    smoke: smokeCommand,
  },
  docs: { brief: "RingCX service automation, from the command line", fullDescription: description },
});

/** Our own sentences quote what was typed, or name its option. */
function parseErrorText({ input, externalFlagNameOrPlaceholder: name, exception }: ArgumentParseError): string {
  const { message } = tellError(exception);
  return exception instanceof UsageError ? message : `"${input}" does not do for ${name}: ${message}`;
}

/** What most commands do about their outcome, for whoever knows `apply --no-wait` or `send --wait`. */
function unknownFlagText({ input, message }: FlagNotFoundError): string {
  if (!/^(no-?)?wait$/i.test(input)) return message;
  return `No flag registered for --${input} here: apply has --no-wait, and send waits with --wait only. Any other command that sends something waits for its outcome, --timeout at the longest; Ctrl-C ends the wait, and what was sent goes on.`;
}

/** The command line as a whole. */
export const application: Application<CliContext> = buildApplication(routes, {
  name: "ringcx-automation",
  versionInfo: { getCurrentVersion: async () => currentVersion() },
  scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
  documentation: { disableAnsiColor: false, useAliasInUsageLine: false, onlyRequiredInUsageLine: true },
  localization: {
    text: {
      ...text_en,
      noCommandRegisteredForInput: (what) =>
        commandsOfCdk.includes(what.input)
          ? `No command registered for \`${what.input}\`: it is CDK's. ${edition.cdk(what.input)}`
          : text_en.noCommandRegisteredForInput(what),
      exceptionWhileRunningCommand: (error) => tellError(error).message,
      exceptionWhileParsingArguments: (error) =>
        error instanceof ArgumentScannerError
          ? formatMessageForArgumentScannerError(error, {
              ArgumentParseError: parseErrorText,
              FlagNotFoundError: unknownFlagText,
            })
          : tellError(error).message,
    },
  },
});

function currentVersion(): string {
  const manifest = new URL(isInstalled ? "../../package.json" : "../package.json", import.meta.url);
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}
