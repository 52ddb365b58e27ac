/**
 * Whether a text or a list holds a token of CDK's: a value that only the deployment knows. By its form, so that what reads
 * settings without making a stack (the command line) need not load CDK. Source: AWS CDK Developer Guide, "Tokens".
 */
export function isToken(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 1 && isToken(value[0]);
  return typeof value === "string" && /[$#]\{Token\[[^\]]+\]\}/.test(value);
}
