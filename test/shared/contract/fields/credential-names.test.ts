import { expect, test } from "vitest";
import { credentialName } from "../../../../shared/contract/credentials/credential-names.ts";

const always = `
  password userPassword db_password new-password password1 passwordText passwords passwd passphrase passcode pwd dbPwd
  passwort kennwort motDePasse contraseña senha secret clientSecret client-secret apiSecretValue secrets token
  accessToken refresh_token authtoken adminToken tokens credential credentials X-JWT idJwt jwtBearer clientAssertion
  cookie sessionCookie connectionString SAMLResponse apiKey apikeys api_key_value hapikey authKey accessKey secretKey
  privateKey masterKey subscriptionKey functionsKey consumerKey signingKey encryptionKey decryptionKey sharedKey
  licenseKey sessionKey passkey appKey applicationKey developerKey integrationKey partnerKey sshKey hmacKey Fastly-Key
  Authorization Proxy-Authorization X-Authorization http_authorization X-Forwarded-Authorization pass userPass dbPass
  smtp_pass ftpPass pin otp totp creds X-WSSE X-JFrog-Art-Api JSESSIONID PHPSESSID ASPSESSIONID connect.sid
  oauth_verifier X-Amz-Credential wsse:Password auth[token] ＡＰＩ＿ＫＥＹ api\u200bkey tokenBase64
`;
const ifRandom = `
  key code sig signature auth X-Auth authentication bearer sid session sessionId ticket pat hmac X-Session-Id
  X-Amz-Signature X-Goog-Signature X-Hub-Signature X-ZUMO-AUTH X-Tableau-Auth X-Basic-Auth basicAuth authCode
  authorization_code accessCode X-MS-Client-Principal userKey account-key storagekey keys key2
`;
const none = `
  pageToken page_tokens pagingToken paginationToken nextToken nexttoken next-page-token prevToken previousToken
  continuationToken cursorToken syncToken resumeToken startToken startingToken scrollToken markerToken deltaToken
  skipToken idempotencyToken clientRequestToken cancellationToken cancelToken maxTokens maxtokens minTokens numTokens
  totalTokens inputTokens outputTokens maskToken padToken eosToken bosToken unkToken stopToken completionTokens
  promptTokens costPerToken idempotencyKey surrogate-key cacheKey partitionKey routingKey sortKey primaryKey foreignKey
  publicKey publishableKey groupKey messageKey objectKey deduplicationKey dedupKey hashKey rangeKey lookupKey
  translationKey Sec-WebSocket-Key rowKey naturalKey businessKey issueKey projectKey
  tokenUrl tokenType token_endpoint secretId secretName secretArn passwordPolicy keyId clientId apiVersion author
  authority authConfig authorizationType bypass compass passport passenger pinCode pinned shipping spin option secretary
  tokenizer keyboard keyword signatureDate countryCode zipcode cookiePolicy credentialsUrl session_count value text url
  Content-Type X-Request-Id ani 電話 1 - x
`;

const names = (text: string) => text.split(/[ \n]+/).filter((name) => name !== "");

test.each(names(always))("%s is a credential", (name) => {
  expect(credentialName(name)).toBe("always");
});

test.each(names(ifRandom))("%s is a credential if its value looks random", (name) => {
  expect(credentialName(name)).toBe("ifRandom");
});

test.each(names(none))("%s is none", (name) => {
  expect(credentialName(name)).toBeUndefined();
});

test("of a long name the end counts", () => {
  expect(credentialName(`${"x".repeat(100_000)}-api-key`)).toBe("always");
  expect(credentialName("")).toBeUndefined();
});
