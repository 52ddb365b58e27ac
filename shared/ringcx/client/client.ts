import * as z from "zod";
import type { Quota } from "../quota/quota.ts";
import { accountSchema } from "../resources/account.ts";
import { AssumptionBrokenError } from "../resources/assumption-broken-error.ts";
import { operations } from "../resources/operations.ts";
import { authConfigsOf, type CallOperation, groupsOf, inputsOf, servicesOf } from "./account-client.ts";
import type { RingCx } from "./api.ts";
import { type CallSettings, createCall } from "./call.ts";
import { unshownMs } from "./unshown.ts";

/** What the client of a connection is made of. */
export interface RingCxOptions extends CallSettings {
  /** The quota that counts the calls of this account, or those that belong to no account. */
  quotaFor(accountId: string | undefined): Quota;
}

/** The client of one connection. Every method throws the errors of `errors.ts`, and {@link LoginError}. */
export function createRingCx(options: RingCxOptions): RingCx {
  const { connection } = options;
  const callRingCx = createCall(options);
  const knownWhole = new Set<number>();
  const shownAt = new Map<string, number>();
  const noted = new WeakSet<AssumptionBrokenError>();
  const noteBroken = (error: unknown): void => {
    if (!(error instanceof AssumptionBrokenError) || noted.has(error)) return;
    noted.add(error);
    options.onAssumptionBroken?.(error);
  };
  const told = (error: unknown): never => {
    noteBroken(error);
    throw error;
  };
  return {
    connection: connection.name,
    accounts: {
      list: ({ priority = "bulk", deadline } = {}) =>
        callRingCx(
          { operation: operations["accounts.list"], ids: {}, answer: z.array(accountSchema) },
          { priority, deadline },
        ),
    },
    account(accountId, callOptions) {
      const call: CallOperation = (name, answer, { ids, ...rest } = {}) =>
        callRingCx({ operation: operations[name], ids: { accountId, ...ids }, answer, ...rest }, callOptions).catch(
          told,
        );
      const shownIn = async () => unshownMs(await options.quotaFor(accountId).lastWriteAt(), options.clock.now());
      const services = servicesOf(call, { told, unshownMs: shownIn, clock: options.clock, shownAt });
      return {
        accountId,
        groups: groupsOf(call, services, knownWhole),
        services,
        inputs: inputsOf(call),
        authConfigs: authConfigsOf(call, told),
        noteBroken,
        unshownMs: shownIn,
        async prepare() {
          await Promise.all([options.session.prepare(), options.quotaFor(accountId).prepare()]);
        },
        hasCapacity: (calls) => options.quotaFor(accountId).hasCapacity(calls, callOptions.priority),
      };
    },
  };
}
