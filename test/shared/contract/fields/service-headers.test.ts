import { describe, expect, test } from "vitest";
import { copyDataSchema } from "../../../../shared/contract/copy.ts";
import { httpServiceConfigSchema } from "../../../../shared/contract/http-service.ts";

const url = "https://crm.example.com/x";
const config = (more: object) => httpServiceConfigSchema.safeParse({ url, ...more });
const copy = (headers: object) =>
  copyDataSchema.safeParse({ accountId: "1", from: { accountId: "2", groupName: "g" }, overrides: { headers } });
const refused = (path: string) => [
  { path: path.split("."), message: expect.any(String), params: { hint: expect.any(String) } },
];

describe("headers that decide where a request goes", () => {
  test.each([
    ...["Host", "host", "HOST", "X-Host", "X-Forwarded-Host", "x_forwarded_host", "X-Forwarded-Server", "Forwarded"],
    ...["X-Original-Host", "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Host-Override"],
  ])("%s is refused in a service and in a copy's overrides", (name) => {
    expect(config({ headers: { [name]: "b.example.com" } }).error?.issues).toMatchObject(refused(`headers.${name}`));
    expect(copy({ [name]: "b.example.com" }).error?.issues).toMatchObject(refused(`overrides.headers.${name}`));
  });

  test.each([":authority", ":path"])("%s is no header's name", (name) => {
    expect(config({ headers: { [name]: "b.example.com" } }).success).toBe(false);
    expect(copy({ [name]: "b.example.com" }).success).toBe(false);
  });

  test.each(["X-Tenant", "Accept", "Content-Type", "X-Forwarded-For", "X-Real-IP", "Via", "Hostname", "X-Forwarder"])(
    "%s may stand in a service",
    (name) => {
      expect(config({ headers: { [name]: "a" } }).error).toBeUndefined();
      expect(copy({ [name]: "a" }).error).toBeUndefined();
    },
  );
});

test.each(["URL", "Url", "uRL", "ｕｒｌ", "url\u200b", "Headers", "METHOD"])(
  "%s would be a second field of the same name",
  (name) => {
    expect(config({ [name]: "https://evil.example.com" }).error?.issues).toMatchObject(refused(name));
  },
);

test("what else RingCX may know is passed on", () => {
  const others = { timeout: 5, urlEncoded: true, bodyUrl: "x" };
  expect(config(others).data).toEqual({ url, ...others });
});
