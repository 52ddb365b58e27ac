import { type Mark, markFrom } from "./mark.ts";

/** The group in which everything happens: it says so itself. RingCX has no call that deletes a group, so it stays. */
export const ownGroup = "ringcx-service-automation conformance (takes no calls)";

const runningGroup = "ringcx-service-automation conformance, run ";

/** The group's name while a run works in it. 63 characters: no more than a RingCX takes that refuses long names. */
export function runningGroupName({ text }: Mark): string {
  return `${runningGroup}${text}`;
}

/** Whether a group is one for runs, and which one works in it, or was ended in it. */
export function groupState(groupName: unknown): "idle" | Mark | undefined {
  if (groupName === ownGroup) return "idle";
  if (typeof groupName !== "string" || !groupName.startsWith(runningGroup)) return undefined;
  return markFrom(groupName.slice(runningGroup.length));
}

/** Names of services, each with what it is there for. */
const serviceNames = {
  main: "main",
  cloneOfActive: "clone of an active one",
  cloneOfInactive: "clone of an inactive one",
  blanks: "blanks",
  decomposed: "cafe\u0301",
} as const;

/** Names of auth configs. */
const authConfigNames = {
  apiKey: "API key",
  basic: "basic",
  oauth: "OAuth",
  jwt: "JWT",
  custom: "custom",
  again: "again",
} as const;

/** Of the long name, in characters. */
const longLength = 72;

/** The names that a run gives. */
export type OwnNames = ReturnType<typeof namesOf>;

/** See {@link OwnNames}. */
export function namesOf({ text }: Mark) {
  const own = (name: string) => `conformance ${text} ${name}`;
  return {
    services: {
      main: own(serviceNames.main),
      mainInCapitals: own(serviceNames.main).toUpperCase(),
      cloneOfActive: own(serviceNames.cloneOfActive),
      cloneOfInactive: own(serviceNames.cloneOfInactive),
      withBlanks: ` ${own(serviceNames.blanks)} `,
      decomposed: own(serviceNames.decomposed),
      long: own("").padEnd(longLength, "x"),
      filler: (number: number) => own(`filler ${String(number).padStart(2, "0")}`),
    },
    authConfigs: {
      apiKey: own(authConfigNames.apiKey),
      basic: own(authConfigNames.basic),
      oauth: own(authConfigNames.oauth),
      jwt: own(authConfigNames.jwt),
      custom: own(authConfigNames.custom),
      again: own(authConfigNames.again),
    },
  };
}

/** Names as they are compared: RingCX may keep them in another form. */
const folded = (name: string) => name.normalize("NFC").toLowerCase();

const endings = {
  service: new Set(Object.values(serviceNames).map(folded)),
  authConfig: new Set(Object.values(authConfigNames).map(folded)),
};

/**
 * The one decision about what a run may change and remove: by which run a service or an auth config was made. Its name is
 * word for word one that a run gives, with the run's mark; and what else it says of itself, the address of a service and the
 * description of an auth config, carries the same mark wherever RingCX shows it. What a person has renamed, pointed at
 * another address or described is the person's.
 *
 * @param record as RingCX shows it
 * @returns nothing for what no run made, or what is not a run's any more
 */
export function runOf(record: Readonly<Record<string, unknown>>): Mark | undefined {
  const isService = record.serviceDescription !== undefined;
  const name = isService ? record.serviceDescription : record.providerName;
  if (typeof name !== "string") return undefined;
  const [, digits = "", ending = ""] = /^conformance ([0-9a-f]{20}) (.+)$/.exec(folded(name.trim())) ?? [];
  const mark = markFrom(digits);
  if (!mark || !(isService ? isServiceEnding(ending) : endings.authConfig.has(ending))) return undefined;
  // v2 has the address in a field of its own.
  const says = isService ? (record.endpoint ?? record.httpServiceConfig) : record.description;
  return says == null || says === "" || JSON.stringify(says).includes(mark.text) ? mark : undefined;
}

function isServiceEnding(ending: string): boolean {
  return endings.service.has(ending) || /^(filler \d\d|x+)$/.test(ending);
}

/** Whether a name looks like a run's to a person. Nothing is decided by it: it is said that such a thing stays. */
export function looksOwn(name: unknown): boolean {
  return typeof name === "string" && folded(name.trim()).startsWith("conformance ");
}
