import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { edition, examples } from "../../infra/edition.ts";
import { quotaScopeOf } from "../../shared/ringcx/client/connect.ts";
import { createQuota } from "../../shared/ringcx/quota/quota.ts";
import { type Connection, connectionForAccount } from "../../shared/ringcx/session/connection.ts";
import { createConnectionSecret } from "../../shared/ringcx/session/connection-secret.ts";
import { MemoryStateTable } from "../../shared/state/memory-table.ts";
import { type PlainSession, plainCommand } from "../command.ts";
import { readConnectionFile } from "../conformance/connection-file.ts";
import { consequencesOf, profileOf } from "../conformance/findings/all.ts";
import { openJournal } from "../conformance/journal.ts";
import { createMark, type Mark } from "../conformance/mark.ts";
import { ownGroup } from "../conformance/own-names.ts";
import { mostRequests, planOf } from "../conformance/plan.ts";
import { redactExchanges } from "../conformance/redact-exchanges.ts";
import { type ConformanceOptions, type ConformanceResult, runConformance } from "../conformance/run-conformance.ts";
import { asOperator } from "../environment/ringcx.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { oneAccount } from "../read/known-account.ts";
import { fileErrorWords, readTextFile } from "../read-file.ts";
import { conformancePlanText, findingsText } from "../view/conformance.ts";
import { text } from "./flags.ts";

interface ConformanceFlags {
  connection?: string;
  account: string;
  out?: string;
  measureLimit: boolean;
  yes: boolean;
}

/** `conformance`: which of the plausible answers RingCX gives, found out on a real account. */
export const conformanceCommand = plainCommand<ConformanceFlags>({
  brief: "Find out on a real account what RingCX does where its documentation is silent",
  description: `Shows what it will do; --yes does it. Works in a group and with auth configs of its own, and removes them.\nIn the place of an environment it takes the connection itself, before anything is deployed: a JSON file with clientId, clientSecret and jwt, and with ringcxUrl and platformUrl where they are not RingCX's own.\n\n${examples("ops conformance --connection connection.json --account 123456", "ops conformance --account 123456 --local --yes")}`,
  flags: {
    connection: {
      kind: "parsed",
      parse: text,
      optional: true,
      brief: "JSON file of a connection, in the place of an environment",
      placeholder: "file",
    },
    account: { kind: "parsed", parse: text, brief: "RingCX account to work in", placeholder: "account" },
    out: {
      kind: "parsed",
      parse: text,
      optional: true,
      brief: "Folder for the report, the profile and the exchanges; without it conformance-ACCOUNT",
      placeholder: "folder",
    },
    measureLimit: {
      kind: "boolean",
      default: false,
      withNegated: false,
      brief: "Also use the rate limit up, which takes it from everybody who uses the account",
    },
    yes: { kind: "boolean", default: false, withNegated: false, brief: "Do it" },
  },
  async run(session, { connection, account, out = `conformance-${account}`, measureLimit, yes, environment, local }) {
    const { context } = session;
    if (!/^\d+$/.test(account)) throw new UsageError(`--account ${account}: an account is a string of digits.`);
    if (connection !== undefined && (environment !== undefined || local !== undefined)) {
      throw new UsageError("--connection takes the place of an environment: give one of them.");
    }
    const options =
      connection === undefined ? await ofEnvironment(session, account) : await ofFile(session, connection, account);
    if (!yes) {
      return {
        text: `${conformancePlanText(account, ownGroup, measureLimit)}\n\nNothing was done: --yes does it.`,
        json: { account, group: ownGroup, plan: planOf(measureLimit), requests: mostRequests(measureLimit) },
        exitCode: exitCodes.changes,
      };
    }
    const directory = resolve(context.directory, out);
    // Before a request is spent whose answer could not be written down.
    await mkdir(directory, { recursive: true }).catch((error: unknown) => {
      throw new UsageError(`--out ${out} cannot be made: ${fileErrorWords(error)}.`);
    });
    const journal = await openJournal(directory);
    const where = relative(context.directory, directory) || ".";
    const mark = createMark(context.clock.now(), randomBytes);
    const { isOver } = journal;
    const begins = () => journal.write(mark);
    const result = await asOperator(
      runConformance({ ...options, mark, isOver, begins, measuresLimit: measureLimit }),
    ).finally(journal.remove);
    await writeResult(directory, result, { account, mark });
    if (result.endedBy !== undefined) {
      session.say(`What was found until then is in ${where}: report.txt, profile.json, exchanges.ndjson.`);
      throw result.endedBy;
    }
    const profile = profileOf(result.findings);
    return {
      text: [
        findingsText(result.findings),
        "",
        ...result.left.map((one) => `Left: ${one}.`),
        `${result.exchanges.length} requests. In ${where}: report.txt, profile.json (${edition.simulator} --profile ${join(where, "profile.json")}),`,
        "exchanges.ndjson (what was said, without credentials and personal data; look through it before you publish it).",
      ].join("\n"),
      json: {
        findings: Object.fromEntries(result.findings),
        profile,
        consequences: consequencesOf(result.findings),
        left: result.left,
        requests: result.exchanges.length,
      },
    };
  },
});

/** What a command line says of a run. */
type Options = Omit<ConformanceOptions, "mark">;

async function ofEnvironment(session: PlainSession, account: string): Promise<Options> {
  const environment = await session.openEnvironment();
  const { connections, table, secrets } = environment;
  const connection = connectionForAccount(connections, oneAccount(environment, account));
  const secret = createConnectionSecret({ secretId: connection.secretId, secrets, clock: session.context.clock });
  return optionsOf(session, { account, connection, table, credentials: await asOperator(secret.read()) });
}

async function ofFile(session: PlainSession, file: string, account: string): Promise<Options> {
  const given = await readTextFile(session.context.directory, file);
  const { connection, credentials } = readConnectionFile(given, { file, account });
  return optionsOf(session, { account, connection, table: new MemoryStateTable(), credentials });
}

function optionsOf(
  { context, say }: PlainSession,
  parts: Pick<ConformanceOptions, "account" | "credentials"> & {
    connection: Connection;
    table: Parameters<typeof createQuota>[0]["table"];
  },
): Options {
  const { account, connection, table, credentials } = parts;
  const { clock, interrupted } = context;
  const scope = quotaScopeOf(connection, account);
  const quota = createQuota({ scope, settings: connection.quota, table, clock, random: Math.random });
  return { account, connection, credentials, quota, clock, interrupted, say };
}

async function writeResult(
  directory: string,
  result: ConformanceResult,
  { account, mark }: { account: string; mark: Mark },
): Promise<void> {
  const { findings, exchanges, secrets } = result;
  const lines = redactExchanges(exchanges, { account, secrets, mark }).map((one) => JSON.stringify(one));
  await writeFile(join(directory, "report.txt"), `${findingsText(findings)}\n`);
  await writeFile(join(directory, "profile.json"), `${JSON.stringify(profileOf(findings), undefined, 2)}\n`);
  await writeFile(join(directory, "exchanges.ndjson"), `${lines.join("\n")}\n`);
}
