import { accountRefusedKey } from "../../../shared/records/own-fault-words.ts";
import { isRefusal } from "../../../shared/ringcx/resources/errors.ts";
import type { OwnFault } from "./own-fault.ts";

/**
 * That RingCX refuses to show an account's services: it does not know the account, or does not let the connection's user in.
 * Nothing where it could not be asked, or answered. Pure.
 *
 * @param error why the account's tree could not be read
 */
export function refusedAccount(accountId: string, error: unknown): OwnFault[] {
  if (!isRefusal(error)) return [];
  return [
    {
      key: accountRefusedKey(accountId),
      subject: `Account ${accountId}`,
      trouble: "is refused by RingCX",
      because: error.message,
      meaning: "None of its services can be made, changed or switched",
    },
  ];
}
