import type * as z from "zod";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { issueText } from "../../../shared/primitives/issue-words.ts";
import { parseJson, parseJsonObject } from "../../../shared/primitives/json.ts";
import { Redacted } from "../../../shared/primitives/redacted.ts";
import { type Invoked, type InvokeFunction, NoAnswerError } from "./invoke-function.ts";
import { createdSchema, type Issuer, type IssuerRequest, revokedSchema, verifiedSchema } from "./issuer-contract.ts";

/**
 * The issuer function of this ARN. What it answers is never logged: a creation answers a credential.
 *
 * @param deadline of the invocation that asks, epoch milliseconds: it is given up in time before
 * @throws {AutomationError} `ISSUER_FAILED` from every action: the function failed, did not answer (`isSilent`), was not asked for want
 *   of time (`isUnasked`), or answered not by the contract
 */
export function lambdaIssuer(invoke: InvokeFunction, functionArn: string, deadline: number): Issuer {
  async function ask<Schema extends z.ZodType>(request: IssuerRequest, schema: Schema): Promise<z.output<Schema>> {
    const { action } = request;
    const failure = (what: string, cause?: unknown) =>
      new AutomationError(`The issuer function ${functionArn} ${what}.`, {
        code: "ISSUER_FAILED",
        retryable: true,
        details: {
          functionArn,
          action,
          isSilent: cause instanceof NoAnswerError,
          isUnasked: cause instanceof NoAnswerError && cause.waitedMs === 0,
        },
        cause,
      });
    const failed = (why: string) => failure(`failed to ${action}: ${why}. ${logWords(functionArn)}`);
    const invoked = await invoke(functionArn, JSON.stringify(request), deadline).catch((error: unknown) =>
      Promise.reject(failure(notInvoked(functionArn, action, error), error)),
    );
    if (invoked.functionError !== undefined) throw failed(endWords(invoked, action));
    const result = schema.safeParse(parseJson(invoked.payload)?.value);
    if (result.success) return result.data;
    // Of the contract's own words only: what is answered is in none of them.
    const fields = result.error.issues.map((issue) =>
      issue.path[0] === "credentialId" ? `credentialId: ${issueText(issue)}` : issue.path.join(".") || "the answer",
    );
    const hint = action === "revoke" ? "; revoke is answered with {} once it is done" : "";
    throw failed(`its answer is not of the contract ringcx.issuer.v1 (${[...new Set(fields)].join(", ")}${hint})`);
  }
  const contract = "ringcx.issuer.v1" as const;
  return {
    async create(subject, currentCredentialId) {
      const { credentialId, fields } = await ask(
        { contract, action: "create", ...subject, currentCredentialId },
        createdSchema,
      );
      return { credentialId, fields: new Redacted(fields) };
    },
    verify: (subject, credentialId) => ask({ contract, action: "verify", ...subject, credentialId }, verifiedSchema),
    async revoke(subject, credentialId) {
      await ask({ contract, action: "revoke", ...subject, credentialId }, revokedSchema);
    },
  };
}

function notInvoked(functionArn: string, action: IssuerRequest["action"], error: unknown): string {
  if (!(error instanceof NoAnswerError)) {
    return `was not asked to ${action}: Lambda did not run it (${error instanceof Error ? error.name : "unknown"})`;
  }
  const { waitedMs } = error;
  if (waitedMs === 0) return `was not asked to ${action}: no time is left in this invocation`;
  return `did not answer ${action} within ${seconds(waitedMs)}: it was given up. ${logWords(functionArn)}`;
}

/** How it ended by itself. Of what it says of that only whether Lambda ended it, for its time: the text may be a secret. */
function endWords({ functionError, payload, tookMs }: Invoked, action: IssuerRequest["action"]): string {
  const { errorType, errorMessage } = parseJsonObject(payload) ?? {};
  const isTimedOut =
    errorType === "Sandbox.Timedout" || / Task timed out after [\d.]+ seconds$/.test(` ${errorMessage}`);
  const [how, todo] = isTimedOut
    ? ["Lambda ended it, at its own time-out", "give it a longer one, or a shorter task"]
    : ["it ended with an error of its own", "mend what it ends with"];
  const next = action === "revoke" ? "the next run asks again" : "then rotate again, where our schedule does not";
  return `${how}, after ${seconds(tookMs)} (Lambda calls that ${functionError}): ${todo}; ${next}`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

/** Where its log is, unless it was given another log group. An ARN may end with an alias or a version. */
function logWords(functionArn: string): string {
  return `Its log says more, in the log group /aws/lambda/${functionArn.split(":")[6]}`;
}
