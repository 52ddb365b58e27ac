import { randomBytes } from "node:crypto";

// An issuer to begin with (docs/rotation.md), on the local system: npm start -- --stay --issuer examples/issuer/local-issuer.mjs
// It is the Lambda function that you deploy later: what it makes up here, it asks the system that is called for there.

/** Of each type the field that changes, in RingCX's own words. */
const fieldOf = { APIKEY: "apiKey", BASIC: "password", JWT: "secret", OAUTH: "secret" };

export async function handler({ action, authType, clientRequestToken, credentialId }) {
  // Never the credential, nor its value: what is logged is read by many.
  console.log(JSON.stringify({ action, authType, credentialId }));
  switch (action) {
    case "create":
      return {
        credentialId: `credential-${clientRequestToken}`,
        fields: { [fieldOf[authType]]: randomBytes(16).toString("hex") },
      };
    case "verify":
      return { isValid: true };
    default:
      return {};
  }
}
