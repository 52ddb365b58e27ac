import { afterEach, expect, test } from "vitest";
import { type Answer, scriptedServer } from "../../support/scripted-server.ts";
import { applyMessage, type Fixture, group, startFixture } from "./fixture.ts";

let fixture: Fixture;
afterEach(() => fixture.stop());

const envelope =
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><GetOrder/></s:Body></s:Envelope>';

test("a SOAP service is activated when its envelope is answered, and not by a fault with the same status", async () => {
  const answer: Answer = (response, { headers }, body) => {
    const isRight = body === envelope && headers["content-type"] === "text/xml";
    response.end(isRight ? "<s:Body><GetOrderResponse/></s:Body>" : "<s:Body><s:Fault/></s:Body>");
  };
  await using server = await scriptedServer(answer);
  fixture = await startFixture({ allowedHosts: [new URL(server.url).host] });
  const soap = (body: string) => ({
    kind: "httpService",
    groupName: group.groupName,
    serviceDescription: "Orders",
    serviceType: "SOAP",
    soapEndpoint: `${server.url}/soap/orders`,
    soapAction: "urn:GetOrder",
    isEnabled: true,
    validation: {
      method: "POST",
      headers: { "Content-Type": "text/xml", SOAPAction: '"urn:GetOrder"' },
      body,
      expect: { contains: "<GetOrderResponse" },
    },
  });
  const isActive = () => fixture.simulator.state().groups[0]?.services[0]?.isEnabled;
  expect(await fixture.send(applyMessage([group, soap("<wrong/>")]))).toMatchObject({
    status: "PARTIAL",
    resources: [{}, { problems: [{ message: expect.stringContaining("validation.expect.contains") }] }],
  });
  expect(isActive()).toBe(false);
  expect(await fixture.send(applyMessage([soap(envelope)]))).toMatchObject({ status: "SUCCEEDED" });
  expect(isActive()).toBe(true);
});
