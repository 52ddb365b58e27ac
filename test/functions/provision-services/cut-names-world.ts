import { afterEach } from "vitest";
import type { Profile } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { type Fixture, retireMessage, service, startFixture } from "./fixture.ts";

let fixture: Fixture | undefined;
afterEach(() => fixture?.stop());

/** RingCX cuts names, and answers otherwise besides. */
export const profiles: Readonly<Record<string, Partial<Profile>>> = {
  "names are cut": { "names.length": "cut" },
  "and answered with nothing, and may be twice": {
    "names.length": "cut",
    "names.duplicates": "allowed",
    "services.createAnswer": "nothing",
  },
  "and shown late, and born active": {
    "names.length": "cut",
    "names.duplicates": "allowed",
    "services.createAnswer": "nothing",
    "services.born": "active",
    "consistency.lists": "stale",
    "consistency.single": "stale",
  },
  "and a write is answered with the record from before": {
    "names.length": "cut",
    "services.putAnswer": "oldRecord",
    "consistency.lists": "stale",
    "consistency.single": "stale",
  },
};
/** A name that RingCX cuts. */
export const long = "Lookup of customers by the number that they call from, version ".padEnd(67, "x");
/** What is told of it. */
export const words = /ASSUMPTION_BROKEN: names\.length is .*cut.*choose a name of at most 64/;

/** Provisioning where RingCX is as a profile says; `plain` asks nothing of its endpoint. */
export function start(profile: string) {
  return startIn(profiles[profile] ?? {});
}

/** The same with answers of one's own. */
export async function startIn(profile: Partial<Profile>) {
  const started = await startFixture({ simulator: { profile } });
  fixture = started;
  const { validation: _, authConfig: _none, ...plain } = service(started.crm);
  const services = () => started.simulator.state().groups.flatMap((one) => one.services);
  /** How often a broken assumption was counted since the last call of this. */
  const counted = () => started.counted.splice(0).filter((metric) => metric === "AssumptionBroken").length;
  return { started, plain: { ...plain, isEnabled: true }, services, counted };
}

/** Deletes a service. */
export const retire = (groupName: string, serviceDescription: string) =>
  retireMessage({ kind: "httpService", groupName, serviceDescription, delete: "service" });
