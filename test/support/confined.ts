import { Confined, type Limits } from "../../shared/primitives/confined.ts";

/** A value confined to the connection and account of {@link testClient}, and to whatever else a test allows. */
export function confined<Value>(value: Value, limits: Partial<Limits> = {}): Confined<Value> {
  return new Confined(value, {
    secretArn: "arn:aws:secretsmanager:eu-central-1:111111111111:secret:test",
    connection: "test",
    accounts: ["123456"],
    hosts: [],
    // Tests choose their own time.
    readAt: Number.MAX_SAFE_INTEGER,
    ...limits,
  });
}
