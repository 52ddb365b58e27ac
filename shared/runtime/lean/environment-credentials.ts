import { fromEnv } from "@aws-sdk/credential-provider-env";

/**
 * Takes the place of `@aws-sdk/credential-provider-node` in the bundles: Lambda gives a function its role's credentials in
 * the environment, so profiles, SSO, web identities and the metadata service are never asked. They were a tenth of each bundle.
 *
 * @throws {CredentialsProviderError} by the provider, when the environment has none
 */
export const defaultProvider = fromEnv;
