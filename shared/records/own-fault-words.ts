/** What a fault of our own concerns, and what to do about it, in words. */
export interface OwnFaultWords {
  subject: string;
  hint: string;
}

const notAskedSubjects: Readonly<Record<string, (subject: string) => OwnFaultWords>> = {
  SECRET: (subject) => ({
    subject: `Services called with ${subject}`,
    hint: "restore the secret, or let the function read it (docs/rotation.md)",
  }),
  SETTINGS: (subject) => ({
    subject: `Services at ${subject}`,
    hint: "add the host to probe.allowedHosts and deploy, or take the validation out of the manifests",
  }),
  MANIFEST: (subject) => ({ subject, hint: "mend the validation in its manifest and send it again" }),
  STATE_TABLE: (subject) => ({ subject: `What needs the item ${subject}`, hint: "mend the item" }),
  NETWORK: (subject) => ({ subject: `Services behind the ${subject}`, hint: "look at the function's network" }),
  CLOUDWATCH: (subject) => ({
    subject: `Services with alarms in ${subject}`,
    hint: "let the function read alarms there (docs/failover.md)",
  }),
  TIME: (subject) => ({ subject: `Services that ${subject} had no time for`, hint: "look at the function's duration" }),
};

/** A service that has another name in RingCX than the one that it is known by. */
interface Renamed {
  subject: string;
  /** In RingCX; left out in keys of releases that did not say it. */
  name?: string;
}

const renamedFrom = "/was/";

/** The key of the fault that a service has another name: with both, since nothing else is known of it when it is over. */
export function renamedKey({ subject, name }: Required<Renamed>): string {
  return `RENAMED/${name}${renamedFrom}${subject}`;
}

/** What {@link renamedKey} says. */
export function renamedIn(key: string): Renamed {
  const names = key.slice("RENAMED/".length);
  const at = names.lastIndexOf(renamedFrom);
  return at < 0 ? { subject: names } : { name: names.slice(0, at), subject: names.slice(at + renamedFrom.length) };
}

const accountRefused = "ACCOUNT_REFUSED";

/** The key of the fault that RingCX refuses an account. */
export function accountRefusedKey(accountId: string): string {
  return `${accountRefused}/${accountId}`;
}

/** Whether a key is {@link accountRefusedKey}'s. */
export function isAccountRefusedKey(key: string): boolean {
  return key.startsWith(`${accountRefused}/`);
}

/** A fault of our own by its key alone, for where nobody has kept its words. Pure. */
export function ownFaultWords(key: string): OwnFaultWords {
  const [kind = "", first = "", ...rest] = key.split("/");
  const after = rest.join("/");
  switch (kind) {
    case "NOT_ASKED":
      return notAskedSubjects[first]?.(after) ?? { subject: after, hint: "look at the log of the functions" };
    case "ITEM_UNREADABLE":
      return {
        subject: `The item ${after} of ${first.replace("ACCOUNT#", "account ")}`,
        hint: "deploy the version that wrote the item, or mend it",
      };
    case "REFUSED":
      return { subject: after, hint: "see what RingCX answers: ops outcomes" };
    case accountRefused:
      return {
        subject: `Account ${first}`,
        hint: "grant the connection's user the account in RingCX, or take it out of the connection's accountIds and deploy (doctor looks at both)",
      };
    case "MUTE_RULES_UNREAD":
      return { subject: `Alarm mute rules in ${first}`, hint: "let the function read them" };
    case "TAGS_UNREAD":
      return {
        subject: `The tags of alarms in ${first} of account ${rest[0]}`,
        hint: "let the function, or its role there, read them",
      };
    case "GONE":
      return { subject: key.slice(kind.length + 1), hint: "retire it with a message, or make it anew under its name" };
    case "RENAMED":
      return {
        subject: renamedIn(key).subject,
        hint: "nothing: it is known by its old name until its outage is over",
      };
    default:
      return { subject: key, hint: "look at the log of the functions" };
  }
}
