/** The group in which everything happens: it says so itself. RingCX has no call that deletes a group, so it stays. */
export const ownGroup = "ringcx-service-automation conformance (takes no calls)";

/** What the names of everything else begin with. */
const prefix = "conformance ";

/** Names of services, each with what it is there for. */
export const services = {
  main: `${prefix}main`,
  mainInCapitals: `${prefix}main`.toUpperCase(),
  cloneOfActive: `${prefix}clone of an active one`,
  cloneOfInactive: `${prefix}clone of an inactive one`,
  withBlanks: ` ${prefix}blanks `,
  decomposed: `${prefix}cafe\u0301`,
  /** 72 characters. */
  long: `${prefix}${"x".repeat(60)}`,
  filler: (number: number) => `${prefix}filler ${String(number).padStart(2, "0")}`,
} as const;

/** Names of auth configs. */
export const authConfigs = {
  apiKey: `${prefix}API key`,
  basic: `${prefix}basic`,
  oauth: `${prefix}OAuth`,
  jwt: `${prefix}JWT`,
  custom: `${prefix}custom`,
  again: `${prefix}again`,
} as const;

/** Whether a name is one that a run gives, in whatever form RingCX keeps it. */
export function isOwnName(name: unknown): boolean {
  return typeof name === "string" && name.trim().toLowerCase().startsWith(prefix);
}
