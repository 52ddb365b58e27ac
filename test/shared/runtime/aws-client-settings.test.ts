import { globSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, onTestFinished, test } from "vitest";
import { awsClientSettings } from "../../../shared/runtime/aws-client-settings.ts";

test("an AWS service that takes a request and never answers is given up, after the SDK's repetitions", async () => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  onTestFinished(() => {
    silent.closeAllConnections();
    silent.close();
  });
  await new Promise((resolve) => silent.once("listening", resolve));
  const client = new SQSClient({
    ...awsClientSettings(20),
    endpoint: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    region: "eu-central-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
  const sent = client.send(new SendMessageCommand({ QueueUrl: "q", MessageBody: "m" }));
  await expect(sent).rejects.toMatchObject({ name: "TimeoutError", $metadata: { attempts: 3 } });
});

test("no function makes an AWS client without a bound", () => {
  // The clients of `lean` have settings of this kind by their type.
  const files = globSync(["shared/**/*.ts", "functions/**/*.ts"]).filter((file) => !file.includes("runtime/lean/"));
  const made = files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/new (\w+Client)\(([^)]*)/g)].map(([, client, settings]) => ({
      file,
      client,
      settings,
    })),
  );
  expect(made.length).toBeGreaterThan(6);
  expect(made.filter(({ settings }) => !/^(awsClientSettings\(|asItself\(|place\()/.test(settings ?? ""))).toEqual([]);
});
