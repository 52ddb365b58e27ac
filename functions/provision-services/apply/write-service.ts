import { isSameId } from "../../../shared/contract/resource-key.ts";
import type { Progress, Work } from "./apply-context.ts";

/** The answer to the write is the record as RingCX keeps it; where v1 does not show the link, v2 does and can set it. */
export async function confirmLink(
  { account, view }: Work,
  serviceId: number,
  authConfigId: string,
  progress: Progress,
): Promise<void> {
  const { serviceGroupId, link } = progress;
  link.authConfigId = authConfigId;
  if (isSameId(view.service(serviceId)?.authConfigId, authConfigId)) {
    link.isConfirmed = true;
    link.isShownInV1 = true;
    return;
  }
  link.isShownInV1 = false;
  const v2 = await account.services.getV2(serviceGroupId, serviceId);
  if (!isSameId(v2.authConfigId, authConfigId)) {
    const { permissions: _permissions, ...kept } = v2;
    await account.services.updateV2(serviceGroupId, serviceId, { ...kept, authConfigId });
    const after = await account.services.getV2(serviceGroupId, serviceId);
    link.isConfirmed = isSameId(after.authConfigId, authConfigId);
    return;
  }
  link.isConfirmed = true;
}
