import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { systemClock } from "../../primitives/clock.ts";
import { longestWaits } from "../../primitives/longest-waits.ts";
import type { awsClientSettings } from "../aws-client-settings.ts";
import { signedCall } from "../signed-call.ts";
import type { SignedRequest, SigningClient } from "../signed-fetch.ts";

/** What our functions make an AWS client with. */
export type ClientSettings = ReturnType<typeof awsClientSettings> &
  Pick<DynamoDBClientConfig, "region" | "credentials">;

/** An AWS service that speaks JSON, one POST an operation. */
export interface JsonService {
  service: SignedRequest["service"];
  /** Before the operation's name in `X-Amz-Target`. */
  target: string;
  version: "1.0" | "1.1";
}

/** An operation and what it is given, as the SDK's commands are. */
export interface Command<Input, Output> {
  readonly operation: string;
  readonly input: Input;
  /** Never there: by it the compiler knows what is answered. */
  readonly output?: Output;
}

/** The class of an operation's commands, to be made as the SDK's are. */
export function commandOf<Input, Output>(operation: string) {
  return class implements Command<Input, Output> {
    readonly operation = operation;
    readonly input: Input;
    declare readonly output?: Output;

    constructor(input: Input) {
      this.input = input;
    }
  };
}

/**
 * Takes the place of an SDK's client in the bundles, for a service of which a few operations are asked: the same requests, answers
 * and names of errors (`test/shared/runtime/lean-clients.test.ts` holds them against the SDK's own), without the schemas of the
 * service's other operations and errors, which are 11 to 24 KB. Region, credentials, endpoint and connections are those of the SDK's
 * client that is in every bundle.
 */
export abstract class JsonClient implements SigningClient {
  readonly config: SigningClient["config"];
  readonly #service: JsonService;
  readonly #answerMs: number;

  constructor(service: JsonService, settings: ClientSettings) {
    this.#service = service;
    this.#answerMs = settings.requestHandler.requestTimeout ?? longestWaits.awsAnswerMs;
    this.config = new DynamoDBClient(settings).config;
  }

  /** @throws {AwsError} the service's own, after as many repetitions as the SDK makes; what {@link signedCall} throws */
  async send<Output>({ operation, input }: Command<unknown, Output>): Promise<Output> {
    const { service, target, version } = this.#service;
    const headers = { "content-type": `application/x-amz-json-${version}`, "x-amz-target": `${target}.${operation}` };
    const request = { service, headers, body: JSON.stringify(input), answerMs: this.#answerMs };
    const { text } = await signedCall(this, request, { clock: systemClock, random: Math.random });
    return JSON.parse(text || "{}", toDate) as Output;
  }
}

/** JSON has a time as seconds since 1970; by their names they are known. */
function toDate(key: string, value: unknown): unknown {
  return /(Timestamp|Date)$/.test(key) && typeof value === "number" ? new Date(value * 1000) : value;
}

/** The pages of an operation, one after the other. @param ask for the page behind a token; without one, for the first */
export async function* pagesOf<Page>(
  ask: (token: string | undefined) => Promise<Page>,
  tokenOf: (page: Page) => string | undefined,
): AsyncGenerator<Page> {
  let token: string | undefined;
  do {
    const page = await ask(token);
    yield page;
    // Some services end with an empty one.
    token = tokenOf(page) || undefined;
  } while (token !== undefined);
}
