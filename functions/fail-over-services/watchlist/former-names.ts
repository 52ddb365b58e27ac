import * as z from "zod";
import { isSameName } from "../../../shared/primitives/same-name.ts";
import { servicesOfAccount } from "../../../shared/records/account/service.ts";
import { accountPartition, displayName, type ServiceName } from "../../../shared/records/service-name.ts";
import type { StateTable } from "../../../shared/state/table.ts";

// Loosely: what cannot be read has no former name either.
const renamedSchema = z.object({
  formerNames: z.array(z.string()),
  manifest: z.object({ groupName: z.string(), serviceDescription: z.string() }),
});

/** What a service is called that had this name until it was renamed; `undefined` where none had. */
export async function findByFormerName(
  table: Pick<StateTable, "query">,
  name: ServiceName,
): Promise<ServiceName | undefined> {
  const { accountId } = name;
  for (const item of await table.query(accountPartition(accountId), servicesOfAccount)) {
    const { formerNames = [], manifest } = renamedSchema.safeParse(item).data ?? {};
    if (manifest && formerNames.some((former) => isSameName(former, displayName(name)))) {
      return { accountId, groupName: manifest.groupName, serviceDescription: manifest.serviceDescription };
    }
  }
  return undefined;
}
