import { plainUrl } from "../../../shared/primitives/host-pattern.ts";
import { type EdgeAudit, edgeId, type ToldEdge, type WrongEdge } from "../../../shared/records/account/edge-audit.ts";
import type { FollowedAuthConfig } from "../../../shared/records/account/followed-auth-config.ts";
import { isSameId } from "../../../shared/ringcx/resources/auth-config.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import { type KnownSecret, PermittedEdges } from "../../../shared/secrets/edges.ts";
import type { AccountService } from "../read/account-services.ts";
import type { HeldSecrets } from "./held-secrets.ts";

/** An account as it is, and what is known of the secrets whose values it has. */
export interface AccountSeen extends HeldSecrets {
  accountId: string;
  /** The one that serves it. */
  connection: Pick<Connection, "name" | "environment">;
  services: readonly AccountService[];
  /** By ARN; one that is missing could not be asked about. */
  secrets: ReadonlyMap<string, KnownSecret>;
  /** Ids of services of which what was seen may be older than our own last write of them. @default none */
  unshown?: ReadonlySet<number>;
}

/** A wrong edge, its service in RingCX, and what is wrong. */
export interface FoundEdge {
  edge: WrongEdge;
  service: AccountService;
  message: string;
  hint: string;
  /** The secret is of no use to the whole account, whatever the service's host. */
  isOfAccount: boolean;
}

/** The edges of an account that the secrets do not allow. What could not be asked about is not among them. */
export function findWrongEdges({ accountId, connection, services, secretsOf, secrets }: AccountSeen): FoundEdge[] {
  return services.flatMap((service) => {
    const linked = [...secretsOf].flatMap(([id, arns]): [string, string[]][] => {
      const known = arns.filter((arn) => secrets.has(arn));
      return known.length > 0 && service.authConfigIds.some((own) => isSameId(own, id)) ? [[id, known]] : [];
    });
    if (linked.length === 0) return [];
    const after = { accountId, connection, services: [service], secretsOf: new Map(linked) };
    const checked = PermittedEdges.check(after, secrets);
    if ("permitted" in checked) return [];
    const { groupName, serviceDescription } = service.service;
    const { serviceId } = service.ids;
    const host = plainUrl(service.url)?.host;
    return checked.refused.map(({ service: name, authConfigId, secretArn, message, hint }): FoundEdge => {
      const edge = {
        groupName,
        serviceDescription,
        serviceId,
        authConfigId,
        secretArn,
        ...(host !== undefined && { host }),
      };
      return { edge, service, message, hint, isOfAccount: name === undefined };
    });
  });
}

/** Whether an edge that was told cannot be looked at: it neither goes on nor ends until it can. */
export function isUnknown(
  { authConfigId, secretArn, serviceId }: WrongEdge,
  { unreadable, secretsOf, secrets, services, unshown }: AccountSeen,
): boolean {
  if (unshown?.has(serviceId)) return true;
  if ([...unreadable].some((id) => isSameId(id, authConfigId))) return true;
  const isHeld = [...secretsOf].some(([id, arns]) => isSameId(id, authConfigId) && arns.includes(secretArn));
  const isLinked = services.some(({ authConfigIds }) => authConfigIds.some((id) => isSameId(id, authConfigId)));
  return isHeld && isLinked && !secrets.has(secretArn);
}

/** Most edges of an item of the table, of 800 bytes each where names are as long as messages may make them. */
const maxEdges = 250;

/** Most bytes of all of them: an item takes 400 KB, the ids of auth configs with it, and RingCX's names have no bound. */
const maxEdgeBytes = 200_000;

/** How long an auth config that is followed may take to say that its secret is lost, in milliseconds: two looks. */
const leftForMs = 30 * 60_000;

/**
 * Whether a wrong edge is left to its auth config: it tells that its secret is lost or not for it, or soon will. What it
 * has not told by then is told of the edge.
 *
 * @param now ISO 8601
 */
export function isLeftToAuthConfig(
  { edge, isOfAccount }: FoundEdge,
  before: ToldEdge | undefined,
  followed: readonly FollowedAuthConfig[] | undefined,
  now: string,
): boolean {
  if (!isOfAccount || (before && before.isLeft !== true)) return false;
  const itself = followed?.find(({ authConfigId }) => isSameId(authConfigId, edge.authConfigId));
  if (itself?.problems.some(({ topic, endedAt }) => topic === "FOLLOWING" && endedAt === undefined)) return true;
  if (followed !== undefined && !itself) return false;
  return before === undefined || Date.parse(now) - Date.parse(before.since) < leftForMs;
}

/**
 * What is to be kept of wrong edges once an account was looked at: those that go on as they are, those that began or
 * ended with what is to be published of it. An item of the table takes only so many; the others wait for a place.
 *
 * @param now ISO 8601
 */
export function nextEdges(
  before: readonly ToldEdge[],
  found: readonly FoundEdge[],
  { seen, followed }: { seen: AccountSeen; followed: readonly FollowedAuthConfig[] | undefined },
  now: string,
): Pick<EdgeAudit, "edges" | "notListed"> {
  const open = new Map(before.filter(({ endedAt }) => endedAt === undefined).map((told) => [edgeId(told), told]));
  const foundNow = found.map((one) => {
    const known = open.get(edgeId(one.edge));
    return { ...one, known, isLeft: isLeftToAuthConfig(one, known, followed, now) };
  });
  const foundIds = new Map(foundNow.map((one) => [edgeId(one.edge), one]));
  // Nobody else told it, so it is told now.
  const isNews = ({ known, isLeft }: (typeof foundNow)[number]) => !known || (known.isLeft === true && !isLeft);
  const begun = foundNow.filter(isNews);
  const kept = before.filter((told) => {
    const one = told.endedAt === undefined ? foundIds.get(edgeId(told)) : undefined;
    return !one || !isNews(one);
  });
  const listed = thatFit(kept, begun);
  const edges = [
    ...kept.map((told) => {
      if (told.endedAt !== undefined) return told;
      const same = foundIds.get(edgeId(told));
      if (!same) return isUnknown(told, seen) ? told : { ...told, endedAt: now };
      // Under the name that its service has now.
      const { groupName, serviceDescription } = same.edge;
      return { ...told, groupName, serviceDescription };
    }),
    ...listed.map(({ edge, message, hint, isLeft }): ToldEdge => {
      return { ...edge, since: now, ...(isLeft ? { isLeft } : { unpublished: { message, hint } }) };
    }),
  ];
  return { edges, notListed: begun.length - listed.length };
}

/** Those that find a place beside what is kept already. */
function thatFit<Edge extends FoundEdge>(before: readonly ToldEdge[], begun: readonly Edge[]): Edge[] {
  const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
  let places = maxEdges - before.length;
  let bytes = maxEdgeBytes - bytesOf(before);
  return begun.filter(({ edge, message, hint }) => {
    const size = bytesOf({ edge, message, hint });
    if (places <= 0 || size > bytes) return false;
    places -= 1;
    bytes -= size;
    return true;
  });
}
