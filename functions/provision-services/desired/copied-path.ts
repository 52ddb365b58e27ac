import type { CopyMessage } from "../../../shared/contract/copy.ts";

/** Whether a path is one of {@link copiedPath}. */
export function isCopied(path: string): boolean {
  return path.startsWith("data.from ");
}

/**
 * How a service's auth config, or its secret, is made known in an account where it is not.
 *
 * @param path of the service in its message: a copied one has no manifests beside it
 */
export function howToDeclare(path: string, providerName: string): string {
  if (!isCopied(path)) return "declare the authConfig with its secretId in the same message";
  const override = JSON.stringify({ from: providerName, secretId: "NAME" });
  return `add ${override} to data.overrides.authConfigs, with the name of a secret whose tags allow data.accountId`;
}

/** The path of a derived resource's problems: it has no place in the message. */
export function copiedPath({ from }: CopyMessage["data"], name: string): string {
  return `data.from (${from.accountId ? `account ${from.accountId}, ` : ""}${name})`;
}
