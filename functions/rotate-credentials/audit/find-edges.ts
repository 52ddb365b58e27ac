import { plainUrl } from "../../../shared/primitives/host-pattern.ts";
import { type EdgeAudit, edgeId, type ToldEdge, type WrongEdge } from "../../../shared/records/account/edge-audit.ts";
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
}

/** A wrong edge, its service in RingCX, and what is wrong. */
export interface FoundEdge {
  edge: WrongEdge;
  service: AccountService;
  message: string;
  hint: string;
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
    return checked.refused.map(({ authConfigId, secretArn, message, hint }): FoundEdge => {
      const edge = {
        groupName,
        serviceDescription,
        serviceId,
        authConfigId,
        secretArn,
        ...(host !== undefined && { host }),
      };
      return { edge, service, message, hint };
    });
  });
}

/** Whether an edge that was told cannot be looked at: it neither goes on nor ends until it can. */
export function isUnknown(
  { authConfigId, secretArn }: WrongEdge,
  { unreadable, secretsOf, secrets, services }: AccountSeen,
): boolean {
  if ([...unreadable].some((id) => isSameId(id, authConfigId))) return true;
  const isHeld = [...secretsOf].some(([id, arns]) => isSameId(id, authConfigId) && arns.includes(secretArn));
  const isLinked = services.some(({ authConfigIds }) => authConfigIds.some((id) => isSameId(id, authConfigId)));
  return isHeld && isLinked && !secrets.has(secretArn);
}

/** Most edges of an item of the table, of 800 bytes each where names are as long as messages may make them. */
const maxEdges = 250;

/** Most bytes of all of them: an item takes 400 KB, the ids of auth configs with it, and RingCX's names have no bound. */
const maxEdgeBytes = 200_000;

/**
 * What is to be kept of wrong edges once an account was looked at: those that go on as they are, those that began or
 * ended with what is to be published of it. An item of the table takes only so many; the others wait for a place.
 *
 * @param now ISO 8601
 */
export function nextEdges(
  before: readonly ToldEdge[],
  found: readonly FoundEdge[],
  seen: AccountSeen,
  now: string,
): Pick<EdgeAudit, "edges" | "notListed"> {
  const foundIds = new Set(found.map(({ edge }) => edgeId(edge)));
  const open = before.filter(({ endedAt }) => endedAt === undefined);
  const openIds = new Set(open.map(edgeId));
  const begun = found.filter(({ edge }) => !openIds.has(edgeId(edge)));
  const listed = thatFit(before, begun);
  const edges = [
    ...before.map((told) => {
      const goesOn = told.endedAt !== undefined || foundIds.has(edgeId(told)) || isUnknown(told, seen);
      return goesOn ? told : { ...told, endedAt: now };
    }),
    ...listed.map(({ edge, message, hint }) => ({ ...edge, since: now, unpublished: { message, hint } })),
  ];
  return { edges, notListed: begun.length - listed.length };
}

/** Those that find a place beside what is kept already. */
function thatFit(before: readonly ToldEdge[], begun: readonly FoundEdge[]): FoundEdge[] {
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
