import { examples } from "../../infra/edition.ts";
import { opsCommand } from "../command.ts";
import { accountsOf } from "../environment/environment.ts";
import { readAlarms } from "../read/alarms.ts";
import { findService } from "../read/find-service.ts";
import { askedAccounts, readOwnFaults } from "../read/health.ts";
import { checkedAccount } from "../read/known-account.ts";
import { readOutcomes } from "../read/outcomes.ts";
import { type KnownService, readServices } from "../read/services.ts";
import { concerns, isAbout } from "../view/is-about.ts";
import { isProbed, serviceState } from "../view/service-state.ts";
import { ownFaultLine } from "../view/status.ts";
import { type Story, storyText } from "../view/story.ts";
import { accountFlag, servicePositional } from "./flags.ts";

/** So many outcomes of a service are shown, of so many days. */
const mostOutcomes = 10;
const lookBackMs = 7 * 24 * 60 * 60_000;

/** `why SERVICE`: why it is as it is. */
export const whyCommand = opsCommand<{ account?: string }, [service: string]>({
  brief: "Why a service is as it is: reasons, holds, alarms now, last outcomes",
  description: examples(
    'ops why "Lookup customer by ANI" --local',
    "ops why enrichment/lookup --environment production",
  ),
  flags: { account: accountFlag },
  positional: servicePositional,
  async run({ context, environment, paint }, { account }, text) {
    const now = context.clock.now();
    const { table } = environment;
    const accounts = askedAccounts(environment, checkedAccount(environment, account));
    const known = await Promise.all(accounts.map((accountId) => readServices(table, accountId)));
    const services = known.flatMap((account) => account.services);
    const service = findService(services, text);
    const names = services.map(({ name }) => name).filter(({ accountId }) => accountId === service.name.accountId);
    const [alarms, outcomes, faults] = await Promise.all([
      readAlarms(environment, service.alarms),
      readOutcomes(table, { since: now - lookBackMs, now }),
      readOwnFaults(environment, service.name.accountId),
    ]);
    const story: Story = {
      state: serviceState(service, now, {
        isOneAccount: accountsOf(environment).length === 1,
        failoverMode: environment.failoverMode,
      }),
      memory: service.memory,
      ...(environment.failoverMode && { failoverMode: environment.failoverMode }),
      alarms,
      notAsked: faults.filter((fault) => concerns(fault, service.name, names)).map(ownFaultLine),
      ...(service.declared && { declared: declaredOf(service.declared) }),
      outcomes: outcomes.filter((outcome) => isAbout(outcome, service.name, names)).slice(0, mostOutcomes),
    };
    return { text: storyText(story, now, paint), json: story };
  },
});

function declaredOf(declared: NonNullable<KnownService["declared"]>): NonNullable<Story["declared"]> {
  const { manifest, generation } = declared;
  const { httpServiceConfig, soapEndpoint, authConfig, health } = manifest;
  const url = httpServiceConfig?.url ?? soapEndpoint;
  return {
    ...(url !== undefined && { url }),
    ...(authConfig !== undefined && { authConfig }),
    isProbed: isProbed(declared),
    ...(health?.recovery !== undefined && { recovery: health.recovery }),
    ...(health?.mode !== undefined && { mode: health.mode }),
    ...(generation && { message: `${generation.source}/${generation.id} of ${generation.time}` }),
  };
}
