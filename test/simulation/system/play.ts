import { RotateSecretCommand } from "@aws-sdk/client-secrets-manager";
import type { ProvisioningMessage } from "../../../shared/contract/provisioning-message.ts";
import { accountIds } from "../../support/world/outside.ts";
import { deployments } from "./deployments.ts";
import { asEarlierReleaseLeft } from "./earlier-items.ts";
import type { Happening } from "./happenings.ts";
import {
  accountOf,
  alarms,
  authTypes,
  groupName,
  issuerOf,
  resourcesOf,
  type SimulatedAuthType,
  secretOf,
  secretValue,
  services,
  type Wanted,
} from "./manifests.ts";
import { People } from "./people.ts";
import { overlapMs, type System } from "./system.ts";

/** A message as it was sent, and what it wants of services. */
export interface Sent {
  accountId: string;
  id: string;
  type: ProvisioningMessage["type"];
  /** Epoch milliseconds. */
  sentAt: number;
  /** ISO 8601, when its sender meant it. */
  time: string;
  isDryRun: boolean;
  wanted: readonly Wanted[];
  retired?: { service: string; isDeleted: boolean };
  /** It promotes this service. */
  isCopyOf?: string;
}

/** Plays happenings in a system, and remembers what they asked for. */
export class Player {
  readonly system: System;
  readonly sent: Sent[] = [];
  readonly commands: string[] = [];
  readonly people: People;
  /** Every value that is secret. */
  readonly canaries: string[] = [];
  readonly untagged = new Set<SimulatedAuthType>();
  #marks = 0;

  constructor(system: System) {
    this.system = system;
    this.people = new People(system);
  }

  /** Secrets, and all services in the first account, unless nothing is to be there. */
  async begin({ isEmpty = false }: { isEmpty?: boolean } = {}): Promise<void> {
    const { outside } = this.system;
    for (const type of authTypes) {
      const tags = { "ringcx:issuer": issuerOf[type], "ringcx:overlap": `${overlapMs / 60_000}m` };
      await outside.createSecret(secretOf(type), this.#nextValue(type), tags);
      const RotationLambdaARN = "arn:aws:lambda:eu-central-1:000000000000:function:rotate";
      const rules = { RotationLambdaARN, RotateImmediately: false };
      await outside.secrets.send(new RotateSecretCommand({ SecretId: secretOf(type), ...rules }));
    }
    for (const alarm of [0, 1]) this.#setAlarm(alarm, "OK");
    if (isEmpty) return;
    const first = { account: 0, team: 0, isEnabled: true, late: 0, dryRun: false, copies: 1 };
    await this.play({ do: "apply", ...first, services });
    await this.system.live(20_000);
  }

  /** One thing happens, and a moment passes. */
  async play(happening: Happening): Promise<void> {
    const { do: what, ...facts } = happening;
    const words = Object.entries(facts).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
    this.system.note(`${what} ${words.join(", ")}`);
    await this.#happen(happening);
    await this.system.live(happening.do === "pass" ? happening.seconds * 1_000 : 40);
  }

  /** Nothing fails any more, and nobody does anything. */
  async heal(): Promise<void> {
    const { outside, faults } = this.system;
    this.system.note("all is well from here on");
    faults.clear();
    outside.simulator.faults.clear();
    outside.crm.setDown(false);
    this.system.deploy({});
    for (const type of this.untagged) await outside.permitSecret(secretOf(type), true);
    for (const alarm of [0, 1]) this.#setAlarm(alarm, "OK");
  }

  async #happen(happening: Happening): Promise<void> {
    const { outside, faults } = this.system;
    switch (happening.do) {
      case "apply":
        return this.#apply(happening);
      case "burst":
        for (let one = 0; one < happening.count; one += 1) {
          const facts = { team: one % 2, isEnabled: true, late: 0, dryRun: false, copies: 1 };
          this.#apply({ do: "apply", account: happening.account, ...facts, services });
        }
        return undefined;
      case "copy":
        return this.#copy(happening);
      case "retire":
        return this.#retire(happening);
      case "command":
        return this.#command(happening);
      case "alarm":
        return this.#setAlarm(happening.alarm, happening.state);
      case "endpoint":
        return outside.crm.setDown(happening.isDown);
      case "secret":
        return outside.putSecret(secretOf(happening.type), this.#nextValue(happening.type));
      case "tags":
        if (happening.isPermitted) this.untagged.delete(happening.type);
        else this.untagged.add(happening.type);
        return outside.permitSecret(secretOf(happening.type), happening.isPermitted);
      case "rotate":
        return this.people.inSecretsManager(new RotateSecretCommand({ SecretId: secretOf(happening.type) }));
      case "back":
        return this.people.goBack(secretOf(happening.type));
      case "alarm tag":
        return this.people.tagAlarm(happening);
      case "deploy":
        return this.system.deploy(deployments[happening.what]);
      case "click":
        return this.people.click(happening);
      case "fault":
        return faults.add(happening);
      case "storm":
        return faults.storm({
          until: this.system.time.now + 1_000 * happening.seconds,
          share: happening.percent / 100,
        });
      case "later items":
        for (const { pk, sk } of outside.table.everything()) {
          await outside.table.update({ pk, sk }, { ofLaterVersion: { isKnown: false } });
        }
        return undefined;
      case "earlier items":
        for (const item of outside.table.everything()) await outside.table.put(asEarlierReleaseLeft(item));
        return this.system.deploy({});
      case "profile":
      case "from nothing":
      case "pass":
        return undefined;
    }
  }

  #apply({ account, team, services, isEnabled, late, dryRun, wrong, copies }: Happening & { do: "apply" }): void {
    const wanted = services.map((service) => ({ service, mark: this.#nextMark(), isEnabled }));
    const resources = resourcesOf(this.system.outside, wanted).map((resource) => {
      // Where no secret goes with it, any host will do.
      if (wrong === "host" && "authConfig" in resource) {
        return { ...resource, httpServiceConfig: { url: `${this.system.outside.elsewhere.url}/take` } };
      }
      if (wrong === "field") return { ...resource, unknownField: 1 };
      return wrong === "secret" && "secretId" in resource ? { ...resource, secretId: "crm/none" } : resource;
    });
    this.#send("ringcx.apply.v1", account, { dryRun, resources }, { team, late, copies, wanted, isDryRun: dryRun });
  }

  #copy({ account, service, isPromoted }: Happening & { do: "copy" }): void {
    const overrides = { isEnabled: isPromoted };
    if (isPromoted) {
      const type = service === "Lookup" ? "OAUTH" : "BASIC";
      const authConfigs =
        service === "Plain" ? {} : { authConfigs: [{ from: `CRM ${type}`, secretId: secretOf(type) }] };
      const from = { accountId: accountOf(0), groupName, serviceDescription: service };
      this.#send("ringcx.copy.v1", 1, { from, overrides: { ...overrides, ...authConfigs } }, { isCopyOf: service });
    } else {
      const from = { groupName, serviceDescription: service };
      const to = { serviceDescription: `${service}, new` };
      this.#send("ringcx.copy.v1", account, { from, to, overrides });
    }
  }

  #retire({ account, service, delete: isDeleted }: Happening & { do: "retire" }): void {
    const resource = { kind: "httpService", groupName, serviceDescription: service };
    const resources = [{ ...resource, ...(isDeleted && { delete: "service" }) }];
    this.#send("ringcx.retire.v1", account, { resources }, { retired: { service, isDeleted } });
  }

  #send(
    type: Sent["type"],
    account: number,
    data: object,
    {
      team = 0,
      late = 0,
      copies = 1,
      ...more
    }: Partial<Pick<Sent, "wanted" | "isDryRun" | "retired" | "isCopyOf">> & {
      team?: number;
      late?: number;
      copies?: number;
    } = {},
  ): void {
    const { time, messages } = this.system;
    const accountId = accountOf(account);
    const number = this.sent.length + 1;
    const meantAt = new Date(time.now - late * 60_000 + number).toISOString();
    const event = { specversion: "1.0", id: `m${number}`, source: `/team-${team}`, type, time: meantAt };
    const body = JSON.stringify({ ...event, data: { accountId, ...data } });
    const id = `${event.source}/${event.id}`;
    this.sent.push({ accountId, id, type, sentAt: time.now, time: meantAt, wanted: [], isDryRun: false, ...more });
    if (copies > 1) this.system.sentAgain.add(id);
    for (let copy = 0; copy < copies; copy += 1) messages.send(body, { group: accountId });
  }

  #command({ account, service, command, minutes, copies }: Happening & { do: "command" }): void {
    const { time, commands } = this.system;
    const hasEnd = ["keep-inactive", "hands-off", "override"].includes(command);
    const number = this.commands.length + 1;
    const event = {
      specversion: "1.0",
      id: `c${number}`,
      source: "/ops",
      type: "ringcx.command.v1",
      time: new Date(time.now).toISOString(),
      data: {
        command,
        accountId: accountOf(account),
        groupName,
        serviceDescription: service,
        by: "ada",
        why: "test",
        ...(hasEnd && { until: new Date(time.now + minutes * 60_000).toISOString() }),
      },
    };
    this.commands.push(`${event.source}/${event.id}`);
    if (copies > 1) this.system.sentAgain.add(`${event.source}/${event.id}`);
    for (let copy = 0; copy < copies; copy += 1) commands.send(JSON.stringify(event));
  }

  #setAlarm(alarm: number, state: "OK" | "ALARM" | "INSUFFICIENT_DATA"): void {
    const { time, outside, alarmEvents } = this.system;
    const arn = String(alarms[alarm]);
    const before = outside.alarms.get(arn);
    if (before?.state === state) return;
    outside.alarms.set(arn, { state, reason: `it is ${state}`, since: new Date(time.now).toISOString() });
    if (before) alarmEvents.send(JSON.stringify({ resources: [arn] }));
  }

  #nextValue(type: SimulatedAuthType): Record<string, string> {
    const value = secretValue(this.system.outside, type, this.#nextMark());
    this.canaries.push(String(type === "BASIC" ? value.password : value.secret));
    return value;
  }

  #nextMark(): number {
    this.#marks += 1;
    return this.#marks;
  }
}

/** All accounts, for who looks at them. */
export const everyAccount = accountIds;
