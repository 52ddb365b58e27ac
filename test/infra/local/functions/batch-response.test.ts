import { describe, expect, it } from "vitest";
import { failedItems } from "../../../../infra/local/functions/batch-response.ts";

const batch = ["a", "b", "c"];

describe("the answer of a function with partial batch responses", () => {
  it.each([
    ["nothing", undefined],
    ["null", null],
    ["an empty object", {}],
    ["an empty list", { batchItemFailures: [] }],
    ["a null list", { batchItemFailures: null }],
  ])("means success when it is %s", (_, response) => {
    expect([...failedItems(response, batch)]).toEqual([]);
  });

  it("keeps exactly the messages that it names", () => {
    const response = { batchItemFailures: [{ itemIdentifier: "a" }, { itemIdentifier: "c" }] };
    expect([...failedItems(response, batch)]).toEqual(["a", "c"]);
  });

  it.each([
    ["an identifier that is empty", { batchItemFailures: [{ itemIdentifier: "" }] }],
    ["an identifier that is null", { batchItemFailures: [{ itemIdentifier: null }] }],
    ["a misspelt key", { batchItemFailures: [{ itemIdentifer: "a" }] }],
    ["a message that was not in the batch", { batchItemFailures: [{ itemIdentifier: "z" }] }],
    ["something else", "failed"],
  ])("fails the whole batch when it has %s", (_, response) => {
    expect([...failedItems(response, batch)]).toEqual(batch);
  });
});
