import type * as z from "zod";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { issueText } from "../../../shared/primitives/issue-words.ts";
import { parseJson } from "../../../shared/primitives/json.ts";
import { Redacted } from "../../../shared/primitives/redacted.ts";
import { type InvokeFunction, NoAnswerError } from "./invoke-function.ts";
import { createdSchema, type Issuer, type IssuerRequest, revokedSchema, verifiedSchema } from "./issuer-contract.ts";

/**
 * The issuer function of this ARN. What it answers is never logged: a creation answers a credential.
 *
 * @param deadline of the invocation that asks, epoch milliseconds: it is given up in time before
 * @throws {AutomationError} `ISSUER_FAILED` from every action: the function failed, did not answer, or not by the contract
 */
export function lambdaIssuer(invoke: InvokeFunction, functionArn: string, deadline: number): Issuer {
  async function ask<Schema extends z.ZodType>(request: IssuerRequest, schema: Schema): Promise<z.output<Schema>> {
    const { action } = request;
    const failure = (what: string, cause?: unknown) =>
      new AutomationError(`The issuer function ${functionArn} ${what}.`, {
        code: "ISSUER_FAILED",
        retryable: true,
        details: { functionArn, action, isSilent: cause instanceof NoAnswerError },
        cause,
      });
    const failed = (why: string) => failure(`failed to ${action}: ${why}. Its own log says more`);
    const { functionError, payload } = await invoke(functionArn, JSON.stringify(request), deadline).catch(
      (error: unknown) => Promise.reject(failure(notInvoked(action, error), error)),
    );
    if (functionError !== undefined) throw failed(`it ended with an error (${functionError})`);
    const result = schema.safeParse(parseJson(payload)?.value);
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

function notInvoked(action: IssuerRequest["action"], error: unknown): string {
  if (!(error instanceof NoAnswerError)) {
    return `was not asked to ${action}: Lambda did not run it (${error instanceof Error ? error.name : "unknown"})`;
  }
  const { waitedMs } = error;
  if (waitedMs === 0) return `was not asked to ${action}: no time is left in this invocation`;
  return `did not answer ${action} within ${Math.round(waitedMs / 100) / 10} s: it was given up. Its own log says more`;
}
