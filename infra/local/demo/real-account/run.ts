import { randomUUID } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { readConnectionFile } from "../../../../cli/conformance/connection-file.ts";
import type { CliContext } from "../../../../cli/context.ts";
import { demandLogin } from "../../../../cli/environment/demand-login.ts";
import { exitCodes, UsageError } from "../../../../cli/exit-codes.ts";
import { readManifests } from "../../../../cli/files/outgoing.ts";
import { fileErrorWords, readTextFile } from "../../../../cli/read-file.ts";
import { runCli } from "../../../../cli/run.ts";
import { painter } from "../../../../cli/view/paint.ts";
import { systemClock } from "../../../../shared/primitives/clock.ts";
import type { ConnectionCredentials } from "../../../../shared/ringcx/session/connection-secret.ts";
import type { EnvironmentInput } from "../../../environments.ts";
import { type LocalHost, startLocalHost } from "../../host.ts";
import { addressesOf } from "../addresses.ts";
import { end, orEnded } from "../ending.ts";
import { claimSystemFile, type SystemFile } from "../system-file.ts";
import { missingSecretLines } from "./needed-secrets.ts";
import { type EarlierMessages, earlierMessages } from "./open-messages.ts";
import { readSecretsFile, requireSecrets } from "./secrets-file.ts";

/** What `npm start -- --connection FILE` is told. */
export interface RealAccountOptions {
  /** JSON with `clientId`, `clientSecret` and `jwt`; RingCX's own hosts where it names no others. */
  connection: string;
  accounts: readonly string[];
  /** Keeps the table from one run to the next. */
  data: string;
  secrets: string | undefined;
  file: string | undefined;
  allowHosts: readonly string[];
  stay: boolean;
  yes: boolean;
}

/** What `${NAME}` in a file stands for: nothing here. */
const variables = {};

/** Who is asked, and told. */
export interface Terminal {
  write(line: string): void;
  isInteractive: boolean;
  /** Aborted when the program is to end, by Ctrl-C for one. */
  ended: AbortSignal;
}

/**
 * Runs the whole system on this machine against a real RingCX account, for those who have no AWS account. What messages would
 * change is shown, and asked for, and so is what an earlier run has left. Until then schedules are held, so that nothing is written,
 * not for a changed secret either. The table stays in a folder, so that it goes on where it stopped.
 *
 * @returns the exit code: that of `ops plan` where nothing was carried out, of `ops apply` where it was
 * @throws {UsageError} for a file that is not what it should be, naming the fields; never a value
 * @throws {AutomationError} where another process has the folder
 * @throws {LoginError} where the connection cannot log in, with what to check
 */
export async function runOnRealAccount(options: RealAccountOptions, terminal: Terminal): Promise<number> {
  const { connection, accounts, data, file, stay, yes, allowHosts } = options;
  const { write, ended } = terminal;
  const [account = ""] = accounts;
  const login = readConnectionFile(await readTextFile(process.cwd(), connection), { file: connection, account });
  const folder = resolve(data);
  const known = await readFile(join(folder, "salt"), "utf8").catch(() => "");
  const salt = known === "" ? randomUUID() : known;
  const secrets =
    options.secrets === undefined
      ? []
      : readSecretsFile(await readTextFile(process.cwd(), options.secrets), options.secrets, salt);
  // As the command line will, which reads it again: what is wrong with it is told before a folder is there.
  if (file !== undefined) {
    const text = await readTextFile(process.cwd(), file);
    const messages = readManifests(text, { file, accounts, now: systemClock.now(), variables });
    requireSecrets(
      messages.map(({ body }) => body),
      secrets,
      options.secrets,
    );
  }
  const { ringcxUrl, platformUrl } = login.connection;
  const isLocal = new URL(ringcxUrl).protocol === "http:";
  const settings: EnvironmentInput = {
    name: "local",
    region: "us-east-1",
    connections: [{ name: "local", accountIds: [...accounts], ringcxUrl, platformUrl }],
    probe: { allowedHosts: [...allowHosts], ...(isLocal && { allowPrivateAddresses: true, allowHttp: true }) },
  };
  // Before anything starts: the functions would try a login that is refused for minutes.
  await orEnded(demandLogin({ ...login.connection, name: "local" }, login.credentials, systemClock), ended);
  await makeFolder(folder, data, salt);
  write(`Starting against ${ringcxUrl}, accounts ${accounts.join(", ")}; the table is in ${data}`);
  const starting = startLocalHost({
    environment: settings,
    synthesizesApart: true,
    dataFolder: folder,
    holdsSchedules: true,
  });
  const host = await orEnded(starting, ended);
  const systemFile = join(folder, "system.json");
  let claimed: SystemFile | undefined;
  let earlier: EarlierMessages | undefined;
  try {
    await orEnded(putSecrets(host, accounts, login.credentials, secrets), ended);
    earlier = await orEnded(earlierMessages(host, accounts, systemClock.now()), ended);
    // The folder is this process's alone, and so is its file.
    claimed = claimSystemFile(systemFile);
    claimed.write({ ...addressesOf(host, settings), variables });
    const inFile = secrets.map(({ name }) => name);
    for (const line of missingSecretLines(earlier.neededSecrets, inFile, options.secrets)) write(line);
    for (const line of earlier.changeLines) write(line);
    const before = await workOffEarlier(earlier, options, terminal);
    if (before === undefined) return exitCodes.changes;
    let code: number = exitCodes.done;
    if (file !== undefined) {
      code = await plan(file, systemFile, terminal);
      if (ended.aborted || (code === exitCodes.failed && !yes)) return code;
      // Sweeps carry out what is noted, also where the file changes nothing.
      const isNoted = earlier.changeLines.length > 0;
      const question = code === exitCodes.changes ? "Carry it out?" : "Carry out what an earlier run has noted?";
      const asks = !yes && (code === exitCodes.changes || isNoted);
      if (asks && !(await isAgreed(question, terminal))) return exitCodes.changes;
    }
    // A changed value is brought over at once: the former one is not here any more, and probes of what has it see nothing.
    if (stay) await orEnded(host.runSchedule("MirrorSchedule"), ended);
    host.startSchedules();
    if (code === exitCodes.changes) code = await runCli(["apply", file ?? "", "--local", systemFile], contextOf(ended));
    if (code === exitCodes.done) code = before;
    if (!stay && !ended.aborted) {
      const left = await orEnded(earlier.settleChanges(systemClock, ended), ended);
      for (const line of left.lines) write(line);
      if (code === exitCodes.done) code = left.exitCode;
    }
    if (!stay || ended.aborted) return code;
    write(
      `\nIt keeps running until Ctrl-C. Talk to it with: npm run ops -- status --local ${join(data, "system.json")}`,
    );
    await end(ended);
    return code;
  } finally {
    claimed?.remove();
    earlier?.close();
    // The table stays: whoever is killed in the middle holds its account there, and the next run has to wait for that.
    await host.stop({ graceMs: 1_500 });
  }
}

/**
 * Has carried out what an earlier run has left, where that is agreed to, and tells what became of it.
 *
 * @returns the exit code that says it: nothing where it is not agreed to, 0 where it goes on beside a run that stays
 */
async function workOffEarlier(
  { lines, wake, settle }: EarlierMessages,
  { file, stay, yes }: RealAccountOptions,
  terminal: Terminal,
): Promise<number | undefined> {
  const { write, ended } = terminal;
  if (lines.length === 0) return exitCodes.done;
  for (const line of lines) write(line);
  // They are worked on with the next message of the account, of a plan as well.
  if (file !== undefined && !yes) {
    write(`They come before ${file}, of a plan as well. --yes carries them out; without it they stay as they are.`);
    if (!(await isAgreed("Carry out first what an earlier run has left?", terminal))) return undefined;
  }
  await wake();
  const settled = settle(systemClock, ended, painter(isColored())).then((told) => {
    for (const line of told.lines) write(line);
    return told.exitCode;
  });
  if (file !== undefined || !stay) return settled;
  settled.catch((error: unknown) => ended.aborted || write(`What became of them is not known: ${String(error)}`));
  return exitCodes.done;
}

/** Shows what a file would change. @returns the exit code of `ops plan` */
async function plan(file: string, systemFile: string, { write, ended }: Terminal): Promise<number> {
  const code = await runCli(["plan", file, "--local", systemFile], contextOf(ended));
  if (code === exitCodes.failed && !ended.aborted) {
    write(
      "Nothing was carried out: what is refused is not begun. Where one message needs what another of the file makes, carry that out first.",
    );
  }
  return code;
}

/** Asks whether something may be written. */
async function isAgreed(question: string, { write, isInteractive, ended }: Terminal): Promise<boolean> {
  if (!isInteractive) {
    write("Nothing was changed. To carry it out give --yes.");
    return false;
  }
  const line = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await line.question(`${question} [y/N] `, { signal: ended }).catch(() => "");
  line.close();
  const isYes = /^y(es)?$/i.test(answer.trim());
  if (!isYes) write("Nothing was changed.");
  return isYes;
}

function isColored(): boolean {
  return process.stdout.isTTY === true && process.stdout.hasColors();
}

function contextOf(ended: AbortSignal): CliContext {
  return {
    process: { stdout: process.stdout, stderr: process.stderr, env: process.env },
    clock: systemClock,
    directory: process.cwd(),
    user: "operator",
    isColored: isColored(),
    interrupted: ended,
    endsSystem: true,
    readStandardInput: () => Promise.reject(new Error("Standard input is for the question")),
  };
}

async function putSecrets(
  { clientConfig, outputs }: LocalHost,
  accounts: readonly string[],
  { clientId, clientSecret, jwt }: ConnectionCredentials,
  secrets: ReturnType<typeof readSecretsFile>,
): Promise<void> {
  const client = new SecretsManagerClient(clientConfig);
  const login = { clientId: clientId.reveal(), clientSecret: clientSecret.reveal(), jwt: jwt.reveal() };
  await client.send(
    new PutSecretValueCommand({ SecretId: outputs.ConnectionSecretArnLocal, SecretString: JSON.stringify(login) }),
  );
  for (const { name, SecretString, hosts, versionId } of secrets) {
    const tags = {
      "ringcx:connection": "local",
      "ringcx:accounts": accounts.join(" "),
      "ringcx:hosts": hosts.join(" "),
    };
    await client.send(
      new CreateSecretCommand({
        Name: name,
        SecretString,
        ClientRequestToken: versionId,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
  }
  client.destroy();
}

/** The salt is kept from the first run on. */
async function makeFolder(folder: string, data: string, salt: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(join(folder, "salt"), salt, { mode: 0o600 });
  } catch (error) {
    throw new UsageError(`--data ${data} cannot be made: ${fileErrorWords(error)}.`);
  }
}
