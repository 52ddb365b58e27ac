import { AutomationError } from "../primitives/errors.ts";

interface Unusable {
  reason: string;
  hint: string;
}

const wrongName: Unusable = { reason: "Secrets Manager does not take its name", hint: "correct the name" };

const needsTag =
  "it needs the tag ringcx:connection with a connection of this environment, and where one is expected ringcx:environment";

/** What nobody but a person can mend, by the name of Secrets Manager's error. */
const finalReasons: Readonly<Record<string, Unusable>> = {
  ResourceNotFoundException: {
    reason: "there is no such secret, or it has no value",
    hint: "create it, or correct the name",
  },
  AccessDeniedException: {
    // A permission that asks for a tag refuses what does not exist, too, and AWS's answer does not tell them apart.
    reason: "there is no such secret, or this function may not read it (AWS answers both alike)",
    hint: `create it, or correct its name; to be read ${needsTag}`,
  },
  InvalidRequestException: {
    reason: "it is deleted, or in no state to be read",
    hint: "restore it, or name another",
  },
  InvalidParameterException: wrongName,
  ValidationException: wrongName,
  DecryptionFailure: {
    reason: "its KMS key does not let this function decrypt it",
    hint: "the key's policy must allow kms:Decrypt to the function's role",
  },
};

const noValue: Unusable = {
  reason: "it has no value in the version that is asked for, or no such version",
  hint: "make a version with a value AWSCURRENT: put a new one, or go back to the one before",
};
const forbidden: Unusable = { reason: "this function may not read it", hint: needsTag };

/** The same of a secret that is known to exist. */
export function thatIsThere<Why extends Unusable | undefined>(unusable: Why): Why | Unusable {
  return unusable === finalReasons.AccessDeniedException ? forbidden : unusable;
}

/** A secret cannot be described or read: which one, by which call, the likely cause and what to do. */
export class SecretUnreadableError extends AutomationError {
  override readonly name = "SecretUnreadableError";
  /** The likely cause and what to do, in words; `undefined` where it may pass by itself. */
  readonly unusable: Unusable | undefined;

  /**
   * @param call the operation of Secrets Manager's API
   * @param cause the SDK's error; of its text nothing is repeated
   */
  constructor(secretId: string, call: "DescribeSecret" | "GetSecretValue", cause: unknown) {
    const name = cause instanceof Error ? cause.name : "unknown";
    const known = finalReasons[isKeys(cause) ? "DecryptionFailure" : name];
    // Its value is read of one that was described just before.
    const ofVersion = name === "ResourceNotFoundException" ? noValue : thatIsThere(known);
    const unusable = call === "GetSecretValue" ? ofVersion : known;
    const why = unusable ? `${unusable.reason}; ${unusable.hint}` : "it may be over in a moment";
    super(`The secret ${secretId} cannot be read (${call}: ${name}): ${why}. See docs/runbook.md, secret-unreadable.`, {
      code: "SECRET_UNREADABLE",
      retryable: unusable === undefined,
      details: { secretId, call, error: name },
      cause,
    });
    this.unusable = unusable;
  }
}

/**
 * Why a secret cannot be used as long as nobody mends it, in words.
 *
 * @returns `undefined` for what may pass by itself: throttling, a failure of theirs, the network
 */
export function whyUnusable(error: unknown): string | undefined {
  return error instanceof SecretUnreadableError ? error.unusable?.reason : undefined;
}

/** So large may a secret's value be, in bytes. Source: Secrets Manager User Guide, "AWS Secrets Manager quotas". */
export const maxSecretBytes = 65_536;

const keyRefuses: Unusable = {
  reason: "its KMS key does not let this function encrypt it",
  hint: "the key's policy must allow kms:Decrypt and kms:GenerateDataKey to the function's role",
};

/** What nobody but a person can mend of a change, by the name of Secrets Manager's error. */
const finalWriteReasons: Readonly<Record<string, Unusable>> = {
  ResourceNotFoundException: { reason: "there is no such secret or version", hint: "see whether it was deleted" },
  AccessDeniedException: {
    reason: "this function may not change it",
    hint: "it needs the tag ringcx:connection, and no policy of the secret, the organization or a boundary that denies it",
  },
  InvalidRequestException: { reason: "it is deleted, or in no state to be changed", hint: "restore it" },
  ResourceExistsException: {
    reason: "somebody has put another value under this rotation's id",
    hint: "rotate again, which takes a new id",
  },
  LimitExceededException: { reason: "it has too many versions or labels", hint: "take labels off old versions" },
  ValidationException: {
    reason: "Secrets Manager does not take the value or the label as it is",
    hint: `a value has ${maxSecretBytes} bytes at most`,
  },
  EncryptionFailure: keyRefuses,
  DecryptionFailure: keyRefuses,
};

/**
 * A secret's version or label cannot be written: which secret, by which call, the likely cause and what to do. Whether the
 * call had its effect is not known where it may pass by itself.
 */
export class SecretNotWrittenError extends AutomationError {
  override readonly name = "SecretNotWrittenError";

  /**
   * @param call the operation of Secrets Manager's API
   * @param cause the SDK's error; of its text nothing is repeated
   */
  constructor(secretId: string, call: "PutSecretValue" | "UpdateSecretVersionStage", cause: unknown) {
    const name = cause instanceof Error ? cause.name : "unknown";
    const unusable = finalWriteReasons[isKeys(cause) ? "EncryptionFailure" : name];
    const why = unusable ? `${unusable.reason}; ${unusable.hint}` : "it may be over in a moment";
    super(
      `The secret ${secretId} cannot be changed (${call}: ${name}): ${why}. See docs/runbook.md, secret-unreadable.`,
      {
        code: "SECRET_NOT_WRITTEN",
        retryable: unusable === undefined,
        details: { secretId, call, error: name },
        cause,
      },
    );
  }
}

/** Whether it is the key's refusal, which Secrets Manager gives the name of its own. */
function isKeys(cause: unknown): boolean {
  return cause instanceof Error && cause.name === "AccessDeniedException" && /\bkms\b/i.test(cause.message);
}
