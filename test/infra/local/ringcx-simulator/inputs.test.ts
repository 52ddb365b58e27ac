import { expect, test } from "vitest";
import { aService, converse, inputBody } from "./conversation.ts";

test("inputs are saved as an array, listed, read and deleted", async () => {
  const conversation = await converse();
  const { v1 } = conversation;
  const path = await aService(conversation);
  const saved = await v1("POST", `${path}/inputs`, [inputBody, { ...inputBody, name: "queue", rank: "1" }]);
  expect(saved).toMatchObject({ status: 200, body: [inputBody, { name: "queue", rank: "1" }] });
  expect((await v1("GET", `${path}/inputs`)).body).toEqual(saved.body);
  const [first, second] = saved.body;
  expect((await v1("GET", `${path}/inputs/${first?.inputId}`)).body).toEqual(first);

  expect(await v1("DELETE", `${path}/inputs/${first?.inputId}`)).toMatchObject({ status: 200, text: "true" });
  expect((await v1("GET", `${path}/inputs`)).body).toEqual([second]);
  expect((await v1("GET", `${path}/inputs/${first?.inputId}`)).status).toBe(404);
  expect((await v1("DELETE", `${path}/inputs/${first?.inputId}`)).status).toBe(404);
});

test("an input that names its id takes the place of the one it was", async () => {
  const conversation = await converse();
  const { v1 } = conversation;
  const path = await aService(conversation);
  const [input] = (await v1("POST", `${path}/inputs`, [inputBody])).body;
  await v1("POST", `${path}/inputs`, [{ ...input, value: "+15550100" }]);
  expect((await v1("GET", `${path}/inputs`)).body).toEqual([{ ...input, value: "+15550100" }]);
});

test("an id that the service does not have is not found, and nothing is saved", async () => {
  const conversation = await converse();
  const path = await aService(conversation);
  const { status } = await conversation.v1("POST", `${path}/inputs`, [inputBody, { ...inputBody, inputId: 1 }]);
  expect(status).toBe(404);
  expect((await conversation.v1("GET", `${path}/inputs`)).body).toEqual([]);
});

test.each([
  ["an object instead of an array", inputBody, "body: must be an array"],
  ["an input without a name", [inputBody, { type: "PARAMETER" }], "[1].name: is required"],
  ["a rank that is a number", [{ ...inputBody, rank: 0 }], "[0].rank: must be a string"],
  ["a value of the wrong type", [{ ...inputBody, value: 5 }], "[0].value: must be a string"],
  ["an entry that is no object", ["ani"], "[0]: must be a JSON object"],
])("%s is refused with 400 naming the place", async (_, body, message) => {
  const conversation = await converse();
  const path = await aService(conversation);
  const { status, body: error } = await conversation.v1("POST", `${path}/inputs`, body);
  expect([status, error.generalMessage]).toEqual([400, expect.stringContaining(message)]);
});

test("an input of another service is not found", async () => {
  const conversation = await converse();
  const { v1 } = conversation;
  const path = await aService(conversation);
  const clone = (await v1("POST", `${path}/clone?newName=Other`)).body.serviceId;
  const [input] = (await v1("POST", `${path}/inputs`, [inputBody])).body;
  expect((await v1("GET", `${path.replace(/\d+$/, String(clone))}/inputs/${input?.inputId}`)).status).toBe(404);
  expect((await v1("GET", `${path}9/inputs`)).status).toBe(404);
});
