import { type Answer, ok } from "../answer.ts";
import type { VoiceCall } from "./voice-call.ts";

/** The sub-accounts that the user may see. */
export function listAccounts({ state }: Pick<VoiceCall, "state">): Answer {
  const { mainAccountId } = state;
  return ok(state.accounts.map(({ accountId, accountName }) => ({ accountId, accountName, mainAccountId })));
}
