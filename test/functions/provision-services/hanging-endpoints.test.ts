import { afterEach, describe, expect, test } from "vitest";
import type { Probe, ProbeResult } from "../../../shared/probe/probe.ts";
import { canarySecret, keyConfig, serviceAt } from "./accounts.ts";
import { applyMessage, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
afterEach(() => fixture.stop());

const timedOut: ProbeResult = {
  passed: false,
  kind: "UNREACHABLE",
  because: "hangs.example did not answer in time",
  isUnanswered: true,
};

/** Endpoints of which those at `hangs.example` answer only when they are told to give up. */
function endpoints({ isHanging = true } = {}) {
  const state = { isHanging };
  const asked: string[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  const hanging: (() => void)[] = [];
  const probe: Probe = {
    async check({ url }) {
      asked.push(url);
      if (!state.isHanging || new URL(url).host !== "hangs.example") return { passed: true, ms: 1 };
      atOnce += 1;
      mostAtOnce = Math.max(mostAtOnce, atOnce);
      await new Promise<void>((resolve) => hanging.push(resolve));
      atOnce -= 1;
      return state.isHanging ? timedOut : { passed: true, ms: 5_000 };
    },
  };
  return {
    state,
    probe,
    asked,
    mostAtOnce: () => mostAtOnce,
    /** All that hang now, and all that will, time out. */
    giveUp() {
      hanging.push = (...resolves: (() => void)[]) => {
        for (const resolve of resolves) resolve();
        return 0;
      };
      for (const resolve of hanging.splice(0)) resolve();
    },
  };
}

const group = { kind: "httpServiceGroup", groupName: "G" };
const validation = { method: "GET", expect: { status: 200 } };
const hangingService = (name: string, more: object = {}) =>
  serviceAt("hangs.example", name, {
    httpServiceConfig: { url: `https://hangs.example/${name}` },
    isEnabled: true,
    validation,
    ...more,
  });
const outcomeOf = ({ id }: { id: string }) => fixture.outcomes.find(({ cause }) => cause.id === id);

async function start(probe: Probe) {
  const allowedHosts = ["hangs.example", "good.example"];
  fixture = await startFixture({ probe, allowedHosts, sleep: async () => {} });
  fixture.secrets.set("good", canarySecret("good", "hangs.example good.example"));
}

describe("endpoints that hang keep nobody waiting but their own message", () => {
  test.each([1, 5, 20])("of %i messages", async (count) => {
    const at = endpoints();
    await start(at.probe);
    const hanging = Array.from({ length: count }, (_, index) =>
      applyMessage([group, hangingService(`H${index}`), hangingService(`I${index}`)], {
        event: { source: `/hanging/${index}` },
      }),
    );
    const ordinary = applyMessage([group, serviceAt("good.example", "A", { isEnabled: true, validation })], {
      event: { source: "/ordinary" },
    });
    const publish = fixture.outcomeTopic.publish;
    // Not one of those that hang has an answer before the ordinary message has its outcome.
    fixture.outcomeTopic.publish = async (data) => {
      if (data.cause.id === ordinary.id) at.giveUp();
      return publish(data);
    };
    const open = await fixture.deliver([...hanging, ordinary]);
    expect(outcomeOf(ordinary)).toMatchObject({ status: "SUCCEEDED" });
    expect(fixture.outcomes[0]?.cause.id).toBe(ordinary.id);
    expect(open).toEqual([]);
    for (const message of hanging) {
      const outcome = outcomeOf(message);
      expect(outcome?.resources?.map(({ problems = [] }) => problems.length)).toEqual([0, 1, 1]);
      expect(JSON.stringify(outcome)).toContain("hangs.example did not answer in time");
    }
    // Each was asked once, and never more than four of a host at the same time.
    expect(at.asked.filter((url) => url.includes("hangs.example"))).toHaveLength(2 * count);
    expect(at.mostAtOnce()).toBe(Math.min(count, 4));
  });

  test("nor does a credential that is proven where it takes long, and the proof comes to its end", async () => {
    const at = endpoints({ isHanging: false });
    await start(at.probe);
    const withKey = { ...validation, credential: { in: "HEADER", name: "X-Key" } };
    const live = ["A", "B", "C"].map((name) => hangingService(name, { authConfig: "Key", validation: withKey }));
    const resources = [group, keyConfig("Key", "good"), ...live];
    expect(await fixture.send(applyMessage(resources))).toMatchObject({ status: "SUCCEEDED" });

    fixture.secrets.set("next", canarySecret("next", "hangs.example good.example"));
    at.state.isHanging = true;
    at.asked.length = 0;
    const changed = applyMessage([keyConfig("Key", "next")]);
    const ordinary = applyMessage([serviceAt("good.example", "D")], { event: { source: "/ordinary" } });
    const publish = fixture.outcomeTopic.publish;
    fixture.outcomeTopic.publish = async (data) => {
      if (data.cause.id === ordinary.id) {
        at.state.isHanging = false;
        at.giveUp();
      }
      return publish(data);
    };
    expect(await fixture.deliver([changed, ordinary])).toEqual([]);
    expect(fixture.outcomes.slice(-2).map(({ cause }) => cause.id)).toEqual([ordinary.id, changed.id]);
    expect(outcomeOf(changed)).toMatchObject({
      status: "SUCCEEDED",
      resources: [{ changes: [expect.stringContaining("credential")] }],
    });
    expect(at.asked.toSorted()).toEqual(["A", "B", "C"].map((name) => `https://hangs.example/${name}`));
  });

  test("a message that is sent again asks anew: the endpoint may have been mended", async () => {
    let isDown = true;
    await start({ check: async () => (isDown ? timedOut : { passed: true, ms: 1 }) });
    const resources = [group, hangingService("A")];
    expect(await fixture.send(applyMessage(resources))).toMatchObject({ resources: [{}, { problems: [{}] }] });
    isDown = false;
    expect(await fixture.send(applyMessage(resources))).toMatchObject({
      status: "SUCCEEDED",
      resources: [{}, { changes: ["activated"] }],
    });
  });

  test("the order of messages for one resource stays", async () => {
    const at = endpoints();
    await start(at.probe);
    const first = applyMessage([group, hangingService("A")]);
    const second = applyMessage([serviceAt("hangs.example", "A", { isDebug: true })], { event: { source: "/b" } });
    const other = applyMessage([serviceAt("good.example", "B")], { event: { source: "/c" } });
    const publish = fixture.outcomeTopic.publish;
    fixture.outcomeTopic.publish = async (data) => {
      if (data.cause.id === other.id) at.giveUp();
      return publish(data);
    };
    expect(await fixture.deliver([first, second, other])).toEqual([]);
    expect(fixture.outcomes.map(({ cause }) => cause.id)).toEqual([other.id, first.id, second.id]);
  });
});
