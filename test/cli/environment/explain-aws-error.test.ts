import { expect, test } from "vitest";
import { explainAwsError } from "../../../cli/environment/explain-aws-error.ts";
import { UnreachableError, UsageError } from "../../../cli/exit-codes.ts";

const error = (name: string, message = "", more: object = {}) => Object.assign(new Error(message), { name, ...more });
const deployed = { region: "eu-central-1", stack: "RingCxAutomation-test" };
const local = { region: "us-east-1", isLocal: true };

test.each([
  ["no credentials", error("CredentialsProviderError"), deployed, /no AWS credentials: sign in/],
  ["expired credentials", error("ExpiredTokenException"), deployed, /have expired: sign in again/],
  ["credentials of nobody", error("InvalidClientTokenId"), deployed, /does not know these credentials in eu-central-1/],
  [
    "no stack",
    error("ValidationError", "Stack with id RingCxAutomation-test does not exist"),
    deployed,
    /no stack RingCxAutomation-test in eu-central-1.*--region.*npm run deploy -- --environment test/,
  ],
  [
    "a refusal",
    error("AccessDenied", "not authorized to perform: sqs:SendMessage."),
    deployed,
    /sqs:SendMessage.*operating/,
  ],
  ["no such region", error("Error", "", { code: "ENOTFOUND" }), deployed, /no such host/],
  [
    "fetch of no such region",
    error("TypeError", "fetch failed", { cause: error("Error", "", { code: "ENOTFOUND" }) }),
    deployed,
    /no such host/,
  ],
  [
    "a local system that has ended",
    error("Error", "", { code: "ECONNREFUSED" }),
    local,
    /not running any more: start it/,
  ],
  [
    "the same at every address",
    new AggregateError([error("Error", "", { code: "ECONNREFUSED" })]),
    local,
    /not running any more/,
  ],
])("%s is told in one sentence", (_, cause, place, sentence) => {
  const explained = explainAwsError(cause, place);
  expect(explained).toBeInstanceOf(UnreachableError);
  expect((explained as Error).message).toMatch(sentence);
  expect((explained as Error).message).not.toContain("\n");
});

test("what is known to say what to do, and what nothing is known of, stay as they are", () => {
  const ours = new UsageError("say more");
  const unknown = error("TypeError", "x is not a function");
  expect(explainAwsError(ours, deployed)).toBe(ours);
  expect(explainAwsError(unknown, deployed)).toBe(unknown);
});
