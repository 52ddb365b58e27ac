/**
 * What AWS said when it was asked in vain, in words, with what to grant where it refused.
 *
 * @param action the permission that the question needs, as policies name it
 * @param roleArn the role that is assumed to ask it; `undefined` where the function asks as itself
 */
export function describeRefusal(
  error: unknown,
  { action, roleArn }: { action: string; roleArn: string | undefined },
): string {
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (!/AccessDenied|not authorized/i.test(words)) return words;
  const said = words.replace(/[.\s]+$/, "");
  const isAssuming = roleArn !== undefined && words.includes("sts:AssumeRole");
  return isAssuming
    ? `${said}. Let the function's role assume ${roleArn}: its trust policy must name it`
    : `${said}. Grant ${action} on all resources to ${roleArn ?? "the function's role"}`;
}
