import { distance } from "fastest-levenshtein";
import { publishableText, shortenText } from "../../../shared/primitives/publishable-text.ts";
import { displayName, type ServiceName } from "../../../shared/records/service-name.ts";

/** RingCX's ids of a service, as a tag names it. */
export interface TaggedIds {
  accountId: string;
  serviceGroupId: number;
  serviceId: number;
}

/** What is wrong with a tag, and how to mend it. */
export interface TagProblem {
  message: string;
  hint: string;
}

/** A service as whoever mends a tag looks for it. */
export interface KnownService {
  name: ServiceName;
  serviceGroupId: number;
  serviceId: number;
}

/** Longest value of a tag, in characters. Source: AWS, "Tag naming limits". */
const longestValue = 256;

/** Most names that a hint lists. */
const mostNames = 3;

/** How people should write it, for every hint. */
const form = "accountId/serviceGroupId/serviceId, separated by spaces";

/** An id that JavaScript can hold. */
const id = /^\d{1,15}$/;

/**
 * The services that a tag names: `accountId/serviceGroupId/serviceId`, separated by spaces, because the value of a
 * tag may hold letters, digits, spaces and `_.:/=+-@` only, 256 of them. Zeros before an id are passed over. Source: AWS,
 * "Tag naming limits".
 */
export function parseServicesTag(value: string): { services: TaggedIds[]; padded: string[]; wrong: string[] } {
  const services: TaggedIds[] = [];
  const padded: string[] = [];
  const wrong: string[] = [];
  for (const word of value.split(/\s+/).filter((each) => each !== "")) {
    const [accountId = "", group = "", service = "", ...more] = word.split("/");
    const isRight = /^\d{1,30}$/.test(accountId) && id.test(group) && id.test(service) && more.length === 0;
    if (isRight) {
      const ids = { accountId: plainId(accountId), serviceGroupId: Number(group), serviceId: Number(service) };
      services.push(ids);
      if (formatTaggedIds(ids) !== word) padded.push(word);
    } else wrong.push(word);
  }
  return { services, padded, wrong };
}

function plainId(digits: string): string {
  return digits.replace(/^0+(?=\d)/, "");
}

/** Ids as a tag writes them. */
export function formatTaggedIds({ accountId, serviceGroupId, serviceId }: TaggedIds): string {
  return `${accountId}/${serviceGroupId}/${serviceId}`;
}

/** What stands around a tag. */
export interface TagContext {
  /** Ids of the environment's own accounts, as a tag writes them, that no service has. */
  unknown: ReadonlySet<string>;
  /** The services of the accounts, as far as they are known. */
  services: readonly KnownService[];
}

/**
 * What is wrong with a tag's value, each mistake with what mends it. Ids of accounts that no connection here serves may be
 * right in another environment of the AWS account, which knows nothing of this one: nothing is said of them. Pure.
 */
export function tagProblems(value: string, context: TagContext): TagProblem[] {
  const { services, padded, wrong } = parseServicesTag(value);
  if (services.length + wrong.length === 0) {
    return [{ message: "names no service", hint: `write ${form}, or take the tag off` }];
  }
  const isFull = value.length >= longestValue;
  const last = value.trimEnd().split(/\s+/).at(-1);
  return [
    ...wrong.map((word) => (isFull && word === last ? cutProblem(word) : formProblem(word, context))),
    ...padded.map(paddedProblem),
    ...services.flatMap((ids) => idsProblem(ids, context)),
  ];
}

function idsProblem(ids: TaggedIds, context: TagContext): TagProblem[] {
  if (context.unknown.has(formatTaggedIds(ids))) return [unknownProblem(ids, context)];
  const found = context.services.find(
    ({ name, serviceId }) => name.accountId === ids.accountId && serviceId === ids.serviceId,
  );
  return found && found.serviceGroupId !== ids.serviceGroupId ? [groupProblem(ids, found)] : [];
}

/** RingCX's ids are numbers: a spreadsheet or a form has made text of them. */
function paddedProblem(word: string): TagProblem {
  const plain = word.split("/").map(plainId).join("/");
  return {
    message: `${quoted(word)} has an id that begins with 0`,
    hint: `RingCX's ids do not: write ${plain}; until then it is taken for that`,
  };
}

/** A service has one id in its account, so that it is known which one is meant. */
function groupProblem(ids: TaggedIds, found: KnownService): TagProblem {
  const { accountId, serviceId } = ids;
  const { serviceGroupId } = found;
  return {
    message: `service ${serviceId} of account ${accountId} is in group ${serviceGroupId}, not in ${ids.serviceGroupId}`,
    hint: `write ${formatTaggedIds({ accountId, serviceGroupId, serviceId })} if ${nameOf(found)} is meant, which it is taken for until then`,
  };
}

/** AWS cuts nothing, but whoever made the value had to. */
function cutProblem(word: string): TagProblem {
  return {
    message: `${quoted(word)} is cut off: a tag's value has at most ${longestValue} characters`,
    hint: "name the other services in the tag of a composite alarm on this one, or name this alarm in their manifests",
  };
}

function formProblem(word: string, { services }: TagContext): TagProblem {
  const message = `${quoted(word)} is not accountId/serviceGroupId/serviceId`;
  const parts = word.split("/");
  if (/^\d+(?:[^\d\s]\d+){2,}$/.test(word) && parts.length !== 3) {
    return { message, hint: `separate the three ids by slashes, and services by spaces: ${form}` };
  }
  if (parts.some((part) => /^\d{16,}$/.test(part))) {
    return { message, hint: `an id has at most 15 digits: expected ${form}` };
  }
  if (/^\d+\/\d+$/.test(word)) return { message, hint: `one of the three ids is missing: expected ${form}` };
  const near = nearest(services, (service) =>
    distance(nameOf(service).toLowerCase(), word.slice(0, 200).toLowerCase()),
  );
  return { message, hint: `expected ids, not names: ${form}${listed(near)}` };
}

/** Most likely another service of the group, or one whose id is a slip of the pen away. */
function unknownProblem(ids: TaggedIds, { services }: TagContext): TagProblem {
  const own = services.filter(({ name }) => name.accountId === ids.accountId);
  const turned = own.find(
    ({ serviceGroupId, serviceId }) => serviceGroupId === ids.serviceId && serviceId === ids.serviceGroupId,
  );
  const message = `there is no service ${formatTaggedIds(ids)}`;
  if (turned) {
    const { serviceGroupId, serviceId } = turned;
    const right = formatTaggedIds({ ...ids, serviceGroupId, serviceId });
    return { message, hint: `the group's id stands before the service's: write ${right} (${nameOf(turned)})` };
  }
  const near = nearest(own, ({ serviceGroupId, serviceId }) => {
    const ofGroup = serviceGroupId === ids.serviceGroupId ? 0 : 100;
    return ofGroup + distance(String(serviceId), String(ids.serviceId));
  });
  return {
    message,
    hint: `look its ids up in RingCX, or take it out of the tag${listed(near)}`,
  };
}

function nearest(services: readonly KnownService[], farness: (service: KnownService) => number): KnownService[] {
  const measured = services.map((service) => ({ service, far: farness(service) }));
  return measured
    .sort((a, b) => a.far - b.far)
    .slice(0, mostNames)
    .map(({ service }) => service);
}

function listed(services: readonly KnownService[]): string {
  if (services.length === 0) return "";
  const ids = ({ name, ...rest }: KnownService) => formatTaggedIds({ accountId: name.accountId, ...rest });
  return `; near are ${services.map((service) => `${ids(service)} (${nameOf(service)})`).join(", ")}`;
}

/** RingCX's names are text from outside: they may be as long as they like. */
function nameOf({ name }: KnownService): string {
  return shortenText(publishableText(displayName(name)), 100);
}

function quoted(word: string): string {
  return `"${shortenText(publishableText(word), 100)}"`;
}
