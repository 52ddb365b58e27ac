import { randomInt } from "node:crypto";
import * as z from "zod";

/** What Secrets Manager's `GetRandomPassword` and CloudFormation's `GenerateSecretString` have in common. */
export const randomPasswordSchema = z.strictObject({
  PasswordLength: z.coerce.number().int().min(1).max(4096).default(32),
  ExcludeCharacters: z.string().default(""),
  ExcludePunctuation: z.boolean().default(false),
  ExcludeNumbers: z.boolean().default(false),
  ExcludeLowercase: z.boolean().default(false),
  ExcludeUppercase: z.boolean().default(false),
  IncludeSpace: z.boolean().default(false),
  RequireEachIncludedType: z.boolean().default(true),
});

const punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/** A random password of the wanted kinds of characters, at least one of each where that is asked for. */
export function randomPassword(settings: z.output<typeof randomPasswordSchema>): string {
  const kinds = [
    settings.ExcludeLowercase ? "" : "abcdefghijklmnopqrstuvwxyz",
    settings.ExcludeUppercase ? "" : "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    settings.ExcludeNumbers ? "" : "0123456789",
    settings.ExcludePunctuation ? "" : punctuation,
    settings.IncludeSpace ? " " : "",
  ]
    .map((kind) => [...kind].filter((character) => !settings.ExcludeCharacters.includes(character)))
    .filter((kind) => kind.length > 0);
  const alphabet = kinds.flat();
  for (;;) {
    const password = Array.from({ length: settings.PasswordLength }, () => alphabet[randomInt(alphabet.length)] ?? "");
    const hasEach = kinds.every((kind) => kind.some((character) => password.includes(character)));
    if (hasEach || !settings.RequireEachIncludedType || settings.PasswordLength < kinds.length)
      return password.join("");
  }
}
