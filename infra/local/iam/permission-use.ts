import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import type { Roles } from "./roles.ts";

/** Names the directory in which processes note what they used, if they do. */
const variable = "LOCAL_HOST_PERMISSION_USE";

const useSchema = z.array(z.object({ role: z.string(), action: z.string(), isUsed: z.boolean() }));

/** One action that a role of the template allows. */
export type PermissionUse = z.output<typeof useSchema>[number];

/**
 * Lets this process and those that it starts note which permissions their hosts have used. For the set-up of a test
 * run.
 */
export function collectPermissionUse(): { collected(): PermissionUse[]; end(): void } {
  const directory = mkdtempSync(join(tmpdir(), "ringcx-permissions-"));
  process.env[variable] = directory;
  return {
    /** Every permission of every role that a host has had, used if any host has used it. */
    collected() {
      const all = readdirSync(directory).flatMap((file) =>
        useSchema.parse(JSON.parse(readFileSync(join(directory, file), "utf8"))),
      );
      const permissions = Map.groupBy(all, ({ role, action }) => `${role} ${action}`);
      return [...permissions.values()].flatMap((uses) =>
        uses.slice(0, 1).map((use) => ({ ...use, isUsed: uses.some(({ isUsed }) => isUsed) })),
      );
    },
    end() {
      delete process.env[variable];
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Notes what a host has used, where somebody asks for it. */
export function notePermissionUse(roles: Roles): void {
  writeUses(roles.permissions().map(({ role, action, isUsed }) => ({ role: withoutHash(role), action, isUsed })));
}

/** Notes what a role was used for without a host: in a test's own process, which asks the role itself. */
export function noteUsed(role: string, action: string): void {
  writeUses([{ role: withoutHash(role), action, isUsed: true }]);
}

function writeUses(uses: readonly PermissionUse[]): void {
  const directory = process.env[variable];
  if (directory === undefined || !existsSync(directory)) return;
  writeFileSync(join(directory, `${randomUUID()}.json`), JSON.stringify(uses));
}

/** A logical id without the eight digits that CDK puts at its end. */
function withoutHash(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, "");
}
