import { expect, test } from "vitest";
import { versionWith } from "../../infra/local/secrets-manager/secret.ts";
import { secretOf } from "./system/manifests.ts";
import { Player } from "./system/play.ts";
import { overlapMs, System } from "./system/system.ts";

// The simulation's own judge on trial: it must see what a hasty product revokes.

test("the system's judge sees a credential that is revoked while it is current, or before its overlap has ended", async () => {
  const system = await System.start(1);
  try {
    const player = new Player(system);
    await player.begin();
    const { issuer, store } = system.outside;
    const secret = store.get(secretOf("OAUTH"));
    const subject = { secretArn: secret.arn, authType: "OAUTH" } as const;
    for (let times = 0; times < 2; times += 1) {
      await player.play({ do: "rotate", type: "OAUTH" });
      await player.play({ do: "pass", seconds: 10 });
    }
    const revoke = async (clientRequestToken = "") => {
      system.broken.clear();
      await issuer.revoke({ ...subject, clientRequestToken }, null);
      return [...system.broken].join();
    };
    const former = versionWith(secret, "AWSPREVIOUS")?.versionId;
    expect(await revoke(former)).toMatch(/before its overlap/);
    expect(await revoke(versionWith(secret, "AWSCURRENT")?.versionId)).toMatch(/calls current.*had what was revoked/);
    await issuer.create({ ...subject, clientRequestToken: "never current" }, null);
    expect(await revoke("never current")).toBe("");
    await system.live(overlapMs);
    expect(await revoke(former)).toBe("");
  } finally {
    await system.stop();
  }
});
