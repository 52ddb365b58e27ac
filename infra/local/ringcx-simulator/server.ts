import { checkedInput } from "../../checked-input.ts";
import { startLoopbackServer } from "../loopback-server.ts";
import type { Permission } from "./access/permissions.ts";
import { assemble } from "./assembly.ts";
import { editService, type ServiceAddress } from "./control/admin-page.ts";
import { callService, type ServiceCall, type ServiceCallResult } from "./control/calls.ts";
import type { Faults } from "./control/faults.ts";
import type { LoggedRequest } from "./control/request-log.ts";
import { createShell } from "./http-shell.ts";
import type { AccountRecord, Fields } from "./records.ts";
import { Refusal } from "./refusal.ts";
import { optionsSchema, type SimulatorOptions } from "./simulator-options.ts";

/** A running simulator, seen from the process that started it. */
export interface RingCxSimulator {
  /** Host of the voice API and of RingCX's login, without a path. */
  url: string;
  /** Host of the RingCentral platform: the same server. */
  platformUrl: string;
  /** The first account. */
  accountId: string;
  clientId: string;
  clientSecret: string;
  jwt: string;
  /** A token that is good for now; it expires like any other. */
  accessToken: string;
  /** Every request to RingCX so far, oldest first; control requests are not among them. */
  requests: readonly LoggedRequest[];
  clearRequests(): void;
  faults: Faults;
  /**
   * A copy of what an account holds, credentials included (in-process only).
   *
   * @param accountId @default the first account
   */
  state(accountId?: string): AccountRecord;
  setPermissions(granted: readonly Permission[]): void;
  /** Ends every access token now. */
  expireTokens(which?: { refreshTokens?: boolean }): void;
  /** Changes a service as a person in the admin page does. Throws for an unknown one. */
  editService(address: ServiceAddress, changes: Fields): void;
  /** Calls a service as a flow does. A refusal (404, 409 for an inactive service, 400) is a result too. */
  callService(call: ServiceCall): Promise<ServiceCallResult>;
  stop(): Promise<void>;
}

/**
 * Starts a RingCX on loopback.
 *
 * @throws {Error} naming every wrong option
 * @throws {Refusal} when the seed is wrong, naming the place
 * @throws {Error} `EADDRINUSE` when the port is taken
 */
export async function startRingCxSimulator(options: SimulatorOptions = {}): Promise<RingCxSimulator> {
  checkedInput(optionsSchema, options, { where: "startRingCxSimulator", called: "options" });
  const parts = assemble(options);
  const { state, tokens, faults, permissions, requests, credentials, now } = parts;
  const [first] = state.accounts;
  if (!first) throw new Error("A RingCX simulator needs at least one account");

  const stopped = new AbortController();
  const shell = createShell(parts, stopped.signal);
  const server = await startLoopbackServer(shell, { port: options.port ?? 0 });
  const { url } = server;

  return {
    url,
    platformUrl: url,
    accountId: first.accountId,
    ...credentials,
    accessToken: tokens.issue().accessToken,
    requests,
    clearRequests: () => {
      requests.length = 0;
    },
    faults,
    state: (accountId = first.accountId) => {
      const account = state.account(accountId);
      if (!account) throw new Error(`The simulator has no account ${accountId}`);
      return structuredClone(account);
    },
    setPermissions: (granted) => permissions.set(granted),
    expireTokens: (which) => tokens.expireAll(which),
    editService: (address, changes) => void editService(parts, address, changes),
    callService: (call) => callService(state, call, now).catch(refusalAsResult),
    stop() {
      stopped.abort();
      return server.stop();
    },
  };
}

function refusalAsResult(error: unknown): ServiceCallResult {
  if (error instanceof Refusal) return { status: error.status, body: { error: error.message } };
  throw error;
}
