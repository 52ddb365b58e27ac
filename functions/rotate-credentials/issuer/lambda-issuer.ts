import type * as z from "zod";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { parseJson } from "../../../shared/primitives/json.ts";
import { Redacted } from "../../../shared/primitives/redacted.ts";
import type { InvokeFunction } from "./invoke-function.ts";
import { createdSchema, type Issuer, type IssuerRequest, revokedSchema, verifiedSchema } from "./issuer-contract.ts";

/**
 * The issuer function of this ARN. What it answers is never logged: a creation answers a credential.
 *
 * @throws {AutomationError} `ISSUER_FAILED` from every action: the function failed, or its answer is not of the contract
 */
export function lambdaIssuer(invoke: InvokeFunction, functionArn: string): Issuer {
  async function ask<Schema extends z.ZodType>(request: IssuerRequest, schema: Schema): Promise<z.output<Schema>> {
    const failed = (why: string) =>
      new AutomationError(
        `The issuer function ${functionArn} failed to ${request.action}: ${why}. Its own log says more.`,
        {
          code: "ISSUER_FAILED",
          retryable: true,
          details: { functionArn, action: request.action },
        },
      );
    const { functionError, payload } = await invoke(functionArn, JSON.stringify(request));
    if (functionError !== undefined) throw failed(`it ended with an error (${functionError})`);
    const result = schema.safeParse(parseJson(payload)?.value);
    if (result.success) return result.data;
    const fields = result.error.issues.map(({ path }) => path.join(".") || "the answer");
    throw failed(`its answer is not of the contract ringcx.issuer.v1 (${[...new Set(fields)].join(", ")})`);
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
