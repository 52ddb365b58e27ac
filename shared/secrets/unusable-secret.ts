const reasons: Readonly<Record<string, string>> = {
  ResourceNotFoundException: "there is no such secret, or it has no value",
  AccessDeniedException:
    "it may not be read: it needs the tag ringcx:connection, maybe ringcx:environment, and a key that this function may use",
  InvalidRequestException: "it is deleted, or not in a state in which it can be read",
  InvalidParameterException: "Secrets Manager does not take its name",
  ValidationException: "Secrets Manager does not take its name",
  DecryptionFailure: "its KMS key does not let this function decrypt it",
};

/**
 * Why a secret cannot be used as long as nobody mends it, in words for an error of Secrets Manager's.
 *
 * @returns `undefined` for what may pass by itself: throttling, a failure of theirs, the network
 */
export function whyUnusable(error: unknown): string | undefined {
  return error instanceof Error ? reasons[error.name] : undefined;
}
