import { afterEach, beforeEach, expect, test } from "vitest";
import { oldestReadMs } from "../../../shared/ringcx/client/unshown.ts";
import { type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const [put, get] = ["setHttpServiceIsActive", "getHttpService"];
const match = { operation: put };

/** A service that a person has taken out by command. */
async function takenOut() {
  const service = await fixture.service("lookup");
  await fixture.command("deactivate", "lookup");
  // Otherwise what RingCX shows may be what was before that, and confirms nothing.
  await fixture.clock.sleep(oldestReadMs);
  fixture.takeOutcomes();
  fixture.takeRequests();
  return service;
}

test("the answer of an activation is lost, and a person deactivates the service before it would be sent again: it stays so", async () => {
  const service = await takenOut();
  fixture.simulator.faults.add({ kind: "lost-answer", times: 1, match });
  const { sleep } = fixture.clock;
  let isClicked = false;
  fixture.clock.sleep = async (ms) => {
    await sleep(ms);
    if (service.isActive() && !isClicked) {
      isClicked = true;
      await service.setByHand(false);
    }
  };
  await fixture.command("release", "lookup");
  fixture.clock.sleep = sleep;
  if (!isClicked) await service.setByHand(false);
  await fixture.minutes(2);
  expect(service.isActive()).toBe(false);
  expect(await service.reasons()).toEqual(["MANUAL"]);
  expect(fixture.takeOutcomes().map(({ summary }) => summary)).toEqual([
    expect.stringMatching(/^CRM\/lookup activated: release by ada/),
    expect.stringMatching(/^CRM\/lookup was deactivated in the admin page/),
  ]);
});

test("RingCX says nothing for a while after it has done it: whoever comes next reads before it does it again", async () => {
  const service = await takenOut();
  fixture.simulator.faults.add({ kind: "lost-answer", times: 1, match });
  fixture.simulator.faults.add({ kind: "status", status: 503, times: "always" });
  await fixture.command("release", "lookup");
  expect(service.isActive()).toBe(true);
  fixture.simulator.faults.clear();
  fixture.takeRequests();
  await fixture.sweep();
  expect(fixture.takeRequests()).not.toContain(put);
  await service.setByHand(false);
  await fixture.minutes(2);
  expect(await service.reasons()).toEqual(["MANUAL"]);
});

test("RingCX did not do it: it is done after one look", async () => {
  const service = await takenOut();
  fixture.simulator.faults.add({ kind: "status", status: 503, times: "always", match });
  await fixture.command("release", "lookup");
  fixture.simulator.faults.clear();
  fixture.takeRequests();
  await fixture.sweep();
  expect(fixture.takeRequests().filter((one) => one === put || one === get)).toEqual([get, put]);
  expect(service.isActive()).toBe(true);
});
