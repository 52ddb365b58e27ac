/** The tags by which a secret itself says who may get its value and how often it changes. */
export const secretTags = {
  /** Name of the connection. Every secret that we may read has it. */
  connection: "ringcx:connection",
  /** Name of the environment. Required where another environment of the AWS account has a connection of the same name. */
  environment: "ringcx:environment",
  /** Account ids, separated by spaces. */
  accounts: "ringcx:accounts",
  /** Hosts that may be sent the credential, separated by spaces. */
  hosts: "ringcx:hosts",
  /** Auth configs that get its value, separated by spaces: `uuid`, or `accountId/uuid` where it names several accounts. */
  authConfig: "ringcx:auth-config",
  /** RingCX's type of those auth configs: the form of the secret's JSON. */
  authType: "ringcx:auth-type",
  /** Their name, until RingCX's own is read. */
  providerName: "ringcx:provider-name",
  /** ARN of the issuer function, or `random`. */
  issuer: "ringcx:issuer",
  /** Name at the issuer of the credential that the secret was created with, so that the first rotation can revoke it. */
  credentialId: "ringcx:credential-id",
  /** How long the old credential stays valid after a rotation. @default 1h */
  overlap: "ringcx:overlap",
  /** How long a new version that no endpoint could be asked about waits before it is written. @default 30m */
  proveWithin: "ringcx:prove-within",
  /** `VersionId` of the one version that is written although no endpoint has accepted it. */
  acceptUnproven: "ringcx:accept-unproven",
  /** How often our schedule rotates it: `30d`, `12h`. */
  rotateEvery: "ringcx:rotate-every",
  /** Age at which its credential is overdue. */
  rotateWithin: "ringcx:rotate-within",
} as const;

/** A secret by its ARN and tags. */
export interface Tagged {
  arn: string;
  tags: Readonly<Record<string, string>>;
}

/** The accounts that a secret names: no other may be sent its value. */
export function accountsOf({ tags }: Pick<Tagged, "tags">): string[] {
  return words(tags[secretTags.accounts]);
}

/** The hosts that a secret names: no probe sends its value anywhere else. */
export function hostsOf({ tags }: Pick<Tagged, "tags">): string[] {
  return words(tags[secretTags.hosts]);
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration of a tag, such as `90d`, `12h` or `30m`, in milliseconds; `undefined` where it is none. */
export function durationMs(text: string | undefined): number | undefined {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text?.trim() ?? "") ?? [];
  if (count === undefined || Number(count) === 0) return undefined;
  return Number(count) * (unitMs[unit ?? ""] ?? 0);
}

/** Something wrong with the tags of a secret, in words. */
export interface TagProblem {
  /** What it is about: the same while the same thing is wrong. */
  about: string;
  message: string;
}

/** Tags that hold a duration. */
const durations = [secretTags.rotateEvery, secretTags.rotateWithin, secretTags.overlap, secretTags.proveWithin];

/** In words, which tags of a secret say a duration that is none: what they are for does not happen then. */
export function unreadableDurations(tags: Tagged["tags"]): TagProblem[] {
  const says = (name: string) => `the tag ${name} says ${JSON.stringify(tags[name]?.slice(0, 50))}`;
  return durations.flatMap((name) => {
    if (tags[name] === undefined || durationMs(tags[name]) !== undefined) return [];
    return [{ about: name, message: `${says(name)}, which is no duration: write 90d, 12h or 30m` }];
  });
}

/** The words of a tag that lists several, separated by spaces. */
export function words(value: string | undefined): string[] {
  return (value ?? "").split(/\s+/).filter((word) => word !== "");
}
