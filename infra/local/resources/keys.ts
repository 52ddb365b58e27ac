import { createHash } from "node:crypto";
import * as z from "zod";
import { policyDocumentSchema } from "../iam/statement.ts";
import { resourceKind } from "./resource-kind.ts";

const keySchema = z.looseObject({ KeyPolicy: policyDocumentSchema.optional() });

/** A key encrypts nothing here, but who may use it is checked. */
export const key = resourceKind(keySchema, ({ KeyPolicy }, logicalId, host) => {
  const hash = createHash("sha256").update(logicalId).digest("hex");
  const id = [hash.slice(0, 8), hash.slice(8, 12), hash.slice(12, 16), hash.slice(16, 20), hash.slice(20, 32)].join(
    "-",
  );
  const arn = `arn:aws:kms:${host.region}:${host.account}:key/${id}`;
  // A key's policy says "*" and means itself.
  const statements = KeyPolicy?.Statement ?? [];
  host.access.attach(arn, statements);
  return { ref: id, attributes: { Arn: arn, KeyId: id } };
});
