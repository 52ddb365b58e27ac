import type { Login, LoginRequest } from "./access/login.ts";
import type { UserPermissions } from "./access/permissions.ts";
import type { Quota } from "./access/quota.ts";
import type { Tokens } from "./access/tokens.ts";
import type { Answer } from "./answer.ts";
import type { Behaviour } from "./behaviour/behaviour.ts";
import type { AnswerOf } from "./behaviour/errors.ts";
import type { Staleness } from "./behaviour/staleness.ts";
import type { Wire } from "./behaviour/wire.ts";
import { jsonBody } from "./json-body.ts";
import type { RingCxState } from "./records.ts";
import { badRequest, notFound, Refusal } from "./refusal.ts";
import { type Route, Router } from "./router.ts";
import { type VoiceOperation, voiceOperations } from "./voice/operations.ts";

/** A request as it came over HTTP. */
export interface RingCxRequest {
  method: string;
  pathname: string;
  query: URLSearchParams;
  authorization: string | undefined;
  body: string;
}

/** What RingCX consists of; see `server.ts` for how it is put together. */
export interface RingCxParts {
  state: RingCxState;
  tokens: Tokens;
  login: Login;
  quota: Quota;
  permissions: UserPermissions;
  behaviour: Behaviour;
  staleness: Staleness;
  /** How answers of the voice API are written. */
  wire: Wire;
  /** How refusals are written. */
  answerOf: AnswerOf;
  now: () => number;
  /** RingCX's own clock, which may go wrong. */
  ringcxNow: () => number;
}

/** A request whose operation is known. */
export interface RecognisedRequest {
  /** Id of the operation in the vendor's OpenAPI description; undefined when nothing serves the path. */
  operation: string | undefined;
  /** The account in the path. */
  accountId: string | undefined;
  /**
   * Answers the request, as the state is at that moment.
   *
   * @param instead asked once the request has passed its token and its rate; what it returns is answered
   *   without acting
   */
  answer(instead?: () => Answer | undefined): Answer;
}

type Run = (request: RingCxRequest, ids: Record<string, string>, instead: () => Answer | undefined) => Answer;

/** RingCX without its HTTP: requests in, answers out, no time but the one it is given. */
export class RingCx {
  readonly #parts: RingCxParts;
  readonly #router: Router<{ operation: string; run: Run }>;

  constructor(parts: RingCxParts) {
    this.#parts = parts;
    const { login } = parts;
    this.#router = new Router([
      loginRoute("getPlatformToken", "/restapi/oauth/token", (request) => login.platformToken(request)),
      loginRoute("loginWithRcAccessToken", "/api/auth/login/rc/accesstoken", (request) => login.exchange(request)),
      loginRoute("refreshToken", "/api/auth/token/refresh", (request) => login.refresh(request)),
      ...voiceOperations.map((operation) => this.#voiceRoute(operation)),
    ]);
  }

  recognise(request: RingCxRequest): RecognisedRequest {
    const match = this.#router.find(request.method, request.pathname);
    const target = match && "target" in match ? match : undefined;
    return {
      operation: target?.target.operation,
      accountId: target?.ids.accountId,
      answer: (instead = () => undefined) =>
        this.#attempt(() => {
          if (target) return target.target.run(request, target.ids, instead);
          if (match && "methods" in match) throw methodNotAllowed(match.methods);
          throw new Refusal(404, "resource.not.found.exception", `Nothing is served at ${request.pathname}`);
        }),
    };
  }

  #voiceRoute({ operation, method, path, needs, access, run }: VoiceOperation): Route<{ operation: string; run: Run }> {
    return {
      method,
      path,
      target: {
        operation,
        run: (request, ids, instead) => {
          const { state, permissions, behaviour, staleness, wire, now, ringcxNow } = this.#parts;
          const { headers, answered } = this.#admit(request, ids);
          const answer =
            instead() ??
            this.#attempt(() => {
              permissions.demand(needs);
              const account = staleness.accountFor(access, accountIn(state, ids.accountId), now());
              const body = parsedBody(request);
              const { query } = request;
              return wire(run({ state, account, ids, query, body, permissions, behaviour, now: ringcxNow() }));
            });
          answered(answer.status);
          return { ...answer, headers: { ...headers, ...answer.headers } };
        },
      },
    };
  }

  /** Looks at the token and counts the request. `answered` is told the status, because some are not counted after all. */
  #admit({ authorization }: RingCxRequest, ids: Record<string, string>) {
    const { state, tokens, quota, now } = this.#parts;
    const counted = { accountId: ids.accountId ?? state.mainAccountId, session: authorization };
    try {
      tokens.check(authorization);
    } catch (error) {
      quota.noteUnauthorized(counted, now());
      throw error;
    }
    const headers = quota.admit(counted, now());
    return { headers, answered: (status: number) => quota.noteAnswer(counted, status) };
  }

  #attempt(run: () => Answer): Answer {
    try {
      return run();
    } catch (error) {
      return this.#parts.answerOf(error, this.#parts.ringcxNow());
    }
  }
}

function loginRoute(operation: string, path: string, answer: (request: LoginRequest) => Answer) {
  const run: Run = ({ authorization, query, body }, _ids, instead) =>
    instead() ?? answer({ authorization, parameters: new URLSearchParams([...query, ...new URLSearchParams(body)]) });
  return { method: "POST", path, target: { operation, run } };
}

function accountIn(state: RingCxState, accountId: string | undefined) {
  // The account list has no account in its path and asks none.
  if (accountId === undefined) {
    return { accountId: state.mainAccountId, accountName: "Main account", groups: [], authConfigs: [] };
  }
  if (!/^\d+$/.test(accountId)) throw badRequest("accountId: must be a string of digits");
  const account = state.account(accountId);
  if (!account) throw notFound(`Account ${accountId}`);
  return account;
}

function parsedBody({ method, body }: RingCxRequest): unknown {
  if (method === "GET" || method === "DELETE" || body === "") return undefined;
  return jsonBody(body);
}

function methodNotAllowed(methods: readonly string[]): Refusal {
  const allow = methods.join(", ");
  return new Refusal(405, "method.not.allowed.exception", `This path is served under ${allow}`, { allow });
}
