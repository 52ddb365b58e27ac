import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { lossesOnUpdate, type Resources } from "./stateful-resources.ts";
import { type Resource, synthesized } from "./synthesized.ts";

const file = new URL("released-template.json", import.meta.url);
const { Resources: released } = JSON.parse(readFileSync(file, "utf8")) as { Resources: Resources };
const now = synthesized().toJSON().Resources as Resources;

test("an update from the last release replaces no queue, table, topic, secret or key", () => {
  expect(lossesOnUpdate(released, now)).toEqual([]);
});

describe("a change that would lose something is found", () => {
  const idOf = (type: string): string => Object.keys(released).find((id) => released[id]?.Type === type) ?? "";
  const changed = (type: string, change: (resource: Resource) => Resource): Resources => {
    const id = idOf(type);
    const resource = now[id];
    return resource ? { ...now, [id]: change(resource) } : now;
  };
  const withProperties = (type: string, properties: Record<string, unknown>): Resources =>
    changed(type, (resource) => ({ ...resource, Properties: { ...resource.Properties, ...properties } }));

  test.each([
    [
      "another sort key",
      "AWS::DynamoDB::Table",
      { KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }] },
      /KeySchema changed/,
    ],
    ["a queue that gets a name", "AWS::SQS::Queue", { QueueName: "provisioning.fifo" }, /QueueName changed/],
    ["a secret that gets a name", "AWS::SecretsManager::Secret", { Name: "ringcx" }, /Name changed/],
    ["a topic that becomes FIFO", "AWS::SNS::Topic", { FifoTopic: true }, /FifoTopic changed/],
  ])("%s", (_, type, properties, message) => {
    expect(lossesOnUpdate(released, withProperties(type, properties))).toEqual([expect.stringMatching(message)]);
  });

  test("another logical id, as when a construct is renamed or moved", () => {
    const { [idOf("AWS::DynamoDB::Table")]: table, ...others } = now;
    const renamed = table ? { ...others, StateTable: table } : others;
    expect(lossesOnUpdate(released, renamed)).toEqual([expect.stringMatching(/AWS::DynamoDB::Table\) is gone/)]);
  });

  test("a table that would be deleted with the stack", () => {
    const unguarded = changed("AWS::DynamoDB::Table", ({ DeletionPolicy: _, ...resource }) => resource);
    expect(lossesOnUpdate(released, unguarded)).toEqual([expect.stringMatching(/DeletionPolicy is no longer Retain/)]);
  });

  test("more room, another time-out or another description is none", () => {
    expect(lossesOnUpdate(released, withProperties("AWS::SQS::Queue", { VisibilityTimeout: 1 }))).toEqual([]);
  });
});
