import { environmentOfLocal } from "../../../cli/environment/local.ts";
import { connectEnvironment } from "../../../cli/environment/open-environment.ts";
import { demonstrationActions } from "../../../console/actions.ts";
import { startConsole } from "../../../console/start.ts";
import { logEntry, outcomeEntry, Timeline } from "../../../console/timeline.ts";
import { authConfigStateKey } from "../../../shared/records/credential/auth-config-state.ts";
import {
  accounts,
  type DemoEnvironment,
  type DemoEnvironmentOptions,
  output,
  startDemoEnvironment,
} from "./demo-environment.ts";
import { playExample } from "./example-story.ts";
import { type LocalSystem, localSystemFile } from "./local-system.ts";
import { playMessages } from "./played-messages.ts";
import { type Expectation, table, verdict } from "./report.ts";

/** The system at work on this machine. */
export interface Demonstration {
  /** Plays the example through all three jobs. True when everything is as it should be. */
  playExample(text: string): Promise<boolean>;
  /** Plays a file of messages. True when each was carried out. */
  playMessages(text: string): Promise<boolean>;
  /** Where its parts are. */
  system(): LocalSystem;
  /**
   * Tells how to talk to the running system.
   *
   * @param file in which its addresses are
   */
  explainStay(file: string | undefined): void;
  stop(): Promise<void>;
}

/** How it is shown. */
export interface DemonstrationOptions
  extends Pick<DemoEnvironmentOptions, "clock" | "write" | "allowHosts" | "windowMs" | "profile" | "issuer"> {
  /** It stays, and has a page that shows it at work. */
  stay: boolean;
  /** Print what the functions log. */
  verbose: boolean;
}

/** @throws {AggregateError} when a host is none, naming it */
export async function startDemonstration({ stay, verbose, ...options }: DemonstrationOptions): Promise<Demonstration> {
  const { write, clock } = options;
  const timeline = new Timeline();
  const environment = await startDemoEnvironment({
    ...options,
    onLog(record, functionName) {
      timeline.add(logEntry(record, functionName, clock.now()));
      if (verbose) write(`            ${functionName} ${JSON.stringify(record)}`);
    },
    onOutcome: (outcome) => timeline.add(outcomeEntry(outcome)),
  });
  const page = stay ? await startPage(environment, timeline) : undefined;
  if (page) environment.narrator.say(`watch it at ${page.url}`);
  const conclude = async (expectations: Expectation[]) => {
    const rateLimited = environment.simulator.requests.filter(({ status }) => status === 429).length;
    const all = [
      ...expectations,
      { what: "no request is refused for its rate", holds: rateLimited === 0, found: `${rateLimited} answers of 429` },
    ];
    write(`\n${await account(environment)}\n\n${verdict(all)}`);
    return all.every(({ holds }) => holds);
  };
  return {
    playExample: async (text) => conclude(await toTheEnd(playExample(environment, text))),
    playMessages: async (text) => conclude(await toTheEnd(playMessages(environment, text))),
    system: () => ({ ...environment.system(), ...(page && { consoleUrl: page.url }) }),
    explainStay: (file) => write(`\n${howToTalk(environment, page?.url, file)}`),
    async stop() {
      await page?.stop();
      await environment.stop();
    },
  };
}

async function startPage(
  environment: DemoEnvironment,
  timeline: Timeline,
): Promise<{ url: string; stop(): Promise<void> }> {
  const { clock, simulator } = environment;
  const found = environmentOfLocal(environment.system());
  if (!found) throw new Error("The stack has not the outputs that the console needs");
  const connected = connectEnvironment(found);
  const { actions, on } = demonstrationActions(environment);
  const { url, stop } = await startConsole({
    environment: connected,
    clock,
    timeline,
    requests: () => simulator.requests,
    actions,
    on,
  });
  return {
    url,
    async stop() {
      await stop();
      connected.close();
    },
  };
}

/** What does not happen in time is one more thing that differs, not the end of the report. */
async function toTheEnd(played: Promise<Expectation[]>): Promise<Expectation[]> {
  try {
    return await played;
  } catch (error) {
    return [
      { what: "it runs to its end", holds: false, found: error instanceof Error ? error.message : String(error) },
    ];
  }
}

/** What there is now: services, outcomes, requests. */
async function account({ simulator, feed, stateTable }: DemoEnvironment): Promise<string> {
  const services: string[][] = [];
  for (const accountId of accounts) {
    const { groups, authConfigs } = simulator.state(accountId);
    for (const group of groups) {
      for (const { serviceDescription, isEnabled, authConfigId } of group.services) {
        const auth = authConfigs.find((config) => config.authConfigId === authConfigId);
        const state = auth && (await stateTable.get(authConfigStateKey(accountId, auth.authConfigId)));
        services.push([
          accountId,
          `${group.groupName} / ${serviceDescription}`,
          isEnabled ? "active" : "inactive",
          auth ? `${auth.providerName} (${auth.authType})` : "-",
          String(state?.appliedVersionId ?? "-"),
        ]);
      }
    }
  }
  const outcomes = feed.outcomes.map(({ data: { cause, status, summary } }) => [status, cause.type, summary]);
  const refused = simulator.requests.filter(({ status }) => status === 429).length;
  return [
    table(["Account", "Service", "State", "Auth config", "Version of its secret"], services),
    table(["Outcome", "Of", "Summary"], outcomes),
    `RingCX requests: ${simulator.requests.length}, refused for their rate (429): ${refused}`,
  ].join("\n\n");
}

function howToTalk(
  { host, simulator, crm, faultsUrl }: DemoEnvironment,
  page: string | undefined,
  file = localSystemFile,
): string {
  return [
    "It keeps running until Ctrl-C.",
    ...(page === undefined ? [] : [`  console             ${page}`]),
    `  AWS endpoint        ${host.endpoint} (region ${host.region}, any AWS SDK or command line; access key ${host.credentials.accessKeyId})`,
    `  faults of AWS       ${faultsUrl}`,
    `  provisioning queue  ${output(host, "ProvisioningQueueUrl")}`,
    `  command queue       ${output(host, "CommandQueueUrl")}`,
    `  outcome topic       ${output(host, "OutcomeTopicArn")}`,
    `  state table         ${output(host, "TableName")}`,
    `  RingCX simulator    ${simulator.url}/_simulator/state, account ${simulator.accountId}`,
    `  CRM                 ${crm.url}`,
    `  command line        npm run ops -- status --local${file === localSystemFile ? "" : ` ${file}`}`,
  ].join("\n");
}
