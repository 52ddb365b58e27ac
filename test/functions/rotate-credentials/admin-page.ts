import { randomUUID } from "node:crypto";
import type { startRingCxSimulator } from "../../../infra/local/ringcx-simulator/server.ts";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import { credentials } from "./credentials.ts";

/** What a person does in RingCX's admin page, in an account. */
export function adminPage(simulator: Awaited<ReturnType<typeof startRingCxSimulator>>, accountId: string) {
  return {
    /** An auth config in RingCX as somebody once made it, with another credential than the secret's. */
    async createAuthConfig(authType: AuthType, account = accountId): Promise<string> {
      const authConfigId = randomUUID();
      const { value, path } = credentials[authType];
      const response = await fetch(
        `${simulator.url}/voice/api/v1/admin/accounts/${account}/external/authConfigs/${authConfigId}/${path}`,
        {
          method: "POST",
          headers: { authorization: `Bearer ${simulator.accessToken}`, "content-type": "application/json" },
          body: JSON.stringify({ providerName: `CRM ${authType}`, description: "made by hand", ...value("by-hand") }),
        },
      );
      if (!response.ok) throw new Error(await response.text());
      simulator.clearRequests();
      return authConfigId;
    },

    /** As a person does it in the admin page; without fields it is deleted. */
    async editAuthConfig(authConfigId: string, fields?: Record<string, unknown>) {
      // RingCX's times are a millisecond apart at least.
      await new Promise((resolve) => setTimeout(resolve, 2));
      const path = `${simulator.url}/voice/api/v1/admin/accounts/${accountId}/external/authConfigs/${authConfigId}`;
      const headers = { authorization: `Bearer ${simulator.accessToken}`, "content-type": "application/json" };
      const body = JSON.stringify({ providerName: "CRM APIKEY", ...fields });
      const response = await (fields
        ? fetch(`${path}/apiKey`, { method: "PATCH", headers, body })
        : fetch(path, { method: "DELETE", headers }));
      if (!response.ok) throw new Error(await response.text());
      simulator.clearRequests();
    },

    /** An active service of a group of its own, linked with an auth config as a person does it in the admin page. */
    async addService(name: string, url: string, authConfigId?: string) {
      const groups = `${simulator.url}/voice/api/v1/admin/accounts/${accountId}/httpServiceGroups`;
      const headers = { authorization: `Bearer ${simulator.accessToken}`, "content-type": "application/json" };
      const post = async (path: string, body: unknown) => {
        const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
        if (!response.ok) throw new Error(await response.text());
        return (await response.json()) as Record<string, number>;
      };
      const { serviceGroupId = 0 } = await post(groups, { groupName: `group of ${name}` });
      const { serviceId = 0 } = await post(`${groups}/${serviceGroupId}/httpServices`, {
        serviceType: "HTTP_GET",
        serviceDescription: name,
        httpServiceConfig: JSON.stringify({ url }),
        isEnabled: true,
      });
      const address = { accountId, serviceGroupId, serviceId };
      const service = {
        serviceId,
        serviceGroupId,
        /** Its group, and itself. */
        async rename(groupName: string, serviceDescription: string) {
          const body = JSON.stringify({ groupName, isDefault: false });
          const response = await fetch(`${groups}/${serviceGroupId}`, { method: "PUT", headers, body });
          if (!response.ok) throw new Error(await response.text());
          simulator.editService(address, { serviceDescription });
          simulator.clearRequests();
        },
        name: { accountId, groupName: `group of ${name}`, serviceDescription: name },
        /** By hand, in the admin page. */
        link: (id: string | undefined) => simulator.editService(address, { authConfigId: id }),
        move: (to: string) => simulator.editService(address, { httpServiceConfig: JSON.stringify({ url: to }) }),
        isActive: () =>
          simulator
            .state(accountId)
            .groups.flatMap((group) => group.services)
            .find((one) => one.serviceId === serviceId)?.isEnabled,
      };
      if (authConfigId !== undefined) service.link(authConfigId);
      simulator.clearRequests();
      return service;
    },
  };
}
