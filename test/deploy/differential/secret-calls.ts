import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { expect } from "vitest";
import type { Aws } from "./aws.ts";
import type { Call } from "./call.ts";

const SecretId = "differential/crm";
const [v1, v2, v3] = [1, 2, 3].map((version) => `${version}`.repeat(8).concat("-0ddf-4757-8868-de5b76d54bb7"));

const put = ({ secrets }: Aws, ClientRequestToken = v2, SecretString = "two", VersionStages = ["AWSPENDING"]) =>
  secrets
    .send(new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString, VersionStages }))
    .then(({ VersionStages: stages }) => stages?.toSorted());

const versions = async ({ secrets }: Aws) =>
  Object.entries((await secrets.send(new DescribeSecretCommand({ SecretId }))).VersionIdsToStages ?? {});

/** Which version has which label: the first, the second, the third. */
const labels = async (aws: Aws) =>
  (await versions(aws))
    .flatMap(([id, stages]) => stages.map((stage) => `${stage} ${id === v2 ? 2 : id === v3 ? 3 : 1}`))
    .sort();

const move = (aws: Aws, input: { MoveToVersionId?: string | undefined; RemoveFromVersionId?: string | undefined }) =>
  aws.secrets.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage: "AWSCURRENT", ...(input as object) }));

export const secretCalls: readonly Call[] = [
  {
    what: "a secret is made with its first version as the current one, and its tags",
    does: async (aws) => {
      const Tags = [{ Key: "ringcx:connection", Value: "main" }];
      const token = { ClientRequestToken: v1 };
      await aws.secrets.send(new CreateSecretCommand({ Name: SecretId, SecretString: "one", Tags, ...token }));
      const { Tags: tags } = await aws.secrets.send(new DescribeSecretCommand({ SecretId }));
      return [await labels(aws), tags];
    },
    answers: [["AWSCURRENT 1"], [{ Key: "ringcx:connection", Value: "main" }]],
  },
  {
    what: "whose id is the token that came with it",
    does: async (aws) => (await versions(aws)).map(([id]) => id),
    answers: [v1],
    known: {
      MiniStack: {
        answers: [expect.any(String)],
        because: "it chooses an id; nothing of ours creates secrets with a token",
      },
    },
  },
  {
    what: "a second one of the name is refused",
    does: ({ secrets }) => secrets.send(new CreateSecretCommand({ Name: SecretId, SecretString: "x" })),
    answers: "error ResourceExistsException",
  },
  { what: "a version waits under its label", does: (aws) => put(aws), answers: ["AWSPENDING"] },
  { what: "the same again changes nothing", does: (aws) => put(aws), answers: ["AWSPENDING"] },
  {
    what: "each version is read by its label",
    does: async ({ secrets }) => {
      const read = async (VersionStage: string) =>
        (await secrets.send(new GetSecretValueCommand({ SecretId, VersionStage }))).SecretString;
      return [await read("AWSCURRENT"), await read("AWSPENDING")];
    },
    answers: ["one", "two"],
  },
  {
    what: "a label moves only from where it is said to be",
    does: (aws) => move(aws, { MoveToVersionId: v2 }),
    answers: "error InvalidParameterException",
  },
  {
    what: "AWSCURRENT that moves leaves AWSPREVIOUS behind",
    does: async (aws) => {
      const [first] = (await versions(aws)).find(([, stages]) => stages.includes("AWSCURRENT")) ?? [];
      await move(aws, { MoveToVersionId: v2, RemoveFromVersionId: first });
      return labels(aws);
    },
    answers: ["AWSCURRENT 2", "AWSPENDING 2", "AWSPREVIOUS 1"],
  },
  {
    what: "a version that is put as the current one takes both labels on",
    does: async (aws) => {
      await put(aws, v3, "three", ["AWSCURRENT"]);
      return labels(aws);
    },
    answers: ["AWSCURRENT 3", "AWSPENDING 2", "AWSPREVIOUS 2"],
  },
  {
    what: "a version that is not there is told",
    does: ({ secrets }) =>
      secrets.send(new GetSecretValueCommand({ SecretId, VersionId: "99999999-0ddf-4757-8868-de5b76d54bb7" })),
    answers: "error ResourceNotFoundException",
  },
  {
    what: "the list is filtered by the beginning of a tag's name, and has the labels",
    does: async ({ secrets }) => {
      const Filters = [{ Key: "tag-key" as const, Values: ["ringcx:connection"] }];
      const { SecretList = [] } = await secrets.send(new ListSecretsCommand({ Filters }));
      return SecretList.filter(({ Name }) => Name === SecretId).map(({ SecretVersionsToStages = {} }) =>
        Object.values(SecretVersionsToStages).flat().sort(),
      );
    },
    answers: [["AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"]],
  },
  {
    what: "another value under its id is refused",
    does: (aws) => put(aws, v2, "another"),
    answers: "error ResourceExistsException",
    known: {
      MiniStack: {
        answers: ["AWSPENDING"],
        because: "it puts the value of a version anew; a version's value never changes",
      },
    },
  },
  {
    what: "a secret that is deleted is described until its window ends, and its value is not read",
    does: async ({ secrets }) => {
      await secrets.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }));
      const { DeletedDate } = await secrets.send(new DescribeSecretCommand({ SecretId }));
      const read = secrets.send(new GetSecretValueCommand({ SecretId }));
      return [DeletedDate !== undefined, await read.then(String, (error: Error) => error.name)];
    },
    answers: [true, "InvalidRequestException"],
  },
  {
    what: "a secret that never was is told",
    does: ({ secrets }) => secrets.send(new DescribeSecretCommand({ SecretId: "differential/none" })),
    answers: "error ResourceNotFoundException",
  },
];
