import * as z from "zod";
import { firstOf } from "../../primitives/first-of.ts";
import { MessageRejectedError } from "../message-rejected-error.ts";
import type { Problem } from "../outcome.ts";
import type { ReceivedEvent } from "./read-event.ts";

/**
 * Who may send for which accounts, by IAM's unique id of the user (`AIDA…`) or role (`AROA…`, every session of it). With
 * any entry, who has none may change nothing; without any, whoever the queue's policy lets send may change all.
 * Source: IAM User Guide, "Unique identifiers".
 */
export const sendersSchema = z.array(
  z.strictObject({
    senderId: z.string().min(1),
    accountIds: z.array(z.string().regex(/^\d+$/)).optional(),
    /** By name, in the place of their accounts. */
    connections: z.array(z.string()).optional(),
  }),
);
/** Who may send for which accounts. */
export type Senders = z.output<typeof sendersSchema>;

/** A connection and the accounts that it serves. */
interface ServedConnection {
  name: string;
  accountIds: readonly string[];
}

/**
 * Lets pass only who may change every account that the event names. Nothing else of the event has been read then.
 *
 * @param senderId SQS's `SenderId` of the message: a user's id, or a role's id and the session's name
 *   (`AROA…:session`). Whoever takes on the role chooses that name, so that it says nothing.
 * @param setting name of the setting that holds `senders`, for the hint
 * @param connections that are served, with their accounts as they are now
 * @throws {MessageRejectedError} `SENDER_NOT_ALLOWED`
 */
export function authorizeSender(
  { accounts }: Pick<ReceivedEvent, "accounts">,
  senderId: string | undefined,
  { senders, setting, connections }: { senders: Senders; setting: string; connections: readonly ServedConnection[] },
): void {
  if (senders.length === 0) return;
  const [id] = senderId?.split(":", 1) ?? [];
  const entries = senders.filter((entry) => entry.senderId === id);
  const named = new Set(entries.flatMap((entry) => entry.connections ?? []));
  const ofConnections = connections.flatMap(({ name, accountIds }) => (named.has(name) ? accountIds : []));
  const allowed = [...entries.flatMap(({ accountIds }) => accountIds ?? []), ...ofConnections];
  const refused = accounts
    .filter(({ accountId }) => !allowed.includes(accountId))
    .map(({ path, accountId }): Problem => {
      const message = `the sender ${senderId ?? "(unknown)"} may not change account ${accountId}`;
      const hint =
        allowed.length > 0
          ? `it may change ${firstOf(allowed)}; ${setting} of the environment says so`
          : `add ${id ?? "it"} to ${setting} of the environment`;
      return { path, message, hint };
    });
  if (refused.length > 0) throw new MessageRejectedError(refused, "SENDER_NOT_ALLOWED");
}
