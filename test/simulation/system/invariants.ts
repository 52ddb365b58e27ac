import { isDeepStrictEqual } from "node:util";
import { parsedConfig } from "../../../infra/local/ringcx-simulator/fields/service-config.ts";
import { activationKey } from "../../../shared/records/account/activation.ts";
import { fromItem } from "../../../shared/records/account/activation-item.ts";
import { failoverMemoryOf } from "../../../shared/records/account/failover-memory.ts";
import { readRotationReport } from "../../../shared/records/credential/rotation-report.ts";
import { authTypes, groupName, inputsOf, pathOf, secretOf, services } from "./manifests.ts";
import { everyAccount, type Player } from "./play.ts";
import type { System } from "./system.ts";

/** What is not as it should be once the world has settled, in words. */
export async function violationsIn(player: Player): Promise<string[]> {
  return [
    ...player.system.broken,
    ...messages(player),
    ...twins(player),
    ...(await activations(player)),
    ...changes(player),
    ...desired(player),
    ...(await credentials(player)),
    ...rate(player),
    ...(await secrecy(player)),
  ];
}

/** Every message and command has ended, and was told once. */
function messages({ system, sent, commands }: Player): string[] {
  const found: string[] = [];
  if (system.open > 0) found.push(`${system.open} messages, commands or events are still in their queues`);
  for (const id of [...sent.map((one) => one.id), ...commands]) {
    if (!system.told.has(id)) found.push(`nobody was told what became of ${id}`);
  }
  try {
    system.ids.check();
  } catch (error) {
    found.push(String(error));
  }
  return found;
}

/** Of each name there is one. */
function twins({ system }: Player): string[] {
  return everyAccount.flatMap((accountId) => {
    const { groups, authConfigs } = system.outside.simulator.state(accountId);
    const names = [
      ...groups.map(({ groupName }) => `group ${groupName}`),
      ...authConfigs.map(({ providerName }) => `auth config ${providerName}`),
      ...groups.flatMap(({ groupName, services }) =>
        services.map(({ serviceDescription }) => `service ${groupName}/${serviceDescription}`),
      ),
    ];
    const twice = names.filter((name, index) => names.indexOf(name) !== index);
    return twice.map((name) => `account ${accountId} has a second ${name}`);
  });
}

/** No service is active with a reason against it, and none inactive without one; what was to be done about it is done. */
async function activations({ system, people: { clicked } }: Player): Promise<string[]> {
  const { now } = system.time;
  const found: string[] = [];
  for (const { accountId, groupName, service } of everyService(system)) {
    const { serviceDescription, isEnabled } = service;
    const name = `${accountId}/${groupName}/${serviceDescription}`;
    const item = await system.outside.table.get(activationKey({ accountId, groupName, serviceDescription }));
    const record = fromItem(item);
    // Said once more here, so that the product's own rule is not its judge.
    const holds = (one: { until?: string } | undefined) =>
      one !== undefined && (one.until === undefined || Date.parse(one.until) > now);
    const against = record.reasons.filter(
      (reason) =>
        holds("until" in reason ? reason : {}) &&
        !(holds(record.override) && ["OUTAGE", "FLAPPING"].includes(reason.kind)),
    );
    const isActive = against.length === 0;
    const because = against.map(({ kind }) => kind).join() || "no reason";
    const { requiresCommand, suppressed } = failoverMemoryOf(record);
    // Its alarms and its endpoint have been well for a quarter of an hour.
    if (record.reasons.some(({ kind }) => kind === "OUTAGE") && !requiresCommand) found.push(`${name} is kept out`);
    if (suppressed) found.push(`an outage of ${name} is held back still`);
    const click = clicked.get(`${accountId}/${serviceDescription.replace(", renamed", "")}`);
    if (click?.isRenamed) continue;
    if ((record.intents ?? []).length > 0) found.push(`${name} has intents left: ${JSON.stringify(record.intents)}`);
    // A person's last word holds against a manifest and another person's; that is told.
    const isLeft = click !== undefined && isEnabled && toldOf(system, name).some((words) => /is left so/.test(words));
    if (isLeft || holds(record.handsOff) || isEnabled === isActive) continue;
    found.push(`${name} is ${isEnabled ? "active" : "inactive"}, but: ${because}`);
  }
  return found;
}

/** Each change of a service is told once, and nothing else is told as one. */
function changes({ system, people: { clicked } }: Player): string[] {
  const names = new Set(system.changes.map(({ service }) => service));
  return [...names].flatMap((name) => {
    const [accountId, , service = ""] = name.split("/");
    // A clone is at first as its source is; it is told as cloned.
    const isClone = service.endsWith(", new");
    if (isClone || clicked.has(`${accountId}/${service.replace(", renamed", "")}`)) return [];
    const own = system.changes.filter((one) => one.service === name);
    // Who goes on after a crash makes a service that was not finished inactive first: what it came to is told.
    const made = own.filter(({ isBeingMade }) => isBeingMade).slice(-1);
    const done = own.map(({ isActive }) => wordOf(isActive));
    const since = own.filter((one) => !one.isBeingMade);
    const finished = [...made, ...since].map(({ isActive }) => wordOf(isActive));
    // One that RingCX makes active and its manifest wants inactive is told as created, and no more.
    const born = made.some(({ isActive }) => isActive) ? finished : since.map(({ isActive }) => wordOf(isActive));
    const told = [...system.told.values()].flatMap(({ data }) =>
      (data.resources ?? [])
        .filter((one) => `${data.accountId}/${one.name}` === name && one.result !== "PLANNED")
        .flatMap((one) => (one.changes ?? []).filter((change) => change === wordOf(true) || change === wordOf(false))),
    );
    if ([done, finished, born].some((words) => isDeepStrictEqual(told.toSorted(), words.toSorted()))) return [];
    return [`${name} was ${done.join(", ") || "left"}, and told as ${told.join(", ") || "nothing"}`];
  });
}

function wordOf(isActive: boolean): string {
  return isActive ? "activated" : "deactivated";
}

/** What an apply that succeeded wanted of a service, RingCX has, unless somebody has changed it since. */
function desired({ system, sent, people: { clicked } }: Player): string[] {
  const found: string[] = [];
  for (const accountId of everyAccount) {
    for (const name of services) {
      const about = sent.filter(
        (one) =>
          one.accountId === accountId &&
          !one.isDryRun &&
          (one.wanted.some(({ service }) => service === name) ||
            one.retired?.service === name ||
            one.isCopyOf === name),
      );
      // In the order of the queue, as far as they were about it at all.
      const last = about.filter((one) => resultOf(system, one.id, `${groupName}/${name}`) !== "SKIPPED").at(-1);
      const result = last && resultOf(system, last.id, `${groupName}/${name}`);
      if (!last || !["CREATED", "UPDATED", "UNCHANGED", "DELETED"].includes(String(result))) continue;
      const click = clicked.get(`${accountId}/${name}`);
      if (click && (click.isRenamed || click.at >= last.sentAt)) continue;
      const has = everyService(system).find(
        (one) => one.accountId === accountId && one.service.serviceDescription === name,
      )?.service;
      const where = `${accountId}/${groupName}/${name}`;
      const wanted = last.wanted.find(({ service }) => service === name);
      // One that never was is retired, too.
      const isRight = last.retired ? !last.retired.isDeleted || !has : has !== undefined;
      if (!isRight) {
        found.push(`${where} ${has ? "is there" : "is not there"} after ${last.id}`);
      }
      if (!wanted || !has) continue;
      const url = String(parsedConfig(has.httpServiceConfig)?.url).replace(system.outside.crm.url, "");
      if (url !== pathOf(name, wanted.mark)) found.push(`${where} has ${url}, but ${last.id} wants ${wanted.mark}`);
      const inputs = has.inputs.map((input) => input.name).toSorted();
      if (!isDeepStrictEqual(inputs, inputsOf(wanted.mark))) {
        found.push(`${where} has the inputs ${inputs.join()}, but ${last.id} wants ${inputsOf(wanted.mark).join()}`);
      }
    }
  }
  return found;
}

/** RingCX has the current value of each secret that an auth config gets its value from, or it is told why not. */
async function credentials({ system }: Player): Promise<string[]> {
  const found: string[] = [];
  const { outside } = system;
  const report = await readRotationReport(outside.table);
  for (const accountId of everyAccount) {
    for (const config of outside.simulator.state(accountId).authConfigs) {
      const type = authTypes.find((one) => config.providerName === `CRM ${one}`);
      const value = type && outside.currentValue(secretOf(type));
      if (!value) continue;
      // It was never finished, and that was told with the reason: as where RingCX has put it under another id.
      const results = resultsOf(system, `${accountId}/${config.providerName}`);
      if (results.length > 0 && results.every((result) => result === "FAILED")) continue;
      const isCurrent = Object.entries(value).every(([field, one]) => isDeepStrictEqual(config[field], one));
      const line = report?.lines.find((one) => one.accountId === accountId && one.authConfigId === config.authConfigId);
      if (!isCurrent && !line) found.push(`${accountId} ${config.providerName} has another value than its secret`);
      if (isCurrent && line)
        found.push(`${accountId} ${config.providerName} is current, but reported: ${line.concerns}`);
    }
  }
  return found;
}

/** Never more of our requests than RingCX allows in any minute. */
function rate({ system }: Player): string[] {
  return everyAccount.flatMap((accountId) => {
    const times = system.outside.simulator.requests.flatMap((one) => (one.accountId === accountId ? [one.at] : []));
    const tooMany = times.find((at, index) => (times[index + 120] ?? Number.POSITIVE_INFINITY) < at + 60_000);
    return tooMany === undefined ? [] : [`more than 120 requests in a minute in account ${accountId}`];
  });
}

/** No value of a secret is told, logged or stored. */
async function secrecy({ system, canaries }: Player): Promise<string[]> {
  const places = {
    "an outcome": [...system.told.values()].map((outcome) => JSON.stringify(outcome)),
    "the log": system.logged,
    "the table": system.outside.table.everything().map((item) => JSON.stringify(item)),
    "what another host was sent": system.outside.elsewhere.heard,
  };
  const secrets = [...canaries, ...system.outside.issuer.issued()];
  return Object.entries(places).flatMap(([place, texts]) => {
    const isIn = texts.some((text) => madeAtRandom.test(text) || secrets.some((secret) => text.includes(secret)));
    return isIn ? [`a secret's value is in ${place}`] : [];
  });
}

/** What the rotation function makes where a secret's tag says `random`. */
const madeAtRandom = /random-[0-9a-f]{8}-/;

function everyService(system: System) {
  return everyAccount.flatMap((accountId) =>
    system.outside.simulator
      .state(accountId)
      .groups.flatMap(({ groupName, services }) => services.map((service) => ({ accountId, groupName, service }))),
  );
}

/** What a message's outcome says of a resource. */
function resultOf(system: System, messageId: string, name: string): string | undefined {
  const { resources = [] } = system.told.get(messageId)?.data ?? {};
  return resources.find((one) => one.kind === "httpService" && one.name === name)?.result;
}

/** What all outcomes say of a resource, dry runs aside. @param name with the account before it: `account/group/service` */
function resultsOf(system: System, name: string): string[] {
  return [...system.told.values()].flatMap(({ data }) =>
    (data.resources ?? []).flatMap((one) =>
      `${data.accountId}/${one.name}` === name && !["PLANNED", "SKIPPED"].includes(one.result) ? [one.result] : [],
    ),
  );
}

function toldOf(system: System, name: string): string[] {
  return [...system.told.values()].flatMap(({ data }) =>
    (data.resources ?? []).some((one) => `${data.accountId}/${one.name}` === name) ? [data.summary] : [],
  );
}
